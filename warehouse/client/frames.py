"""Answers of the server as frames of pandas or polars, or as tables of pyarrow."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from warehouse.database.types import Connection
from warehouse.errors import BadInput

KINDS = {
    "bool": (16,), "int": (20, 21, 23), "float": (700, 701, 1700), "time": (1184,), "texts": (1009, 1015),
    "ints": (1005, 1007, 1016), "floats": (1021, 1022), "json": (114, 3802),
}  # fmt: skip
"""PostgreSQL's type oids by what they become; everything else becomes text."""


@dataclass(frozen=True)
class Answer:
    """Columns of an answer in order: by name, their kind (of `KINDS`, or text) and their values, None for null."""

    columns: dict[str, tuple[str, list[Any]]]


def ask(connection: Connection, query: Any, parameters: Mapping[str, Any]) -> Answer:
    """Send a query, and give what came back."""
    cursor = connection.execute(query, parameters or None)
    kinds = {oid: kind for kind, oids in KINDS.items() for oid in oids}
    columns = zip(*cursor.fetchall(), strict=True) if cursor.rowcount else ([] for _ in cursor.description or ())
    return Answer({
        about.name: (kind, _plain(kind, values))
        for about, values in zip(cursor.description or (), columns, strict=True)
        for kind in [kinds.get(about.type_code, "text")]
    })  # fmt: skip


def as_frame(answer: Answer, to: str) -> Any:
    """Give an answer as a frame of the library `to`.

    Raises
    ------
    BadInput
        `to` is none of `LIBRARIES`, or is not installed.
    """
    if to not in LIBRARIES:
        raise BadInput(f"{to!r} is not a kind of frame", "to", f"choose one of {', '.join(LIBRARIES)}")
    try:
        return LIBRARIES[to](answer)
    except ImportError as error:
        raise BadInput(
            f"needs {error.name}, which is not installed",
            f"to={to!r}",
            "run `pip install 'attention-warehouse[notebook]'`",
        ) from None


def _plain(kind: str, values: Sequence[Any]) -> list[Any]:
    """Give numbers of arrays as an array, texts of arrays as a tuple, and what has no kind of its own as text."""
    make = _MADE.get(kind)
    return [None if value is None else make(value) for value in values] if make else list(values)


def _integers(value: list[int | None]) -> np.ndarray:
    return np.array(value, dtype=np.int64 if None not in value else np.float64)


_MADE: Mapping[str, Callable[[Any], Any]] = {
    "float": float, "texts": tuple, "text": str, "ints": _integers, "floats": partial(np.array, dtype=np.float64),
}  # fmt: skip


def _pandas(answer: Answer) -> Any:
    pandas = import_module("pandas")

    def series(kind: str, values: list[Any]) -> Any:
        has_null = None in values if kind in ("int", "bool") else False
        if kind == "time":
            return pandas.to_datetime(pandas.Series(values, dtype=object), utc=True)
        types = {"int": "Int64" if has_null else "int64", "bool": "boolean" if has_null else "bool", "float": "float64"}
        return pandas.Series(values, dtype=types.get(kind, object))

    return pandas.DataFrame({name: series(*column) for name, column in answer.columns.items()})


def _pyarrow(answer: Answer) -> Any:
    pa = import_module("pyarrow")
    types = {
        "bool": pa.bool_(), "int": pa.int64(), "float": pa.float64(), "time": pa.timestamp("us", "UTC"),
        "texts": pa.list_(pa.string()), "ints": pa.list_(pa.int64()), "floats": pa.list_(pa.float64()),
    }  # fmt: skip

    def array(kind: str, values: list[Any]) -> Any:
        told = [value if value is None else json.dumps(value) for value in values] if kind == "json" else values
        return pa.array(told, types.get(kind, pa.string()))

    return pa.table({name: array(*column) for name, column in answer.columns.items()})


def _polars(answer: Answer) -> Any:
    return import_module("polars").from_arrow(_pyarrow(answer))


LIBRARIES: Mapping[str, Callable[[Answer], Any]] = {"pandas": _pandas, "polars": _polars, "pyarrow": _pyarrow}
