-- Whether models are closer to one group of readers than to another, once each group is measured by its own ceiling.
--
-- Grain: one row per model, condition, method, measure, pair of groups and score; of several seeds, the latest.
-- Key: extraction_id, measure, left_group, right_group, score_kind
-- Default: mart.group_difference_default. Here condition, method, measure and score_kind differ from row to row: choose
-- one of each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not complete,
-- excluded readers.
-- Caveats: only nested_resemblance has its layer chosen without the data that score it; the raw test of R2, which is higher
-- where the ceiling is, is mart.group_test.
-- Source: ratios of means, values by reader of the delta method (Cochran 1977, section 6); percentiles over drawn readers,
-- further out where these are few (Hesterberg 2015).
-- Read by: people, BI tools, warehouse show group-difference.
CREATE VIEW mart.group_difference AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure)
    AND shown.score_kind = 'nested_resemblance' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        extraction.model,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        measure.measure,
        group_difference.left_group,
        group_difference.right_group,
        group_difference.leave_out,
        group_difference.score_kind,
        group_difference.left_value,
        group_difference.right_value,
        group_difference.difference,
        group_difference.interval_low,
        group_difference.interval_high,
        group_difference.t_statistic,
        group_difference.degrees_of_freedom,
        group_difference.p_value,
        group_difference.p_greater,
        group_difference.effect_size,
        group_difference.effect_low,
        group_difference.effect_high,
        group_difference.left_count,
        group_difference.right_count,
        group_difference.seed,
        group_difference.missing_because,
        ARRAY(SELECT warning FROM fn.usage_warnings(
            group_difference.extraction_id, group_difference.corpus_id, measure.region_id, group_difference.leave_out
        ) AS warning) AS usage_warnings,
        group_difference.run_id,
        group_difference.extraction_id
    FROM current.group_difference
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = group_difference.extraction_id
    JOIN human.measure ON measure.measure_id = group_difference.measure_id
    WHERE jsonb_array_length(group_difference.leave_out) < 1
) AS shown;
