-- What resemblance is worth
--
-- Caption: Each model's best layer in-sample: R2 over the ceiling as in the paper ("in-sample percent"), with the layer
-- chosen on other articles ("nested percent"), and what puts it in context. "baseline percent" is what position and word
-- length predict alone, without any model, of held-out articles over the leave-one-out ceiling. "unique nested" is what
-- the heads add to these on held-out articles, each at the layer chosen on the others, with a 95 % interval and a p over
-- readers (both two-sided). "unique r2" is the same at the best layer in-sample, with its p (Bonferroni over layers), and
-- "unique corrected" the in-sample value there less its bias, with a 95 % interval over readers and sentences. "position percent" is
-- the share of R2 that is left when sentences of the same length exchange their attention. Ridge and the mean over heads
-- are held out by article, and so is D2, the share of deviance that Poisson regression explains.
-- Grain: one row per model, condition, method, measure and group of readers.
-- Leaves out: results without some sentences; what is not computed (unique-variance, exchanged-null, ...).
-- Compute: unique-variance
-- Page: corpus, measure
-- Models: extraction_id
-- Read by: warehouse report.
SELECT
    model,
    condition,
    method,
    corpus,
    measure,
    language_group,
    100 * resemblance AS in_sample_percent,
    100 * nested_resemblance AS nested_percent,
    100 * baseline_resemblance AS baseline_percent,
    nested_unique_r2 AS unique_nested,
    nested_unique_low AS nested_from,
    nested_unique_high AS nested_to,
    nested_unique_p AS p_nested,
    unique_r2,
    p_bonferroni,
    corrected_unique_r2 AS unique_corrected,
    unique_low AS unique_from,
    unique_high AS unique_to,
    100 * exchanged_share AS position_percent,
    best_layer,
    r2,
    nested_cv_r2,
    baseline_r2,
    ridge_cv_r2,
    head_averaged_cv_r2,
    cv_d2,
    ceiling,
    ratio_missing_because,
    missing_because,
    array_to_string(usage_warnings, ', ') AS warning,
    run_id,
    extraction_id,
    subject_count,
    cell_count,
    usage_warnings
FROM mart.resemblance_in_context
ORDER BY
    corpus,
    measure LIKE 'roi_value/%',
    measure,
    language_group,
    parameter_count,
    model,
    condition,
    method;
