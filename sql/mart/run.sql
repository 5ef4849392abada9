-- What ran, on what code and parameters, how far it is, and how it ended.
--
-- A process holds an advisory lock as long as it does the run; a run that stands as running without one is dead, and the
-- same command takes it up. Its duration is that of the last attempt; of a dead run it ends with the last sign of life.
--
-- Grain: one row per run.
-- Key: run_id
-- Leaves out: nothing.
-- Read by: people who ask where a number comes from, warehouse runs.
CREATE VIEW mart.run AS
SELECT
    run.run_id,
    run.job,
    run.parameters,
    run.parameters::text AS parameters_text,
    run.run_status,
    CASE WHEN run.run_status = 'running' THEN held.is_alive END AS is_alive,
    run.code_version,
    run.input_fingerprint,
    run.seed,
    run.environment,
    run.environment::text AS environment_text,
    run.started_at,
    run.taken_up_at,
    run.finished_at,
    EXTRACT(
        EPOCH FROM COALESCE(
            run.finished_at,
            CASE WHEN held.is_alive THEN clock_timestamp() END,
            (SELECT max(unit.finished_at) FROM ops.unit WHERE unit.run_id = run.run_id AND unit.finished_at > run.taken_up_at),
            run.taken_up_at
        ) - run.taken_up_at
    )::double precision AS duration_s,
    run.attempt,
    run.host,
    run.process_id,
    run.started_by,
    run.error,
    run.unit_count,
    (SELECT count(*) FROM ops.unit WHERE unit.run_id = run.run_id) AS done_count,
    (SELECT COALESCE(sum(unit.row_count), 0)::bigint FROM ops.unit WHERE unit.run_id = run.run_id) AS row_total,
    (SELECT count(*) FROM ops.rejection WHERE rejection.run_id = run.run_id) AS rejection_count
FROM ops.run
CROSS JOIN LATERAL (
    SELECT
        run.run_status = 'running'
        AND EXISTS (SELECT 1 FROM fn.lock_holder('runs') AS holder WHERE holder.number = run.run_id) AS is_alive
) AS held;
