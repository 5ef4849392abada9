-- In how many layers a tuned model resembles readers more, and in how many less: the default choice, one row per thing.
--
-- Grain: one row per tuned model and group of readers.
-- Key: extraction_id, base_model, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.tuning_summary leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.tuning_summary_default AS
SELECT tuning_summary.* -- noqa: AM04
FROM mart.tuning_summary
WHERE tuning_summary.is_default;
