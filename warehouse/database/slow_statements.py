"""The slowest statements of this database, as PostgreSQL's extension pg_stat_statements counts them."""

import re
from typing import Any

from psycopg import errors as pg
from psycopg.rows import dict_row

from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import DatabaseUnavailable

EXTENSION = "pg_stat_statements"
HOW = (
    f"put {EXTENSION} into shared_preload_libraries and restart the server, then run `CREATE EXTENSION {EXTENSION}` in "
    "this database as its superuser"
)
HIDDEN = "<insufficient privilege>"
PLAIN = ("select", "insert", "update", "delete", "merge", "with", "values", "table")
"""Statements whose constants the extension takes out by itself; of others they are taken out here."""
TELLING = (
    "copy", "analyze", "vacuum", "create index", "create table", "create view", "alter table", "drop table", "cluster",
    "reindex", "refresh", "truncate", "begin", "commit", "declare", "fetch", "close", "checkpoint",
)  # fmt: skip
"""Other statements whose texts are shown; of all else, which may hold passwords, no more than what they do."""


def slowest(database: Database, last: int) -> list[dict[str, Any]]:
    """Give the statements that took most time in all, the slowest first.

    Parameters
    ----------
    database : Database
        Whose statements; those of other databases of its server do not count.
    last : int
        At most so many.

    Returns
    -------
    list of dict
        ``total_s`` and ``mean_ms`` (execution alone), ``call_count``, ``row_count``, ``share`` of the time of all
        statements of the database, ``statement`` without any value, None where this role may not see it.

    Raises
    ------
    DatabaseUnavailable
        If they are not counted here; the sentence says how to turn that on.
    """
    with database.connect(autocommit=True) as connection:
        schema = _schema(connection)
        try:
            with connection.cursor(row_factory=dict_row) as cursor:
                rows = cursor.execute(_SLOWEST.format(schema=schema), [last]).fetchall()
        except pg.ObjectNotInPrerequisiteState:
            raise _not_counted("its server does not load the library") from None
    return [{**row, "statement": readable(row["statement"])} for row in rows]


def readable(statement: str | None) -> str | None:
    """Give a statement in one line and without any value; None where this role may not see it."""
    if statement is None or statement == HIDDEN:
        return None
    line = " ".join(_COMMENT.sub(" ", statement).split())
    lower = line.lower()
    if lower.startswith(PLAIN):
        return _TEXT.sub("'...'", line)
    if lower.startswith(TELLING):
        return _NUMBER.sub("...", _TEXT.sub("'...'", line))
    what = _WHAT.match(line)
    return f"{what[0].upper() if what else ''} ..."


def _schema(connection: Connection) -> str:
    """Find the extension; where the server has it and the role may, make it: the library counts without it too."""
    if found := connection.execute(_SCHEMA).fetchone():
        return str(found[0])
    if connection.execute(_AVAILABLE).fetchone() is None:
        raise _not_counted("its server comes without the extension, which PostgreSQL's contrib has")
    try:
        connection.execute(f"CREATE EXTENSION {EXTENSION}")
    except pg.InsufficientPrivilege:
        raise _not_counted("the extension is not created in it, and this role may not do that") from None
    return _schema(connection)


def _not_counted(why: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(f"The statements of this database are not counted ({why}): {HOW}.")


_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_TEXT = re.compile(r"(\$\w*\$).*?\1|[eE]?'(?:[^'\\]|''|\\.)*'?", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w$.])\d+(?:\.\d+)?(?![\w.])")
_WHAT = re.compile(r"[A-Za-z]+( [A-Za-z]+)?\b")
_AVAILABLE = f"SELECT 1 FROM pg_available_extensions WHERE name = '{EXTENSION}'"
_SCHEMA = f"""
SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
WHERE extname = '{EXTENSION}'
"""
_SLOWEST = """
SELECT
    total_exec_time / 1000 AS total_s,
    mean_exec_time AS mean_ms,
    calls AS call_count,
    rows AS row_count,
    total_exec_time / NULLIF(sum(total_exec_time) OVER (), 0) AS share,
    query AS statement
FROM {schema}.pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND toplevel
ORDER BY total_exec_time DESC
LIMIT %s
"""
