-- How far the attention of two models, or of one to two texts, differs by layer: the default choice, one row per thing.
--
-- Grain: one row per comparison, two extractions and layer.
-- Key: comparison, left_extraction_id, right_extraction_id, depth
-- Leaves out: what is not of the default choice (is_default false), and what mart.divergence_curve leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.divergence_curve_default AS
SELECT divergence_curve.* -- noqa: AM04
FROM mart.divergence_curve
WHERE divergence_curve.is_default;
