"""Schemas of collaborators, ``scratch_NAME``: theirs, and no part of the warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql

from warehouse.database.types import Connection


def make(connection: Connection, name: str) -> None:
    """Make the schema of a login, unless it is there."""
    schema, who = sql.Identifier(f"scratch_{name}"), sql.Identifier(name)
    told = f"Tables and views of {name}; not part of the warehouse."
    with _acting_for(connection, name):
        if scratch_of(connection, name) is None:
            connection.execute(sql.SQL("RESET ROLE"))  # they may make no schema themselves
            connection.execute(sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(schema, who))
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(who))
        connection.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(schema, told))


def drop(connection: Connection, name: str) -> None:
    """Drop the schema of a login with all that is in it."""
    with _acting_for(connection, name):
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(f"scratch_{name}")))


def scratch_of(connection: Connection, name: str) -> str | None:
    """Name the schema of a login, if it has one."""
    row = connection.execute("SELECT to_regnamespace(%s)::text", [f"scratch_{name}"]).fetchone()
    return row[0] if row else None


@contextmanager
def _acting_for(connection: Connection, name: str) -> Iterator[None]:
    """Have the rights of a login, and no more, for statements on what they own; nothing of theirs is evaluated."""
    may = connection.execute("SELECT pg_has_role(%s, 'SET')", [name]).fetchone()
    if may != (True,):
        connection.execute(
            sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(sql.Identifier(name))
        )
    connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(name)))
    yield
    connection.execute("RESET ROLE")
