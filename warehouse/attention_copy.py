"""Attention by word pair as PostgreSQL's binary COPY, made in numpy: one structured array, its keys filled once."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from warehouse.registry import Block, Pairs

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
CHUNK = 4 << 20  # bytes handed to libpq at a time
FLOAT4 = 700  # PostgreSQL's type oid of real


def row_type(n_heads: int) -> np.dtype[Any]:
    """Give the layout of one row: a field count, then every field after its length, big-endian."""
    weight = np.dtype([("length", ">i4"), ("value", ">f4")])
    return np.dtype([
        ("field_count", ">i2"),
        ("extraction_length", ">i4"), ("extraction_id", ">i4"),
        ("layer_length", ">i4"), ("layer", ">i2"),
        ("sentence_length", ">i4"), ("sentence_id", ">i4"),
        ("from_length", ">i4"), ("from_word", ">i2"),
        ("to_length", ">i4"), ("to_word", ">i2"),
        ("weights_length", ">i4"), ("dimensions", ">i4"), ("has_null", ">i4"), ("element_type", ">i4"),
        ("element_count", ">i4"), ("lower_bound", ">i4"), ("weights", weight, (n_heads,)),
    ])  # fmt: skip


class AttentionBuffer:
    """The rows of one block after the other; blocks over the same pairs share their keys."""

    def __init__(self, extraction_id: int) -> None:
        self._extraction_id = extraction_id
        self._pairs: Pairs | None = None
        self._rows: np.ndarray[Any, Any] = np.zeros(0, dtype=row_type(0))

    def filled(self, block: Block) -> memoryview:
        """Give the bytes of a block; they are valid until the next call."""
        if block.pairs is not self._pairs or self._rows["weights"].shape[1] != block.weights.shape[1]:
            self._rows = self._keyed(block.pairs, block.weights.shape[1])
            self._pairs = block.pairs
        self._rows["layer"] = block.layer
        self._rows["weights"]["value"] = block.weights
        return self._rows.view(np.uint8).data

    def _keyed(self, pairs: Pairs, n_heads: int) -> np.ndarray[Any, Any]:
        rows = np.zeros(len(pairs), dtype=row_type(n_heads))
        rows["field_count"] = 6
        for name in ("extraction", "sentence"):
            rows[f"{name}_length"] = 4
        for name in ("layer", "from", "to"):
            rows[f"{name}_length"] = 2
        rows["extraction_id"] = self._extraction_id
        rows["sentence_id"], rows["from_word"], rows["to_word"] = pairs.sentence_id, pairs.from_word, pairs.to_word
        rows["weights_length"] = 20 + 8 * n_heads
        rows["dimensions"], rows["element_type"], rows["element_count"], rows["lower_bound"] = 1, FLOAT4, n_heads, 1
        rows["weights"]["length"] = 4
        return rows


def copy_attention(connection: psycopg.Connection[Any], partition: str, buffer: AttentionBuffer, block: Block) -> int:
    """COPY one block into a partition; give the number of rows."""
    statement = sql.SQL("COPY {} (extraction_id, layer, sentence_id, from_word, to_word, weights) FROM STDIN BINARY")
    with connection.cursor().copy(statement.format(sql.Identifier("model", partition))) as copy:
        copy.write(HEADER)
        for chunk in _chunks(buffer.filled(block)):
            copy.write(chunk)
        copy.write(TRAILER)
    return len(block.pairs)


def _chunks(data: memoryview) -> Iterator[memoryview]:
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]
