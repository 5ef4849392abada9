-- A reader's path over a sentence: every fixation in time order, with the word.
--
-- Grain: one row per fixation; choose one reading_ordinal where sentences were read again.
-- Key: subject_id, sentence_id, reading_ordinal, fixation_ordinal
-- Leaves out: nothing; fixations of readers and sentences that are excluded whatever the rule have is_excluded true.
-- word_position is null between words.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.fixation AS
SELECT
    corpus.corpus,
    subject.language_group,
    subject.language_group || '/' || subject.subject_label AS subject_label,
    subject.language_group || '/' || subject.subject_label AS reader,
    sentence.sentence_label,
    fixation.reading_ordinal,
    fixation.fixation_ordinal,
    fixation.word_position,
    word.word_text,
    fixation.start_ms,
    fixation.duration_ms,
    fixation.subject_id IN (
        SELECT excluded.subject_id
        FROM current.reader_exclusion AS excluded
        WHERE excluded.sentence_id IS NULL
    )
    OR (fixation.subject_id, fixation.sentence_id) IN (
        SELECT
            excluded.subject_id,
            excluded.sentence_id
        FROM current.reader_exclusion AS excluded
        WHERE excluded.sentence_id IS NOT NULL
    ) AS is_excluded,
    fixation.reading_ordinal = 1 AS is_default,
    fixation.subject_id,
    fixation.sentence_id
FROM human.fixation
JOIN human.subject ON subject.subject_id = fixation.subject_id
-- left joins on whole keys: the planner drops those whose columns are not asked for
LEFT JOIN stimulus.corpus ON corpus.corpus_id = subject.corpus_id
LEFT JOIN stimulus.sentence ON sentence.sentence_id = fixation.sentence_id
LEFT JOIN stimulus.word ON word.sentence_id = fixation.sentence_id AND word.word_position = fixation.word_position;
