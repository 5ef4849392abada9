-- The human resemblance that holds now, reader by reader.
--
-- Grain: one row per extraction, layer, measure, reader and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: slice.layer_curve, mart.human_resemblance.
CREATE VIEW current.human_resemblance AS
SELECT
    human_resemblance.run_id,
    human_resemblance.unit_id,
    human_resemblance.extraction_id,
    extraction.corpus_id,
    human_resemblance.layer,
    human_resemblance.measure_id,
    human_resemblance.subject_id,
    human_resemblance.r2,
    human_resemblance.adjusted_r2,
    human_resemblance.cv_r2,
    human_resemblance.cell_count,
    human_resemblance.predictor_count,
    human_resemblance.rank,
    human_resemblance.condition_number,
    active_unit.leave_out
FROM result.human_resemblance
JOIN current.active_unit ON active_unit.run_id = human_resemblance.run_id AND active_unit.unit_id = human_resemblance.unit_id
JOIN model.extraction ON extraction.extraction_id = human_resemblance.extraction_id
WHERE fn.is_complete(extraction.extraction_status);
