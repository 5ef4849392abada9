-- The lines over models that hold now.
--
-- Grain: one row per corpus, condition, method, measure, group of readers, choice of models, score, predictor and set of
-- sentences left out on request. The sizes that are asked of the line of scale do not change it: of runs that differ in
-- them the latest is given.
-- Leaves out: runs that are not done, units that a later run superseded.
-- Read by: mart.model_fit, mart.claim.
CREATE VIEW current.model_fit AS
SELECT DISTINCT ON (
    model_fit.corpus_id,
    model_fit.condition_id,
    model_fit.method,
    model_fit.measure_id,
    model_fit.language_group,
    model_fit.model_choice,
    model_fit.score_kind,
    model_fit.predictor,
    run.parameters -> 'leave_out'
)
    model_fit.run_id,
    model_fit.corpus_id,
    model_fit.condition_id,
    model_fit.method,
    model_fit.measure_id,
    model_fit.language_group,
    model_fit.model_choice,
    model_fit.score_kind,
    model_fit.predictor,
    model_fit.model_count,
    model_fit.slope,
    model_fit.intercept,
    model_fit.pearson_r,
    model_fit.r_low,
    model_fit.r_high,
    model_fit.p_value,
    model_fit.residual_sd,
    model_fit.missing_because,
    run.parameters -> 'leave_out' AS leave_out
FROM result.model_fit
JOIN ops.run ON run.run_id = model_fit.run_id
JOIN ops.unit ON unit.run_id = model_fit.run_id AND unit.unit_id = model_fit.unit_id
WHERE fn.is_current(run.run_status, unit.unit_state)
ORDER BY
    model_fit.corpus_id,
    model_fit.condition_id,
    model_fit.method,
    model_fit.measure_id,
    model_fit.language_group,
    model_fit.model_choice,
    model_fit.score_kind,
    model_fit.predictor,
    run.parameters -> 'leave_out',
    model_fit.run_id DESC;
