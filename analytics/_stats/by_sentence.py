"""Sums by sentence of a layer's basis and its readers, part by part: what draws, folds and subsets are made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from analytics._stats.moments import Moments
from warehouse.plugin.columns import Block, Cells, sums_of, together

PART_BYTES = 64 << 20
"""Sums that are held at once: of 64 heads and 420 readers those of 265 sentences."""


@dataclass(frozen=True)
class BySentence:
    """Moments by sentence of cells that come in blocks, made anew each time they are iterated over.

    Attributes
    ----------
    blocks : iterable of tuple
        Predictors (n_cells, n_predictors), targets (n_cells, n_targets) and sentences (n_cells,) of int; the cells of a
        sentence stand together and in one block.
    """

    blocks: Iterable[Block]

    def __iter__(self) -> Iterator[Moments]:
        return (moments for _, moments in self.labelled())

    def labelled(self) -> Iterator[tuple[np.ndarray, Moments]]:
        """Yield the parts with the labels of their sentences."""
        summed = sums_of(self.blocks)
        if summed is not None:
            yield from ((labels, Moments(*products)) for labels, *products in summed)
            return
        for *cells, sentence in self.blocks:
            x, y = (np.asarray(values, dtype=float) for values in cells)
            starts, size = starts_of(sentence), _sentences_at_once(x.shape[1] + 1, y.shape[1])
            edges = [*starts.tolist(), len(sentence)]
            for first in range(0, max(len(starts), 1), size):
                labels = sentence[starts[first : first + size]]
                yield labels, Moments.between(x, y, edges[first : first + size + 1])


def _sentences_at_once(n_predictors: int, n_targets: int) -> int:
    return max(1, PART_BYTES // (8 * (n_predictors + 1) * (n_predictors + n_targets)))


def starts_of(sentence: np.ndarray) -> np.ndarray:
    """Give where the cells of each sentence begin."""
    return np.flatnonzero(np.diff(sentence, prepend=sentence[:1] - 1))


def sentence_count(sentence: Cells) -> int:
    """Count the sentences of some cells."""
    return sum(len(starts_of(of)) for (of,) in together(sentence))


def articles_of(article: Cells, sentence: Cells) -> np.ndarray:
    """Give the article of every sentence, (n_sentences,)."""
    return np.concatenate([of_cell[starts_of(of)] for of_cell, of in together(article, sentence)])
