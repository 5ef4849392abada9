-- Whether models are closer to one group of readers than to another, by nested_resemblance: the default choice, one row
-- per thing.
--
-- Grain: one row per model and pair of groups.
-- Key: extraction_id, left_group, right_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.group_difference leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.group_difference_default AS
SELECT group_difference.* -- noqa: AM04
FROM mart.group_difference
WHERE group_difference.is_default;
