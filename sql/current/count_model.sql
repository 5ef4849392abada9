-- How well attention explains each reader's transition counts by Poisson regression, as it holds now.
--
-- Grain: one row per extraction, layer, measure, reader, set of predictors, what of set and heads is fitted, and set of
-- sentences left out on request; of runs that differ in their penalties, the latest.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.count_model, mart.reader_count_model.
CREATE VIEW current.count_model AS
SELECT DISTINCT ON (
    count_model.extraction_id,
    count_model.layer,
    count_model.measure_id,
    count_model.subject_id,
    count_model.predictor_set,
    count_model.fitted,
    active_unit.leave_out
)
    count_model.run_id,
    count_model.unit_id,
    count_model.extraction_id,
    extraction.corpus_id,
    count_model.layer,
    count_model.measure_id,
    count_model.subject_id,
    count_model.predictor_set,
    count_model.fitted,
    count_model.d2,
    count_model.cv_d2,
    count_model.dispersion,
    count_model.penalty,
    count_model.penalty_end_count,
    count_model.cell_count,
    count_model.predictor_count,
    count_model.missing_because,
    active_unit.leave_out
FROM result.count_model
JOIN current.active_unit ON active_unit.run_id = count_model.run_id AND active_unit.unit_id = count_model.unit_id
JOIN model.extraction ON extraction.extraction_id = count_model.extraction_id
WHERE fn.is_complete(extraction.extraction_status)
ORDER BY
    count_model.extraction_id,
    count_model.layer,
    count_model.measure_id,
    count_model.subject_id,
    count_model.predictor_set,
    count_model.fitted,
    active_unit.leave_out,
    count_model.run_id DESC;
