-- How far groups of readers follow trivial patterns of looking back: the reading half of the paper's comparison.
--
-- Grain: one row per corpus, measure, group of readers and set of patterns.
-- Key: corpus, measure, language_group, pattern_set
-- Default: mart.group_reliance_default. Here measure and pattern_set differ from row to row: choose one of each before
-- you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, excluded readers; readers without
-- variation have no R2.
-- Source: Gao et al. 2023 (EMNLP Findings): mean R2 over readers, its standard error, smallest and largest.
-- Read by: people, BI tools, warehouse show reader-reliance.
CREATE VIEW mart.group_reliance AS
SELECT
    shown.*,
    fn.is_default(measure => shown.measure)
    AND shown.pattern_set = 'trivial' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        group_mean.corpus,
        group_mean.measure,
        group_mean.language_group,
        group_mean.pattern_set,
        group_mean.leave_out,
        group_mean.r2,
        group_mean.standard_error,
        group_mean.least_r2,
        group_mean.most_r2,
        group_mean.adjusted_r2,
        group_mean.cv_r2,
        group_mean.subject_count,
        group_mean.cell_count,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(NULL, group_mean.corpus_id, group_mean.region_id, group_mean.leave_out) AS warning
        ) AS usage_warnings,
        group_mean.run_id
    FROM (
        -- with the names in hand, as in slice.layer_curve
        SELECT
            corpus.corpus_id,
            corpus.corpus,
            measure.measure,
            measure.region_id,
            reader_reliance.language_group,
            reader_reliance.pattern_set,
            reader_reliance.leave_out,
            avg(reader_reliance.r2 ORDER BY reader_reliance.subject_id) AS r2,
            stddev_samp(reader_reliance.r2 ORDER BY reader_reliance.subject_id) / sqrt(count(reader_reliance.r2)) AS standard_error,
            min(reader_reliance.r2) AS least_r2,
            max(reader_reliance.r2) AS most_r2,
            avg(reader_reliance.adjusted_r2 ORDER BY reader_reliance.subject_id) AS adjusted_r2,
            avg(reader_reliance.cv_r2 ORDER BY reader_reliance.subject_id) AS cv_r2,
            count(reader_reliance.r2)::integer AS subject_count,
            max(reader_reliance.cell_count) AS cell_count,
            max(reader_reliance.run_id) AS run_id
        FROM current.reader_reliance
        JOIN stimulus.corpus ON corpus.corpus_id = reader_reliance.corpus_id
        JOIN human.measure ON measure.measure_id = reader_reliance.measure_id
        WHERE jsonb_array_length(reader_reliance.leave_out) < 1
        GROUP BY
            reader_reliance.language_group,
            reader_reliance.pattern_set,
            reader_reliance.leave_out,
            corpus.corpus_id,
            measure.measure_id
    ) AS group_mean
) AS shown;
