-- Takes the attention of an extraction away: of one that is retired, is gone, or was never complete.
--
-- What is attached is detached first, at once or not at all: the caller's lock_timeout says how long readers may be made
-- to wait. DETACH CONCURRENTLY cannot run in a function; one that an earlier version began is finished.
--
-- Grain: one partition a call; one that is not there is none.
-- Read by: warehouse ingest and forget, as the owner.
CREATE FUNCTION fn.drop_partition(wanted_extraction integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    partition text := format('model.attention_%s', wanted_extraction);
    is_pending boolean;
BEGIN
    PERFORM FROM model.extraction
    WHERE extraction.extraction_id = wanted_extraction AND extraction.extraction_status = 'complete';
    IF FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = format('extraction %s is in use', wanted_extraction);
    END IF;

    SELECT inhdetachpending INTO is_pending FROM pg_inherits WHERE inhrelid = to_regclass(partition);
    IF is_pending THEN
        EXECUTE format('ALTER TABLE model.attention DETACH PARTITION %s FINALIZE', partition);
    ELSIF NOT is_pending THEN
        EXECUTE format('ALTER TABLE model.attention DETACH PARTITION %s', partition);
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS %s', partition);
END
$$;
