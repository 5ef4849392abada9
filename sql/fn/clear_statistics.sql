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
        -- those of rows that are hidden from who asks are not shown: then there may be some
        IF row_security_active(cleared) OR EXISTS (
            SELECT FROM pg_stats
            WHERE format('%I.%I', schemaname, tablename)::regclass = cleared
        ) THEN
            BEGIN
                EXECUTE 'DELETE FROM pg_statistic WHERE starelid = $1' USING cleared;
            EXCEPTION WHEN insufficient_privilege THEN
                RAISE insufficient_privilege USING MESSAGE =
                    'nothing was changed; before PostgreSQL 18 only a superuser drops statistics, from which EXPLAIN '
                    'would tell hidden values: do this with a superuser''s address, or move to PostgreSQL 18';
            END;
        END IF;
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
