-- The bootstrap intervals of r2 and of resemblance that hold now, with readers and sentences drawn, side by side.
--
-- Grain: one row per extraction, layer, measure and group of readers.
-- Leaves out: results without some sentences; what current.resemblance_interval leaves out.
-- Read by: mart.layer_curve, mart.model_summary, mart.resemblance_leaderboard.
--
-- Grouped, and not joined row by row: a join that is taken to begin once begins again for each row. The measure's name is
-- there to be joined by: who asks for one measure by name waits for one.
CREATE VIEW current.resemblance_interval_by_layer AS
SELECT
    resemblance_interval.extraction_id,
    resemblance_interval.layer,
    resemblance_interval.measure_id,
    measure.measure,
    resemblance_interval.language_group,
    max(resemblance_interval.interval_low) FILTER (WHERE resemblance_interval.statistic = 'r2') AS r2_low,
    max(resemblance_interval.interval_high) FILTER (WHERE resemblance_interval.statistic = 'r2') AS r2_high,
    max(resemblance_interval.interval_low) FILTER (WHERE resemblance_interval.statistic = 'resemblance') AS interval_low,
    max(resemblance_interval.interval_high) FILTER (WHERE resemblance_interval.statistic = 'resemblance') AS interval_high
FROM current.resemblance_interval
JOIN human.measure ON measure.measure_id = resemblance_interval.measure_id
WHERE
    jsonb_array_length(resemblance_interval.leave_out) < 1
    AND resemblance_interval.cluster_kind = 'reader and sentence'
GROUP BY
    resemblance_interval.extraction_id,
    resemblance_interval.layer,
    resemblance_interval.measure_id,
    measure.measure,
    resemblance_interval.language_group;
