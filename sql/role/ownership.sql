-- Everything belongs to warehouse_owner, so that several people can upgrade, and nothing to anybody else.
--
-- What a role owns it may alter, give away and let run code of its own when others use it. Writers own nothing: what only
-- an owner may do to partitions of attention, functions do for them (fn.create_partition and its like).
--
-- Read by: warehouse db upgrade.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT nspname AS name
        FROM pg_namespace
        WHERE
            nspname IN ('ops', 'stimulus', 'human', 'model', 'result', 'fn', 'current', 'slice', 'mart')
            AND nspowner <> 'warehouse_owner'::regrole
    LOOP
        EXECUTE format('ALTER SCHEMA %I OWNER TO warehouse_owner', made.name);
    END LOOP;

    FOR made IN
        SELECT
            pg_class.oid::regclass AS name,
            CASE WHEN relkind = 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind
        FROM pg_class
        JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE
            nspname IN ('ops', 'stimulus', 'human', 'model', 'result', 'current', 'slice', 'mart')
            AND relkind IN ('r', 'p', 'v')
            AND relowner <> 'warehouse_owner'::regrole
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO warehouse_owner', made.kind, made.name);
    END LOOP;

    FOR made IN
        SELECT oid::regprocedure AS name
        FROM pg_proc
        WHERE pronamespace = 'fn'::regnamespace AND proowner <> 'warehouse_owner'::regrole
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO warehouse_owner', made.name);
    END LOOP;
END
$$;
