"""A question of one's own in SQL: one SELECT with the rights of readers, which can change nothing, and not for long.

It is sent as a subquery through the extended protocol, so that it can be nothing but one query expression; its
parameters are bound, never pasted in. The transaction is read-only. Where whoever started the dashboard may do more
than a reader, a function could give the session these rights back in the middle of a question. So no question may call
a volatile function (as `set_config`, and all that run SQL from text, are declared), nor name a schema of somebody else.
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
OWN = (
    "mart",
    "slice",
    "current",
    "result",
    "model",
    "human",
    "stimulus",
    "ops",
    "fn",
    "pg_catalog",
    "information_schema",
)
"""Schemas that a question may name."""
HARMLESS = ("random", "clock_timestamp", "pg_lock_status")
"""Volatile functions that only tell: views of runs ask who holds a lock."""
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
        A read-only one of a reader.
    query : str
        One SELECT, with parameters written ``%(name)s``.
    parameters : mapping of str to str
        Their values, bound as text whose type the server finds.
    most : int
        Rows at most.

    Raises
    ------
    BadInput
        It is no SELECT, may not be asked, takes too long, or the server finds something wrong with it.
    """
    _refuse_foreign(connection, query)
    connection.execute("SELECT set_config('search_path', 'mart, public', true)")
    shown = query if parameters else query.replace("%", "%%")
    wrapped = sql.SQL("SELECT * FROM (\n{}\n) AS answer LIMIT {}").format(sql.SQL(shown), sql.Literal(most))
    try:
        plan = _ask(connection, sql.SQL("EXPLAIN (VERBOSE, COSTS OFF) ") + wrapped, parameters)
        _refuse_volatile(connection, "\n".join(str(row["QUERY PLAN"]) for row in plan))
        return _ask(connection, wrapped, parameters)
    except pg.QueryCanceled:
        raise BadInput(f"takes longer than {PATIENCE}", "the question", "ask for less of it") from None
    except (psycopg.Error, TypeError, ValueError) as error:
        raise BadInput(first_line(error), "the question", "correct it") from None


def _ask(connection: Connection, query: sql.Composed, parameters: Mapping[str, str]) -> list[dict[str, Any]]:
    """Send one statement by the extended protocol, which takes no second one; columns of one name are numbered."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters, prepare=True)
        names = _distinct([column.name for column in cursor.description or ()])
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _distinct(names: Sequence[str]) -> list[str]:
    return [
        f"{name} {names[:place].count(name) + 1}" if name in names[:place] else name for place, name in enumerate(names)
    ]


def _refuse_foreign(connection: Connection, query: str) -> None:
    """Refuse a question that names a schema of somebody else, or writes names so that they cannot be read."""
    words = set(re.findall(r"\w+", query.lower()))
    others = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname <> ALL (%s)", [list(OWN)]).fetchall()
    found = sorted({name for (name,) in others if name.lower() in words})
    if found or re.search(r"u&", query, re.IGNORECASE):
        named = f"names the schema {found[0]}" if found else "writes names as escapes (U&)"
        raise BadInput(named, "the question", f"ask of {', '.join(OWN[:8])} only")


def _refuse_volatile(connection: Connection, plan: str) -> None:
    """Refuse a question whose plan calls a function that may do something."""
    names = {name.strip('"') for name in re.findall(r'(\w+|"[^"]+")\(', plan)}
    found = connection.execute(_CALLED, [sorted(names), list(HARMLESS)]).fetchall()
    if found:
        raise BadInput(f"calls {found[0][0]}, which is more than looking", "the question", "leave it out")


_CALLED = """
SELECT DISTINCT proname FROM pg_proc
WHERE proname = ANY (%s) AND provolatile = 'v' AND proname <> ALL (%s) ORDER BY proname
"""
