-- How long each reader looked at each word.
--
-- Grain: one row per reader, reading and word of every sentence shown to the reader; 0 fixations where the word was
-- skipped.
-- Key: subject_id, sentence_id, reading_ordinal, word_position
-- Leaves out: readers and sentences that are excluded whatever the rule (mart.exclusion); sentences that were not shown.
-- Caveats: first_fixation_ms is null for a skipped word; duration_ms, all fixations together, is 0 there.
-- Source: Rayner 1998 (Psychological Bulletin 124): first fixation duration and total time.
-- Read by: people, BI tools.
CREATE VIEW mart.word_reading AS
SELECT
    corpus.corpus,
    subject.language_group,
    subject.language_group || '/' || subject.subject_label AS subject_label,
    subject.language_group || '/' || subject.subject_label AS reader,
    sentence.sentence_label,
    reading.reading_ordinal,
    word.word_position,
    word.word_text,
    COALESCE(dwell.fixation_count, 0)::integer AS fixation_count,
    COALESCE(dwell.duration_ms, 0) AS duration_ms,
    dwell.first_fixation_ms,
    reading.reading_ordinal = 1 AS is_default,
    reading.subject_id,
    reading.sentence_id
FROM human.reading
JOIN human.subject ON subject.subject_id = reading.subject_id
JOIN stimulus.corpus ON corpus.corpus_id = subject.corpus_id
JOIN stimulus.sentence ON sentence.sentence_id = reading.sentence_id
JOIN stimulus.word ON word.sentence_id = reading.sentence_id
LEFT JOIN (
    SELECT
        subject_id,
        sentence_id,
        reading_ordinal,
        word_position,
        count(*)::smallint AS fixation_count,
        sum(duration_ms)::integer AS duration_ms,
        (array_agg(duration_ms ORDER BY fixation_ordinal))[1] AS first_fixation_ms
    FROM human.fixation
    WHERE word_position IS NOT NULL
    GROUP BY subject_id, sentence_id, reading_ordinal, word_position
) AS dwell
    ON
        dwell.subject_id = reading.subject_id
        AND dwell.sentence_id = word.sentence_id
        AND dwell.reading_ordinal = reading.reading_ordinal
        AND dwell.word_position = word.word_position
WHERE
    reading.subject_id NOT IN (
        SELECT excluded.subject_id
        FROM current.reader_exclusion AS excluded
        WHERE excluded.sentence_id IS NULL
    )
    AND (reading.subject_id, reading.sentence_id) NOT IN (
        SELECT
            excluded.subject_id,
            excluded.sentence_id
        FROM current.reader_exclusion AS excluded
        WHERE excluded.sentence_id IS NOT NULL
    );
