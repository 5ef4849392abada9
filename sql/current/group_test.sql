-- The tests of one group of readers against another that hold now.
--
-- Grain: one row per extraction, measure, pair of groups, layer and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.group_test, mart.group_summary.
CREATE VIEW current.group_test AS
SELECT
    group_test.run_id,
    group_test.extraction_id,
    group_test.measure_id,
    group_test.left_group,
    group_test.right_group,
    group_test.layer,
    group_test.left_count,
    group_test.right_count,
    group_test.r2_difference,
    group_test.resemblance_difference,
    group_test.p_resemblance,
    group_test.t_statistic,
    group_test.degrees_of_freedom,
    group_test.effect_size,
    group_test.effect_low,
    group_test.effect_high,
    group_test.p_one_sided,
    group_test.p_bonferroni,
    group_test.p_holm,
    group_test.p_benjamini_hochberg,
    group_test.test_count,
    group_test.missing_because,
    extraction.corpus_id,
    active_unit.leave_out
FROM result.group_test
JOIN current.active_unit ON active_unit.run_id = group_test.run_id AND active_unit.unit_id = group_test.unit_id
JOIN model.extraction ON extraction.extraction_id = group_test.extraction_id
WHERE fn.is_complete(extraction.extraction_status);
