"""Are the files of an export what an export writes? Asked of every row before anything is loaded."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ingest.parquet.groups import row_group
from warehouse.declarations import BigInteger, Integer, SmallInteger, Table
from warehouse.errors import BadInput
from warehouse.schema import migrations
from warehouse.schema.tables import metadata, model
from warehouse.transfer.export.attention import FOLDER
from warehouse.transfer.export.contents import EXPORTED
from warehouse.transfer.export.files import may_be_null, schema_of

ROWS = 1 << 16
"""Of a row group of a table that is not attention."""
ORDER = ("extraction_id", "layer", "sentence_id", "from_word", "to_word")
SHARES = ("r2", "adjusted_r2", "cv_r2")
"""Columns that are at most 1."""
RENAMED = {("human.saccade", "duration_ms"): "landing_duration_ms"}
"""Columns that had another name in an older export."""
REMEDY = "export it again, and do not change its files"


def newer(told: Mapping[str, Any], where: object) -> BadInput:
    """Say that an export is of a schema that this program does not know."""
    what = f"was written at schema revision {told['schema_revision']}, this program is at {migrations.head()}"
    return BadInput(what, where, "install the newer attention-warehouse")


def check_file(directory: Path, file: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Check a file of a table: its place, columns, types and rows, and the values of every row group.

    Raises
    ------
    BadInput
        Naming the file and what is wrong with it.
    """
    import pyarrow.parquet as pq

    path, table = directory / file["path"], metadata.tables.get(file["table"] or "")
    if table is None or (table not in EXPORTED and table is not model.attention):
        raise newer(told, path)
    usual = f"{table.schema}/{table.name}.parquet"
    is_attention = table is model.attention
    if file["path"] != usual and not (is_attention and Path(file["path"]).parent.as_posix() == FOLDER):
        raise BadInput(f"is not a place of {table.fullname}", path, REMEDY)
    found = pq.read_metadata(path)
    _check_columns(path, table, told)
    if found.num_rows != file["rows"]:
        raise BadInput(f"has {found.num_rows:,} rows where the manifest says {file['rows']}", path, REMEDY)
    last: tuple[int, ...] = ()
    for number in range(found.num_row_groups):
        if not is_attention and found.row_group(number).num_rows > ROWS:
            what = f"has a row group of {found.row_group(number).num_rows:,} rows, more than any export"
            raise BadInput(what, path, REMEDY)
        rows = row_group(path, number)
        rows = rows.rename_columns([_name(table, name) for name in rows.column_names])
        _check_values(path, table, rows)
        last = _check_order(path, table, rows, last)


def _check_columns(path: Path, table: Table, told: Mapping[str, Any]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    wanted, read = schema_of(table), pq.read_schema(path)
    found = pa.schema([field.with_name(_name(table, field.name)) for field in read])
    is_older = told["schema_revision"] < migrations.head()
    if not set(found.names) <= set(wanted.names):
        raise newer(told, path)
    if len(set(found.names)) < len(found.names):
        raise BadInput("has a column twice", path, REMEDY)
    for field in wanted:
        column = table.c[field.name]
        if field.name in found.names and found.field(field.name).type != field.type:
            raise BadInput(f"has {found.field(field.name).type} in the column {field.name}", path, REMEDY)
        may_lack = is_older and (may_be_null(column) or column.server_default is not None)
        if field.name not in found.names and not may_lack:
            raise BadInput(f"has no column {field.name}", path, REMEDY)


def _name(table: Table, column: str) -> str:
    """Give a column's name of today."""
    return RENAMED.get((table.fullname, column), column)


def _check_values(path: Path, table: Table, rows: Any) -> None:
    """Refuse nulls where none may be, and numbers that are none."""
    for name in rows.column_names:
        column = rows.column(name)
        if column.null_count and not may_be_null(table.c[name]):
            raise BadInput(f"has no value in some rows of {name}", path, REMEDY)
        for values in _floats(column, table.schema == "result"):
            if not np.isfinite(values).all():
                raise BadInput(f"holds values of {name} that are not finite numbers", path, REMEDY)
            if name in SHARES and len(values) and values.max() > 1:
                raise BadInput(f"holds values of {name} above 1", path, REMEDY)


def _floats(column: Any, is_result: bool) -> Iterator[np.ndarray]:
    """Yield a column's numbers; NaN in a list of results stands for a reader who has no value."""
    import pyarrow as pa

    for chunk in column.chunks:
        is_list = pa.types.is_list(chunk.type)
        flat = chunk.flatten() if is_list else chunk
        if pa.types.is_floating(flat.type):
            values = flat.drop_null().to_numpy(zero_copy_only=False)
            yield values[~np.isnan(values)] if is_list and is_result else values


def _check_order(path: Path, table: Table, rows: Any, last: tuple[int, ...]) -> tuple[int, ...]:
    """Refuse rows that stand twice: an export writes them in the order of their keys; give the last key."""
    key = ORDER if table is model.attention else tuple(column.name for column in table.primary_key)
    if not len(rows) or not all(isinstance(table.c[name].type, SmallInteger | Integer | BigInteger) for name in key):
        return last
    columns = [rows.column(name).to_numpy() for name in key]
    first, final = tuple(int(c[0]) for c in columns), tuple(int(c[-1]) for c in columns)
    later, equal = np.zeros(len(rows) - 1, dtype=bool), np.ones(len(rows) - 1, dtype=bool)
    for column in columns:
        step = np.sign(column[1:].astype(np.int64) - column[:-1].astype(np.int64))
        later |= equal & (step > 0)
        equal &= step == 0
    cut = 3 if table is model.attention else len(key)  # a sentence is not spread over row groups
    if not later.all() or (last and not first[:cut] > last[:cut]):
        raise BadInput(f"holds rows of {table.fullname} twice, or not in the order of their keys", path, REMEDY)
    return final
