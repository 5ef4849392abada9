-- The bootstrap intervals that hold now.
--
-- Grain: one row per extraction, layer, measure, group of readers, statistic, kind of cluster
-- and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.resemblance_interval, mart.corrected_resemblance.
CREATE VIEW current.resemblance_interval AS
SELECT
    resemblance_interval.run_id,
    resemblance_interval.unit_id,
    resemblance_interval.extraction_id,
    resemblance_interval.layer,
    resemblance_interval.measure_id,
    resemblance_interval.language_group,
    resemblance_interval.statistic,
    resemblance_interval.cluster_kind,
    resemblance_interval.estimate,
    resemblance_interval.interval_low,
    resemblance_interval.interval_high,
    resemblance_interval.bootstrap_bias,
    resemblance_interval.bias_corrected,
    resemblance_interval.resample_count,
    resemblance_interval.missing_because,
    extraction.corpus_id,
    active_unit.leave_out,
    active_unit.seed
FROM result.resemblance_interval
JOIN current.active_unit ON active_unit.run_id = resemblance_interval.run_id AND active_unit.unit_id = resemblance_interval.unit_id
JOIN model.extraction ON extraction.extraction_id = resemblance_interval.extraction_id
WHERE
    fn.is_complete(extraction.extraction_status)
    -- of runs that differ in their parameters the latest
    AND NOT EXISTS (
        SELECT 1
        FROM result.resemblance_interval AS later
        JOIN current.active_unit AS later_unit ON later_unit.run_id = later.run_id AND later_unit.unit_id = later.unit_id
        WHERE
            later.extraction_id = resemblance_interval.extraction_id
            AND later.layer = resemblance_interval.layer
            AND later.measure_id = resemblance_interval.measure_id
            AND later.language_group = resemblance_interval.language_group
            AND later.statistic = resemblance_interval.statistic
            AND later.cluster_kind = resemblance_interval.cluster_kind
            AND later.run_id > resemblance_interval.run_id
            AND later_unit.leave_out = active_unit.leave_out
    );
