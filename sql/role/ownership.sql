-- Everything belongs to warehouse_owner, so that several people can upgrade; attention belongs to warehouse_writer.
--
-- Only the owner of a partitioned table may attach and drop partitions, and loading an extraction does both. A writer can
-- delete rows anyway: owning this one table gives nothing more away.
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

    GRANT CREATE ON SCHEMA model TO warehouse_writer;

    FOR made IN
        SELECT
            pg_class.oid::regclass AS name,
            CASE WHEN relkind = 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind,
            belongs.to_role
        FROM pg_class
        CROSS JOIN LATERAL (
            SELECT
                CASE
                    WHEN relnamespace = 'model'::regnamespace AND relname ~ '^attention(_\d+)?$' THEN 'warehouse_writer'
                    ELSE 'warehouse_owner'
                END AS to_role
        ) AS belongs
        WHERE
            relnamespace::regnamespace::text IN (
                'ops', 'stimulus', 'human', 'model', 'result', '"current"', 'current', 'slice', 'mart'
            )
            AND relkind IN ('r', 'p', 'v')
            AND relowner <> belongs.to_role::regrole
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO %I', made.kind, made.name, made.to_role);
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
