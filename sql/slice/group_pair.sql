-- The pairs of groups of readers whose resemblance can be compared.
--
-- Grain: one row per corpus, measure and pair of groups, the left one first by name.
-- Leaves out: groups for which no human resemblance is computed.
-- Read by: the plan of group_test.
CREATE VIEW slice.group_pair AS
WITH done AS (
    SELECT DISTINCT
        human_resemblance.corpus_id,
        human_resemblance.measure_id,
        subject.language_group
    FROM current.human_resemblance
    JOIN human.subject ON subject.subject_id = human_resemblance.subject_id
)

SELECT
    corpus.corpus_id,
    corpus.corpus,
    measure.measure_id,
    measure.measure,
    measure.quantity,
    saccade_rule.saccade_rule,
    region.region,
    left_done.language_group AS left_group,
    right_done.language_group AS right_group
FROM done AS left_done
JOIN done AS right_done
    ON
        right_done.corpus_id = left_done.corpus_id
        AND right_done.measure_id = left_done.measure_id
        AND right_done.language_group > left_done.language_group
JOIN stimulus.corpus ON corpus.corpus_id = left_done.corpus_id
JOIN human.measure ON measure.measure_id = left_done.measure_id
LEFT JOIN human.saccade_rule ON saccade_rule.saccade_rule_id = measure.saccade_rule_id
LEFT JOIN human.region ON region.region_id = measure.region_id;
