-- Which sessions of this database hold an advisory lock of a purpose, and with which number.
--
-- The numbers of purposes are those of warehouse/ledger/locks.py, which says what each is for; a test compares them.
--
-- Grain: one row per session and lock.
-- Source: pg_locks, which shows every session to everybody.
-- Read by: mart.run, mart.lease, fn.end_silent_worker.
CREATE FUNCTION fn.lock_holder(purpose text) RETURNS TABLE (number bigint, pid integer)
LANGUAGE sql STABLE
AS $$
SELECT pg_locks.objid::bigint, pg_locks.pid
FROM pg_locks
WHERE
    pg_locks.locktype = 'advisory' AND pg_locks.granted AND pg_locks.objsubid = 2
    AND pg_locks.classid::bigint = CASE purpose WHEN 'runs' THEN 20231207 WHEN 'leases' THEN 20231208 WHEN 'workers' THEN 20231212 END
    AND pg_locks.database = (SELECT pg_database.oid FROM pg_database WHERE pg_database.datname = current_database());
$$;
