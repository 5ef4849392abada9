-- Differences in trivial patterns by scale and by tuning
--
-- Paper: Figures 8 and 9.
-- Caption: R2 on the trivial patterns of the second model minus that of the first, mean over the layers of each quarter;
-- bars are standard errors over layers, each of which counts once with the mean over its heads. Neighbouring layers are
-- alike, so that even these are too short.
-- Grain: one row per comparison, pair of models and quarter of the layers.
-- Leaves out: results without some sentences; quarters that one side lacks.
-- Compute: reliance-difference
-- Figure: bars
-- Axes: x=quarter, y=difference, error=error, series=series, panel=comparison
-- Labels: x=Quarter of the layers (from 0), y=Difference in R2
-- Reference: 0=no difference
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
    cv_r2_difference AS held_out_difference,
    abs(r2_difference / NULLIF(t_statistic, 0)) AS error,
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
