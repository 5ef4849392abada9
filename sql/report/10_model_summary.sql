-- Human resemblance of each model, best layer
--
-- Paper: Table 1.
-- Caption: R2 of readers on all heads of the best layer, over the noise ceiling. "percent" is the paper's value: in-sample,
-- over the ceiling whose mean contains the reader. "adjusted percent" takes the number of heads into account;
-- "cross-validated percent" predicts articles that were held out, over the leave-one-out ceiling.
-- Grain: one row per model, condition, method, measure and group of readers.
-- Leaves out: results without some sentences.
-- Compute: human-resemblance
-- Page: corpus, measure
-- Read by: warehouse report.
SELECT
    model,
    condition,
    method,
    corpus,
    measure,
    language_group,
    best_layer,
    r2,
    standard_error,
    100 * resemblance AS percent,
    100 * adjusted_resemblance AS adjusted_percent,
    100 * cv_resemblance AS cross_validated_percent,
    ceiling,
    leave_one_out_ceiling,
    predictor_count AS heads,
    layer_total AS layers,
    subject_count AS readers,
    array_to_string(usage_warnings, ', ') AS beware,
    run_id,
    subject_count,
    cell_count,
    usage_warnings
FROM mart.model_summary
WHERE leave_out = '[]'
ORDER BY corpus, measure, language_group, parameter_count, model, condition, method;
