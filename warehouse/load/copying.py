"""Rows by COPY: into a temporary table to be compared, or straight to where none of them can be yet."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from psycopg import sql
from psycopg.types.json import Jsonb

from warehouse.database.binary_copy import BinaryRows
from warehouse.database.types import Connection
from warehouse.declarations import Table
from warehouse.plugin.contents import Columns

ROWS = 1 << 14
"""Rows that are Python objects at once, on their way from arrays to COPY."""


def stage(connection: Connection, table: Table, columns: Columns) -> int:
    """Put rows into the temporary table ``staging``, numbered by ``staging_row``; give how many."""
    names = [*columns, "staging_row"]
    connection.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE staging ON COMMIT DROP AS SELECT {names}, 0 AS staging_row FROM {table} "
            "WITH NO DATA"
        ).format(names=list_of(columns), table=name_of(table))
    )
    values = [plain(column) for column in columns.values()]
    rows = list(zip(*values, range(len(values[0])), strict=True))
    with connection.cursor().copy(sql.SQL("COPY staging ({}) FROM STDIN").format(list_of(names))) as copy:
        for row in rows:
            copy.write_row(row)
    return len(rows)


def copy_new(connection: Connection, table: Table, columns: Mapping[str, Any]) -> int:
    """COPY rows that cannot be there yet; a constant column may be given as a scalar.

    Rows of numbers that hold a matrix (an array a row) go the binary way, which has no Python object per element.
    """
    matrices = {name: value.shape[1] for name, value in columns.items() if getattr(value, "ndim", 1) == 2}
    if matrices:
        rows = BinaryRows(table, {name: matrices.get(name, 0) for name in columns}, len(columns[next(iter(matrices))]))
        for name, value in columns.items():
            rows.fill(name, value)
        return rows.copy_into(connection, table.schema or "public", table.name)
    length = max(len(column) for column in columns.values() if _is_column(column))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(name_of(table), list_of(columns))
    with connection.cursor().copy(statement) as copy:
        for start in range(0, length, ROWS):
            some = slice(start, min(start + ROWS, length))
            values = (plain(c[some]) if _is_column(c) else [c] * (some.stop - start) for c in columns.values())
            for row in zip(*values, strict=True):
                copy.write_row(row)
    return length


def name_of(table: Table) -> sql.Identifier:
    """Give the name of a table with its schema."""
    return sql.Identifier(table.schema or "public", table.name)


def list_of(names: Iterable[str]) -> sql.Composed:
    """Give names of columns with commas between them."""
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _is_column(value: Any) -> bool:
    return isinstance(value, Sequence | np.ndarray) and not isinstance(value, str)


def plain(column: Sequence[Any] | np.ndarray) -> list[Any]:
    """Give Python values that COPY can write; NaN is what a database calls null."""
    values = column.tolist() if isinstance(column, np.ndarray) else list(column)
    if not any(issubclass(kind, dict | float) for kind in set(map(type, values))):
        return values
    return [Jsonb(value) if isinstance(value, dict) else None if _is_nan(value) else value for value in values]


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)
