-- What each reader's saccades are explained by layers chosen on other articles, as it holds now.
--
-- Grain: one row per extraction, measure, reader and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: group_difference, tuning_effect.
CREATE VIEW current.nested_resemblance AS
SELECT
    nested_resemblance.run_id,
    nested_resemblance.unit_id,
    nested_resemblance.extraction_id,
    nested_resemblance.measure_id,
    nested_resemblance.subject_id,
    nested_resemblance.nested_cv_r2,
    extraction.corpus_id,
    active_unit.leave_out
FROM result.nested_resemblance
JOIN current.active_unit ON active_unit.run_id = nested_resemblance.run_id AND active_unit.unit_id = nested_resemblance.unit_id
JOIN model.extraction ON extraction.extraction_id = nested_resemblance.extraction_id
WHERE
    fn.is_complete(extraction.extraction_status)
    -- of runs that differ in their parameters the latest
    AND NOT EXISTS (
        SELECT 1
        FROM result.nested_resemblance AS later
        JOIN current.active_unit AS later_unit ON later_unit.run_id = later.run_id AND later_unit.unit_id = later.unit_id
        WHERE
            later.extraction_id = nested_resemblance.extraction_id
            AND later.measure_id = nested_resemblance.measure_id
            AND later.subject_id = nested_resemblance.subject_id
            AND later.run_id > nested_resemblance.run_id
            AND later_unit.leave_out = active_unit.leave_out
    );
