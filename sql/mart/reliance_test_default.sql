-- Whether one group of readers follows trivial patterns more than another: the default choice, one row per thing.
--
-- Grain: one row per corpus and pair of groups.
-- Key: corpus, left_group, right_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.reliance_test leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.reliance_test_default AS
SELECT reliance_test.* -- noqa: AM04
FROM mart.reliance_test
WHERE reliance_test.is_default;
