"""Columns over cells with the first one made anew of all of them, block by block."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics._stats.moments import Moments
from warehouse.plugin.columns import Block, Cells, Column, SummedBlock, sums_of, together


def replaced(
    columns: Sequence[Cells], make: Callable[..., np.ndarray], transform: Callable[[int], np.ndarray] | None = None
) -> list[Cells]:
    """Give the columns with another first one.

    Parameters
    ----------
    columns : sequence of Cells
        Arrays, or columns that come in blocks; a block holds whole sentences.
    make : callable
        Of the values of all columns at some cells gives those of the new one.
    transform : callable or None
        Of the number n of the first one's columns gives the matrix (1 + n, 1 + n_new) that (1, first) times it is
        (1, new), where it is such a one: then sums serve as cells do.
    """
    if all(isinstance(column, np.ndarray) for column in columns):
        return [make(*columns), *columns[1:]]
    blocks = _Replaced(columns, make, transform)
    return [Column(blocks, place) for place in range(len(columns))]


@dataclass(frozen=True)
class _Replaced:
    columns: Sequence[Cells]
    make: Callable[..., np.ndarray]
    transform: Callable[[int], np.ndarray] | None

    def select(self, places: Sequence[int]) -> Iterator[Block]:
        if 0 not in places:
            yield from together(*(self.columns[place] for place in places))
            return
        for block in together(*self.columns):
            yield tuple(block[place] if place else self.make(*block) for place in places)

    def sums(self, places: Sequence[int], among: np.ndarray | None) -> Iterator[SummedBlock] | None:
        summed = sums_of(together(*(self.columns[place] for place in places)), among)
        return None if summed is None or self.transform is None else self._transformed(summed, self.transform)

    def _transformed(
        self, summed: Iterator[SummedBlock], transform: Callable[[int], np.ndarray]
    ) -> Iterator[SummedBlock]:
        for labels, *products in summed:
            sums = Moments(*products)
            yield labels, *sums.through(transform(sums.zz.shape[-1] - 1)).arrays
