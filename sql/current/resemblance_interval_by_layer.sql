-- The bootstrap intervals of r2 and of resemblance that hold now, with readers and sentences drawn, side by side.
--
-- Grain: one row per extraction, layer, measure and group of readers.
-- Leaves out: results without some sentences; what current.resemblance_interval leaves out. Of several runs the latest
-- counts, which is found within each group: that takes half the time.
-- Read by: mart.layer_curve, mart.model_summary, mart.resemblance_leaderboard.
--
-- Grouped, and not joined row by row: a join that is taken to begin once begins again for each row. The measure's name is
-- there to be joined by: who asks for one measure by name waits for one.
CREATE VIEW current.resemblance_interval_by_layer AS
SELECT
    found.extraction_id,
    found.layer,
    found.measure_id,
    measure.measure,
    found.language_group,
    (array_agg(found.interval_low ORDER BY found.run_id DESC) FILTER (WHERE found.statistic = 'r2'))[1] AS r2_low,
    (array_agg(found.interval_high ORDER BY found.run_id DESC) FILTER (WHERE found.statistic = 'r2'))[1] AS r2_high,
    (array_agg(found.interval_low ORDER BY found.run_id DESC) FILTER (WHERE found.statistic = 'resemblance'))[1] AS interval_low,
    (array_agg(found.interval_high ORDER BY found.run_id DESC) FILTER (WHERE found.statistic = 'resemblance'))[1] AS interval_high
FROM result.resemblance_interval AS found
JOIN current.active_unit ON active_unit.run_id = found.run_id AND active_unit.unit_id = found.unit_id
JOIN model.extraction ON extraction.extraction_id = found.extraction_id
JOIN human.measure ON measure.measure_id = found.measure_id
WHERE
    fn.is_complete(extraction.extraction_status)
    AND jsonb_array_length(active_unit.leave_out) < 1
    AND found.cluster_kind = 'reader and sentence'
GROUP BY
    found.extraction_id,
    found.layer,
    found.measure_id,
    measure.measure,
    found.language_group;
