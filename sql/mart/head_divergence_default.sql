-- Which heads differ between two models, or between two texts: the default choice, one row per thing.
--
-- Grain: one row per comparison, two extractions, layer and head.
-- Key: comparison, left_extraction_id, right_extraction_id, layer, head
-- Leaves out: what is not of the default choice (is_default false), and what mart.head_divergence leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.head_divergence_default AS
SELECT head_divergence.* -- noqa: AM04
FROM mart.head_divergence
WHERE head_divergence.is_default;
