-- How well each reader is explained by attention in another way than by least squares on all heads, as it holds now.
--
-- Grain: one row per extraction, layer, measure, reader, variant, set of predictors, what of set and heads is fitted, and
-- set of sentences left out on request; of runs that differ in their penalties, the latest.
-- Names what it is of, so that who asks for some of it by name has the rest left out before the latest run is looked for.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.reader_variant; means over readers are in current.resemblance_variant_by_group.
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
    active_unit.leave_out,
    extraction.model,
    extraction.condition,
    extraction.method,
    extraction.corpus,
    subject.language_group,
    subject.subject_label
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
    active_unit.leave_out,
    extraction.model,
    extraction.condition,
    extraction.method,
    extraction.corpus,
    subject.language_group,
    subject.subject_label,
    fn.relative_depth(resemblance_variant.layer, extraction.layer_count) AS relative_depth
FROM result.resemblance_variant
JOIN current.active_unit ON active_unit.run_id = resemblance_variant.run_id AND active_unit.unit_id = resemblance_variant.unit_id
JOIN current.named_extraction AS extraction ON extraction.extraction_id = resemblance_variant.extraction_id
JOIN human.measure ON measure.measure_id = resemblance_variant.measure_id
JOIN human.subject ON subject.subject_id = resemblance_variant.subject_id
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
    extraction.model,
    extraction.condition,
    extraction.method,
    extraction.corpus,
    subject.language_group,
    subject.subject_label,
    resemblance_variant.run_id DESC;
