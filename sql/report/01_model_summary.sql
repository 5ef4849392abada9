-- Human resemblance of each model
--
-- Paper: Table 1.
-- Caption: R2 of readers on all heads of a layer, over the noise ceiling. "in-sample percent" is the paper's value: the
-- best layer chosen and scored on the same data, over the ceiling whose mean contains the reader; its interval of 95 %
-- draws readers and sentences and is reflected, since refits are biased, so that it may lie below the value. "nested
-- percent" predicts each article by the layer that is best on the other articles, over a ceiling predicted for the same
-- articles; its interval of 95 % draws readers. Compare models by the latter.
-- Grain: one row per model, condition, method, measure and group of readers.
-- Leaves out: results without some sentences; intervals that are not computed (corrected-resemblance, layer-choice).
-- Compute: layer-choice
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
    100 * interval_low AS in_sample_from,
    100 * interval_high AS in_sample_to,
    100 * nested_resemblance AS nested_percent,
    100 * nested_low AS nested_from,
    100 * nested_high AS nested_to,
    100 * adjusted_resemblance AS adjusted_percent,
    100 * cv_resemblance AS held_out_best_layer_percent,
    best_layer,
    r2,
    nested_cv_r2,
    ceiling,
    leave_one_out_ceiling,
    cv_ceiling,
    predictor_count AS heads,
    layer_total AS layers,
    subject_count AS readers,
    ratio_missing_because,
    array_to_string(usage_warnings, ', ') AS warning,
    run_id,
    extraction_id,
    subject_count,
    cell_count,
    usage_warnings
FROM mart.model_summary
ORDER BY
    corpus,
    measure LIKE 'roi_value/%',
    measure,
    language_group,
    parameter_count,
    model,
    condition,
    method;
