-- Gives a partition of attention that is loaded its primary key, and takes its statistics.
--
-- Grain: one partition a call, of an extraction that is being loaded.
-- Read by: warehouse ingest, as the owner.
CREATE FUNCTION fn.index_partition(wanted_extraction integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET default_statistics_target = 10  -- the keys are regular: 3,000 rows tell them
AS $$
DECLARE
    partition text := format('model.attention_%s', wanted_extraction);
    key_name text := format('attention_%s_pk', wanted_extraction);
BEGIN
    PERFORM FROM model.extraction
    WHERE extraction.extraction_id = wanted_extraction AND extraction.extraction_status = 'loading';
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = format('extraction %s is not being loaded', wanted_extraction);
    END IF;

    PERFORM FROM pg_constraint WHERE conname = key_name AND conrelid = to_regclass(partition);
    IF NOT FOUND THEN
        EXECUTE format(
            'ALTER TABLE %s ADD CONSTRAINT %I PRIMARY KEY (extraction_id, layer, sentence_id, from_word, to_word)',
            partition, key_name
        );
    END IF;
    EXECUTE format('ANALYZE %s', partition);
END
$$;
