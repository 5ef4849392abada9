"""Columns over cells with the first one made anew of all of them, block by block."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.plugin.columns import Block, Cells, Column, together


def replaced(columns: Sequence[Cells], make: Callable[..., np.ndarray]) -> list[Cells]:
    """Give the columns with another first one.

    Parameters
    ----------
    columns : sequence of Cells
        Arrays, or columns that come in blocks; a block holds whole sentences.
    make : callable
        Of the values of all columns at some cells gives those of the new one.
    """
    if all(isinstance(column, np.ndarray) for column in columns):
        return [make(*columns), *columns[1:]]
    blocks = _Replaced(columns, make)
    return [Column(blocks, place) for place in range(len(columns))]


@dataclass(frozen=True)
class _Replaced:
    columns: Sequence[Cells]
    make: Callable[..., np.ndarray]

    def select(self, places: Sequence[int]) -> Iterator[Block]:
        for block in together(*self.columns):
            yield tuple(block[place] if place else self.make(*block) for place in places)
