-- Takes away what the planner knows of the values in a table; how many rows it has stays.
--
-- Grain: one table a call. PostgreSQL 18 lets the table's owner do it; before, a superuser alone may.
-- Read by: fn.enforce_embargoes.
CREATE FUNCTION fn.clear_statistics(cleared regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('server_version_num')::integer < 180000 THEN
        EXECUTE 'DELETE FROM pg_statistic WHERE starelid = $1' USING cleared;
        RETURN;
    END IF;
    PERFORM pg_clear_attribute_stats(nspname::text, relname::text, attname::text, is_inherited)
    FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    CROSS JOIN (VALUES (true), (false)) AS kind (is_inherited)
    WHERE attrelid = cleared AND attnum > 0 AND NOT attisdropped;
END
$$;
