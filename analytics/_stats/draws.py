"""Draws of sentences for all readers of a layer at once: R2 of the layer, and what a group predicts of its members."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from analytics._stats.bootstrap import drawn_counts, in_sample_r2, reader_ceilings, resampled, resampled_r2
from analytics._stats.by_sentence import BySentence, starts_of
from analytics._stats.moments import Moments
from analytics._stats.sums import Sums
from warehouse.plugin.columns import Block, Cells, Groups, together
from warehouse.plugin.same_arrays import once_for_same_arrays

MOST_KNOWN = 64
_known_ceilings: dict[Any, tuple[np.ndarray, np.ndarray]] = {}
"""Of the readers met last, by digest: they are the same for every layer that the same readers are compared with."""


def drawn_r2(sums: Sums, groups: Groups, seed: int, n_draws: int) -> np.ndarray:
    """Give the R2 of every target over drawn sentences, (n_draws, n_targets).

    The sums of all draws are held where sentences come in several parts; so there one group is fitted at a time.
    """
    counts, _ = drawn_counts(len(sums.sentences), 1, seed, n_draws)
    if sums.is_one_part:
        return resampled_r2(next(iter(sums.by_sentence)), counts)
    return np.hstack([resampled(sums.of_targets(of).by_sentence, counts, in_sample_r2) for of in groups])


def drawn_ceilings(
    readers: Cells, sentence: Cells, sums: Sums, chosen: np.ndarray, seed: int, n_draws: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give each reader's R2 on the mean of a group: over all sentences (1, n_readers), and over drawn ones.

    The latter are (n_draws, n_readers). `chosen` (n_readers,) are the columns of the group.
    """
    blocks = together(readers, sentence)
    key = (_digest(blocks), chosen.tobytes(), seed, n_draws)
    if key not in _known_ceilings:
        centred = BySentence(_Centred(blocks, sums.target_mean, chosen))
        counts, _ = drawn_counts(len(sums.sentences), 1, seed, n_draws)
        while len(_known_ceilings) >= MOST_KNOWN:
            del _known_ceilings[next(iter(_known_ceilings))]
        total = reduce(add, (part.total() for part in centred))
        _known_ceilings[key] = _ceilings_of(Moments.stacked([total])), resampled(centred, counts, _ceilings_of)
    return _known_ceilings[key]


@dataclass(frozen=True)
class _Centred:
    """Blocks of some readers about their means, as predictors without targets, and the sentences."""

    blocks: Iterable[Block]
    mean: np.ndarray
    chosen: np.ndarray

    def __iter__(self) -> Iterator[Block]:
        for y, sentence in self.blocks:
            centred = y[:, self.chosen] - self.mean[self.chosen]
            yield centred, centred[:, :0], sentence


def _ceilings_of(drawn: Moments) -> np.ndarray:
    return reader_ceilings(drawn.about(*drawn.means)[0])


def _digest(blocks: Iterable[Block]) -> str:
    """Digest readers and where their sentences begin."""
    taken = hashlib.blake2b()
    for y, sentence in blocks:
        taken.update(_digest_of(y).encode())
        taken.update(starts_of(sentence).data)
    return taken.hexdigest()


@once_for_same_arrays
def _digest_of(array: np.ndarray) -> str:
    return hashlib.blake2b(np.ascontiguousarray(array, dtype=float).data).hexdigest()
