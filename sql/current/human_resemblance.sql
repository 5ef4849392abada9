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
    run.parameters -> 'leave_out' AS leave_out
FROM result.human_resemblance
JOIN ops.run ON run.run_id = human_resemblance.run_id
JOIN ops.unit ON unit.run_id = human_resemblance.run_id AND unit.unit_id = human_resemblance.unit_id
JOIN model.extraction ON extraction.extraction_id = human_resemblance.extraction_id
WHERE
    fn.is_current(run.run_status, unit.unit_state)
    AND fn.is_complete(extraction.extraction_status);
