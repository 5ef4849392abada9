-- What would run code in the schemas of the warehouse that is not the warehouse's: a row a thing, its kind, its name, why.
--
-- Ours are: defaults, constraints and indexes that call functions of PostgreSQL itself alone, policies and views that call
-- those of fn too, and none that does more than compute (volatile ones are named below); no trigger, no rule, no cast, no
-- type of its own; and nothing of another schema.
WITH
own AS (
    SELECT oid, nspname
    FROM pg_namespace
    WHERE nspname IN ('ops', 'stimulus', 'human', 'model', 'result', 'fn', 'current', 'slice', 'mart')
),

relation AS (
    SELECT pg_class.oid, relkind, reltype, nspname || '.' || relname AS name
    FROM pg_class
    JOIN own ON own.oid = relnamespace
),

-- what computes: its number in the catalogue, and the expression as the server keeps it
computing (kind, name, class_id, object_id, tree) AS (
    SELECT 'default', relation.name || '.' || attname, 'pg_attrdef'::regclass, pg_attrdef.oid, adbin::text
    FROM pg_attrdef
    JOIN relation ON relation.oid = adrelid
    JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
    UNION ALL
    SELECT 'constraint', relation.name || ' ' || conname, 'pg_constraint'::regclass, pg_constraint.oid, conbin::text
    FROM pg_constraint
    JOIN relation ON relation.oid = conrelid
    UNION ALL
    SELECT 'index', relation.name, 'pg_class'::regclass, indexrelid, concat(indexprs, indpred)
    FROM pg_index
    JOIN relation ON relation.oid = indexrelid
    UNION ALL
    SELECT 'policy', relation.name || ' ' || polname, 'pg_policy'::regclass, pg_policy.oid, concat(polqual, polwithcheck)
    FROM pg_policy
    JOIN relation ON relation.oid = polrelid
    UNION ALL
    SELECT 'view', relation.name, 'pg_rewrite'::regclass, pg_rewrite.oid, ev_action::text
    FROM pg_rewrite
    JOIN relation ON relation.oid = ev_class
    WHERE rulename = '_RETURN' AND relkind = 'v'
    UNION ALL
    SELECT 'table', relation.name, 'pg_class'::regclass, relation.oid, NULL
    FROM relation
    WHERE relkind IN ('r', 'p')
    UNION ALL
    SELECT 'function', pg_proc.oid::regprocedure::text, 'pg_proc'::regclass, pg_proc.oid, proargdefaults::text
    FROM pg_proc
    JOIN own ON own.oid = pronamespace
),

-- where each thing is that another can depend on: what came with the server is in no schema of this list
elsewhere (class_id, object_id, name) AS (
    SELECT 'pg_proc'::regclass, pg_proc.oid, pg_proc.oid::regprocedure::text
    FROM pg_proc
    WHERE pronamespace NOT IN (SELECT oid FROM own) AND pg_proc.oid >= 16384
    UNION ALL
    SELECT 'pg_type'::regclass, pg_type.oid, pg_type.oid::regtype::text
    FROM pg_type
    WHERE typnamespace NOT IN (SELECT oid FROM own) AND pg_type.oid >= 16384
    UNION ALL
    SELECT 'pg_operator'::regclass, pg_operator.oid, pg_operator.oid::regoperator::text
    FROM pg_operator
    WHERE oprnamespace NOT IN (SELECT oid FROM own) AND pg_operator.oid >= 16384
    UNION ALL
    SELECT 'pg_opclass'::regclass, pg_opclass.oid, opcname::text
    FROM pg_opclass
    WHERE opcnamespace NOT IN (SELECT oid FROM own) AND pg_opclass.oid >= 16384
    UNION ALL
    SELECT 'pg_class'::regclass, pg_class.oid, pg_class.oid::regclass::text
    FROM pg_class
    WHERE relnamespace NOT IN (SELECT oid FROM own) AND pg_class.oid >= 16384
)

SELECT computing.kind, computing.name, 'calls ' || pg_proc.oid::regprocedure
FROM computing
-- a regular expression takes three times as long over the trees of all views
CROSS JOIN LATERAL unnest((string_to_array(computing.tree, ':funcid '))[2:]) AS called (rest)
JOIN pg_proc ON pg_proc.oid = split_part(called.rest, ' ', 1)::oid
WHERE
    provolatile = 'v' AND pg_proc.oid NOT IN ('clock_timestamp()'::regprocedure)
    OR pg_proc.oid >= 16384
    AND (computing.kind IN ('default', 'constraint', 'index') OR pronamespace IS DISTINCT FROM to_regnamespace('fn'))

UNION
SELECT computing.kind, computing.name, 'uses ' || elsewhere.name
FROM computing
JOIN pg_depend ON pg_depend.classid = computing.class_id AND pg_depend.objid = computing.object_id
JOIN elsewhere ON elsewhere.class_id = pg_depend.refclassid AND elsewhere.object_id = pg_depend.refobjid

UNION
SELECT 'trigger', relation.name || ' ' || tgname, 'calls ' || tgfoid::regprocedure
FROM pg_trigger
JOIN relation ON relation.oid = tgrelid
WHERE NOT tgisinternal

UNION
SELECT 'rule', relation.name || ' ' || rulename, 'rewrites statements'
FROM pg_rewrite
JOIN relation ON relation.oid = ev_class
WHERE rulename <> '_RETURN' OR relkind <> 'v'

UNION
SELECT 'cast', format('%s as %s', castsource::regtype, casttarget::regtype), 'is made by hand'
FROM pg_cast
JOIN pg_type ON pg_type.oid IN (castsource, casttarget)
JOIN own ON own.oid = typnamespace

UNION
SELECT 'foreign key', conrelid::regclass || ' ' || conname, 'refers to ' || relation.name
FROM pg_constraint
JOIN relation ON relation.oid = confrelid
WHERE conrelid NOT IN (SELECT oid FROM relation)

UNION
SELECT 'table', inhrelid::regclass::text, 'is part of ' || relation.name
FROM pg_inherits
JOIN relation ON relation.oid = inhparent
WHERE inhrelid NOT IN (SELECT oid FROM relation)

UNION
SELECT told.type, told.identity, 'is none of the warehouse'
FROM pg_depend
JOIN own ON own.oid = pg_depend.refobjid
CROSS JOIN LATERAL pg_identify_object(pg_depend.classid, pg_depend.objid, 0) AS told
WHERE
    pg_depend.refclassid = 'pg_namespace'::regclass
    AND told.type NOT IN (
        'table', 'view', 'sequence', 'index', 'function', 'table constraint', 'default acl', 'toast table'
    )
ORDER BY 1, 2, 3
