-- How long each reader took for each sentence: reading times once, whatever the rule for saccades.
--
-- Grain: one row per reader, sentence shown to the reader and reading.
-- Key: subject_id, sentence_id, reading_ordinal
-- Default: mart.reading_default. Here reading_ordinal differs from row to row: choose one before you average.
-- Leaves out: nothing; readings of readers and sentences that are excluded whatever the rule have is_excluded true.
-- Caveats: take reading_ordinal 1 where sentences were read again. A reading that timed out has no reading_time_ms, and says
-- why in missing_because; averages over the others are too short.
-- Read by: people, BI tools.
CREATE VIEW mart.reading AS
SELECT
    corpus.corpus,
    subject.language_group,
    subject.language_group || '/' || subject.subject_label AS reader,
    article.article_position,
    sentence.sentence_position,
    sentence.sentence_label,
    sentence.word_count,
    reading.reading_ordinal,
    reading.presentation_order,
    reading.trial_position,
    reading.trial_label,
    reading.reading_time_ms,
    reading.reading_time_ms::double precision / sentence.word_count AS reading_time_per_word_ms,
    reading.display_time_ms,
    reading.missing_because,
    reading.subject_id IN (
        SELECT excluded.subject_id
        FROM current.reader_exclusion AS excluded
        WHERE excluded.sentence_id IS NULL
    )
    OR (reading.subject_id, reading.sentence_id) IN (
        SELECT
            excluded.subject_id,
            excluded.sentence_id
        FROM current.reader_exclusion AS excluded
        WHERE excluded.sentence_id IS NOT NULL
    ) AS is_excluded,
    reading.reading_ordinal = 1 AS is_default,
    CASE WHEN reading.reading_time_ms IS NULL THEN '{reading_time_missing}' ELSE '{}' END::text[] AS usage_warnings,
    CASE WHEN reading.reading_time_ms IS NULL THEN 'reading_time_missing' END AS warnings,
    reading.subject_id,
    reading.sentence_id
FROM human.reading
JOIN human.subject ON subject.subject_id = reading.subject_id
JOIN stimulus.sentence ON sentence.sentence_id = reading.sentence_id
JOIN stimulus.article ON article.article_id = sentence.article_id
JOIN stimulus.corpus ON corpus.corpus_id = article.corpus_id;
