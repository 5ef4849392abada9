"""What is deleted is still on the disk: tables are written anew, statistics taken again, and what stays is told.

A deleted row stays in its table's file until it is vacuumed, and its bytes until the file is written anew. The values
of texts stand once more in the planner's statistics, which a table without rows keeps for ever.
"""

from collections.abc import Sequence
from contextlib import suppress

from psycopg import errors as pg
from psycopg import sql

from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.ledger import sessions
from warehouse.progress import Progress
from warehouse.schema.tables import SCHEMAS

LOCK_S = 10
"""How long a table's readers are waited for before it is written anew."""


def erase(database: Database, tables: Sequence[str], progress: Progress, *, anew: bool) -> list[str]:
    """Vacuum tables, take their statistics again, write a checkpoint and leave the present file of the write-ahead log.

    Parameters
    ----------
    database : Database
        Entered as the tables' owner; what needs a superuser is done as far as rights allow.
    tables : sequence of str
        Tables that rows were deleted from.
    progress : Progress
        Where to tell how far it is.
    anew : bool
        Write them anew, so that not even the bytes remain: for what tells of people.

    Returns
    -------
    list of str
        What could not be done, in words.
    """
    undone: list[str] = []
    with database.connect(autocommit=True) as connection, progress.bar("erase", len(tables) + 1, "table") as bar:
        connection.add_notice_handler(lambda notice: undone.append(notice.message_primary or ""))
        connection.execute(f"SET lock_timeout = '{LOCK_S}s'")
        if anew and sessions.outlasting(connection, tables, LOCK_S):
            undone.append("a transaction that began before is open, for which the server keeps deleted rows")
        undone += _clear_statistics(connection, tables)
        for table in tables:
            undone += _vacuum(connection, table, anew)
            bar.update()
        if anew:
            undone += _vacuum(connection, "pg_catalog.pg_statistic", anew)
        undone += _leave_the_log(connection)
    return undone


def remaining(connection: Connection) -> list[str]:
    """Say where copies may be that no command reaches."""
    found = [
        "files of the write-ahead log until the server has used them again, and where they are archived",
        "backups, exports, reports and dashboards that were written before",
        "the server's own log, which quotes statements that failed",
        "the source files: they still hold it",
    ]
    for schema, count in connection.execute(_ELSEWHERE, [list(SCHEMAS)]).fetchall():
        found.append(f"{count} tables of schema {schema}, which does not belong to the warehouse")
    return found


def _vacuum(connection: Connection, table: str, anew: bool) -> list[str]:
    name = sql.Identifier(*table.split("."))
    if anew:
        try:
            connection.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(name))
            return []
        except pg.LockNotAvailable:
            reason = f"{table} is being read: its file keeps deleted bytes until VACUUM FULL {table}"
    with suppress(pg.LockNotAvailable):
        connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(name))
    return [reason] if anew else []


def _clear_statistics(connection: Connection, tables: Sequence[str]) -> list[str]:
    """Drop what the planner knows, which ANALYZE leaves alone where a table has no rows; PostgreSQL 18 has a call."""
    try:
        connection.execute(_CLEAR if connection.info.server_version >= 180000 else _CLEAR_BEFORE_18, [list(tables)])
    except pg.InsufficientPrivilege:
        return ["statistics of tables that are empty now, which quote values, are a superuser's to drop: pg_statistic"]
    return []


def _leave_the_log(connection: Connection) -> list[str]:
    undone = []
    for statement, what in (("CHECKPOINT", "a checkpoint"), ("SELECT pg_switch_wal()", "another file of the log")):
        try:
            connection.execute(statement)
        except pg.InsufficientPrivilege:
            undone.append(f"{what} needs a superuser: `{statement}`")
    return undone


_CLEAR = """
SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited)
FROM pg_stats WHERE schemaname || '.' || tablename = ANY (%s)
"""
_CLEAR_BEFORE_18 = """
DELETE FROM pg_statistic
WHERE starelid IN (SELECT to_regclass(name)::oid FROM unnest(%s::text[]) AS named (name))
"""
_ELSEWHERE = """
SELECT relnamespace::regnamespace::text, count(*)
FROM pg_class
WHERE
    relkind IN ('r', 'm')
    AND relnamespace::regnamespace::text <> ALL (%s)
    AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
    AND relnamespace::regnamespace::text !~ '^pg_(toast|temp)'
GROUP BY 1
ORDER BY 1
"""
