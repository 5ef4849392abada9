-- The best layer of each model for each group of readers: the default choice, one row per thing.
--
-- Grain: one row per model and group of readers.
-- Key: extraction_id, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.model_summary leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.model_summary_default AS
SELECT model_summary.* -- noqa: AM04
FROM mart.model_summary
WHERE model_summary.is_default;
