-- What tuning changes about resemblance: tuned minus base model, each at its own layer, over the same readers.
--
-- Grain: one row per condition, method, measure, group of readers, score, and tuned model or mean over tuned models (all;
-- word-aligned); of several seeds or bounds, the latest.
-- Key: corpus, condition, method, measure, language_group, score_kind, tuned_model
-- Default: mart.tuning_effect_default. Here condition, method, measure and score_kind differ from row to row: choose one
-- of each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units; readers whom one model lacks.
-- Caveats: only nested_resemblance has its layers chosen without the data that score them: in-sample, two models may differ
-- because they switch layers. Of the means, p is of one test, not corrected.
-- Source: Gao et al. 2023 (EMNLP Findings), Table 1; Schuirmann 1987 for p_equivalence.
-- Read by: people, BI tools, warehouse show tuning-effect.
CREATE VIEW mart.tuning_effect AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure)
    AND shown.score_kind = 'nested_resemblance'
    AND shown.tuned_model NOT IN ('all', 'word-aligned') AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        tuning_effect.tuned_model,
        condition.condition,
        tuning_effect.method,
        corpus.corpus,
        measure.measure,
        tuning_effect.language_group,
        tuning_effect.leave_out,
        tuning_effect.score_kind,
        tuning_effect.difference,
        tuning_effect.interval_low,
        tuning_effect.interval_high,
        tuning_effect.t_statistic,
        tuning_effect.degrees_of_freedom,
        tuning_effect.p_value,
        tuning_effect.effect_size,
        tuning_effect.effect_low,
        tuning_effect.effect_high,
        tuning_effect.p_equivalence,
        tuning_effect.equivalence_bound,
        tuning_effect.model_count,
        tuning_effect.subject_count,
        tuning_effect.seed,
        tuning_effect.missing_because,
        ARRAY(SELECT warning FROM fn.joint_usage_warnings(
            ARRAY(
                SELECT unnest(ARRAY[extraction_pair.left_extraction_id, extraction_pair.right_extraction_id])
                FROM current.extraction_pair
                WHERE
                    extraction_pair.comparison = 'tuning'
                    AND extraction_pair.corpus_id = tuning_effect.corpus_id
                    AND extraction_pair.method = tuning_effect.method
                    AND extraction_pair.right_condition = condition.condition
                    AND tuning_effect.tuned_model IN (extraction_pair.right_model, 'all')
            ),
            CASE WHEN measure.region_id IS NULL THEN tuning_effect.corpus_id END,
            tuning_effect.leave_out
        ) AS warning) AS usage_warnings,
        tuning_effect.run_id
    FROM current.tuning_effect
    JOIN model.condition ON condition.condition_id = tuning_effect.condition_id
    JOIN stimulus.corpus ON corpus.corpus_id = tuning_effect.corpus_id
    JOIN human.measure ON measure.measure_id = tuning_effect.measure_id
    WHERE jsonb_array_length(tuning_effect.leave_out) < 1
) AS shown;
