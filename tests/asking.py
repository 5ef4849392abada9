"""Asks a database, and changes it, in passing."""

from collections.abc import Collection
from typing import Any

from warehouse.database.connection import Database
from warehouse.schema.tables import metadata


def rows(database: Database, question: str, *given: Any) -> list[tuple[Any, ...]]:
    """Ask in a session that may not write."""
    with database.connect(read_only=True) as connection:
        return connection.execute(question, given or None).fetchall()


def execute(database: Database, statement: str, *given: Any) -> None:
    """Change something, for good."""
    with database.connect(autocommit=True) as connection:
        connection.execute(statement, given or None)


def row_counts(database: Database, without: Collection[str] = ()) -> dict[str, int]:
    """Count the rows of every table by one question; some may be left out."""
    names = [table.fullname for table in metadata.sorted_tables if table.fullname not in without]
    return dict(rows(database, " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)))
