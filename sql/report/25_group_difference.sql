-- Whether models are closer to second-language readers over each group's own ceiling
--
-- Caption: Resemblance for the second group less that for the first, each over its own ceiling, in points of the ceiling,
-- with an interval of 95 % over readers of both groups, an independent t-test of what each reader contributes to the
-- ratio, and its effect size (Cohen's d). R2 itself, which the paper tests, is higher where the ceiling is.
-- Grain: one row per model, condition, measure, pair of groups and score.
-- Leaves out: results without some sentences.
-- Compute: group-difference
-- Page: corpus
-- Models: model
-- Read by: warehouse report.
SELECT
    corpus,
    measure,
    model,
    condition,
    method,
    left_group AS first_group,
    right_group AS second_group,
    score_kind,
    100 * left_value AS first_percent,
    100 * right_value AS second_percent,
    100 * difference AS points,
    100 * interval_low AS points_from,
    100 * interval_high AS points_to,
    p_value,
    effect_size AS cohens_d,
    effect_low AS d_from,
    effect_high AS d_to,
    left_count AS first_n,
    right_count AS second_n,
    run_id,
    usage_warnings
FROM mart.group_difference
WHERE difference IS NOT NULL
ORDER BY corpus, measure LIKE 'roi_value/%', measure, model, condition, method, score_kind DESC;
