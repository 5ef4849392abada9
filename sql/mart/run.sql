-- What ran, on what code and parameters, and how it ended.
--
-- Grain: one row per run.
-- Leaves out: nothing; a run whose process is gone without a word stands as running until the next run of its kind.
-- Read by: people who ask where a number comes from.
CREATE VIEW mart.run AS
SELECT
    run.run_id,
    run.job,
    run.parameters,
    run.run_status,
    run.code_version,
    run.input_fingerprint,
    run.seed,
    run.environment,
    run.started_at,
    run.finished_at,
    run.attempt,
    run.host,
    run.started_by,
    run.error,
    run.unit_count,
    (SELECT count(*) FROM ops.unit WHERE unit.run_id = run.run_id) AS done_count,
    (SELECT count(*) FROM ops.rejection WHERE rejection.run_id = run.run_id) AS rejection_count
FROM ops.run;
