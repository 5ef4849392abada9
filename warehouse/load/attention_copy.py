"""Blocks of attention into an extraction's partition; blocks over the same word pairs share their keys."""

import numpy as np

from warehouse.database.binary_copy import BinaryRows
from warehouse.database.types import Connection
from warehouse.errors import BadInput
from warehouse.plugin.contents import Block, Extraction, Pairs
from warehouse.schema.tables import model

KEYS = ("extraction_id", "layer", "sentence_id", "from_word", "to_word")
COLUMNS = {"single": "weights", "half": "half_weights"}
"""Where weights are stored, by how."""


class AttentionBuffer:
    """The rows of one block after the other."""

    def __init__(self, extraction_id: int, extraction: Extraction) -> None:
        self._extraction_id, self._extraction = extraction_id, extraction
        self._column = COLUMNS[extraction.stored_as]
        self._pairs: Pairs | None = None
        self._rows = BinaryRows(model.attention, {}, 0)

    def rows_of(self, block: Block) -> BinaryRows:
        """Give the rows of a block; they are valid until the next call."""
        n_heads = block.weights.shape[1]
        if block.pairs is not self._pairs or self._rows.widths[self._column] != n_heads:
            self._pairs, self._rows = block.pairs, self._keyed(block.pairs, n_heads)
        self._rows.fill("layer", block.layer)
        self._rows.fill(self._column, stored_weights(self._extraction, block))
        return self._rows

    def _keyed(self, pairs: Pairs, n_heads: int) -> BinaryRows:
        rows = BinaryRows(model.attention, dict.fromkeys(KEYS, 0) | {self._column: n_heads}, len(pairs))
        rows.fill("extraction_id", self._extraction_id)
        rows.fill("sentence_id", pairs.sentence_id)
        rows.fill("from_word", pairs.from_word)
        rows.fill("to_word", pairs.to_word)
        return rows


def stored_weights(extraction: Extraction, block: Block) -> np.ndarray:
    """Give the weights of a block in the precision in which an extraction stores them, (n_pairs, n_heads).

    Raises
    ------
    BadInput
        A number is not the same as half, or is negative: nothing is rounded.
    """
    if extraction.stored_as == "single":
        return block.weights
    with np.errstate(over="ignore"):  # infinity is not the same either
        halves = np.asarray(block.weights, dtype=np.float16)
    others = block.weights[(halves != block.weights) | ~np.isfinite(halves) | (halves < 0)]
    if len(others):
        what = f"holds {len(others):,} weights that float16 does not hold exactly, e.g. {others[0]!s}"
        raise BadInput(what, f"{extraction.key}, layer {block.layer}", "store them as single: nothing is rounded")
    return np.abs(halves)  # there is one 0


def copy_attention(connection: Connection, partition: str, buffer: AttentionBuffer, block: Block) -> int:
    """COPY one block into a partition; give the number of rows."""
    return buffer.rows_of(block).copy_into(connection, "model", partition)
