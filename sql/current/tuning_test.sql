-- The tests of tuned against base models that hold now.
--
-- Grain: one row per base and tuned extraction, measure, group of readers, layer, direction and set of sentences left
-- out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.tuning_test, mart.tuning_summary.
CREATE VIEW current.tuning_test AS
SELECT
    tuning_test.run_id,
    tuning_test.left_extraction_id,
    tuning_test.right_extraction_id,
    tuning_test.measure_id,
    tuning_test.language_group,
    tuning_test.layer,
    tuning_test.alternative,
    tuning_test.subject_count,
    tuning_test.r2_difference,
    tuning_test.t_statistic,
    tuning_test.degrees_of_freedom,
    tuning_test.effect_size,
    tuning_test.effect_low,
    tuning_test.effect_high,
    tuning_test.p_one_sided,
    tuning_test.p_bonferroni,
    tuning_test.p_holm,
    tuning_test.p_benjamini_hochberg,
    tuning_test.test_count,
    tuning_test.missing_because,
    extraction.corpus_id,
    active_unit.leave_out
FROM result.tuning_test
JOIN current.active_unit ON active_unit.run_id = tuning_test.run_id AND active_unit.unit_id = tuning_test.unit_id
JOIN model.extraction ON extraction.extraction_id = tuning_test.left_extraction_id
JOIN model.extraction AS other ON other.extraction_id = tuning_test.right_extraction_id
WHERE
    fn.is_complete(extraction.extraction_status)
    AND fn.is_complete(other.extraction_status)
    -- of runs that differ in their parameters the latest
    AND NOT EXISTS (
        SELECT 1
        FROM result.tuning_test AS later
        JOIN current.active_unit AS later_unit ON later_unit.run_id = later.run_id AND later_unit.unit_id = later.unit_id
        WHERE
            later.left_extraction_id = tuning_test.left_extraction_id
            AND later.right_extraction_id = tuning_test.right_extraction_id
            AND later.measure_id = tuning_test.measure_id
            AND later.language_group = tuning_test.language_group
            AND later.layer = tuning_test.layer
            AND later.alternative = tuning_test.alternative
            AND later.run_id > tuning_test.run_id
            AND later_unit.leave_out = active_unit.leave_out
    );
