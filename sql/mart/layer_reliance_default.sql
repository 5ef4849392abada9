-- How far the heads of each layer follow the trivial patterns: the default choice, one row per thing.
--
-- Grain: one row per model and layer.
-- Key: extraction_id, layer
-- Leaves out: what is not of the default choice (is_default false), and what mart.layer_reliance leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.layer_reliance_default AS
SELECT layer_reliance.* -- noqa: AM04
FROM mart.layer_reliance
WHERE layer_reliance.is_default;
