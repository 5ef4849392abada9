-- What tuning changes about resemblance
--
-- Caption: Resemblance of the tuned model less that of its base, in points of the ceiling, over the same readers, with an
-- interval of 95 % over readers, a paired t-test, its effect size (d_z), and p of two one-sided tests that the effect is
-- smaller than the bound (equivalence). In-sample each model is at the layer that fits best, so that a switch of layers
-- looks like an effect of tuning; nested the layers are chosen on other articles.
-- Grain: one row per tuned model, and per mean over tuned models, condition, measure, group of readers and score.
-- Leaves out: results without some sentences.
-- Compute: tuning-effect
-- Page: corpus
-- Read by: warehouse report.
SELECT
    corpus,
    measure,
    language_group,
    condition,
    tuned_model,
    score_kind,
    100 * difference AS points,
    100 * interval_low AS points_from,
    100 * interval_high AS points_to,
    p_value,
    effect_size AS d_z,
    effect_low AS d_z_from,
    effect_high AS d_z_to,
    p_equivalence,
    100 * equivalence_bound AS bound_points,
    model_count AS models,
    run_id,
    subject_count,
    usage_warnings
FROM mart.tuning_effect
WHERE difference IS NOT NULL
ORDER BY
    corpus,
    measure LIKE 'roi_value/%',
    measure,
    language_group,
    condition,
    tuned_model = 'all',
    tuned_model,
    score_kind DESC;
