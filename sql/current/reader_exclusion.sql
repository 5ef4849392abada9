-- Who or what is left out of everything, whatever the rule and the region.
--
-- Grain: one row per reader, and per reader and sentence (null: all of them).
-- Leaves out: exclusions for a saccade rule or a brain region.
-- Read by: mart.reading, mart.fixation, mart.word_reading, mart.reading_measure, mart.word_measure, slice.reading_time, with IN
-- or NOT IN, as current.rule_exclusion.
CREATE VIEW current.reader_exclusion AS
SELECT
    exclusion.subject_id,
    exclusion.sentence_id
FROM human.exclusion
WHERE exclusion.saccade_rule_id IS NULL AND exclusion.region_id IS NULL;
