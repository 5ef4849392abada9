-- Who read: readers with their group, what the source tells of them, and how much they read.
--
-- Grain: one row per reader.
-- Key: subject_id
-- Leaves out: nothing; who is excluded altogether has the reason in excluded_because (mart.exclusion lists all of them).
-- Caveats: a sentence that was read again is one of sentence_count, and its readings are several of reading_count.
-- mean_reading_time_ms is over the readings whose time is known; time_missing_count others timed out.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.reader AS
SELECT
    shown.*,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        corpus.corpus,
        subject.language_group,
        subject.language_group || '/' || subject.subject_label AS subject_label,
        subject.language_group || '/' || subject.subject_label AS reader,
        subject.demographics,
        subject.demographics::text AS demographics_text,
        COALESCE(read_by.sentence_count, 0) AS sentence_count,
        COALESCE(read_by.reading_count, 0) AS reading_count,
        COALESCE(looked_at.fixation_count, 0) AS fixation_count,
        looked_at.duration_ms AS mean_fixation_ms,
        read_by.reading_time_ms AS mean_reading_time_ms,
        read_by.time_missing_count,
        exclusion.excluded_because,
        exclusion.excluded_because IS NOT NULL AS is_excluded,
        CASE WHEN read_by.time_missing_count > 0 THEN '{reading_time_missing}' ELSE '{}' END::text[] AS usage_warnings,
        subject.subject_id
    FROM human.subject
    JOIN stimulus.corpus ON corpus.corpus_id = subject.corpus_id
    LEFT JOIN (
        SELECT
            subject_id,
            count(DISTINCT sentence_id)::integer AS sentence_count,
            count(*)::integer AS reading_count,
            count(*)::integer - count(reading_time_ms)::integer AS time_missing_count,
            round(avg(reading_time_ms))::integer AS reading_time_ms
        FROM human.reading
        GROUP BY subject_id
    ) AS read_by ON read_by.subject_id = subject.subject_id
    LEFT JOIN (
        SELECT
            subject_id,
            count(*)::integer AS fixation_count,
            round(avg(duration_ms))::integer AS duration_ms
        FROM human.fixation
        GROUP BY subject_id
    ) AS looked_at ON looked_at.subject_id = subject.subject_id
    LEFT JOIN human.exclusion
        ON
            exclusion.subject_id = subject.subject_id
            AND exclusion.saccade_rule_id IS NULL
            AND exclusion.region_id IS NULL
            AND exclusion.sentence_id IS NULL
) AS shown;
