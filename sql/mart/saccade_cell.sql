-- Where each reader looks from each word: saccades from word to word, with the words.
--
-- Grain: one row per reader, saccade rule, reading and word pair of every sentence shown to the reader, full square; 0
-- where there was no saccade, so that averages are right.
-- Key: subject_id, saccade_rule, sentence_id, reading_ordinal, from_word, to_word
-- Default: mart.saccade_cell_default. Here saccade_rule and reading_ordinal differ from row to row: choose one of each
-- before you average.
-- Leaves out: readers and sentences that are excluded for the rule (mart.exclusion); sentences that were not shown.
-- Caveats: choose one saccade_rule, or one measure, which is what results call the rule's transition counts. is_causal
-- chooses looking back and staying, the cells that analyses use. It has as many rows as readers times word pairs, millions
-- in a study of a hundred readers: ask for a reader, a sentence, or both (reader = 'L1/sub-02' AND sentence_label =
-- 't.01.04'), which are looked up; means over readers are in mart.group_mean_saccade, counts by sentence in
-- mart.reader_sentence.
-- Source: human.saccade_rule says how each rule makes saccades from fixations.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.saccade_cell AS
SELECT
    corpus.corpus,
    subject.language_group,
    subject.language_group || '/' || subject.subject_label AS subject_label,
    subject.language_group || '/' || subject.subject_label AS reader,
    saccade_rule.saccade_rule,
    measure.measure,
    sentence.sentence_label,
    reading.reading_ordinal,
    word_pair.from_word,
    word_pair.to_word,
    from_side.word_text AS from_text,
    to_side.word_text AS to_text,
    word_pair.is_causal,
    COALESCE(saccade.saccade_count, 0)::smallint AS saccade_count,
    COALESCE(saccade.landing_duration_ms, 0) AS landing_duration_ms,
    saccade_rule.saccade_rule = 'consecutive' AND reading.reading_ordinal = 1 AS is_default,
    reading.subject_id,
    reading.sentence_id
FROM human.reading
JOIN human.subject ON subject.subject_id = reading.subject_id
CROSS JOIN human.saccade_rule
JOIN stimulus.word_pair ON word_pair.sentence_id = reading.sentence_id
LEFT JOIN human.saccade
    ON
        saccade.subject_id = reading.subject_id
        AND saccade.saccade_rule_id = saccade_rule.saccade_rule_id
        AND saccade.sentence_id = word_pair.sentence_id
        AND saccade.reading_ordinal = reading.reading_ordinal
        AND saccade.from_word = word_pair.from_word
        AND saccade.to_word = word_pair.to_word
-- left joins on whole keys: the planner drops those whose columns are not asked for
LEFT JOIN stimulus.corpus ON corpus.corpus_id = subject.corpus_id
LEFT JOIN stimulus.sentence ON sentence.sentence_id = reading.sentence_id
LEFT JOIN stimulus.word AS from_side
    ON from_side.sentence_id = word_pair.sentence_id AND from_side.word_position = word_pair.from_word
LEFT JOIN stimulus.word AS to_side
    ON to_side.sentence_id = word_pair.sentence_id AND to_side.word_position = word_pair.to_word
LEFT JOIN human.measure
    ON
        measure.quantity = 'saccade_count'
        AND measure.saccade_rule_id = saccade_rule.saccade_rule_id
        AND measure.of_reading = reading.reading_ordinal
WHERE
    (reading.subject_id, saccade_rule.saccade_rule_id) NOT IN (
        SELECT
            excluded.subject_id,
            excluded.saccade_rule_id
        FROM current.rule_exclusion AS excluded
        WHERE excluded.sentence_id IS NULL
    )
    AND (reading.subject_id, saccade_rule.saccade_rule_id, reading.sentence_id) NOT IN (
        SELECT
            excluded.subject_id,
            excluded.saccade_rule_id,
            excluded.sentence_id
        FROM current.rule_exclusion AS excluded
        WHERE excluded.sentence_id IS NOT NULL
    );
