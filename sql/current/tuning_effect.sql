-- What tuning changes about resemblance, each model at its own layer, as it holds now.
--
-- Grain: one row per corpus, condition, method, measure, group of readers, score, tuned model or mean over such models, and
-- set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded.
-- Read by: mart.tuning_effect, slice.claim_tuning.
CREATE VIEW current.tuning_effect AS
SELECT
    tuning_effect.run_id,
    tuning_effect.unit_id,
    tuning_effect.corpus_id,
    tuning_effect.condition_id,
    tuning_effect.method,
    tuning_effect.measure_id,
    tuning_effect.language_group,
    tuning_effect.score_kind,
    tuning_effect.tuned_model,
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
    tuning_effect.resample_count,
    tuning_effect.missing_because,
    active_unit.leave_out,
    active_unit.seed
FROM result.tuning_effect
JOIN current.active_unit ON active_unit.run_id = tuning_effect.run_id AND active_unit.unit_id = tuning_effect.unit_id
WHERE
    -- of runs that differ in their parameters the latest
    NOT EXISTS (
        SELECT 1
        FROM result.tuning_effect AS later
        JOIN current.active_unit AS later_unit ON later_unit.run_id = later.run_id AND later_unit.unit_id = later.unit_id
        WHERE
            later.corpus_id = tuning_effect.corpus_id
            AND later.condition_id = tuning_effect.condition_id
            AND later.method = tuning_effect.method
            AND later.measure_id = tuning_effect.measure_id
            AND later.language_group = tuning_effect.language_group
            AND later.score_kind = tuning_effect.score_kind
            AND later.tuned_model = tuning_effect.tuned_model
            AND later.run_id > tuning_effect.run_id
            AND later_unit.leave_out = active_unit.leave_out
    );
