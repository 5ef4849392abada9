-- How far groups of readers follow trivial patterns of looking back: the default choice, one row per thing.
--
-- Grain: one row per corpus and group of readers.
-- Key: corpus, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.group_reliance leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.group_reliance_default AS
SELECT group_reliance.* -- noqa: AM04
FROM mart.group_reliance
WHERE group_reliance.is_default;
