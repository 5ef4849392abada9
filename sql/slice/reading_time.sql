-- The reading times of words, by reader: first readings only.
--
-- Grain: one row per reader and word of every sentence shown to the reader.
-- Leaves out: readers and sentences that are excluded whatever the rule; later readings. A word that was skipped in the
-- first pass has no first-pass times, and one that nobody looked at no total either: both are null, not 0.
-- Source: mart.reading_measure says what each measure is.
-- Read by: surprisal_fit.
CREATE VIEW slice.reading_time AS
SELECT
    subject.corpus_id,
    subject.language_group,
    subject.subject_id,
    measured.sentence_id,
    measured.word_position,
    measured.first_fixation_duration_ms::double precision AS first_fixation_duration_ms,
    measured.gaze_duration_ms::double precision AS gaze_duration_ms,
    measured.go_past_time_ms::double precision AS go_past_time_ms,
    NULLIF(measured.total_reading_time_ms, 0)::double precision AS total_reading_time_ms
FROM human.subject
CROSS JOIN LATERAL fn.reading_measures(subject.subject_id) AS measured
WHERE
    measured.reading_ordinal = 1
    AND subject.subject_id NOT IN (
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
