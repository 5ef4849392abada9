-- Differences in trivial patterns by scale and by tuning
--
-- Paper: Figure 11.
-- Caption: R2 on the trivial patterns of the second model minus that of the first, mean over the heads of each quarter of
-- the layers; bars are about 95 % intervals (1.96 standard errors). Heads are taken for independent, which those of a layer are not.
-- Grain: one row per comparison, pair of models and quarter of the layers.
-- Leaves out: results without some sentences; quarters that one side lacks.
-- Compute: reliance-difference
-- Figure: bars
-- Axes: x=quarter, y=difference, error=error, series=series, panel=comparison
-- Labels: x=Quarter of the layers (from 0), y=Difference in R2
-- Page: corpus, pattern_set
-- Read by: warehouse report.
SELECT
    corpus,
    pattern_set,
    comparison,
    concat_ws(
        ' - ',
        concat_ws(', ', right_model, NULLIF(right_condition, 'plain')),
        concat_ws(', ', left_model, NULLIF(left_condition, 'plain'))
    ) AS series,
    quarter,
    r2_difference AS difference,
    abs(1.96 * r2_difference / NULLIF(t_statistic, 0)) AS error,
    left_count,
    right_count,
    test_kind,
    p_value,
    p_bonferroni,
    p_holm,
    p_benjamini_hochberg,
    run_id,
    usage_warnings
FROM mart.reliance_difference
WHERE leave_out = '[]' AND r2_difference IS NOT NULL
ORDER BY corpus, pattern_set, comparison, series, quarter;
