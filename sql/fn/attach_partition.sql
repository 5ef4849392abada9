-- Makes the attention of an extraction part of model.attention, unless it is already; views show it when it is complete.
--
-- Grain: one partition a call, of an extraction that is being loaded.
-- Read by: warehouse ingest, as the owner: nobody else may attach partitions.
CREATE FUNCTION fn.attach_partition(wanted_extraction integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM FROM model.extraction
    WHERE extraction.extraction_id = wanted_extraction AND extraction.extraction_status = 'loading';
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = format('extraction %s is not being loaded', wanted_extraction);
    END IF;
    PERFORM FROM pg_inherits WHERE pg_inherits.inhrelid = to_regclass(format('model.attention_%s', wanted_extraction));
    IF FOUND THEN
        RETURN;
    END IF;
    EXECUTE format(
        'ALTER TABLE model.attention ATTACH PARTITION model.attention_%1$s FOR VALUES IN (%1$s)', wanted_extraction
    );
END
$$;
