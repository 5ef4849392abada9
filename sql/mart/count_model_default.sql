-- How well attention explains transition counts by Poisson regression: the default choice, one row per thing.
--
-- Grain: one row per model, layer and group of readers.
-- Key: extraction_id, layer, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.count_model leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.count_model_default AS
SELECT count_model.* -- noqa: AM04
FROM mart.count_model
WHERE count_model.is_default;
