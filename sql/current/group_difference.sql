-- How much closer models are to one group of readers than to another, each over its ceiling, as it holds now.
--
-- Grain: one row per extraction, measure, pair of groups, score and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.group_difference, slice.claim_group.
CREATE VIEW current.group_difference AS
SELECT
    group_difference.run_id,
    group_difference.unit_id,
    group_difference.extraction_id,
    group_difference.measure_id,
    group_difference.left_group,
    group_difference.right_group,
    group_difference.score_kind,
    group_difference.left_value,
    group_difference.right_value,
    group_difference.difference,
    group_difference.interval_low,
    group_difference.interval_high,
    group_difference.t_statistic,
    group_difference.degrees_of_freedom,
    group_difference.p_value,
    group_difference.effect_size,
    group_difference.effect_low,
    group_difference.effect_high,
    group_difference.p_greater,
    group_difference.left_count,
    group_difference.right_count,
    group_difference.resample_count,
    group_difference.missing_because,
    extraction.corpus_id,
    active_unit.leave_out,
    active_unit.seed
FROM result.group_difference
JOIN current.active_unit ON active_unit.run_id = group_difference.run_id AND active_unit.unit_id = group_difference.unit_id
JOIN model.extraction ON extraction.extraction_id = group_difference.extraction_id
WHERE
    fn.is_complete(extraction.extraction_status)
    -- of runs that differ in their parameters the latest
    AND NOT EXISTS (
        SELECT 1
        FROM result.group_difference AS later
        JOIN current.active_unit AS later_unit ON later_unit.run_id = later.run_id AND later_unit.unit_id = later.unit_id
        WHERE
            later.extraction_id = group_difference.extraction_id
            AND later.measure_id = group_difference.measure_id
            AND later.left_group = group_difference.left_group
            AND later.right_group = group_difference.right_group
            AND later.score_kind = group_difference.score_kind
            AND later.run_id > group_difference.run_id
            AND later_unit.leave_out = active_unit.leave_out
    );
