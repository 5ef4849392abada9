-- Fits over models: loss and size
--
-- Caption: Pearson correlation with its 95 % interval (Fisher's z), and straight line of the score on the next-token loss
-- and on the logarithm of billions of parameters, over all models and over those whose attention is aligned to words. A
-- handful of models is not a sample, and those of one family are not independent.
-- Grain: one row per predictor, score, choice of models, measure and group of readers.
-- Leaves out: results without some sentences; fits without enough models, which the CSV of mart.model_fit tells.
-- Compute: loss-fit
-- Page: corpus
-- Read by: warehouse report.
SELECT
    corpus,
    measure,
    language_group,
    condition,
    predictor,
    score_kind,
    model_choice,
    model_count AS models,
    pearson_r,
    r_low,
    r_high,
    p_value,
    slope,
    intercept,
    run_id,
    usage_warnings
FROM mart.model_fit
WHERE leave_out = '[]' AND pearson_r IS NOT NULL
ORDER BY corpus, measure LIKE 'roi_value/%', measure, language_group, condition, predictor, score_kind, model_choice;
