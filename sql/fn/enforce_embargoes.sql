-- Puts up what hides the rows under embargo while one stands, and takes it away when none does.
--
-- While one stands, each table of fn.embargo_condition has row security, forced, so that its owner is asked too, and two
-- policies: `insiders` lets owners and writers see and write all, `embargo` lets everyone else see what is not hidden. And
-- no table has statistics of its values, nor takes any: the planner estimates from them for who may not see the rows, and
-- EXPLAIN tells the estimates. Without an embargo there is neither: row security would cost every query.
--
-- It waits for everyone who uses one of the tables, as long as lock_timeout says.
--
-- Grain: one call after each change to ops.embargo, in the same transaction; it tells whether an embargo stands.
-- Read by: warehouse access embargo and lift, ingest of an export, forget; warehouse db upgrade.
CREATE FUNCTION fn.enforce_embargoes() RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stands boolean;
    made record;
BEGIN
    IF to_regrole('warehouse_owner') IS NULL THEN
        RETURN false;  -- a warehouse without roles has nobody to hide anything from
    END IF;
    SELECT EXISTS (
        SELECT FROM ops.embargo
        WHERE DATE '1970-01-01' + floor(EXTRACT(EPOCH FROM now()) / 86400)::integer < embargoed_until
    ) INTO stands;

    FOR made IN
        SELECT
            table_name,
            seen,
            relrowsecurity AND relforcerowsecurity AND 2 = (
                SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid AND polname IN ('insiders', 'embargo')
            ) AS is_guarded,
            relrowsecurity OR EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid) AS is_touched
        FROM fn.embargo_condition()
        JOIN pg_class ON pg_class.oid = table_name
        ORDER BY table_name::text
    LOOP
        CONTINUE WHEN stands AND made.is_guarded OR NOT stands AND NOT made.is_touched;
        EXECUTE format('DROP POLICY IF EXISTS insiders ON %s', made.table_name);
        EXECUTE format('DROP POLICY IF EXISTS embargo ON %s', made.table_name);
        IF stands THEN
            EXECUTE format(
                'CREATE POLICY insiders ON %s TO warehouse_owner, warehouse_writer USING (true) WITH CHECK (true)',
                made.table_name
            );
            EXECUTE format('CREATE POLICY embargo ON %s FOR SELECT USING (%s)', made.table_name, made.seen);
            EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', made.table_name);
            EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', made.table_name);
        ELSE
            EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', made.table_name);
            EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', made.table_name);
        END IF;
    END LOOP;

    -- attention and sums over it never have statistics (fn.create_partition); an index over expressions has those of its own
    FOR made IN
        SELECT
            pg_class.oid::regclass AS relation_name,
            relkind = 'i' AS is_index,
            string_agg(
                format(
                    'ALTER COLUMN %s SET STATISTICS %s',
                    CASE WHEN relkind = 'i' THEN attnum::text ELSE quote_ident(attname) END,
                    CASE WHEN stands THEN 0 ELSE -1 END
                ),
                ', '
            ) AS changes
        FROM pg_class
        JOIN pg_namespace ON pg_namespace.oid = relnamespace
        JOIN pg_attribute ON attrelid = pg_class.oid
        LEFT JOIN pg_index ON indexrelid = pg_class.oid
        WHERE
            nspname IN ('ops', 'stimulus', 'human', 'model', 'result')
            AND (relkind IN ('r', 'p') OR relkind = 'i' AND indkey[attnum - 1] = 0)
            AND attnum > 0
            AND NOT attisdropped
            AND (COALESCE(attstattarget, -1) = 0) <> stands
            AND NOT (relname ~ '^attention_\d+$' AND attname IN ('weights', 'half_weights'))
            AND attname NOT IN ('head_products', 'reader_products', 'predictor_products')
        GROUP BY pg_class.oid, relkind
        ORDER BY relkind, pg_class.oid::regclass::text  -- indexes first: the statistics of theirs come with the table's
    LOOP
        EXECUTE format(
            'ALTER %s %s %s', CASE WHEN made.is_index THEN 'INDEX' ELSE 'TABLE ONLY' END, made.relation_name, made.changes
        );
        IF stands THEN
            PERFORM fn.clear_statistics(made.relation_name);
        ELSIF NOT made.is_index THEN
            EXECUTE format('ANALYZE %s', made.relation_name);
        END IF;
    END LOOP;
    RETURN stands;
END
$$;
