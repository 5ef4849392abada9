-- Makes the partition that the attention of an extraction is loaded into: unattached, and writers may fill it.
--
-- Writers own no table of the warehouse, so that none can alter one, grant it, or give it a default or a trigger that
-- runs with the rights of whoever loads next.
--
-- Grain: one partition a call, of an extraction that is being loaded; one that is there already is kept.
-- Read by: warehouse ingest, as the owner.
CREATE FUNCTION fn.create_partition(wanted_extraction integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    partition text := format('model.attention_%s', wanted_extraction);
BEGIN
    PERFORM FROM model.extraction
    WHERE extraction.extraction_id = wanted_extraction AND extraction.extraction_status = 'loading';
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = format('extraction %s is not being loaded', wanted_extraction);
    END IF;
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN;
    END IF;

    -- with the CHECK, attaching need not read the table
    EXECUTE format(
        'CREATE TABLE %s (
            LIKE model.attention INCLUDING STORAGE INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
            CONSTRAINT of_its_extraction CHECK (extraction_id = %s)
        )',
        partition, wanted_extraction
    );
    -- statistics of weights serve no query here, and over elements of arrays cost a hash of each in the sample
    EXECUTE format(
        'ALTER TABLE %s ALTER COLUMN weights SET STATISTICS 0, ALTER COLUMN half_weights SET STATISTICS 0', partition
    );

    -- while an embargo stands, no table has statistics of its values (fn.enforce_embargoes)
    IF (SELECT relrowsecurity FROM pg_class WHERE oid = 'model.attention'::regclass) THEN
        EXECUTE (
            SELECT format('ALTER TABLE %s %s', partition, string_agg(format('ALTER %I SET STATISTICS 0', attname), ', '))
            FROM pg_attribute
            WHERE attrelid = partition::regclass AND attnum > 0
        );
    END IF;

    -- as writing.sql grants the whole; a warehouse without the three roles has no others to let in
    IF to_regrole('warehouse_writer') IS NOT NULL
        AND has_table_privilege(to_regrole('warehouse_writer'), 'model.attention', 'INSERT')
    THEN
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE%s ON %s TO warehouse_writer',
            CASE WHEN current_setting('server_version_num')::integer >= 170000 THEN ', MAINTAIN' END, partition
        );
    END IF;
END
$$;
