-- Whether each layer resembles readers of the right group more: the default choice, one row per thing.
--
-- Grain: one row per model, pair of groups and layer.
-- Key: extraction_id, left_group, right_group, layer
-- Leaves out: what is not of the default choice (is_default false), and what mart.group_test leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.group_test_default AS
SELECT group_test.* -- noqa: AM04
FROM mart.group_test
WHERE group_test.is_default;
