"""Refuses a database in which somebody else has schemas of our names already: two projects in one would be mixed."""

from sqlalchemy import Connection, text

from warehouse.errors import SchemaMismatch
from warehouse.schema.sqlfiles import SQL_SCHEMAS
from warehouse.schema.tables import SCHEMAS


def require_free(connection: Connection) -> None:
    """Refuse schemas that a warehouse is to make, where they are another's or hold something.

    Raises
    ------
    SchemaMismatch
        Naming the first, its owner and what it holds.
    """
    found = connection.execute(_TAKEN, {"ours": [*SCHEMAS, *SQL_SCHEMAS]}).first()
    if found:
        name, owner, held = found
        what = f"holds {held}" if held else f"belongs to {owner}"
        raise SchemaMismatch(
            f"The schema {name} of this database {what} and does not belong to a warehouse, which needs the name: give "
            f"a database of its own (`createdb NAME`), or have {owner} rename it (ALTER SCHEMA {name} RENAME TO ...)."
        )


# What an emptied warehouse of an earlier version left behind is no other's: empty schemas, and the empty table of
# revisions. Rights come with membership, but a superuser, a member of everything, owns only what is theirs.
_TAKEN = text("""
SELECT nspname, pg_get_userbyid(nspowner), min(held.name)
FROM pg_namespace
LEFT JOIN LATERAL (
    SELECT 'table or view ' || relname AS name
    FROM pg_class
    WHERE relnamespace = pg_namespace.oid AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relname <> 'alembic_version'
    UNION ALL
    SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = pg_namespace.oid
) AS held ON true
WHERE nspname = ANY (:ours)
GROUP BY nspname, nspowner
HAVING
    count(held.name) > 0
    OR NOT (
        pg_get_userbyid(nspowner) IN (current_user, 'warehouse_owner')
        OR pg_has_role(current_user, nspowner, 'USAGE')
        AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
    )
ORDER BY nspname
LIMIT 1
""")
