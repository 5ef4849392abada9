-- The views of others that stand on ours, with all that is needed to make each again as it was.
WITH RECURSIVE
ours AS (
    SELECT COALESCE(to_regclass(object_name)::oid, pg_proc.oid) AS oid
    FROM ops.sql_object
    LEFT JOIN pg_proc ON pronamespace = 'fn'::regnamespace AND object_name = 'fn.' || proname
    WHERE object_kind IN ('function', 'view')
    UNION ALL
    SELECT pg_class.oid
    FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND nspname IN ('ops', 'stimulus', 'human', 'model', 'result')
),

standing AS (
    SELECT oid FROM ours
    UNION
    SELECT pg_rewrite.ev_class
    FROM standing
    JOIN pg_depend ON pg_depend.refobjid = standing.oid
    JOIN pg_rewrite ON pg_rewrite.oid = pg_depend.objid
),

theirs AS (
    SELECT pg_class.oid, relowner, relacl, reloptions
    FROM pg_class
    JOIN standing ON standing.oid = pg_class.oid
    WHERE relkind = 'v' AND pg_class.oid NOT IN (SELECT oid FROM ours WHERE oid IS NOT NULL)
),

-- what can have a comment, and how COMMENT ON names it
described (view, object_class, object_id, column_number, object) AS (
    SELECT oid, 'pg_class'::regclass, oid, 0, format('VIEW %s', oid::regclass)
    FROM theirs
    UNION ALL
    SELECT attrelid, 'pg_class'::regclass, attrelid, attnum, format('COLUMN %s.%I', attrelid::regclass, attname)
    FROM pg_attribute
    WHERE attrelid IN (SELECT oid FROM theirs) AND attnum > 0
    UNION ALL
    SELECT tgrelid, 'pg_trigger'::regclass, oid, 0, format('TRIGGER %I ON %s', tgname, tgrelid::regclass)
    FROM pg_trigger
    WHERE tgrelid IN (SELECT oid FROM theirs)
    UNION ALL
    SELECT ev_class, 'pg_rewrite'::regclass, oid, 0, format('RULE %I ON %s', rulename, ev_class::regclass)
    FROM pg_rewrite
    WHERE ev_class IN (SELECT oid FROM theirs)
)

SELECT
    theirs.oid::regclass::text AS name,
    relowner::regrole::text AS owner,
    pg_get_viewdef(theirs.oid) AS definition,
    ARRAY(
        SELECT format('ALTER VIEW %s SET (%I = %L)', theirs.oid::regclass, option_name, option_value)
        FROM pg_options_to_table(reloptions)
    ) || ARRAY(
        SELECT
            format(
                'ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s',
                theirs.oid::regclass, attname, pg_get_expr(adbin, adrelid)
            )
        FROM pg_attrdef
        JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
        WHERE adrelid = theirs.oid
        ORDER BY adnum
    ) || ARRAY(
        SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = theirs.oid AND NOT tgisinternal ORDER BY tgname
    ) || ARRAY(
        SELECT pg_get_ruledef(oid)
        FROM pg_rewrite
        WHERE ev_class = theirs.oid AND rulename <> '_RETURN'
        ORDER BY rulename
    ) || ARRAY(
        SELECT format('COMMENT ON %s IS %L', described.object, pg_description.description)
        FROM described
        JOIN pg_description
            ON classoid = object_class AND objoid = object_id AND objsubid = column_number
        WHERE described.view = theirs.oid
        ORDER BY described.object
    ) AS making,
    (
        SELECT
            COALESCE(
                json_agg(
                    json_build_array(
                        held.column_name, entry.grantor::regrole::text,
                        CASE entry.grantee WHEN 0 THEN 'PUBLIC' ELSE entry.grantee::regrole::text END,
                        entry.privilege_type, entry.is_grantable
                    )
                ),
                '[]'
            )
        FROM (
            SELECT NULL AS column_name, COALESCE(relacl, acldefault('r', relowner)) AS acl
            UNION ALL
            SELECT quote_ident(attname), attacl
            FROM pg_attribute
            WHERE attrelid = theirs.oid AND attacl IS NOT NULL
        ) AS held
        CROSS JOIN LATERAL aclexplode(held.acl) AS entry
    ) AS grants,
    ARRAY(
        SELECT DISTINCT pg_depend.refobjid::regclass::text
        FROM pg_rewrite
        JOIN pg_depend ON pg_depend.classid = 'pg_rewrite'::regclass AND pg_depend.objid = pg_rewrite.oid
        WHERE
            ev_class = theirs.oid AND pg_depend.refclassid = 'pg_class'::regclass
            AND pg_depend.refobjid <> theirs.oid AND pg_depend.refobjid IN (SELECT oid FROM theirs)
    ) AS stands_on,
    ARRAY(
        SELECT DISTINCT pg_type.oid::regtype::text
        FROM pg_depend
        JOIN pg_type ON pg_depend.refclassid = 'pg_type'::regclass AND pg_type.oid = pg_depend.refobjid
        LEFT JOIN pg_type AS element ON element.oid = pg_type.typelem
        WHERE
            pg_type.oid >= 16384
            AND COALESCE(element.typtype, pg_type.typtype) IN ('d', 'c', 'r', 'm')
            AND pg_type.typnamespace NOT IN (SELECT relnamespace FROM pg_class WHERE oid IN (SELECT oid FROM ours))
            AND (
                pg_depend.classid = 'pg_rewrite'::regclass
                AND pg_depend.objid IN (SELECT oid FROM pg_rewrite WHERE ev_class = theirs.oid)
                OR pg_depend.classid = 'pg_attrdef'::regclass
                AND pg_depend.objid IN (SELECT oid FROM pg_attrdef WHERE adrelid = theirs.oid)
            )
    ) AS types
FROM theirs
ORDER BY theirs.oid
