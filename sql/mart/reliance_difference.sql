-- Whether the layers of one model follow trivial patterns more than those of another, by quarter of the layers.
--
-- Grain: one row per comparison, pair of models and conditions, method, set of patterns, quarter and sentences left out.
-- Key: comparison, left_extraction_id, right_extraction_id, pattern_set, quarter
-- Default: mart.reliance_difference_default. Here condition, method and pattern_set differ from row to row: choose one
-- of each before you average.
-- Leaves out: runs that are not done, superseded units, extractions that are not complete, quarters that one side lacks.
-- Caveats: each layer counts once, with the mean over its heads, which are not independent; neighbouring layers are alike,
-- so that p-values are still too small.
-- Source: Gao et al. 2023 (EMNLP Findings): differences by scale and by tuning per quarter of the layers.
-- Read by: people, BI tools, warehouse show reliance-difference.
CREATE VIEW mart.reliance_difference AS
SELECT
    shown.*,
    fn.is_default(method => shown.method, condition => shown.left_condition)
    AND shown.pattern_set = 'trivial' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        corpus.corpus,
        reliance_difference.comparison,
        left_model.model AS left_model,
        left_condition.condition AS left_condition,
        right_model.model AS right_model,
        right_condition.condition AS right_condition,
        left_extraction.method,
        reliance_difference.pattern_set,
        reliance_difference.leave_out,
        reliance_difference.quarter,
        reliance_difference.left_r2,
        reliance_difference.right_r2,
        reliance_difference.r2_difference,
        reliance_difference.cv_r2_difference,
        reliance_difference.left_count,
        reliance_difference.right_count,
        reliance_difference.test_kind,
        reliance_difference.t_statistic,
        reliance_difference.degrees_of_freedom,
        reliance_difference.effect_size,
        reliance_difference.effect_low,
        reliance_difference.effect_high,
        reliance_difference.p_value,
        reliance_difference.p_bonferroni,
        reliance_difference.p_holm,
        reliance_difference.p_benjamini_hochberg,
        reliance_difference.missing_because,
        ARRAY(SELECT warning FROM fn.joint_usage_warnings(
            ARRAY[reliance_difference.left_extraction_id, reliance_difference.right_extraction_id], NULL, NULL
        ) AS warning) AS usage_warnings,
        reliance_difference.run_id,
        reliance_difference.left_extraction_id,
        reliance_difference.right_extraction_id
    FROM current.reliance_difference
    JOIN stimulus.corpus ON corpus.corpus_id = reliance_difference.corpus_id
    JOIN model.extraction AS left_extraction ON left_extraction.extraction_id = reliance_difference.left_extraction_id
    JOIN model.language_model AS left_model ON left_model.language_model_id = left_extraction.language_model_id
    JOIN model.condition AS left_condition ON left_condition.condition_id = left_extraction.condition_id
    JOIN model.extraction AS right_extraction ON right_extraction.extraction_id = reliance_difference.right_extraction_id
    JOIN model.language_model AS right_model ON right_model.language_model_id = right_extraction.language_model_id
    JOIN model.condition AS right_condition ON right_condition.condition_id = right_extraction.condition_id
    WHERE jsonb_array_length(reliance_difference.leave_out) < 1
) AS shown;
