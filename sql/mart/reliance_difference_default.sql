-- Whether the layers of one model follow trivial patterns more than those of another: the default choice, one row per
-- thing.
--
-- Grain: one row per comparison, pair of models and quarter.
-- Key: comparison, left_extraction_id, right_extraction_id, quarter
-- Leaves out: what is not of the default choice (is_default false), and what mart.reliance_difference leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.reliance_difference_default AS
SELECT reliance_difference.* -- noqa: AM04
FROM mart.reliance_difference
WHERE reliance_difference.is_default;
