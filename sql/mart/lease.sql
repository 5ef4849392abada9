-- Who has which unit of work in hand at this moment, whether that process lives, and when it gave its last sign of life.
--
-- A process holds an advisory lock as long as its session lasts; where no one holds it, the work is dead, and whoever does
-- the run takes the unit over. So it does where it is held by a process that has given no sign of life for a minute, such
-- as one that was stopped, after the server has ended that session.
--
-- Grain: one row per unit that a process has taken and not done.
-- Key: run_id, unit_key
-- Leaves out: units that are done or waiting.
-- Read by: people who ask what runs where, and what has died.
CREATE VIEW mart.lease AS
SELECT
    lease.run_id,
    run.job,
    lease.unit_key,
    lease.attempt,
    lease.worker,
    lease.host,
    lease.process_id,
    lease.taken_at,
    lease.worker IN (SELECT holder.number FROM fn.lock_holder('leases') AS holder) AS is_held,
    worker.heartbeat_at
FROM ops.lease
JOIN ops.run USING (run_id)
LEFT JOIN ops.worker ON worker.worker = lease.worker;
