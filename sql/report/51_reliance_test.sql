-- Whether one group of readers follows trivial patterns more than another
--
-- Caption: Independent t-test over readers, equal variances, on the R2 of the figure above. "p greater" is one-sided: the
-- second group higher than the first.
-- Grain: one row per measure, set of patterns and pair of groups.
-- Leaves out: results without some sentences.
-- Compute: reliance-test
-- Page: corpus
-- Read by: warehouse report.
SELECT
    corpus,
    measure,
    pattern_set,
    left_group AS first_group,
    right_group AS second_group,
    left_r2 AS first_r2,
    right_r2 AS second_r2,
    left_count AS first_n,
    right_count AS second_n,
    t_statistic AS t,
    degrees_of_freedom,
    effect_size AS cohens_d,
    effect_low AS d_from,
    effect_high AS d_to,
    p_value AS p_two_sided,
    p_greater,
    cv_r2_difference AS held_out_difference,
    cv_p_greater AS held_out_p_greater,
    missing_because,
    run_id,
    usage_warnings
FROM mart.reliance_test
WHERE leave_out = '[]'
ORDER BY corpus, measure, pattern_set, left_group, right_group;
