"""PostgreSQL's binary arrays of numbers as numpy arrays, without a Python object per element."""

from typing import Any

import numpy as np
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format

_NUMBERS = {21: np.dtype(">i2"), 23: np.dtype(">i4"), 20: np.dtype(">i8"), 700: np.dtype(">f4"), 701: np.dtype(">f8")}
"""Big-endian numpy types by PostgreSQL's type oid."""
ARRAY_OIDS = (1005, 1007, 1016, 1021, 1022)
"""The type oids of the arrays of these numbers."""
HALF = np.dtype(">f2")
"""How a weight is stored as half."""
_HEADER = 12  # number of dimensions, null flag, element type: 4 bytes each


class NumpyArrayLoader(Loader):
    """Loads ``int2[]``, ``int4[]``, ``int8[]``, ``float4[]`` and ``float8[]`` of any dimension without nulls."""

    format = Format.BINARY

    def load(self, data: Buffer) -> np.ndarray[Any, Any]:
        """Give a view of the bytes in the array's shape, big-endian; cast it to compute with it."""
        dimensions, _, oid = np.frombuffer(data, ">i4", 3)
        number = _NUMBERS[int(oid)]
        shape = np.frombuffer(data, ">i4", 2 * int(dimensions), _HEADER)[::2]
        element = np.dtype([("length", ">i4"), ("value", number)])
        elements = np.frombuffer(data, element, offset=_HEADER + 8 * int(dimensions))
        return elements["value"].reshape(shape.tolist())


class VectorsLoader(Loader):
    """Loads an array of pgvector's ``vector``, all of one dimension: (n_vectors, n_dimensions)."""

    format = Format.BINARY

    def load(self, data: Buffer) -> np.ndarray[Any, Any]:
        """Give a view of the bytes, big-endian; a vector stands after its length, dimension and two unused bytes."""
        count = int(np.frombuffer(data, ">i4", 1, _HEADER)[0])
        start = _HEADER + 8
        width = int(np.frombuffer(data, ">i2", 1, start + 4)[0])
        head = [("length", ">i4"), ("dimension", ">i2"), ("unused", ">i2")]
        vectors = np.frombuffer(data, np.dtype([*head, ("value", ">f4", (width,))]), count, start)
        return np.asarray(vectors["value"])


def load_halves(data: bytes, row_count: int) -> np.ndarray[Any, Any]:
    """Give half-precision numbers that came as the bytes of one row after the other, (n_rows, n_elements)."""
    return np.frombuffer(data, HALF).reshape(row_count, -1)
