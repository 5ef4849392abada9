-- How well each reader is explained by attention in another way than by least squares on all heads, as it holds now.
--
-- Grain: one row per extraction, layer, measure, reader, variant, set of predictors, what of set and heads is fitted, and
-- set of sentences left out on request; of runs that differ in their penalties, the latest.
-- Names the measure, so that who asks for one by its name has the others left out before the latest run is looked for.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.resemblance_variant, mart.reader_variant.
CREATE VIEW current.resemblance_variant AS
SELECT DISTINCT ON (
    resemblance_variant.extraction_id,
    resemblance_variant.layer,
    measure.measure_id,
    measure.measure,
    resemblance_variant.subject_id,
    resemblance_variant.variant,
    resemblance_variant.predictor_set,
    resemblance_variant.fitted,
    active_unit.leave_out
)
    resemblance_variant.run_id,
    resemblance_variant.unit_id,
    resemblance_variant.extraction_id,
    extraction.corpus_id,
    resemblance_variant.layer,
    measure.measure_id,
    measure.measure,
    resemblance_variant.subject_id,
    resemblance_variant.variant,
    resemblance_variant.predictor_set,
    resemblance_variant.fitted,
    resemblance_variant.r2,
    resemblance_variant.cv_r2,
    resemblance_variant.pearson_r,
    resemblance_variant.penalty,
    resemblance_variant.penalty_end_count,
    resemblance_variant.cell_count,
    resemblance_variant.predictor_count,
    resemblance_variant.missing_because,
    active_unit.leave_out
FROM result.resemblance_variant
JOIN current.active_unit ON active_unit.run_id = resemblance_variant.run_id AND active_unit.unit_id = resemblance_variant.unit_id
JOIN model.extraction ON extraction.extraction_id = resemblance_variant.extraction_id
JOIN human.measure ON measure.measure_id = resemblance_variant.measure_id
WHERE fn.is_complete(extraction.extraction_status)
ORDER BY
    resemblance_variant.extraction_id,
    resemblance_variant.layer,
    measure.measure_id,
    measure.measure,
    resemblance_variant.subject_id,
    resemblance_variant.variant,
    resemblance_variant.predictor_set,
    resemblance_variant.fitted,
    active_unit.leave_out,
    resemblance_variant.run_id DESC;
