-- End all sessions of a process that works on this warehouse and has given no sign of life for a minute.
--
-- A stopped process, or a machine that hangs, keeps its locks for as long as the server keeps its sessions. What it held is
-- free when they have ended, and what it had not committed is undone; should it go on one day, it has no way to write.
-- A session belongs to a process when it holds the lock of its number; any other session is left alone. Gives how many were
-- ended. It acts with the rights of warehouse_owner, so that a writer can take over what another writer's process left.
--
-- Grain: one row.
-- Source: `ops.worker` for the last sign of life, pg_locks for the sessions.
-- Read by: warehouse ingest, compute and forget, where such a process is in their way.
CREATE FUNCTION fn.end_silent_worker(silent integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ended integer;
BEGIN
    PERFORM FROM ops.worker
    WHERE worker.worker = silent AND worker.heartbeat_at < clock_timestamp() - interval '60 seconds';
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    WITH theirs AS MATERIALIZED (
        SELECT DISTINCT holder.pid
        FROM fn.lock_holder('workers') AS holder
        WHERE holder.number = silent AND holder.pid <> pg_backend_pid()
    )

    SELECT count(*) INTO ended FROM theirs WHERE pg_terminate_backend(theirs.pid, 5000);
    RETURN ended;
END
$$;
