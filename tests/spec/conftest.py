"""Tables drawn as text: what goes into the warehouse, and what its views then say."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from warehouse.database.server import EmbeddedServer
from warehouse.declarations import (
    ARRAY,
    JSONB,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Double,
    Integer,
    SmallInteger,
    Text,
)
from warehouse.schema.tables import metadata

FILLERS: dict[type, Any] = {
    Text: "something", Integer: 1, SmallInteger: 1, BigInteger: 1, Double: 1.0, Boolean: True,
    JSONB: "{}", ARRAY: "{}", TIMESTAMP: "2023-12-06 09:00:00+00",
}  # fmt: skip
"""What stands in a column that must not be null and is not drawn."""


class Tables:
    """A warehouse in a transaction that is rolled back, filled and read by drawings."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def given(self, name: str, drawing: str) -> None:
        """Insert the drawn rows into a table; `-` is null, and columns that must not be null are filled."""
        columns, rows = _read(drawing)
        filled = {
            column.name: _filler(column) for column in metadata.tables[name].c if _must_be_filled(column, columns)
        }
        statement = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
            sql.Identifier(*name.split(".")),
            sql.SQL(", ").join(map(sql.Identifier, [*columns, *filled])),
            sql.SQL(", ").join([sql.Placeholder()] * (len(columns) + len(filled))),
        )
        for row in rows:
            self._connection.execute(statement, [*row, *filled.values()])

    def expect(self, view: str, drawing: str, where: str = "true") -> None:
        """Compare a view's rows with the drawn ones, in any order; columns that are not drawn are not looked at."""
        columns, rows = _read(drawing)
        names = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns)
        query = sql.SQL("SELECT {} FROM {} WHERE {}").format(names, sql.SQL(view), sql.SQL(where))
        found = [list(row) for row in self._connection.execute(query).fetchall()]
        assert sorted(found, key=repr) == sorted(rows, key=repr)

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement; give its rows."""
        cursor = self._connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _read(drawing: str) -> tuple[list[str], list[list[str | None]]]:
    lines = [[cell.strip() for cell in line.split("|")] for line in drawing.strip().splitlines()]
    return lines[0], [[None if cell == "-" else cell for cell in line] for line in lines[1:]]


def _must_be_filled(column: Column, drawn: list[str]) -> bool:
    return not (column.nullable or column.server_default or column.is_identity or column.name in drawn)


def _filler(column: Column) -> Any:
    return FILLERS[type(column.type)]


@pytest.fixture(scope="session")
def spec_connection(cluster: EmbeddedServer, template: str) -> Iterator[psycopg.Connection[Any]]:
    name = "spec"
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    with psycopg.connect(cluster.dsn(name)) as connection:
        yield connection


@pytest.fixture
def tables(spec_connection: psycopg.Connection[Any]) -> Iterator[Tables]:
    """An empty warehouse with one short text: sentences 1 and 2 in the first article, 3 in the second."""
    with spec_connection.transaction(force_rollback=True):
        empty = Tables(spec_connection)
        empty.given("stimulus.corpus", "corpus_id | corpus\n1 | toy")
        empty.given("stimulus.article", "article_id | corpus_id | article_position\n1 | 1 | 0\n2 | 1 | 1")
        empty.given(
            "stimulus.sentence",
            """
            sentence_id | article_id | sentence_position | sentence_label | word_count
            1           | 1          | 0                 | s.1.1          | 3
            2           | 1          | 1                 | s.1.2          | 2
            3           | 2          | 0                 | s.2.1          | 4
            """,
        )
        yield empty
