-- What resemblance is worth: corrections of the best layer
--
-- Caption: For the layer of each model that is best in-sample: R2 (the paper's), less what as many random predictors
-- explain, with articles or sentences held out, and with as many heads as the smallest model has (mean over random
-- subsets; first principal components). The interval is a reflected bootstrap of 95 % of the resemblance over readers and
-- sentences. "nested percent" is cross-validated with the layer chosen on other articles, over a ceiling of the same
-- held-out articles, and beside it over the leave-one-out ceiling, which is in-sample.
-- Grain: one row per model, condition, method, measure and group of readers; of several seeds, the latest.
-- Leaves out: results without some sentences.
-- Compute: corrected-resemblance
-- Page: corpus, measure
-- Models: extraction_id
-- Read by: warehouse report.
SELECT
    corrected.model,
    corrected.condition,
    corrected.method,
    corrected.corpus,
    corrected.measure,
    corrected.language_group,
    corrected.layer,
    corrected.r2,
    corrected.r2_above_random,
    corrected.cv_r2 AS article_held_out_r2,
    corrected.sentence_cv_r2 AS sentence_held_out_r2,
    corrected.matched_head_count AS matched_heads,
    corrected.matched_r2,
    corrected.component_r2,
    corrected.split_half_ceiling,
    100 * corrected.resemblance AS percent,
    100 * corrected.interval_low AS interval_low_percent,
    100 * corrected.interval_high AS interval_high_percent,
    100 * corrected.matched_resemblance AS matched_percent,
    100 * corrected.cv_resemblance AS cross_validated_percent,
    100 * choice.nested_resemblance AS nested_percent,
    100 * choice.nested_loo_resemblance AS nested_over_leave_one_out_percent,
    corrected.seed,
    corrected.run_id,
    corrected.extraction_id,
    corrected.subject_count,
    corrected.cell_count,
    corrected.usage_warnings
FROM mart.corrected_resemblance AS corrected
JOIN mart.model_summary AS summary
    ON
        summary.extraction_id = corrected.extraction_id
        AND summary.measure = corrected.measure
        AND summary.language_group = corrected.language_group
        AND summary.best_layer = corrected.layer
LEFT JOIN mart.layer_choice AS choice
    ON
        choice.extraction_id = corrected.extraction_id
        AND choice.measure = corrected.measure
        AND choice.language_group = corrected.language_group
ORDER BY
    corrected.corpus,
    corrected.measure LIKE 'roi_value/%',
    corrected.measure,
    corrected.language_group,
    corrected.model,
    corrected.condition,
    corrected.method;
