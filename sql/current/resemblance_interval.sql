-- The bootstrap intervals that hold now.
--
-- Grain: one row per extraction, layer, measure, group of readers, statistic, kind of cluster,
-- set of sentences left out on request and parameters (seed, draws).
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.resemblance_interval, mart.corrected_resemblance.
CREATE VIEW current.resemblance_interval AS
SELECT
    resemblance_interval.run_id,
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
    resemblance_interval.resample_count,
    resemblance_interval.missing_because,
    extraction.corpus_id,
    run.parameters -> 'leave_out' AS leave_out,
    run.seed
FROM result.resemblance_interval
JOIN ops.run ON run.run_id = resemblance_interval.run_id
JOIN ops.unit ON unit.run_id = resemblance_interval.run_id AND unit.unit_id = resemblance_interval.unit_id
JOIN model.extraction ON extraction.extraction_id = resemblance_interval.extraction_id
WHERE
    run.run_status NOT IN ('running', 'failed', 'interrupted')
    AND unit.unit_state <> 'superseded'
    AND extraction.extraction_status NOT IN ('loading', 'retired');
