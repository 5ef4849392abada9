"""Columns over cells, whole or in blocks: an analysis that sums over cells holds one block of them at a time.

A small corpus is one block, a large one many; the analysis is written once and does not know. ::

    for x, y in together(layer, readers):
        cross_products += x.T @ y
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

Block = tuple[np.ndarray, ...]
"""Some columns over the same cells: those of whole sentences."""


SummedBlock = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Sums over some cells by label: labels (n,), products of z = (1, predictors) with itself (n, 1 + n_predictors, 1 +
n_predictors) and with the targets (n, 1 + n_predictors, n_targets), sums of squares of the targets (n, n_targets)."""


class Blocks(Protocol):
    """Columns that come block by block, each time anew."""

    def select(self, places: Sequence[int]) -> Iterator[Block]:
        """Yield the blocks of the columns at these places."""


@runtime_checkable
class Summing(Protocol):
    """Columns some of which may be there as sums only."""

    def sums(self, places: Sequence[int], among: np.ndarray | None) -> Iterator[SummedBlock] | None:
        """Yield sums of predictors, targets (or none) and label, of the sentences `among` some; None of plain cells."""


@dataclass(frozen=True)
class Column:
    """One of the columns that come together in blocks."""

    blocks: Blocks
    place: int


Cells = np.ndarray | Column
"""A column over cells, (n_cells, ...): an array, or one that comes in blocks."""


Groups = Sequence[slice]
"""The columns of each group of targets, where several groups come side by side."""
ALL: Groups = (slice(None),)
"""One group."""


def together(*columns: Cells) -> Iterable[Block]:
    """Give the blocks of columns over the same cells; what is given may be iterated over again.

    Parameters
    ----------
    columns : ndarray or Column
        All arrays, which are one block, or all columns of one unit.

    Returns
    -------
    iterable of tuple of ndarray
        The rows of each block in the order of the columns; the cells of a sentence are in one block.
    """
    arrays = tuple(column for column in columns if isinstance(column, np.ndarray))
    if len(arrays) == len(columns):
        return [arrays]
    blocks = [column.blocks for column in columns if isinstance(column, Column)]
    if arrays or any(one is not blocks[0] for one in blocks):
        raise TypeError("columns that come together are all arrays, or all of one unit")
    return _Together(blocks[0], tuple(column.place for column in columns if isinstance(column, Column)))


@dataclass(frozen=True)
class _Together:
    blocks: Blocks
    places: tuple[int, ...]

    def __iter__(self) -> Iterator[Block]:
        return self.blocks.select(self.places)

    def sums(self, among: np.ndarray | None = None) -> Iterator[SummedBlock] | None:
        """Give the sums that there are in place of cells, of some sentences; None where there are cells."""
        return self.blocks.sums(self.places, among) if isinstance(self.blocks, Summing) else None


def sums_of(blocks: Iterable[Block], among: np.ndarray | None = None) -> Iterator[SummedBlock] | None:
    """Give the sums that there are in place of blocks of cells; None where there are cells.

    Parameters
    ----------
    blocks : iterable of tuple of ndarray
        Of predictors, targets (or none) and a label.
    among : ndarray of int or None
        The sentences to sum over, by id; None is all.
    """
    made = getattr(blocks, "sums", None)
    found: Iterator[SummedBlock] | None = made(among) if made else None
    return found
