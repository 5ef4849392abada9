-- Takes a unit of work off the ledger, of a run that is not done, so that it can be written anew.
--
-- Writers may not delete units themselves: what the results of a unit are about (ops.unit.about) decides who sees them,
-- and would be said anew by deleting and inserting.
--
-- Grain: one unit a call; its results are to be deleted before.
-- Read by: warehouse ingest and compute, as the owner.
CREATE FUNCTION fn.clear_unit(wanted_run integer, wanted_key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM FROM ops.run WHERE run.run_id = wanted_run AND run.run_status = 'done';
    IF FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = format('run %s is done', wanted_run);
    END IF;
    DELETE FROM ops.unit WHERE unit.run_id = wanted_run AND unit.unit_key = wanted_key;
END
$$;
