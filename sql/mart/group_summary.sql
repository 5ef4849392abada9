-- In how many layers a model resembles readers of the right group (L2) more than those of the left (L1), and in which.
--
-- Grain: one row per model, condition, method, measure, pair of groups.
-- Key: extraction_id, measure, left_group, right_group
-- Default: mart.group_summary_default. Here condition, method and measure differ from row to row: choose one of each
-- before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Caveats: r2 is not divided by the groups' ceilings, which differ; significant_over_ceiling_count is of what is, with the
-- ceilings taken for known; see mart.group_difference.
-- Source: Gao et al. 2023 (EMNLP Findings): significant is p_bonferroni < 0.05.
-- Read by: people, BI tools, warehouse show group-test.
CREATE VIEW mart.group_summary AS
SELECT
    shown.*,
    NULLIF(array_to_string(shown.significant_layers, ', '), '') AS significant_layers_text,
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
        count(*) FILTER (WHERE group_test.p_bonferroni < 0.05)::integer AS significant_count,
        array_agg(group_test.layer ORDER BY group_test.layer) FILTER (
            WHERE group_test.p_bonferroni < 0.05
        )::integer[] AS significant_layers,
        CASE WHEN count(group_test.p_resemblance) > 0 THEN count(*) FILTER (WHERE group_test.p_resemblance < 0.05)::integer END
            AS significant_over_ceiling_count,
        count(*)::integer AS layer_total,
        max(group_test.left_count) AS left_count,
        max(group_test.right_count) AS right_count,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(group_test.extraction_id, group_test.corpus_id, measure.region_id, group_test.leave_out) AS warning
        ) AS usage_warnings,
        max(group_test.run_id) AS run_id,
        group_test.extraction_id
    FROM current.group_test
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = group_test.extraction_id
    JOIN human.measure ON measure.measure_id = group_test.measure_id
    WHERE jsonb_array_length(group_test.leave_out) < 1
    GROUP BY
        extraction.model,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        measure.measure,
        measure.region_id,
        group_test.corpus_id,
        group_test.extraction_id,
        group_test.left_group,
        group_test.right_group,
        group_test.leave_out
) AS shown;
