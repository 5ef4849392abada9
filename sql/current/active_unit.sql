-- The units whose results hold now, with what their runs were asked for: views of results join it and show no others.
--
-- Grain: one row per unit of the ledger.
-- Leaves out: units of runs that are not done, units that a later run superseded.
-- Read by: the views of current that show results.
CREATE VIEW current.active_unit AS
SELECT
    unit.run_id,
    unit.unit_id,
    run.seed,
    run.parameters,
    run.parameters -> 'leave_out' AS leave_out
FROM ops.unit
JOIN ops.run ON run.run_id = unit.run_id
WHERE fn.is_current(run.run_status, unit.unit_state);
