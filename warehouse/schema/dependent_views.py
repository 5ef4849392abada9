"""Views of collaborators that stand on ours: set aside while ours are replaced, and put back as they were.

All of it happens in the transaction of the upgrade: a view that no longer fits undoes the upgrade and is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from warehouse.errors import ViewInUse


@dataclass(frozen=True)
class View:
    """A view as it was: whose, its text, and the statements that give back its options, grants and comment."""

    name: str
    owner: str
    definition: str
    belongings: list[str]


def set_aside(connection: Connection) -> list[View]:
    """Drop every view of others that stands on ours, also on another that does; give them in the order of making."""
    views = [View(*row) for row in connection.execute(_STANDING)]
    if views:
        connection.execute(text("DROP VIEW " + ", ".join(view.name for view in views)))
    return views


def put_back(connection: Connection, views: Sequence[View]) -> None:
    """Make the views again, as those who owned them.

    Raises
    ------
    ViewInUse
        If one does not fit what it stands on now.
    """
    for view in views:
        statements = [f"SET LOCAL ROLE {view.owner}", f"CREATE VIEW {view.name} AS {view.definition}", *view.belongings]
        try:
            for statement in [*statements, "RESET ROLE"]:
                connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        except DBAPIError as error:
            raise ViewInUse.no_longer_fits(view.name, view.owner, str(error.orig).splitlines()[0]) from None


_STANDING = text("""
WITH RECURSIVE
ours AS (
    SELECT COALESCE(to_regclass(object_name)::oid, pg_proc.oid) AS oid
    FROM ops.sql_object
    LEFT JOIN pg_proc ON pronamespace = 'fn'::regnamespace AND object_name = 'fn.' || proname
    WHERE object_kind IN ('function', 'view')
    UNION ALL
    SELECT pg_class.oid
    FROM pg_class
    WHERE
        relkind IN ('r', 'p')
        AND relnamespace::regnamespace::text IN ('ops', 'stimulus', 'human', 'model', 'result')
),

standing AS (
    SELECT oid FROM ours
    UNION
    SELECT pg_rewrite.ev_class
    FROM standing
    JOIN pg_depend ON pg_depend.refobjid = standing.oid
    JOIN pg_rewrite ON pg_rewrite.oid = pg_depend.objid
)

SELECT
    pg_class.oid::regclass::text,
    quote_ident(pg_get_userbyid(relowner)),
    pg_get_viewdef(pg_class.oid),
    ARRAY(
        SELECT format('ALTER VIEW %s SET (%s = %L)', pg_class.oid::regclass, option_name, option_value)
        FROM pg_options_to_table(reloptions)
    ) || ARRAY(
        SELECT
            format(
                'GRANT %s ON %s TO %s', privilege_type, pg_class.oid::regclass,
                CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
            )
        FROM aclexplode(relacl)
        WHERE grantee <> relowner
    ) || ARRAY(
        SELECT format('COMMENT ON VIEW %s IS %L', pg_class.oid::regclass, obj_description(pg_class.oid, 'pg_class'))
        WHERE obj_description(pg_class.oid, 'pg_class') IS NOT NULL
    )
FROM pg_class
JOIN standing ON standing.oid = pg_class.oid
WHERE relkind = 'v' AND pg_class.oid NOT IN (SELECT oid FROM ours WHERE oid IS NOT NULL)
ORDER BY pg_class.oid
""")
