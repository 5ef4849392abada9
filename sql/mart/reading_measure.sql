-- How each reader read each word, in the measures of reading research: skipping, first-pass and later times, regressions.
--
-- Grain: one row per reader, reading and word of every sentence shown to the reader.
-- Key: subject_id, sentence_id, reading_ordinal, word_position
-- Leaves out: readers and sentences that are excluded whatever the rule (mart.exclusion); sentences that were not shown.
-- Beware: first-pass measures are null for a word that is skipped in the first pass, and of a word that nobody looked at
-- total_reading_time_ms is 0. Words are in the order of the screen: of a page with several sentences that of the page.
-- A fixation on no word, or one that the source discards, ends a run of fixations and counts for no word.
-- Source: Rayner 1998 (Psychological Bulletin 124, 372-422); Inhoff & Radach 1998 (Definition and computation of
-- oculomotor measures, in Underwood, Eye guidance in reading and scene perception); von der Malsburg & Angele 2017
-- (Journal of Memory and Language 94, 119-133). First pass: from the first fixation on a word, no later word having been
-- looked at before, until the eye leaves the word.
-- Read by: people, BI tools.
CREATE VIEW mart.reading_measure AS
SELECT
    corpus.corpus,
    subject.language_group,
    subject.language_group || '/' || subject.subject_label AS subject_label,
    subject.language_group || '/' || subject.subject_label AS reader,
    sentence.sentence_label,
    measured.reading_ordinal,
    measured.word_position,
    word.word_text,
    measured.gaze_duration_ms IS NULL AS is_skipped,
    measured.first_fixation_duration_ms,
    measured.single_fixation_duration_ms,
    measured.gaze_duration_ms,
    measured.go_past_time_ms,
    measured.second_pass_time_ms,
    measured.total_reading_time_ms,
    measured.fixation_count,
    measured.has_first_pass_regression,
    measured.has_regression_out,
    measured.has_regression_in,
    measured.reading_ordinal = 1 AS is_default,
    subject.subject_id,
    measured.sentence_id
FROM human.subject
-- reader by reader, so that who asks for one by name waits for one
CROSS JOIN LATERAL fn.reading_measures(subject.subject_id) AS measured
-- left joins on whole keys: the planner drops those whose columns are not asked for
LEFT JOIN stimulus.corpus ON corpus.corpus_id = subject.corpus_id
LEFT JOIN stimulus.sentence ON sentence.sentence_id = measured.sentence_id
LEFT JOIN stimulus.word ON word.sentence_id = measured.sentence_id AND word.word_position = measured.word_position
WHERE
    subject.subject_id NOT IN (
        SELECT excluded.subject_id
        FROM current.reader_exclusion AS excluded
        WHERE excluded.sentence_id IS NULL
    )
    AND (subject.subject_id, measured.sentence_id) NOT IN (
        SELECT
            excluded.subject_id,
            excluded.sentence_id
        FROM current.reader_exclusion AS excluded
        WHERE excluded.sentence_id IS NOT NULL
    );
