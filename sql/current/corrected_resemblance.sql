-- The corrections of human resemblance that hold now.
--
-- Grain: one row per extraction, layer, measure, group of readers, set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.corrected_resemblance.
CREATE VIEW current.corrected_resemblance AS
SELECT
    corrected_resemblance.run_id,
    corrected_resemblance.unit_id,
    corrected_resemblance.extraction_id,
    corrected_resemblance.layer,
    corrected_resemblance.measure_id,
    corrected_resemblance.language_group,
    corrected_resemblance.r2,
    corrected_resemblance.random_r2,
    corrected_resemblance.sentence_cv_r2,
    corrected_resemblance.matched_head_count,
    corrected_resemblance.matched_r2,
    corrected_resemblance.matched_r2_sd,
    corrected_resemblance.component_r2,
    corrected_resemblance.subject_count,
    corrected_resemblance.cell_count,
    corrected_resemblance.predictor_count,
    corrected_resemblance.missing_because,
    extraction.corpus_id,
    run.parameters -> 'leave_out' AS leave_out,
    run.seed,
    (run.parameters ->> 'subsets')::integer AS subset_count
FROM result.corrected_resemblance
JOIN ops.run ON run.run_id = corrected_resemblance.run_id
JOIN ops.unit ON unit.run_id = corrected_resemblance.run_id AND unit.unit_id = corrected_resemblance.unit_id
JOIN model.extraction ON extraction.extraction_id = corrected_resemblance.extraction_id
WHERE
    fn.is_current(run.run_status, unit.unit_state)
    AND fn.is_complete(extraction.extraction_status)
    -- of runs that differ in their parameters the latest
    AND NOT EXISTS (
        SELECT 1
        FROM result.corrected_resemblance AS later
        JOIN ops.run AS later_run ON later_run.run_id = later.run_id
        JOIN ops.unit AS later_unit ON later_unit.run_id = later.run_id AND later_unit.unit_id = later.unit_id
        WHERE
            later.extraction_id = corrected_resemblance.extraction_id
            AND later.layer = corrected_resemblance.layer
            AND later.measure_id = corrected_resemblance.measure_id
            AND later.language_group = corrected_resemblance.language_group
            AND later.run_id > corrected_resemblance.run_id
            AND later_run.parameters -> 'leave_out' = run.parameters -> 'leave_out'
            AND fn.is_current(later_run.run_status, later_unit.unit_state)
    );
