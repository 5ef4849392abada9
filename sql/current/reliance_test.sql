-- Whether one group of readers follows trivial patterns more than another, as it holds now.
--
-- Grain: one row per corpus, measure, set of patterns, pair of groups and set of sentences left out on request.
-- Leaves out: runs that are not done, and units that a later run superseded.
-- Read by: mart.reliance_test.
CREATE VIEW current.reliance_test AS
SELECT
    reliance_test.run_id,
    reliance_test.corpus_id,
    reliance_test.measure_id,
    reliance_test.pattern_set,
    reliance_test.left_group,
    reliance_test.right_group,
    reliance_test.left_r2,
    reliance_test.right_r2,
    reliance_test.r2_difference,
    reliance_test.left_count,
    reliance_test.right_count,
    reliance_test.test_kind,
    reliance_test.t_statistic,
    reliance_test.degrees_of_freedom,
    reliance_test.effect_size,
    reliance_test.effect_low,
    reliance_test.effect_high,
    reliance_test.p_value,
    reliance_test.p_greater,
    reliance_test.cv_r2_difference,
    reliance_test.cv_p_greater,
    reliance_test.cv_interval_low,
    reliance_test.cv_interval_high,
    reliance_test.missing_because,
    active_unit.leave_out
FROM result.reliance_test
JOIN current.active_unit ON active_unit.run_id = reliance_test.run_id AND active_unit.unit_id = reliance_test.unit_id;
