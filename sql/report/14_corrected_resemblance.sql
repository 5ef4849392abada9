-- What resemblance is worth: corrections of the best layer
--
-- Caption: For the best layer of each model: R2 in-sample (the paper's), less what as many random predictors explain,
-- with articles or sentences held out, and with as many heads as the smallest model has (mean over random subsets; first
-- principal components). The interval is a bootstrap of 95 % of the resemblance over readers and sentences. "nested
-- percent" is cross-validated with the layer chosen on other articles.
-- Grain: one row per model, condition, method, measure and group of readers.
-- Leaves out: results without some sentences.
-- Compute: corrected-resemblance
-- Page: corpus, measure
-- Read by: warehouse report.
SELECT
    corrected.model,
    corrected.condition,
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
    corrected.run_id,
    corrected.subject_count,
    corrected.cell_count,
    corrected.usage_warnings
FROM mart.corrected_resemblance AS corrected
JOIN mart.layer_choice AS choice
    ON
        choice.extraction_id = corrected.extraction_id
        AND choice.measure = corrected.measure
        AND choice.language_group = corrected.language_group
        AND choice.leave_out = corrected.leave_out
        AND choice.seed = corrected.seed
        AND choice.best_layer = corrected.layer
WHERE corrected.leave_out = '[]'
ORDER BY
    corrected.corpus,
    corrected.measure,
    corrected.language_group,
    corrected.model,
    corrected.condition;
