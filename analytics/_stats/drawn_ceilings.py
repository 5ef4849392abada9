"""What a group of readers predicts of its own members, over all sentences and over drawn ones."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from analytics._stats.bootstrap import drawn_counts, reader_ceilings, resampled
from analytics._stats.by_sentence import BySentence, starts_of
from analytics._stats.moments import Moments
from analytics._stats.spread import Spread
from warehouse.plugin.columns import Block

MOST_KNOWN = 8
_known_ceilings: dict[str, tuple[np.ndarray, np.ndarray]] = {}
"""Of the readers met last, by digest: they are the same for every layer that the same readers are compared with."""


def drawn_ceilings(
    blocks: Iterable[Block], spread: Spread, n_sentences: int, seed: int, n_draws: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give each reader's R2 on the group's mean: over all sentences (1, n_readers), and over drawn ones.

    The latter are (n_draws, n_readers). Readers and their sentences come in `blocks`.
    """
    digest = _digest(blocks, seed, n_draws)
    if digest not in _known_ceilings:
        varies = spread.length > 0
        gram = spread.gram[np.ix_(varies, varies)]
        centred = _Centred(blocks, spread)
        counts, _ = drawn_counts(n_sentences, int(varies.sum()), seed, n_draws)
        while len(_known_ceilings) >= MOST_KNOWN:
            del _known_ceilings[next(iter(_known_ceilings))]
        draws = resampled(BySentence(centred), counts, _ceilings_of)
        _known_ceilings[digest] = reader_ceilings(gram[None]), draws
    return _known_ceilings[digest]


@dataclass(frozen=True)
class _Centred:
    """Blocks of the centred readers that vary, as predictors without targets, and the sentences."""

    blocks: Iterable[Block]
    spread: Spread

    def __iter__(self) -> Iterator[Block]:
        varies = self.spread.length > 0
        for y, sentence in self.blocks:
            centred = self.spread.centred(y)[:, varies]
            yield centred, centred[:, :0], sentence


def _ceilings_of(drawn: Moments) -> np.ndarray:
    return reader_ceilings(drawn.about(*drawn.means)[0])


def _digest(blocks: Iterable[Block], *more: int) -> str:
    """Digest readers and where their sentences begin."""
    taken = hashlib.blake2b(repr(more).encode())
    for y, sentence in blocks:
        taken.update(np.ascontiguousarray(y, dtype=float).data)
        taken.update(starts_of(sentence).data)
    return taken.hexdigest()
