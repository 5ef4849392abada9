-- Whether one group of readers follows trivial patterns more than another.
--
-- Grain: one row per corpus, measure, set of patterns, pair of groups and set of sentences left out.
-- Key: corpus, measure, pattern_set, left_group, right_group
-- Default: mart.reliance_test_default. Here measure and pattern_set differ from row to row: choose one of each before
-- you average.
-- Leaves out: runs that are not done, superseded units, excluded readers.
-- Source: Gao et al. 2023 (EMNLP Findings): independent t-test over readers, equal variances.
-- Read by: people, BI tools, warehouse show reliance-test.
CREATE VIEW mart.reliance_test AS
SELECT
    shown.*,
    fn.is_default(measure => shown.measure)
    AND shown.pattern_set = 'trivial' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        corpus.corpus,
        measure.measure,
        reliance_test.pattern_set,
        reliance_test.left_group,
        reliance_test.right_group,
        reliance_test.leave_out,
        reliance_test.left_r2,
        reliance_test.right_r2,
        reliance_test.r2_difference,
        reliance_test.left_count,
        reliance_test.right_count,
        reliance_test.test_kind,
        reliance_test.t_statistic,
        reliance_test.degrees_of_freedom,
        reliance_test.effect_size,
        reliance_test.effect_low,
        reliance_test.effect_high,
        reliance_test.p_value,
        reliance_test.p_greater,
        reliance_test.cv_r2_difference,
        reliance_test.cv_p_greater,
        reliance_test.cv_interval_low,
        reliance_test.cv_interval_high,
        reliance_test.missing_because,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(NULL, reliance_test.corpus_id, measure.region_id, reliance_test.leave_out) AS warning
        ) AS usage_warnings,
        reliance_test.run_id
    FROM current.reliance_test
    JOIN stimulus.corpus ON corpus.corpus_id = reliance_test.corpus_id
    JOIN human.measure ON measure.measure_id = reliance_test.measure_id
    WHERE jsonb_array_length(reliance_test.leave_out) < 1
) AS shown;
