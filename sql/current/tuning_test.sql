-- The tests of tuned against base models that hold now.
--
-- Grain: one row per base and tuned extraction, measure, group of readers, layer, direction, size of the family and set of
-- sentences left out on request.
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
    tuning_test.p_one_sided,
    tuning_test.p_bonferroni,
    tuning_test.p_holm,
    tuning_test.p_benjamini_hochberg,
    tuning_test.test_count,
    tuning_test.missing_because,
    extraction.corpus_id,
    run.parameters -> 'leave_out' AS leave_out
FROM result.tuning_test
JOIN ops.run ON run.run_id = tuning_test.run_id
JOIN ops.unit ON unit.run_id = tuning_test.run_id AND unit.unit_id = tuning_test.unit_id
JOIN model.extraction ON extraction.extraction_id = tuning_test.left_extraction_id
JOIN model.extraction AS other ON other.extraction_id = tuning_test.right_extraction_id
WHERE
    run.run_status NOT IN ('running', 'failed', 'interrupted') AND unit.unit_state <> 'superseded'
    AND extraction.extraction_status NOT IN ('loading', 'retired') AND other.extraction_status NOT IN ('loading', 'retired');
