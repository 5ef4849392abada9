-- What heads explain beyond sets of predictors, as it holds now.
--
-- Grain: one row per extraction, layer, measure, group of readers, set of predictors, what was held out, and set of
-- sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: slice.unique_variance, mart.reader_unique_variance.
CREATE VIEW current.unique_variance AS
SELECT
    unique_variance.run_id,
    unique_variance.unit_id,
    unique_variance.extraction_id,
    extraction.corpus_id,
    unique_variance.layer,
    unique_variance.measure_id,
    unique_variance.language_group,
    unique_variance.predictor_set,
    unique_variance.held_out,
    unique_variance.set_r2,
    unique_variance.set_se,
    unique_variance.heads_r2,
    unique_variance.heads_se,
    unique_variance.joint_r2,
    unique_variance.joint_se,
    unique_variance.unique_r2,
    unique_variance.unique_se,
    unique_variance.set_unique_r2,
    unique_variance.set_unique_se,
    unique_variance.set_r2 + unique_variance.heads_r2 - unique_variance.joint_r2 AS common_r2,
    unique_variance.t_statistic,
    unique_variance.degrees_of_freedom,
    unique_variance.p_one_sided,
    unique_variance.effect_size,
    unique_variance.effect_low,
    unique_variance.effect_high,
    unique_variance.corrected_unique_r2,
    unique_variance.sentence_se,
    unique_variance.unique_low,
    unique_variance.unique_high,
    unique_variance.reader_set_r2,
    unique_variance.reader_heads_r2,
    unique_variance.reader_joint_r2,
    unique_variance.article_gains,
    unique_variance.subject_labels,
    unique_variance.subject_count,
    unique_variance.cell_count,
    unique_variance.set_rank,
    unique_variance.heads_rank,
    unique_variance.joint_rank,
    unique_variance.missing_because,
    active_unit.leave_out
FROM result.unique_variance
JOIN current.active_unit ON active_unit.run_id = unique_variance.run_id AND active_unit.unit_id = unique_variance.unit_id
JOIN model.extraction ON extraction.extraction_id = unique_variance.extraction_id
WHERE fn.is_complete(extraction.extraction_status);
