-- The layers chosen without what they are scored on, and what they score, as they hold now.
--
-- Grain: one row per extraction, measure, group of readers and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.layer_choice, mart.model_summary, mart.region_summary, the slice model_scores.
CREATE VIEW current.layer_choice AS
SELECT
    layer_choice.run_id,
    layer_choice.unit_id,
    layer_choice.extraction_id,
    layer_choice.measure_id,
    layer_choice.language_group,
    layer_choice.chosen_layers,
    layer_choice.nested_cv_r2,
    layer_choice.standard_error,
    layer_choice.cv_ceiling,
    layer_choice.nested_resemblance,
    layer_choice.interval_low,
    layer_choice.interval_high,
    layer_choice.reader_nested_r2,
    layer_choice.subject_count,
    layer_choice.resample_count,
    layer_choice.missing_because,
    extraction.corpus_id,
    active_unit.leave_out,
    active_unit.seed
FROM result.layer_choice
JOIN current.active_unit ON active_unit.run_id = layer_choice.run_id AND active_unit.unit_id = layer_choice.unit_id
JOIN model.extraction ON extraction.extraction_id = layer_choice.extraction_id
WHERE
    fn.is_complete(extraction.extraction_status)
    -- of runs that differ in their parameters the latest
    AND NOT EXISTS (
        SELECT 1
        FROM result.layer_choice AS later
        JOIN current.active_unit AS later_unit ON later_unit.run_id = later.run_id AND later_unit.unit_id = later.unit_id
        WHERE
            later.extraction_id = layer_choice.extraction_id
            AND later.measure_id = layer_choice.measure_id
            AND later.language_group = layer_choice.language_group
            AND later.run_id > layer_choice.run_id
            AND later_unit.leave_out = active_unit.leave_out
    );
