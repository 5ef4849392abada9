"""Row groups of foreign Parquet files: refused by what the file says of them before they fill the memory."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.errors import BadInput

MOST_ROWS, MOST_VALUES, MOST_BYTES = 1 << 24, 1 << 26, 1 << 28
"""Of a row group, of a column in it, and of the columns of all its rows when unpacked: an export's has a quarter."""
LONGEST_TEXT, MOST_TEXT = 1 << 20, 1 << 27
"""Bytes of a text, and of all texts of a column in a row group: one that stands once may be meant a million times."""


def row_group(path: Path, number: int) -> Any:
    """Read a row group as an Arrow table.

    Raises
    ------
    BadInput
        If it is larger than an export's, packed or unpacked.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    file = pq.ParquetFile(path, read_dictionary=texts)
    _refuse_large(path, file.metadata.row_group(number))
    table = file.read_row_group(number)
    for name in texts:
        column = table.column(name)
        _refuse_long(path, name, column)
        table = table.set_column(table.schema.get_field_index(name), schema.field(name), column.cast(pa.string()))
    return table


def select_rows(table: Any, among: Mapping[str, Sequence[Any]]) -> Any:
    """Give the rows of an Arrow table whose columns have one of some values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, values in among.items():
        column = table.column(name)
        table = table.filter(pc.is_in(column, value_set=pa.array(values, column.type)))
    return table


def _refuse_large(path: Path, group: Any) -> None:
    values = max((group.column(number).num_values for number in range(group.num_columns)), default=0)
    if group.num_rows > MOST_ROWS or values > MOST_VALUES or group.total_byte_size > MOST_BYTES:
        what = f"has a row group of {group.num_rows:,} rows and {group.total_byte_size:,} bytes, more than any export"
        raise BadInput(what, path, "export it again, and do not change its files")


def _refuse_long(path: Path, name: str, column: Any) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    total = 0
    for chunk in column.chunks:
        sizes = pc.binary_length(chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk)
        taken = pc.take(sizes, chunk.indices) if pa.types.is_dictionary(chunk.type) else sizes
        longest, total = pc.max(taken).as_py() or 0, total + (pc.sum(taken).as_py() or 0)
        if longest > LONGEST_TEXT or total > MOST_TEXT:
            what = f"has texts of {max(longest, total):,} bytes in the column {name}, more than any export"
            raise BadInput(what, path, "export it again, and do not change its files")
