-- What warehouse_reader may do: look at every view and table, those of embargoes apart, and call what only reads.
--
-- Rows under embargo are kept back by row_security.sql. Partitions of attention are not granted: asked for by their own
-- name, they have no row security. Tables are granted here, together with their policies, and not by default privileges.
--
-- Read by: warehouse db upgrade, whenever anything was installed.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT oid::regclass AS name
        FROM pg_class
        WHERE
            relnamespace IN (
                'ops'::regnamespace, 'stimulus'::regnamespace, 'human'::regnamespace,
                'model'::regnamespace, 'result'::regnamespace
            )
            AND relkind IN ('r', 'p')
            AND NOT relispartition
            AND relname !~ '^attention_\d+$'
            AND oid NOT IN ('ops.embargo'::regclass, 'ops.forgotten'::regclass)
    LOOP
        EXECUTE format('GRANT SELECT ON %s TO warehouse_reader', made.name);
    END LOOP;
END
$$;

GRANT USAGE ON SCHEMA ops, stimulus, human, model, result, fn, current, slice, mart TO warehouse_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA current, slice, mart TO warehouse_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA current, slice, mart GRANT SELECT ON TABLES TO warehouse_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE warehouse_owner IN SCHEMA current, slice, mart
GRANT SELECT ON TABLES TO warehouse_reader;
