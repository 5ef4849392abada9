"""Rows as a Parquet file."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from warehouse.errors import BadInput


def parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Give rows as a Parquet file; what Parquet has no type for becomes text, and objects become JSON.

    Raises
    ------
    BadInput
        The package that writes it is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow.parquet import write_table
    except ImportError:
        remedy = "run `pip install 'attention-warehouse[export]'`"
        raise BadInput("needs pyarrow, which is not installed", "--format parquet", remedy) from None
    arrays = {name: pa.array([_plain(row[name]) for row in rows]) for name in (rows[0] if rows else ())}
    empty = {pa.null(): pa.string(), pa.list_(pa.null()): pa.list_(pa.string())}
    file = io.BytesIO()
    write_table(pa.table({name: array.cast(empty.get(array.type, array.type)) for name, array in arrays.items()}), file)
    return file.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value, default=str)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, bool | int | float | str | date | datetime | None) else str(value)
