"""A question of one's own in SQL: one SELECT with the rights of readers, which can change nothing, and not for long.

It is sent as a subquery through the extended protocol, so that it can be nothing but one query expression; its
parameters are bound, never pasted in. The transaction is read-only, and the session a login's that has the rights of a
reader and no others (`reading.open_as_reader`): there is nothing that a function could give it back.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors as pg
from psycopg import sql

from warehouse.dashboard.choices import Choices
from warehouse.dashboard.links import LINKS
from warehouse.dashboard.reading import PATIENCE
from warehouse.database.translation import first_line
from warehouse.database.types import Connection
from warehouse.errors import BadInput
from warehouse.report.tables import as_csv, as_html

MOST_ROWS, MOST_IN_FILE = 500, 100_000
MOST_CHARACTERS = 30_000_000
"""Characters of an answer: rows are counted, and a single value may fill the memory."""
EXAMPLE = """SELECT model, language_group, nested_resemblance
FROM mart.resemblance_leaderboard
WHERE corpus = %(corpus)s
ORDER BY nested_resemblance DESC"""
PARAMETER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class SqlBox:
    """A question and its answer.

    Attributes
    ----------
    choices : Choices
        Nothing to choose.
    query : str
        What is asked.
    parameters : mapping of str to str
        The values of its parameters.
    table : str
        The first rows as HTML; empty where there is none.
    said : str
        How many rows there are, or what is wrong.
    is_wrong : bool
        Whether it could not be answered.
    """

    choices: Choices
    query: str
    parameters: Mapping[str, str]
    table: str
    said: str
    is_wrong: bool = False


def sql_box(connection: Connection, asked: Mapping[str, str]) -> SqlBox:
    """Answer the question of an address; what is wrong with it is told on the page."""
    choices = Choices({})
    query = asked.get("query", "")
    parameters = {name: asked.get(f"p_{name}", "") for name in dict.fromkeys(PARAMETER.findall(query or EXAMPLE))}
    if not query:
        return SqlBox(choices, EXAMPLE, parameters, "", "")
    try:
        rows = answer(connection, query, parameters, MOST_ROWS + 1)
    except BadInput as error:
        return SqlBox(choices, query, parameters, "", str(error), is_wrong=True)
    more = len(rows) > MOST_ROWS
    said = f"The first {MOST_ROWS} rows; the CSV file has up to {MOST_IN_FILE:,}." if more else f"{len(rows)} rows."
    return SqlBox(choices, query, parameters, as_html(rows[:MOST_ROWS], LINKS, label="Answer") if rows else "", said)


def csv_of(connection: Connection, asked: Mapping[str, str]) -> bytes:
    """Give the answer to the question of an address as CSV."""
    query = asked.get("query", "")
    parameters = {name: asked.get(f"p_{name}", "") for name in PARAMETER.findall(query)}
    rows = answer(connection, query, parameters, MOST_IN_FILE)
    return as_csv(rows).encode() if rows else b""


def answer(connection: Connection, query: str, parameters: Mapping[str, str], most: int) -> list[dict[str, Any]]:
    """Ask a question of someone's own.

    Parameters
    ----------
    connection : Connection
        A read-only one of a login that is no more than a reader (`reading.open_as_reader`).
    query : str
        One SELECT, with parameters written ``%(name)s``.
    parameters : mapping of str to str
        Their values, bound as text whose type the server finds.
    most : int
        Rows at most.

    Raises
    ------
    BadInput
        It is no SELECT, takes too long, is answered by too much, or the server finds something wrong with it.
    """
    connection.execute("SELECT set_config('search_path', 'mart, public', true)")
    shown = query if parameters else query.replace("%", "%%")
    wrapped = sql.SQL("SELECT * FROM (\n{}\n) AS answer LIMIT {}").format(sql.SQL(shown), sql.Literal(most))
    try:
        return _ask(connection, wrapped, parameters)
    except pg.QueryCanceled:
        raise BadInput(f"takes longer than {PATIENCE}", "the question", "ask for less of it") from None
    except (psycopg.Error, TypeError, ValueError) as error:
        raise BadInput(first_line(error), "the question", "correct it") from None


def _ask(connection: Connection, query: sql.Composed, parameters: Mapping[str, str]) -> list[dict[str, Any]]:
    """Send one statement by the extended protocol, which takes no second one; columns of one name are numbered.

    Rows come one by one, so that an answer that is too large is left before it is in memory.
    """
    found, size = [], 0
    with connection.cursor() as cursor:
        for row in cursor.stream(query, parameters):
            found.append(row)
            size += sum(len(str(value)) for value in row)
            if size > MOST_CHARACTERS:
                break
        names = _distinct([column.name for column in cursor.description or ()])
    if size > MOST_CHARACTERS:
        what = f"is answered by more than {MOST_CHARACTERS:,} characters"
        raise BadInput(what, "the question", "ask for less of it")
    return [dict(zip(names, row, strict=True)) for row in found]


def _distinct(names: Sequence[str]) -> list[str]:
    return [
        f"{name} {names[:place].count(name) + 1}" if name in names[:place] else name for place, name in enumerate(names)
    ]
