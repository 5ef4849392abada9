-- Whether the heads of one model follow trivial patterns more than those of another, as it holds now.
--
-- Grain: one row per comparison, pair of extractions, set of patterns, quarter and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.reliance_difference.
CREATE VIEW current.reliance_difference AS
SELECT
    reliance_difference.run_id,
    left_extraction.corpus_id,
    reliance_difference.comparison,
    reliance_difference.left_extraction_id,
    reliance_difference.right_extraction_id,
    reliance_difference.pattern_set,
    reliance_difference.quarter,
    reliance_difference.left_r2,
    reliance_difference.right_r2,
    reliance_difference.r2_difference,
    reliance_difference.cv_r2_difference,
    reliance_difference.left_count,
    reliance_difference.right_count,
    reliance_difference.test_kind,
    reliance_difference.t_statistic,
    reliance_difference.degrees_of_freedom,
    reliance_difference.effect_size,
    reliance_difference.effect_low,
    reliance_difference.effect_high,
    reliance_difference.p_value,
    reliance_difference.p_bonferroni,
    reliance_difference.p_holm,
    reliance_difference.p_benjamini_hochberg,
    reliance_difference.missing_because,
    active_unit.leave_out
FROM result.reliance_difference
JOIN current.active_unit ON active_unit.run_id = reliance_difference.run_id AND active_unit.unit_id = reliance_difference.unit_id
JOIN model.extraction AS left_extraction ON left_extraction.extraction_id = reliance_difference.left_extraction_id
JOIN model.extraction AS right_extraction ON right_extraction.extraction_id = reliance_difference.right_extraction_id
WHERE
    fn.is_complete(left_extraction.extraction_status)
    AND fn.is_complete(right_extraction.extraction_status);
