"""Sums by sentence of a layer's basis and its readers, part by part: what draws, folds and subsets are made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from analytics._stats.moments import Moments
from warehouse.plugin.columns import Block, Cells, together

SENTENCES = 512
"""Sentences whose sums are held at once: of 64 heads and 55 readers 39 MiB."""


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
        for x, y, sentence in self.blocks:
            edges = [*starts_of(sentence).tolist(), len(sentence)]
            for first in range(0, len(edges) - 1, SENTENCES):
                yield Moments.between(x, y, edges[first : first + SENTENCES + 1])


def starts_of(sentence: np.ndarray) -> np.ndarray:
    """Give where the cells of each sentence begin."""
    return np.flatnonzero(np.diff(sentence, prepend=sentence[:1] - 1))


def articles_of(article: Cells, sentence: Cells) -> np.ndarray:
    """Give the article of every sentence, (n_sentences,)."""
    return np.concatenate([of_cell[starts_of(of)] for of_cell, of in together(article, sentence)])
