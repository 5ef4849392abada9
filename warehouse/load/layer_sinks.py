"""What each layer gives to no word, summed while its attention is written, so that nobody has to read it all again."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from warehouse.database.types import Connection
from warehouse.plugin.contents import Block, Columns


@dataclass
class _Sums:
    """Of one layer: words whose attention was summed, and sums over them by head, empty where nothing was told."""

    word_total: int = 0
    weights: np.ndarray = field(default_factory=lambda: np.zeros(0))
    sink: np.ndarray = field(default_factory=lambda: np.zeros(0))
    outside: np.ndarray = field(default_factory=lambda: np.zeros(0))


@dataclass
class LayerSinks:
    """The sums of a piece by layer."""

    _layers: dict[int, _Sums] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Add the weights of a block; each word has one cell on the diagonal."""
        sums = self._of(block.layer)
        sums.word_total += int((block.pairs.to_word == block.pairs.from_word).sum())
        sums.weights = _plus(sums.weights, block.weights)

    def add_tokens(self, columns: Columns) -> None:
        """Add rows of `model.attention_sink`: what words gave to tokens that are no words."""
        layers = np.asarray(columns["layer"])
        for layer in np.unique(layers).tolist():
            sums, own = self._of(layer), layers == layer
            sums.sink = _plus(sums.sink, np.asarray(columns["sink_mass"])[own])
            sums.outside = _plus(sums.outside, np.asarray(columns["outside_mass"])[own])

    def write(self, connection: Connection, extraction_id: int) -> None:
        """Add the sums to those of earlier pieces, and begin anew."""
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, [{**row, "extraction_id": extraction_id} for row in self._take()])

    def _take(self) -> Iterator[dict[str, object]]:
        layers, self._layers = self._layers, {}
        for layer, sums in layers.items():
            told = {"layer": layer, "word_total": sums.word_total}
            yield told | {name: getattr(sums, name).tolist() for name in ("weights", "sink", "outside")}

    def _of(self, layer: int) -> _Sums:
        return self._layers.setdefault(int(layer), _Sums())


def _plus(sums: np.ndarray, rows: np.ndarray) -> np.ndarray:
    more: np.ndarray = np.asarray(rows).sum(axis=0, dtype=float)
    return more if not len(sums) else sums + more


_MORE = """{sums} = ARRAY(
        SELECT one + other FROM unnest(here.{sums}, excluded.{sums}) WITH ORDINALITY AS of_head (one, other, head)
        ORDER BY head
    )"""
_ADD = f"""
INSERT INTO model.layer_sink AS here (extraction_id, layer, word_total, weight_sums, sink_sums, outside_sums)
VALUES (%(extraction_id)s, %(layer)s, %(word_total)s, %(weights)s, %(sink)s, %(outside)s)
ON CONFLICT (extraction_id, layer) DO UPDATE
SET
    word_total = here.word_total + excluded.word_total,
    {", ".join(_MORE.format(sums=sums) for sums in ("weight_sums", "sink_sums", "outside_sums"))}
"""
