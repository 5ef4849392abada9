"""Moments by fold of cells that come in parts: the total at once, the folds some at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from analytics._stats.moments import Moments

FOLDS = 256
"""Folds whose moments are held at once: of 64 heads and 55 readers 20 MiB."""

Part = tuple[np.ndarray, Moments]
"""Names of folds (n_folds,) of int, and what some cells add to the moments of each, the folds leading."""


class Folds:
    """Moments by fold; iterating gives each fold once and whole, up to `FOLDS` at a time.

    Few folds are kept; many are summed anew each time, and given as soon as their last cell was met.

    Parameters
    ----------
    parts : iterable of (names, Moments)
        May be iterated over again; a fold may be in several parts.

    Attributes
    ----------
    total : Moments
        Over all folds.
    names : ndarray (n_folds,) of int
        Ascending.
    count : ndarray (n_folds,)
        Cells of each.
    """

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = parts
        self._kept: dict[int, Moments] | None = {}
        self._cells: dict[int, float] = {}
        total: Moments | None = None
        for names, moments in parts:
            for row, name in enumerate(names.tolist()):
                self._cells[name] = self._cells.get(name, 0.0) + float(moments.count[row, 0])
            total = moments.total() if total is None else total + moments.total()
            if self._kept is not None:
                _add(self._kept, names, moments)
                self._kept = self._kept if len(self._kept) <= FOLDS else None
        if total is None:
            raise ValueError("no part was given")
        self.total = total
        self.names = np.array(sorted(self._cells))
        self.count = np.array([self._cells[name] for name in self.names.tolist()])

    def __iter__(self) -> Iterator[Part]:
        if self._kept is not None:
            yield self.names, Moments.stacked([self._kept[name] for name in self.names.tolist()])
            return
        begun: dict[int, Moments] = {}
        for names, moments in self._parts:
            _add(begun, names, moments)
            whole = [name for name, sums in begun.items() if sums.count[0] == self._cells[name]]
            for start in range(0, len(whole), FOLDS):
                some = whole[start : start + FOLDS]
                yield np.array(some), Moments.stacked([begun.pop(name) for name in some])

    def places(self, names: np.ndarray) -> np.ndarray:
        """Give the places of folds among `names`."""
        return np.searchsorted(self.names, names)


def _add(sums: dict[int, Moments], names: np.ndarray, moments: Moments) -> None:
    for row, name in enumerate(names.tolist()):
        sums[name] = sums[name] + moments.part(row) if name in sums else moments.part(row)


@dataclass(frozen=True)
class GroupParts:
    """Groups of sentences: moments by sentence in parts, and the group (n_sentences,) of int of each sentence."""

    by_sentence: Iterable[Moments]
    group: np.ndarray

    def __iter__(self) -> Iterator[Part]:
        start = 0
        for part in self.by_sentence:
            names, place = np.unique(self.group[start : start + len(part.count)], return_inverse=True)
            start += len(part.count)
            yield names, part.weighted(np.eye(len(names))[place].T)
