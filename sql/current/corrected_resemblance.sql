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
    active_unit.leave_out,
    active_unit.seed,
    (active_unit.parameters ->> 'subsets')::integer AS subset_count
FROM result.corrected_resemblance
JOIN current.active_unit ON active_unit.run_id = corrected_resemblance.run_id AND active_unit.unit_id = corrected_resemblance.unit_id
JOIN model.extraction ON extraction.extraction_id = corrected_resemblance.extraction_id
WHERE
    fn.is_complete(extraction.extraction_status)
    -- of runs that differ in their parameters the latest
    AND NOT EXISTS (
        SELECT 1
        FROM result.corrected_resemblance AS later
        JOIN current.active_unit AS later_unit ON later_unit.run_id = later.run_id AND later_unit.unit_id = later.unit_id
        WHERE
            later.extraction_id = corrected_resemblance.extraction_id
            AND later.layer = corrected_resemblance.layer
            AND later.measure_id = corrected_resemblance.measure_id
            AND later.language_group = corrected_resemblance.language_group
            AND later.run_id > corrected_resemblance.run_id
            AND later_unit.leave_out = active_unit.leave_out
    );
