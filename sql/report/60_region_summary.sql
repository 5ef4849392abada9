-- Brain regions
--
-- Paper: Table 8.
-- Caption: R2 of the readers' activation on the heads of the best layer, beside the ceilings in the same unit, what as many
-- random predictors explain, and articles held out; a ratio that means nothing is left out, with the reason. "published
-- percent" is the paper's; its constants are mean Pearson r, not R2, so its percentages are not shares of what could be
-- explained.
-- Grain: one row per region, group of readers, model and condition.
-- Leaves out: results without some sentences.
-- Compute: human-resemblance
-- Page: corpus, region
-- Models: model
-- Read by: warehouse report.
SELECT
    corpus,
    region,
    language_group,
    model,
    condition,
    best_layer,
    r2,
    random_r2,
    cv_r2,
    ceiling,
    leave_one_out_ceiling,
    split_half_ceiling,
    100 * resemblance AS percent,
    100 * cv_resemblance AS cross_validated_percent,
    ratio_missing_because,
    mean_r,
    published_r,
    published_ceiling,
    ceiling_unit,
    100 * published_resemblance AS percent_of_published_ceiling,
    published_percent,
    array_to_string(usage_warnings, ', ') AS warning,
    run_id,
    subject_count,
    usage_warnings
FROM mart.region_summary
WHERE leave_out = '[]' AND corpus IS NOT NULL
ORDER BY corpus, region, language_group, model, condition;
