-- Whether a tuned model's layers resemble readers more or less than its base model's.
--
-- Grain: one row per tuned model, condition, method, measure, group of readers, layer, direction.
-- Key: extraction_id, base_model, measure, language_group, layer, alternative
-- Default: mart.tuning_test_default. Here condition, method and measure differ from row to row: choose one of each
-- before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Caveats: r2 is in-sample; both models have as many heads.
-- Source: Gao et al. 2023 (EMNLP Findings), Tables 4, 6 and 7: paired t over readers, p < 0.05/(4 x layers).
-- Read by: people, BI tools, warehouse show tuning-test --layers.
CREATE VIEW mart.tuning_test AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        base.model AS base_model,
        tuned.model,
        condition.condition,
        right_side.method,
        corpus.corpus,
        measure.measure,
        tuning_test.language_group,
        tuning_test.leave_out,
        tuning_test.layer,
        fn.relative_depth(tuning_test.layer, tuned.layer_count) AS relative_depth,
        tuning_test.alternative,
        tuning_test.r2_difference,
        tuning_test.t_statistic,
        tuning_test.degrees_of_freedom,
        tuning_test.effect_size,
        tuning_test.effect_low,
        tuning_test.effect_high,
        tuning_test.p_one_sided,
        tuning_test.p_bonferroni,
        tuning_test.p_holm,
        tuning_test.p_benjamini_hochberg,
        tuning_test.p_bonferroni < 0.05 AS is_significant,
        tuning_test.test_count,
        tuning_test.subject_count,
        tuning_test.missing_because,
        ARRAY(SELECT warning FROM fn.joint_usage_warnings(
            ARRAY[tuning_test.left_extraction_id, tuning_test.right_extraction_id], tuning_test.corpus_id, tuning_test.leave_out
        ) AS warning) AS usage_warnings,
        tuning_test.run_id,
        tuning_test.right_extraction_id AS extraction_id
    FROM current.tuning_test
    JOIN model.extraction AS left_side ON left_side.extraction_id = tuning_test.left_extraction_id
    JOIN model.extraction AS right_side ON right_side.extraction_id = tuning_test.right_extraction_id
    JOIN model.language_model AS base ON base.language_model_id = left_side.language_model_id
    JOIN model.language_model AS tuned ON tuned.language_model_id = right_side.language_model_id
    JOIN model.condition ON condition.condition_id = right_side.condition_id
    JOIN stimulus.corpus ON corpus.corpus_id = tuning_test.corpus_id
    JOIN human.measure ON measure.measure_id = tuning_test.measure_id
    WHERE jsonb_array_length(tuning_test.leave_out) < 1
) AS shown;
