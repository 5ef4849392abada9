"""Rows of numbers as PostgreSQL's binary COPY, made in numpy without a loop over rows.

A field is a number, an array of numbers, or half-precision numbers as bytes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from psycopg import sql

from warehouse.database.numpy_arrays import HALF
from warehouse.database.types import Connection
from warehouse.declarations import ARRAY, BYTEA, REAL, BigInteger, Double, Integer, SmallInteger, Table

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
CHUNK = 4 << 20  # bytes handed to libpq at a time
NUMBERS: dict[Any, tuple[str, int]] = {
    SmallInteger: (">i2", 21), Integer: (">i4", 23), BigInteger: (">i8", 20), REAL: (">f4", 700), Double: (">f8", 701),
}  # fmt: skip
"""SQL type to numpy type (big-endian) and PostgreSQL's type oid."""


class BinaryRows:
    """A number of rows for some columns of a table: a field count, then every field after its length, big-endian.

    Parameters
    ----------
    table : Table
        Its column types are those of the fields.
    widths : mapping of str to int
        The columns in their order; for an array or bytes the number of elements, else 0.
    n_rows : int
        How many rows.
    """

    def __init__(self, table: Table, widths: Mapping[str, int], n_rows: int) -> None:
        self.widths = dict(widths)
        fields: list[tuple[Any, ...]] = [("field_count", ">i2")]
        for name, width in widths.items():
            fields += _field(table, name, width)
        self._rows: np.ndarray[Any, Any] = np.zeros(n_rows, dtype=np.dtype(fields))
        self._rows["field_count"] = len(self.widths)
        for name, width in widths.items():
            self._describe(table, name, width)

    def __len__(self) -> int:
        return len(self._rows)

    def fill(self, name: str, values: Any) -> None:
        """Set a column: (n_rows,) or a scalar; for an array or bytes (n_rows, n_elements)."""
        if f"{name} header" in (self._rows.dtype.names or ()):
            self._rows[name]["value"] = values
        else:
            self._rows[name] = values

    def copy_into(self, connection: Connection, schema: str, name: str) -> int:
        """COPY the rows into a table; give how many."""
        columns = sql.SQL(", ").join(map(sql.Identifier, self.widths))
        statement = sql.SQL("COPY {} ({}) FROM STDIN BINARY").format(sql.Identifier(schema, name), columns)
        with connection.cursor().copy(statement) as copy:
            copy.write(HEADER)
            for chunk in _chunks(self._rows.view(np.uint8).data):
                copy.write(chunk)
            copy.write(TRAILER)
        return len(self)

    def _describe(self, table: Table, name: str, width: int) -> None:
        """Set what stands before a column's values: lengths, and the header of an array."""
        if isinstance(table.c[name].type, BYTEA):
            self._rows[f"{name} length"] = HALF.itemsize * width
            return
        number, oid = _number(table, name)
        size = np.dtype(number).itemsize
        self._rows[f"{name} length"] = 20 + (4 + size) * width if width else size
        if width:
            self._rows[f"{name} header"] = (1, 0, oid, width, 1)  # dimensions, has nulls, type, elements, lower bound
            self._rows[name]["length"] = size


def _field(table: Table, name: str, width: int) -> list[tuple[Any, ...]]:
    if isinstance(table.c[name].type, BYTEA):
        return [(f"{name} length", ">i4"), (name, HALF, (width,))]
    return _array_field(table, name, width) if width else _number_field(table, name)


def _number(table: Table, name: str) -> tuple[str, int]:
    kind = table.c[name].type
    return NUMBERS[type(kind.item_type if isinstance(kind, ARRAY) else kind)]


def _number_field(table: Table, name: str) -> list[tuple[Any, ...]]:
    return [(f"{name} length", ">i4"), (name, _number(table, name)[0])]


def _array_field(table: Table, name: str, width: int) -> list[tuple[Any, ...]]:
    element = np.dtype([("length", ">i4"), ("value", _number(table, name)[0])])
    return [(f"{name} length", ">i4"), (f"{name} header", ">i4", (5,)), (name, element, (width,))]


def _chunks(data: memoryview) -> Iterator[memoryview]:
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]
