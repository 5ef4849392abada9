-- How well the group predicts each reader: the ceilings of mart.noise_ceiling reader by reader, and the held-out one.
--
-- Grain: one row per corpus, measure and reader.
-- Key: measure, subject_id
-- Default: mart.reader_ceiling_default. Here measure differs from row to row: choose one before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, excluded readers.
-- Caveats: ceiling contains the reader and is too high; mean_r and published_r are correlations, not R2.
-- Read by: people, BI tools, warehouse show reader-ceiling.
CREATE VIEW mart.reader_ceiling AS
SELECT
    shown.*,
    shown.subject_label AS reader,
    fn.is_default(measure => shown.measure) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        corpus.corpus,
        measure.measure,
        reader_ceiling.language_group,
        subject.language_group || '/' || subject.subject_label AS subject_label,
        reader_ceiling.leave_out,
        reader_ceiling.ceiling,
        reader_ceiling.leave_one_out_ceiling,
        reader_ceiling.cv_ceiling,
        reader_ceiling.mean_r,
        reader_ceiling.published_r,
        reader_ceiling.sentence_count,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(NULL, reader_ceiling.corpus_id, measure.region_id, reader_ceiling.leave_out) AS warning
        ) AS usage_warnings,
        reader_ceiling.subject_id,
        reader_ceiling.run_id
    FROM current.reader_ceiling
    JOIN human.subject ON subject.subject_id = reader_ceiling.subject_id
    JOIN stimulus.corpus ON corpus.corpus_id = reader_ceiling.corpus_id
    JOIN human.measure ON measure.measure_id = reader_ceiling.measure_id
    WHERE jsonb_array_length(reader_ceiling.leave_out) < 1
) AS shown;
