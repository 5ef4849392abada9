"""The slices over cells of a piece of work, block by block: pulled when asked for, the next while one is computed."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future

import numpy as np

from warehouse.plugin.columns import Block
from warehouse.plugin.same_arrays import once_for_same_arrays
from warehouse.slices import cells
from warehouse.slices.cells import Sentences
from warehouse.slices.reading import Reading, Slice, Work

CellBlock = tuple[Sentences, np.ndarray]
"""Some sentences that follow each other, and which of them a unit has, (n_sentences,) bool."""


class PieceBlocks:
    """The blocks of a piece's slices over cells; the first, of a small corpus the only one, is kept.

    Parameters
    ----------
    reading : Reading
        Used by the one thread of `pool`, in which this is made.
    works : sequence of mapping
        The units that are computed together, all of the same sentences.
    slices : sequence of Slice
        All slices that they read; those that are not over cells have a say in which sentences they have.
    pool : Executor
        One thread, which pulls.
    """

    def __init__(self, reading: Reading, works: Sequence[Work], slices: Sequence[Slice], pool: Executor) -> None:
        self._reading, self._works, self._slices, self._pool = reading, works, slices, pool
        self._parts = parts(reading, works[0], slices)
        self._first = {
            place: rows_of(each, reading, works, *self._parts[0])
            for place, each in enumerate(slices)
            if each.is_over_cells
        }

    def select(self, places: Sequence[int]) -> Iterator[Block]:
        """Yield the blocks of some of the slices, by their places."""
        waiting: Future[Block] | None = None
        for following in range(1, len(self._parts) + 1):
            block = waiting.result() if waiting else tuple(self._first[place] for place in places)
            if following < len(self._parts):
                waiting = self._pool.submit(self._pulled, following, places)
            yield block

    def _pulled(self, number: int, places: Sequence[int]) -> Block:
        return tuple(rows_of(self._slices[place], self._reading, self._works, *self._parts[number]) for place in places)


def parts(reading: Reading, work: Work, slices: Sequence[Slice]) -> list[CellBlock]:
    """Give the parts of the corpus that a unit has sentences of, and which; the first one where it has none."""
    corpus, kept = cells.sentences(reading, work), cells.common_sentences(reading, work, [each.held for each in slices])
    every = [(corpus.part(rows), kept[rows]) for rows in cells.blocks(corpus)]
    return [(part, some) for part, some in every if some.any()] or every[:1]


def rows_of(each: Slice, reading: Reading, works: Sequence[Work], part: Sentences, kept: np.ndarray) -> np.ndarray:
    """Pull a slice over the cells of a part's sentences that are kept."""
    pulled: np.ndarray = each.pull(reading, each.asked_of(works), part)
    if kept.all():
        return pulled
    chosen = np.repeat(kept, part.cell_count)
    return _chosen(pulled, chosen) if each.is_of_piece else pulled[chosen]


@once_for_same_arrays
def _chosen(pulled: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Give some cells of what is pulled for every layer; the array cannot be written to."""
    found: np.ndarray = pulled[chosen]
    found.setflags(write=False)
    return found
