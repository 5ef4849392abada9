-- Layers in which a model is closer to one group of readers than to another
--
-- Caption: Number of layers whose R2 is significantly higher in the second group of readers than in the first:
-- independent t-tests, one-sided, with the Bonferroni correction of the paper. R2 is not divided by the groups' ceilings, which
-- differ; "over ceilings" is the number of layers in which the second group is higher once it is.
-- Grain: one row per model, condition, measure and pair of groups.
-- Leaves out: results without some sentences.
-- Compute: group-test
-- Page: corpus
-- Models: model
-- Read by: warehouse report.
SELECT
    corpus,
    measure,
    model,
    condition,
    left_group AS first_group,
    right_group AS second_group,
    significant_count AS layers_higher_in_second,
    significant_over_ceiling_count AS over_ceilings,
    layer_total AS layers,
    significant_layers,
    left_count AS first_n,
    right_count AS second_n,
    run_id,
    usage_warnings
FROM mart.group_summary
WHERE leave_out = '[]'
ORDER BY corpus, measure, model, condition;
