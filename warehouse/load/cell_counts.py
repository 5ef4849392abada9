"""Counts the cells of an extraction while they are written, so that nobody has to read them again."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from warehouse.database.types import Connection
from warehouse.load.consistency import Broken, Cells
from warehouse.plugin.contents import Block, Pairs


class Places(NamedTuple):
    """Where the cells of some word pairs are, by sentence, ascending.

    Attributes
    ----------
    sentence_id, cell_count, first, last : ndarray (n_sentences,) of int64
        How many they are, and the first and the last word of any.
    looks_ahead : ndarray (n_sentences,) of bool
        Whether a word looks at a later one.
    """

    sentence_id: np.ndarray
    cell_count: np.ndarray
    first: np.ndarray
    last: np.ndarray
    looks_ahead: np.ndarray


@dataclass
class CellCounts:
    """The cells of the blocks that one process wrote; of blocks over the same word pairs these are looked at once."""

    _places: dict[int, list[Places]] = field(default_factory=dict)
    _widths: set[int] = field(default_factory=set)
    _row_count: int = 0
    _latest: tuple[Pairs, Places] | None = None

    def add(self, block: Block) -> None:
        """Count a block that was written."""
        if self._latest is None or self._latest[0] is not block.pairs:
            self._latest = block.pairs, _places(block.pairs)
        self._places.setdefault(block.layer, []).append(self._latest[1])
        if len(block.pairs):
            self._widths.add(block.weights.shape[1])
        self._row_count += len(block.pairs)

    def cells(self, connection: Connection, corpus_id: int, *, is_causal: bool, is_partial: bool) -> Cells:
        """Give what `consistency.cells_of` finds in the partition."""
        found = connection.execute(_SENTENCES, [corpus_id]).fetchall()
        words = {sentence_id: (label, word_count) for sentence_id, label, word_count in found}
        layers = sorted(layer for layer, parts in self._places.items() if any(len(part[0]) for part in parts))
        wanted = set(words)
        if is_partial:
            wanted &= {int(number) for parts in self._places.values() for part in parts for number in part.sentence_id}
        known: dict[tuple[int, ...], Broken | None] = {}
        for layer in layers:
            parts = self._places[layer]
            key = tuple(map(id, parts))
            if key not in known:
                known[key] = _broken(layer, _merged(parts), words, wanted, is_causal)
        broken = next(filter(None, known.values()), None)
        fewest, most = min(self._widths, default=None), max(self._widths, default=None)
        return Cells(self._row_count, fewest, most, layers, broken)


def _places(pairs: Pairs) -> Places:
    sentence_id, place = np.unique(pairs.sentence_id, return_inverse=True)
    first = np.full(len(sentence_id), np.iinfo(np.int64).max)
    last = np.full(len(sentence_id), -1)
    np.minimum.at(first, place, np.minimum(pairs.from_word, pairs.to_word))
    np.maximum.at(last, place, np.maximum(pairs.from_word, pairs.to_word))
    ahead = np.bincount(place, pairs.to_word > pairs.from_word, len(sentence_id)) > 0
    return Places(sentence_id, np.bincount(place, minlength=len(sentence_id)), first, last, ahead)


def _merged(parts: list[Places]) -> dict[int, tuple[int, int, int, bool]]:
    """Put the places of a layer's blocks together: count, first word, last word, and whether any looks ahead."""
    found: dict[int, tuple[int, int, int, bool]] = {}
    for part in parts:
        for number, *new in zip(*(column.tolist() for column in part), strict=True):
            count, first, last, ahead = found.get(number, (0, new[1], new[2], False))
            found[number] = count + new[0], min(first, new[1]), max(last, new[2]), ahead or new[3]
    return found


def _broken(
    layer: int,
    found: dict[int, tuple[int, int, int, bool]],
    words: dict[int, tuple[str, int]],
    wanted: set[int],
    is_causal: bool,
) -> Broken | None:
    """Give the first sentence of a layer that is not whole: cells are distinct by the key, so their number tells."""
    for number in sorted(wanted | set(found)):
        label, word_count = words.get(number, (str(number), None))
        cell_count, first, last, ahead = found.get(number, (None, 0, -1, False))
        whole = None if word_count is None else word_count * (word_count + 1) // 2 if is_causal else word_count**2
        if cell_count != whole or first < 0 or last >= (word_count or 0) or (is_causal and ahead):
            return layer, label, cell_count, whole
    return None


_SENTENCES = """
SELECT sentence_id, sentence_label, word_count
FROM stimulus.sentence
JOIN stimulus.article USING (article_id)
WHERE corpus_id = %s
"""
