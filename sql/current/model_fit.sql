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
    active_unit.leave_out
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
    active_unit.leave_out
FROM result.model_fit
JOIN current.active_unit ON active_unit.run_id = model_fit.run_id AND active_unit.unit_id = model_fit.unit_id
ORDER BY
    model_fit.corpus_id,
    model_fit.condition_id,
    model_fit.method,
    model_fit.measure_id,
    model_fit.language_group,
    model_fit.model_choice,
    model_fit.score_kind,
    model_fit.predictor,
    active_unit.leave_out,
    model_fit.run_id DESC;
