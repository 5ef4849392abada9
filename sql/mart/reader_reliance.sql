-- How far each reader follows trivial patterns of looking back (first word, previous word, the word itself), with names.
--
-- Grain: one row per corpus, measure, reader, set of patterns.
-- Key: measure, subject_id, pattern_set
-- Default: mart.reader_reliance_default. Here measure and pattern_set differ from row to row: choose one of each before
-- you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, excluded readers.
-- Source: Gao et al. 2023 (EMNLP Findings): R2 of regressing the reader's saccades on the patterns.
-- Read by: people and BI tools.
CREATE VIEW mart.reader_reliance AS
SELECT
    shown.*,
    shown.subject_label AS reader,
    fn.is_default(measure => shown.measure)
    AND shown.pattern_set = 'trivial' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        corpus.corpus,
        measure.measure,
        reader_reliance.language_group,
        subject.language_group || '/' || subject.subject_label AS subject_label,
        reader_reliance.pattern_set,
        reader_reliance.leave_out,
        reader_reliance.r2,
        reader_reliance.adjusted_r2,
        reader_reliance.cv_r2,
        reader_reliance.cell_count,
        reader_reliance.rank,
        ARRAY(SELECT warning FROM fn.usage_warnings(
            NULL, reader_reliance.corpus_id, measure.region_id, reader_reliance.leave_out
        ) AS warning) AS usage_warnings,
        reader_reliance.subject_id,
        reader_reliance.run_id
    FROM current.reader_reliance
    JOIN stimulus.corpus ON corpus.corpus_id = reader_reliance.corpus_id
    JOIN human.measure ON measure.measure_id = reader_reliance.measure_id
    JOIN human.subject ON subject.subject_id = reader_reliance.subject_id
    WHERE jsonb_array_length(reader_reliance.leave_out) < 1
) AS shown;
