-- Whether each layer resembles readers of the right group (L2) more than those of the left (L1).
--
-- Grain: one row per model, condition, method, measure, pair of groups and layer.
-- Key: extraction_id, measure, left_group, right_group, layer
-- Default: mart.group_test_default. Here condition, method and measure differ from row to row: choose one of each before
-- you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Caveats: r2 is not divided by the groups' ceilings, which differ; see mart.group_difference.
-- Source: Gao et al. 2023 (EMNLP Findings): independent t-test, one-sided, p < 0.05/layers.
-- Read by: people, BI tools, warehouse show group-test --layers.
CREATE VIEW mart.group_test AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        extraction.model,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        measure.measure,
        group_test.left_group,
        group_test.right_group,
        group_test.leave_out,
        group_test.layer,
        fn.relative_depth(group_test.layer, extraction.layer_count) AS relative_depth,
        group_test.r2_difference,
        group_test.resemblance_difference,
        group_test.p_resemblance,
        group_test.t_statistic,
        group_test.degrees_of_freedom,
        group_test.effect_size,
        group_test.effect_low,
        group_test.effect_high,
        group_test.p_one_sided,
        group_test.p_bonferroni,
        group_test.p_holm,
        group_test.p_benjamini_hochberg,
        group_test.p_bonferroni < 0.05 AS is_significant,
        group_test.test_count,
        group_test.left_count,
        group_test.right_count,
        group_test.missing_because,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(group_test.extraction_id, group_test.corpus_id, measure.region_id, group_test.leave_out) AS warning
        ) AS usage_warnings,
        group_test.run_id,
        group_test.extraction_id
    FROM current.group_test
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = group_test.extraction_id
    JOIN human.measure ON measure.measure_id = group_test.measure_id
    WHERE jsonb_array_length(group_test.leave_out) < 1
) AS shown;
