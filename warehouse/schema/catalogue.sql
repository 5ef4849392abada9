-- What is in the schemas of the warehouse, whoever made it: a row a thing, of what kind it is, its name and its definition.
--
-- Partitions of attention are many and alike: they are told as one, attention_N, and whatever differs in one of them
-- makes a row of its own.
WITH
own AS (
    SELECT pg_namespace.*
    FROM pg_namespace
    WHERE nspname IN ('ops', 'stimulus', 'human', 'model', 'result', 'fn', 'current', 'slice', 'mart')
),

relation AS (
    SELECT
        pg_class.*,
        nspname,
        CASE WHEN nspname = 'model' THEN substring(relname FROM '^attention_(\d+)(?:_pk)?$') END AS number
    FROM pg_class
    JOIN own ON own.oid = relnamespace
),

named AS (
    SELECT
        relation.*,
        nspname || '.' || CASE WHEN number IS NULL THEN relname ELSE replace(relname, number, 'N') END AS name
    FROM relation
),

-- what lives in a schema and is neither a relation nor a function, nor a type that comes with a relation
object AS (
    SELECT DISTINCT pg_depend.classid, pg_depend.objid
    FROM pg_depend
    JOIN own ON own.oid = pg_depend.refobjid
    WHERE
        pg_depend.refclassid = 'pg_namespace'::regclass
        AND pg_depend.classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_constraint'::regclass)
        AND NOT EXISTS (
            SELECT FROM pg_type
            JOIN pg_class ON pg_class.oid = pg_type.typrelid
            WHERE pg_depend.classid = 'pg_type'::regclass AND pg_type.oid = pg_depend.objid AND relkind <> 'c'
        )
        AND pg_depend.classid <> 'pg_default_acl'::regclass
),

thing (kind, name, definition, number) AS (
    SELECT 'schema', nspname, '', NULL
    FROM own

    UNION ALL
    SELECT
        CASE relkind
            WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence'
            WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'type'
            ELSE 'relation'
        END,
        name,
        concat_ws(
            ' ',
            CASE relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END,
            'partitioned by ' || pg_get_partkeydef(oid),
            pg_get_expr(relpartbound, oid),
            'with ' || array_to_string(reloptions, ', '),
            CASE WHEN relkind = 'v' THEN md5(pg_get_viewdef(oid)) END
        ),
        number
    FROM named
    WHERE relkind NOT IN ('i', 'I', 't')

    UNION ALL
    SELECT
        'column',
        name || '.' || attname,
        concat_ws(
            ' ',
            format_type(atttypid, atttypmod),
            CASE WHEN attcollation <> typcollation THEN 'collate ' || attcollation::regcollation END,
            CASE WHEN attnotnull THEN 'not null' END,
            CASE attidentity WHEN 'a' THEN 'generated always as identity' WHEN 'd' THEN 'generated as identity' END,
            CASE attgenerated WHEN 's' THEN 'generated' WHEN 'v' THEN 'generated when read' END,
            CASE WHEN attstorage <> typstorage THEN 'storage ' || attstorage::text END,
            CASE WHEN attstattarget >= 0 THEN 'statistics ' || attstattarget END,
            array_to_string(attoptions, ' ')
        ),
        number
    FROM named
    JOIN pg_attribute ON attrelid = named.oid
    JOIN pg_type ON pg_type.oid = atttypid
    WHERE relkind IN ('r', 'p', 'f', 'c') AND attnum > 0 AND NOT attisdropped

    UNION ALL
    SELECT 'default', name || '.' || attname, pg_get_expr(adbin, adrelid), number
    FROM named
    JOIN pg_attrdef ON adrelid = named.oid
    JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum

    -- that a column is not null is told with the column: PostgreSQL 18 has it among the constraints too
    UNION ALL
    SELECT
        'constraint', name || ' ' || conname,
        pg_get_constraintdef(pg_constraint.oid) || CASE WHEN convalidated THEN '' ELSE ' (not validated)' END,
        number
    FROM named
    JOIN pg_constraint ON conrelid = named.oid
    WHERE contype <> 'n'

    -- another's table that refers to one of ours, or is part of one
    UNION ALL
    SELECT 'foreign key', conrelid::regclass || ' ' || conname, pg_get_constraintdef(pg_constraint.oid), NULL
    FROM pg_constraint
    WHERE confrelid IN (SELECT oid FROM named) AND conrelid NOT IN (SELECT oid FROM named)

    UNION ALL
    SELECT 'table', inhrelid::regclass::text, 'is part of ' || parent.name, NULL
    FROM pg_inherits
    JOIN named AS parent ON parent.oid = inhparent
    LEFT JOIN named AS child ON child.oid = inhrelid
    WHERE child.oid IS NULL

    UNION ALL
    SELECT 'inheritance', child.name, 'from ' || parent.name, child.number
    FROM pg_inherits
    JOIN named AS parent ON parent.oid = inhparent AND parent.relkind IN ('r', 'p')
    JOIN named AS child ON child.oid = inhrelid

    UNION ALL
    SELECT
        'index',
        name,
        pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' (not valid)' END,
        number
    FROM pg_index
    JOIN named ON named.oid = indexrelid

    UNION ALL
    SELECT
        'function', pg_proc.oid::regprocedure::text,
        CASE
            WHEN prokind = 'a' THEN 'aggregate'
            ELSE concat_ws(
                ' ',
                CASE WHEN prosecdef THEN 'security definer' END,
                array_to_string(proconfig, ' '),
                md5(pg_get_functiondef(pg_proc.oid))
            )
        END,
        NULL
    FROM pg_proc
    JOIN own ON own.oid = pronamespace

    UNION ALL
    SELECT 'trigger', name || ' ' || tgname, pg_get_triggerdef(pg_trigger.oid) || ' ' || tgenabled::text, number
    FROM pg_trigger
    JOIN named ON named.oid = tgrelid
    WHERE NOT tgisinternal

    UNION ALL
    SELECT 'rule', name || ' ' || rulename, pg_get_ruledef(pg_rewrite.oid) || ' ' || ev_enabled::text, number
    FROM pg_rewrite
    JOIN named ON named.oid = ev_class
    WHERE rulename <> '_RETURN' OR relkind NOT IN ('v', 'm')

    UNION ALL
    SELECT
        'policy', name || ' ' || polname,
        concat_ws(
            ' ',
            CASE WHEN polpermissive THEN NULL ELSE 'restrictive' END,
            CASE polcmd WHEN 'r' THEN 'for select' WHEN 'a' THEN 'for insert' WHEN 'w' THEN 'for update'
                WHEN 'd' THEN 'for delete' ELSE 'for all' END,
            'to ' || (
                SELECT string_agg(CASE WHEN role = 0 THEN 'public' ELSE role::regrole::text END, ', ' ORDER BY role::regrole::text)
                FROM unnest(polroles) AS role
            ),
            'using ' || pg_get_expr(polqual, polrelid),
            'with check ' || pg_get_expr(polwithcheck, polrelid)
        ),
        number
    FROM pg_policy
    JOIN named ON named.oid = polrelid

    UNION ALL
    SELECT
        'row security', name,
        concat_ws(' ', CASE WHEN relrowsecurity THEN 'enabled' END, CASE WHEN relforcerowsecurity THEN 'forced' END),
        number
    FROM named
    WHERE relrowsecurity OR relforcerowsecurity

    -- a cast belongs to no schema: it is of ours where it is from or to one of our types
    UNION ALL
    SELECT
        'cast', format('%s as %s', castsource::regtype, casttarget::regtype),
        format('%s %s %s', castmethod, castcontext, NULLIF(castfunc, 0)::regprocedure), NULL
    FROM pg_cast
    JOIN pg_type AS source ON source.oid = castsource
    JOIN pg_type AS target ON target.oid = casttarget
    WHERE source.typnamespace IN (SELECT oid FROM own) OR target.typnamespace IN (SELECT oid FROM own)

    UNION ALL
    SELECT told.type, told.identity, '', NULL
    FROM object
    CROSS JOIN LATERAL pg_identify_object(object.classid, object.objid, 0) AS told
    WHERE NOT EXISTS (
        SELECT FROM pg_type
        WHERE object.classid = 'pg_type'::regclass AND pg_type.oid = object.objid AND typcategory = 'A'
    )

    UNION ALL
    SELECT 'owner', name, relowner::regrole::text, number
    FROM named
    WHERE relkind NOT IN ('i', 'I', 't')

    UNION ALL
    SELECT 'owner', 'schema ' || nspname, nspowner::regrole::text, NULL
    FROM own

    UNION ALL
    SELECT 'owner', pg_proc.oid::regprocedure::text, proowner::regrole::text, NULL
    FROM pg_proc
    JOIN own ON own.oid = pronamespace

    UNION ALL
    SELECT 'grant', may.what || ' to ' || may.who, may.privileges, may.number
    FROM (
        SELECT
            held.what,
            held.number,
            CASE entry.grantee WHEN 0 THEN 'public' ELSE entry.grantee::regrole::text END AS who,
            string_agg(
                entry.privilege_type || CASE WHEN entry.is_grantable THEN ' with grant option' ELSE '' END, ', '
                ORDER BY entry.privilege_type
            ) AS privileges
        FROM (
            SELECT name AS what, number, relowner AS owner, relacl AS acl
            FROM named
            UNION ALL
            SELECT name || '.' || attname, number, relowner, attacl
            FROM named
            JOIN pg_attribute ON attrelid = named.oid
            WHERE attacl IS NOT NULL
            UNION ALL
            SELECT 'schema ' || nspname, NULL, nspowner, nspacl
            FROM own
            UNION ALL
            SELECT pg_proc.oid::regprocedure::text, NULL, proowner, COALESCE(proacl, acldefault('f', proowner))
            FROM pg_proc
            JOIN own ON own.oid = pronamespace
        ) AS held
        CROSS JOIN LATERAL aclexplode(held.acl) AS entry
        WHERE entry.grantee <> held.owner
        GROUP BY held.what, held.number, entry.grantee, held.owner
    ) AS may

    UNION ALL
    SELECT
        'default privileges', format('%s in %s to %s', defaclobjtype, nspname, entry.grantee::regrole),
        string_agg(entry.privilege_type, ', ' ORDER BY entry.privilege_type), NULL
    FROM pg_default_acl
    JOIN own ON own.oid = defaclnamespace
    CROSS JOIN LATERAL aclexplode(defaclacl) AS entry
    GROUP BY defaclobjtype, nspname, entry.grantee, defaclrole
)

SELECT DISTINCT
    kind,
    CASE WHEN number IS NULL THEN name ELSE regexp_replace(name, '\mattention_' || number || '(?=_pk$|$)', 'attention_N') END,
    CASE
        WHEN number IS NULL THEN definition
        ELSE regexp_replace(definition, '(\m|(?<=attention_))' || number || '(?=\M|_pk)', 'N', 'g')
    END,
    number IS NOT NULL AS is_of_partition
FROM thing
ORDER BY 1, 2, 3
