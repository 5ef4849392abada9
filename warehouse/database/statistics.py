"""Lets the planner know what was written: the server finds out a minute later, and of few rows never."""

from collections.abc import Sequence

from psycopg import sql

from warehouse.database.types import Connection

SHARE = 0.1
"""A table that changed by more than this share of its rows or pages is analysed anew."""
SMALL = 8
"""Tables of so few pages are analysed whenever asked: it takes a millisecond, and one row may be a half of them."""


def count(connection: Connection) -> None:
    """Have the server count now what this session has written, for whoever asks; by itself it does a second later."""
    with connection.transaction():
        connection.execute("SELECT pg_stat_force_next_flush()")


def refresh(connection: Connection, tables: Sequence[str], *, is_counted: bool = False) -> list[str]:
    """Take statistics of the tables that changed since they were last taken; give their names.

    Parameters
    ----------
    connection : psycopg.Connection
        Of a role that may take them: a writer, from PostgreSQL 17 on.
    tables : sequence of str
        Which to look at, with their schemas.
    is_counted : bool
        The sessions that wrote have called `count`, so that small tables are told that have not changed.
    """
    facts = {"tables": list(tables), "share": SHARE, "small": 0 if is_counted else SMALL}
    found = [name for (name,) in connection.execute(_CHANGED, facts)]
    if found:
        names = sql.SQL(", ").join(sql.Identifier(*name.split(".", 1)) for name in found)
        connection.execute(sql.SQL("ANALYZE {}").format(names))
    return found


# Pages tell at once what others have written; the counts of rows come from them up to a second late.
_CHANGED = """
SELECT nspname || '.' || relname
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
CROSS JOIN LATERAL (SELECT pg_relation_size(pg_class.oid) / current_setting('block_size')::integer AS page_count) AS now
WHERE
    nspname || '.' || relname = ANY (%(tables)s)
    AND page_count > 0
    AND (
        reltuples < 0
        OR page_count <= %(small)s
        OR page_count > (1 + %(share)s) * relpages
        OR pg_stat_get_mod_since_analyze(pg_class.oid) > %(share)s * reltuples
    )
ORDER BY 1
"""
