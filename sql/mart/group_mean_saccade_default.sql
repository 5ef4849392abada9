-- Where a group looks from each word, the first time: the default choice, one row per thing.
--
-- Grain: one row per group of readers and word pair of every sentence shown to the group.
-- Key: language_group, sentence_id, from_word, to_word
-- Leaves out: what is not of the default choice (is_default false), and what mart.group_mean_saccade leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.group_mean_saccade_default AS
SELECT group_mean_saccade.* -- noqa: AM04
FROM mart.group_mean_saccade
WHERE group_mean_saccade.is_default;
