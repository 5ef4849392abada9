-- What heads explain beyond sets of predictors by layers chosen on other articles, as it holds now.
--
-- Grain: one row per extraction, measure, group of readers, set of predictors and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.resemblance_in_context.
CREATE VIEW current.nested_unique_variance AS
SELECT
    nested_unique_variance.run_id,
    nested_unique_variance.unit_id,
    nested_unique_variance.extraction_id,
    extraction.corpus_id,
    nested_unique_variance.measure_id,
    nested_unique_variance.language_group,
    nested_unique_variance.predictor_set,
    nested_unique_variance.nested_unique_r2,
    nested_unique_variance.nested_unique_se,
    nested_unique_variance.nested_unique_low,
    nested_unique_variance.nested_unique_high,
    nested_unique_variance.t_statistic,
    nested_unique_variance.degrees_of_freedom,
    nested_unique_variance.p_value,
    nested_unique_variance.effect_size,
    nested_unique_variance.effect_low,
    nested_unique_variance.effect_high,
    nested_unique_variance.subject_count,
    nested_unique_variance.missing_because,
    active_unit.leave_out
FROM result.nested_unique_variance
JOIN current.active_unit ON active_unit.run_id = nested_unique_variance.run_id AND active_unit.unit_id = nested_unique_variance.unit_id
JOIN model.extraction ON extraction.extraction_id = nested_unique_variance.extraction_id
WHERE fn.is_complete(extraction.extraction_status);
