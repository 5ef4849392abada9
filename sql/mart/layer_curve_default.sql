-- Human resemblance by layer, with ceilings and intervals: the default choice, one row per thing.
--
-- Grain: one row per model, layer and group of readers.
-- Key: extraction_id, layer, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.layer_curve leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.layer_curve_default AS
SELECT layer_curve.* -- noqa: AM04
FROM mart.layer_curve
WHERE layer_curve.is_default;
