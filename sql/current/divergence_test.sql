-- The tests of divergences against others that hold now.
--
-- Grain: one row per comparison, two extractions, pair tested against, layer or quarter, kind of divergence, and set of
-- sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.divergence_test.
CREATE VIEW current.divergence_test AS
SELECT
    divergence_test.run_id,
    divergence_test.comparison,
    divergence_test.left_extraction_id,
    divergence_test.right_extraction_id,
    divergence_test.against,
    divergence_test.reference_left_extraction_id,
    divergence_test.reference_right_extraction_id,
    divergence_test.depth_kind,
    divergence_test.depth,
    divergence_test.divergence_kind,
    divergence_test.mean_difference_nats,
    divergence_test.t_statistic,
    divergence_test.effect_size,
    divergence_test.effect_low,
    divergence_test.effect_high,
    divergence_test.p_value,
    divergence_test.p_bonferroni,
    divergence_test.p_holm,
    divergence_test.p_benjamini_hochberg,
    divergence_test.sentence_count,
    divergence_test.missing_because,
    active_unit.leave_out
FROM result.divergence_test
JOIN current.active_unit ON active_unit.run_id = divergence_test.run_id AND active_unit.unit_id = divergence_test.unit_id
JOIN model.extraction AS left_side ON left_side.extraction_id = divergence_test.left_extraction_id
JOIN model.extraction AS right_side ON right_side.extraction_id = divergence_test.right_extraction_id
WHERE
    fn.is_complete(left_side.extraction_status)
    AND fn.is_complete(right_side.extraction_status);
