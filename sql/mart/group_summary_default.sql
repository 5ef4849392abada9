-- In how many layers a model resembles readers of the right group more: the default choice, one row per thing.
--
-- Grain: one row per model and pair of groups.
-- Key: extraction_id, left_group, right_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.group_summary leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.group_summary_default AS
SELECT group_summary.* -- noqa: AM04
FROM mart.group_summary
WHERE group_summary.is_default;
