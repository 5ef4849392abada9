-- Layers in which a tuned model is closer to readers than its base, or further
--
-- Paper: Tables 4, 6 and 7.
-- Caption: Number of layers whose R2 over readers is significantly higher or lower than the base model's: paired t-tests,
-- one-sided both ways, with the Bonferroni correction of the paper.
-- Grain: one row per tuned model, condition, measure and group of readers.
-- Leaves out: results without some sentences.
-- Compute: tuning-test
-- Page: corpus
-- Models: model
-- Read by: warehouse report.
SELECT
    corpus,
    measure,
    language_group,
    base_model,
    model,
    condition,
    higher_count AS higher,
    lower_count AS lower,
    higher_layers,
    lower_layers,
    layer_total AS layers,
    test_count AS tests,
    run_id,
    subject_count,
    usage_warnings
FROM mart.tuning_summary
WHERE leave_out = '[]'
ORDER BY corpus, measure, language_group, base_model, model, condition;
