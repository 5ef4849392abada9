"""Blocks of attention into an extraction's partition; blocks over the same word pairs share their keys."""

from warehouse.database.binary_copy import BinaryRows
from warehouse.database.types import Connection
from warehouse.plugin.contents import Block, Pairs
from warehouse.schema.tables import model

KEYS = ("extraction_id", "layer", "sentence_id", "from_word", "to_word")


class AttentionBuffer:
    """The rows of one block after the other."""

    def __init__(self, extraction_id: int) -> None:
        self._extraction_id = extraction_id
        self._pairs: Pairs | None = None
        self._rows = BinaryRows(model.attention, {}, 0)

    def rows_of(self, block: Block) -> BinaryRows:
        """Give the rows of a block; they are valid until the next call."""
        n_heads = block.weights.shape[1]
        if block.pairs is not self._pairs or self._rows.widths["weights"] != n_heads:
            self._pairs, self._rows = block.pairs, self._keyed(block.pairs, n_heads)
        self._rows.fill("layer", block.layer)
        self._rows.fill("weights", block.weights)
        return self._rows

    def _keyed(self, pairs: Pairs, n_heads: int) -> BinaryRows:
        rows = BinaryRows(model.attention, dict.fromkeys(KEYS, 0) | {"weights": n_heads}, len(pairs))
        rows.fill("extraction_id", self._extraction_id)
        rows.fill("sentence_id", pairs.sentence_id)
        rows.fill("from_word", pairs.from_word)
        rows.fill("to_word", pairs.to_word)
        return rows


def copy_attention(connection: Connection, partition: str, buffer: AttentionBuffer, block: Block) -> int:
    """COPY one block into a partition; give the number of rows."""
    return buffer.rows_of(block).copy_into(connection, "model", partition)
