"""Tables as Parquet: SQL types as Arrow types, rows streamed, and the field dictionary in the file's own schema."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg import sql

from warehouse.database.types import Connection
from warehouse.declarations import (
    ARRAY,
    BYTEA,
    JSONB,
    REAL,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Integer,
    SmallInteger,
    Table,
    Text,
)
from warehouse.errors import BadInput
from warehouse.schema.fields import FIELDS
from warehouse.schema.tables import model
from warehouse.transfer.export.manifest import StoredFile, stored_file

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1 << 16
"""Rows of a row group, which is what is in memory at a time."""
COMPRESSION = "zstd"


def need_pyarrow() -> None:
    """Refuse to go on where pyarrow is not installed."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        remedy = "install it: pip install 'attention-warehouse[export]'"
        raise BadInput("needs pyarrow, which is not installed", "Parquet", remedy) from None


def write_table(
    connection: Connection, directory: Path, table: Table, condition: str, ids: Mapping[str, list[int]]
) -> StoredFile | None:
    """Write some rows of a table, in the order of its key; None where there are none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = directory / (table.schema or "") / f"{table.name}.parquet"
    schema, row_count, writer = schema_of(table), 0, None
    with connection.cursor(name="export") as cursor:
        cursor.execute(_question(table, condition), ids)
        while rows := cursor.fetchmany(ROWS):
            if writer is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                writer = pq.ParquetWriter(path, schema, compression=COMPRESSION)
            columns = [list(column) for column in zip(*rows, strict=True)]
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            row_count += len(rows)
    if writer is None:
        return None
    writer.close()
    return stored_file(directory, path, table.fullname, row_count)


def schema_of(table: Table) -> "pa.Schema":
    """Give a table's Arrow schema; every field carries its meaning. Weights are arrays, however they are stored."""
    import pyarrow as pa

    fields = [
        pa.field(column.name, _arrow(column.type), may_be_null(column), {"comment": FIELDS[column.name].comment})
        for column in table.c
        if not isinstance(column.type, BYTEA)
    ]
    return pa.schema(fields, {"table": table.fullname, "comment": table.comment or ""})


def may_be_null(column: Column) -> bool:
    """Tell whether an export may hold nulls in a column: its weights are in one, of whichever column they are here."""
    return column.nullable and column.table is not model.attention


def _question(table: Table, condition: str) -> sql.Composed:
    columns = sql.SQL(", ").join(map(_selected, table.c))
    keys = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.primary_key)
    name = sql.Identifier(table.schema or "", table.name)
    return sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {}").format(columns, name, sql.SQL(condition), keys)


def _selected(column: Column) -> sql.Composable:
    name = sql.Identifier(column.name)
    return sql.SQL("{}::text").format(name) if isinstance(column.type, JSONB) else name


def _arrow(kind: Any) -> "pa.DataType":
    import pyarrow as pa

    if isinstance(kind, ARRAY):
        return pa.list_(_arrow(kind.item_type))
    types: dict[Any, pa.DataType] = {
        SmallInteger: pa.int16(), Integer: pa.int32(), BigInteger: pa.int64(), Boolean: pa.bool_(), Text: pa.string(),
        JSONB: pa.string(), Double: pa.float64(), REAL: pa.float32(), Date: pa.date32(),
        TIMESTAMP: pa.timestamp("us", "UTC"),
    }  # fmt: skip
    return types[type(kind)]
