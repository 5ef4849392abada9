"""Scratch schemas in a backup: each read and brought back as its owner, whose tables, types and functions may run code.

Whatever is evaluated on the way has the rights of the owner, and of nobody who makes or restores a backup.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from warehouse import logs
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.transfer import checksums

PREFIX = "scratch_"


@dataclass(frozen=True)
class Scratch:
    """A scratch schema by its name; its owner's name is the rest of it."""

    schema: str

    @property
    def owner(self) -> str:
        """The login that it belongs to."""
        return self.schema.removeprefix(PREFIX)

    @property
    def dump(self) -> str:
        """The name of its dump in the file of a backup."""
        return f"{self.schema}.dump"


def scratch_schemas(connection: Connection) -> list[Scratch]:
    """Give the scratch schemas of a database; one that holds things of somebody else is left out, with a remark."""
    whole = []
    for schema, others in connection.execute(_SCRATCH, [PREFIX]).fetchall():
        if others:
            logs.remark(f"The schema {schema} is left out: {others[0]} belongs to somebody else.")
        else:
            whole.append(Scratch(schema))
    return whole


def scratch_checksums(database: Database, scratch: Scratch, snapshot: str | None = None) -> dict[str, str]:
    """Give the checksum of every table of a scratch schema, as its owner sees it (`temporary_login`)."""
    with database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        if snapshot:
            connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(snapshot))
        return checksums.of(connection, schemas=[scratch.schema])


def make(connection: Connection, scratch: Scratch) -> None:
    """Make a schema, empty, for the one who owns it."""
    names = sql.Identifier(scratch.schema), sql.Identifier(scratch.owner)
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(names[1]))
    connection.execute(sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(*names))


def let_readers_in(connection: Connection, all_of_them: Sequence[Scratch], fresh: Collection[str]) -> None:
    """Let owners that a restore has made be readers already: their views stand on what readers may use."""
    for owner in (scratch.owner for scratch in all_of_them if scratch.owner in fresh):
        connection.execute(sql.SQL("GRANT warehouse_reader TO {}").format(sql.Identifier(owner)))


def drop(connection: Connection, scratch: Scratch) -> None:
    """Drop a schema with what is in it, with the owner's rights."""
    with connection.transaction():
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(scratch.owner)))
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(scratch.schema)))


_SCRATCH = """
SELECT
    nspname,
    ARRAY(
        SELECT nspname || '.' || relname FROM pg_class WHERE relnamespace = pg_namespace.oid AND relowner <> nspowner
        UNION ALL
        SELECT nspname || '.' || proname FROM pg_proc WHERE pronamespace = pg_namespace.oid AND proowner <> nspowner
        UNION ALL
        SELECT nspname || '.' || typname FROM pg_type
        WHERE typnamespace = pg_namespace.oid AND typowner <> nspowner AND typelem = 0 AND typrelid = 0
        ORDER BY 1
    )
FROM pg_namespace
JOIN pg_roles ON pg_roles.oid = nspowner
WHERE nspname = %s || rolname AND NOT rolsuper
ORDER BY nspname
"""
