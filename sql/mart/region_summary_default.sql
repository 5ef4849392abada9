-- Brain regions with their ceilings, and the best layer of each model: the default choice, one row per thing.
--
-- Grain: one row per region, group of readers and model.
-- Key: region, language_group, corpus, extraction_id
-- Leaves out: what is not of the default choice (is_default false), and what mart.region_summary leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.region_summary_default AS
SELECT region_summary.* -- noqa: AM04
FROM mart.region_summary
WHERE region_summary.is_default;
