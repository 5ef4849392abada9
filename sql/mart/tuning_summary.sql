-- In how many layers a tuned model resembles readers more, and in how many less, than its base model, and in which.
--
-- Grain: one row per tuned model, condition, method, measure, group of readers.
-- Key: extraction_id, base_model, measure, language_group
-- Default: mart.tuning_summary_default. Here condition, method and measure differ from row to row: choose one of each
-- before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Source: Gao et al. 2023 (EMNLP Findings), Tables 4, 6 and 7: significant is p_bonferroni < 0.05.
-- Read by: people, BI tools, warehouse show tuning-test.
CREATE VIEW mart.tuning_summary AS
SELECT
    shown.*,
    NULLIF(array_to_string(shown.higher_layers, ', '), '') AS higher_layers_text,
    NULLIF(array_to_string(shown.lower_layers, ', '), '') AS lower_layers_text,
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
        count(*) FILTER (WHERE tuning_test.alternative = 'higher' AND tuning_test.p_bonferroni < 0.05)::integer AS higher_count,
        count(*) FILTER (WHERE tuning_test.alternative = 'lower' AND tuning_test.p_bonferroni < 0.05)::integer AS lower_count,
        array_agg(tuning_test.layer ORDER BY tuning_test.layer) FILTER (
            WHERE tuning_test.alternative = 'higher' AND tuning_test.p_bonferroni < 0.05
        )::integer[] AS higher_layers,
        array_agg(tuning_test.layer ORDER BY tuning_test.layer) FILTER (
            WHERE tuning_test.alternative = 'lower' AND tuning_test.p_bonferroni < 0.05
        )::integer[] AS lower_layers,
        count(DISTINCT tuning_test.layer)::integer AS layer_total,
        tuning_test.test_count,
        max(tuning_test.subject_count) AS subject_count,
        ARRAY(SELECT warning FROM fn.joint_usage_warnings(
            ARRAY[tuning_test.left_extraction_id, tuning_test.right_extraction_id], tuning_test.corpus_id, tuning_test.leave_out
        ) AS warning) AS usage_warnings,
        max(tuning_test.run_id) AS run_id,
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
    GROUP BY
        base.model,
        tuned.model,
        condition.condition,
        right_side.method,
        corpus.corpus,
        measure.measure,
        tuning_test.corpus_id,
        tuning_test.language_group,
        tuning_test.leave_out,
        tuning_test.test_count,
        tuning_test.left_extraction_id,
        tuning_test.right_extraction_id
) AS shown;
