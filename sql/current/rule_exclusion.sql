-- Who or what is left out of what a saccade rule makes.
--
-- Grain: one row per reader and rule, and per reader, rule and sentence (null: all of them); several where there are several
-- reasons.
-- Leaves out: exclusions for a brain region.
-- Read by: mart.saccade_cell, mart.reader_sentence, mart.group_mean_saccade, with NOT IN: by hash, and not reader by reader. A
-- plan that is taken to be dear hides which join of it with another view is cheaper.
CREATE VIEW current.rule_exclusion AS
SELECT
    exclusion.subject_id,
    saccade_rule.saccade_rule_id,
    exclusion.sentence_id
FROM human.exclusion
JOIN human.saccade_rule
    ON COALESCE(exclusion.saccade_rule_id, saccade_rule.saccade_rule_id) = saccade_rule.saccade_rule_id
WHERE exclusion.region_id IS NULL;
