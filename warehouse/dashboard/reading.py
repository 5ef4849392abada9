"""The way in for someone who only looks: read-only, as the role of readers where there is one, never for long."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from warehouse.database.connection import Database
from warehouse.database.role_login import temporary_login
from warehouse.database.translation import translate_errors
from warehouse.database.types import Connection
from warehouse.errors import DatabaseUnavailable

WITHOUT_ATTENTION = "corpus NOT IN (SELECT extraction.corpus FROM mart.extraction)"
"""SQL to order corpora by: a view opens on one that a model has read."""
PATIENCE = "10s"
"""A question that takes longer is given up."""


@contextmanager
def open_for_reading(database: Database) -> Iterator[Connection]:
    """Enter a database to look at it; whatever it refuses is one sentence.

    Who may do more than a reader does as `warehouse_reader` does, so that the page shows what collaborators see; a
    reader with a name keeps it, and with it what an embargo lets that reader see.

    Raises
    ------
    DatabaseUnavailable
        No server, no entrance, or a question it could not answer.
    """
    try:
        with translate_errors("looking"), database.connect(read_only=True) as connection:
            connection.execute("SELECT set_config('statement_timeout', %s, false)", [PATIENCE])
            if connection.execute(_IS_MORE).fetchone():
                connection.execute("SET ROLE warehouse_reader")
            yield connection
    except psycopg.Error as error:
        raise DatabaseUnavailable(
            f"The database could not answer ({(str(error).splitlines() or ['?'])[0]}): try again, or ask its owner."
        ) from error


@contextmanager
def open_as_reader(database: Database) -> Iterator[Connection]:
    """Enter for questions that are not ours, with the rights of a reader and no way to others.

    Whatever runs in a session may take `SET ROLE` back, so who may do more than a reader enters as another login.

    Raises
    ------
    DatabaseUnavailable
        Whoever started the dashboard may do more than a reader, and may not make such a login.
    """
    with open_for_reading(database) as connection:
        is_more = connection.execute("SELECT current_user <> session_user").fetchone() == (True,)
    login = temporary_login(database, "warehouse_reader") if is_more else nullcontext(database)
    with login as reader, open_for_reading(reader) as connection:
        yield connection


def rows_of(
    connection: Connection, question: str | sql.Composed, values: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Give the rows that answer a question, by column."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(question.encode() if isinstance(question, str) else question, values).fetchall()


def expect_many(connection: Connection) -> None:
    """Tell the planner that many rows come: with row security it expects one, and loops over hundreds of them."""
    connection.execute("SET LOCAL enable_nestloop = off")


_IS_MORE = """
SELECT 1 FROM pg_roles AS reader, pg_roles AS writer
WHERE
    reader.rolname = 'warehouse_reader' AND pg_has_role(current_user, reader.oid, 'SET')
    AND writer.rolname = 'warehouse_writer' AND pg_has_role(current_user, writer.oid, 'USAGE')
"""
