-- What the line of resemblance on size says, as it holds now.
--
-- Grain: one row per corpus, condition, method, measure, group of readers, choice of models, score, number of parameters
-- and set of sentences left out on request; where several runs say it, the latest.
-- Leaves out: runs that are not done, units that a later run superseded.
-- Read by: mart.scale_prediction.
CREATE VIEW current.scale_prediction AS
SELECT DISTINCT ON (
    scale_prediction.corpus_id,
    scale_prediction.condition_id,
    scale_prediction.method,
    scale_prediction.measure_id,
    scale_prediction.language_group,
    scale_prediction.model_choice,
    scale_prediction.score_kind,
    scale_prediction.parameter_count,
    active_unit.leave_out
)
    scale_prediction.run_id,
    scale_prediction.corpus_id,
    scale_prediction.condition_id,
    scale_prediction.method,
    scale_prediction.measure_id,
    scale_prediction.language_group,
    scale_prediction.model_choice,
    scale_prediction.score_kind,
    scale_prediction.parameter_count,
    scale_prediction.predicted,
    scale_prediction.band_low,
    scale_prediction.band_high,
    scale_prediction.prediction_low,
    scale_prediction.prediction_high,
    scale_prediction.is_extrapolation,
    active_unit.leave_out
FROM result.scale_prediction
JOIN current.active_unit ON active_unit.run_id = scale_prediction.run_id AND active_unit.unit_id = scale_prediction.unit_id
ORDER BY
    scale_prediction.corpus_id,
    scale_prediction.condition_id,
    scale_prediction.method,
    scale_prediction.measure_id,
    scale_prediction.language_group,
    scale_prediction.model_choice,
    scale_prediction.score_kind,
    scale_prediction.parameter_count,
    active_unit.leave_out,
    scale_prediction.run_id DESC;
