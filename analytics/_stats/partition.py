"""Partition of explained variance: R2 of a set of predictors, of a layer's heads and of both, for several sets at once.

The sums of (1, predictors, heads, readers) are formed once by article; every fit takes the rows and columns that are
its own, without a sentence less what the sentence's cells add. Source: Newton & Spurrell (1967), commonality analysis.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from threadpoolctl import ThreadpoolController

from analytics._stats.bootstrap import in_sample_r2
from analytics._stats.by_sentence import BySentence
from analytics._stats.design import Design
from analytics._stats.folds import Folds, Part
from analytics._stats.held_out import pooled
from analytics._stats.moments import Moments
from analytics._stats.nested_fits import LeftOut, Nested, each_sentence_left_out, left_out
from analytics._stats.spread import Spread, means_and_lengths
from analytics._stats.sums import KEPT_BYTES, WELL_CONDITIONED
from warehouse.plugin.columns import Block, Cells, Groups, together

HELD_OUT = ("nothing", "article", "sentence")
FITS = ("set", "heads", "joint")
DEPENDENT = 1e-10
"""Share of a column's squares that is left where it is a sum of others."""


@dataclass(frozen=True)
class Partition:
    """What a set, the heads and both explain of each reader.

    Attributes
    ----------
    r2 : ndarray (3, 3, n_readers)
        By what is held out (`HELD_OUT`) and by fit (`FITS`); nan for a reader without variation, and where there is
        but one article or sentence to hold out.
    without : ndarray (n_sentences, n_groups)
        Mean over a group's readers of in-sample R2 of both less that of the set, without each sentence.
        No rows where readers read different sentences.
    ranks : tuple of int
        Independent columns of the set, of the heads and of both; the most that a reader's cells have.
    n_cells : int
        Cells; the most that a reader read.
    """

    r2: np.ndarray
    without: np.ndarray
    ranks: tuple[int, ...]
    n_cells: int

    @classmethod
    def joined(cls, each: Sequence[tuple[np.ndarray, "Partition"]]) -> "Partition":
        """Put together what is found of readers who read different sentences, at their columns (n_readers,) of int."""
        r2 = np.full((len(HELD_OUT), len(FITS), sum(len(readers) for readers, _ in each)), np.nan)
        for readers, found in each:
            r2[..., readers] = found.r2
        ranks = tuple(max(some) for some in zip(*(found.ranks for _, found in each), strict=True))
        return cls(r2, np.empty((0, r2.shape[-1])), ranks, max(found.n_cells for _, found in each))

    def missing(self, held_out: str) -> str:
        """Say why no reader has a value."""
        if self.n_cells <= self.ranks[-1] + 1:
            return f"{self.n_cells} cells are too few for {self.ranks[-1]} columns and an intercept"
        is_known = ~np.isnan(self.r2).all(axis=(1, 2))
        if is_known[0] and not is_known[HELD_OUT.index(held_out)]:
            return f"one {held_out}: nothing is left when it is held out"
        return "no reader's values vary over the word pairs"


@dataclass(frozen=True)
class Columns:
    """The columns of a set, of the heads and of both, among (1, predictors, heads); of both, the set's stand first."""

    of_set: np.ndarray
    heads: np.ndarray
    joint: np.ndarray

    @property
    def ranks(self) -> tuple[int, ...]:
        """How many there are of each, the intercept apart."""
        return len(self.of_set) - 1, len(self.heads) - 1, len(self.joint) - 1


@dataclass(frozen=True)
class PartitionSums:
    """Predictors and heads beside readers about their means, and their sums by article.

    Attributes
    ----------
    cells : iterable of tuple
        Blocks of the columns, the readers and the sentences; may be gone through again.
    articles : Folds
        Sums by article.
    n_predictors : int
        Columns of predictors, which stand before those of the heads.
    varies : ndarray (n_readers,) of bool
    """

    cells: Iterable[Block]
    articles: Folds
    n_predictors: int
    varies: np.ndarray

    @classmethod
    def of(cls, layer: Cells, readers: Cells, predictors: Cells, article: Cells, sentence: Cells) -> "PartitionSums":
        """Form the sums, of cells as `Sums.of` takes them."""
        mean, length = means_and_lengths(readers)
        scaled = _Scaled((predictors, layer, readers, article, sentence), Spread.of(predictors), Design.of(layer), mean)
        blocks: Iterable[Block] = list(scaled) if scaled.nbytes <= KEPT_BYTES else scaled
        articles = Folds(_ByLabel(_Labelled(blocks, 0)))
        return cls(_Labelled(blocks, 1), articles, len(scaled.of_predictors.mean), length > 0)

    @property
    def total(self) -> Moments:
        """Sums over all cells."""
        return self.articles.total

    @property
    def n_cells(self) -> int:
        """Cells."""
        return int(self.total.count[0])

    def columns(self, of_set: np.ndarray) -> Columns:
        """Give the independent columns of a set, of the heads and of both."""
        heads = np.arange(self.n_predictors, self.total.zz.shape[-1] - 1)
        chosen = self._independent(of_set)
        each = chosen, self._independent(heads), self._independent(np.concatenate([chosen, heads]))
        return Columns(*(np.concatenate([[0], 1 + some]) for some in each))

    def _independent(self, chosen: np.ndarray) -> np.ndarray:
        """Give those of the chosen columns that are no sums of earlier ones; a column without variation is none."""
        left = self.total.zz[1:, 1:][np.ix_(chosen, chosen)]
        square, is_kept = left.diagonal().copy(), np.zeros(len(chosen), dtype=bool)
        for place in range(len(chosen)):
            is_kept[place] = left[place, place] > DEPENDENT * square[place]
            if is_kept[place]:
                left = left - np.outer(left[:, place], left[place] / left[place, place])
        return np.asarray(chosen[is_kept])


@dataclass(frozen=True)
class _Scaled:
    """Blocks of predictors and heads, centred and scaled, beside centred readers, the article and the sentence.

    Columns have unit length; heads that are too nearly dependent are replaced by a basis of their span.
    """

    cells: Sequence[Cells]
    of_predictors: Spread
    of_heads: Design
    target_mean: np.ndarray

    @property
    def nbytes(self) -> int:
        """How much memory all blocks take."""
        columns = self.of_predictors.mean, self.of_heads.spread.mean, self.target_mean
        return 8 * self.of_predictors.count * sum(map(len, columns))

    def __iter__(self) -> Iterator[Block]:
        heads = self.of_heads
        is_well = heads.rank == len(heads.transform) and heads.condition_number**2 <= WELL_CONDITIONED
        columns = heads.scaled if is_well else heads.basis
        for predictors, layer, readers, *labels in together(*self.cells):
            of_set = self.of_predictors.centred(predictors) * self.of_predictors.scale
            yield np.hstack([of_set, columns(layer)]), readers - self.target_mean, *labels


@dataclass(frozen=True)
class _Labelled:
    """Blocks of columns and readers with one of their labels: 0 the article, 1 the sentence."""

    blocks: Iterable[Block]
    which: int

    def __iter__(self) -> Iterator[Block]:
        return ((x, y, labels[self.which]) for x, y, *labels in self.blocks)


@dataclass(frozen=True)
class _ByLabel:
    """Sums by label, as `Folds` takes them."""

    blocks: Iterable[Block]

    def __iter__(self) -> Iterator[Part]:
        return BySentence(self.blocks).labelled()


def partitions(sums: PartitionSums, sets: Sequence[np.ndarray], groups: Groups) -> list[Partition]:
    """Partition what several sets and the heads explain.

    Parameters
    ----------
    sums : PartitionSums
        Over the cells.
    sets : sequence of ndarray of int
        The columns of each set among the predictors.
    groups : sequence of slice
        The columns of each group of readers.
    """
    means = _means(groups, sums.varies)
    with _libraries().limit(limits=1, user_api="blas"):
        return [_partition(sums, sums.columns(columns), means) for columns in sets]


@cache
def _libraries() -> ThreadpoolController:
    """Find the libraries of linear algebra, which takes as long as some sentences."""
    import scipy.linalg  # noqa: F401 - its library must be there to be found

    return ThreadpoolController()


def _partition(sums: PartitionSums, columns: Columns, means: np.ndarray) -> Partition:
    each = (Nested(some, ()).of(sums.total) for some in (columns.of_set, columns.heads, columns.joint))
    in_sample = np.stack([in_sample_r2(Moments.stacked([total]))[0] for total in each])
    n_set, n_heads, n_joint = columns.ranks
    fits = Nested(columns.heads, (n_heads,)), Nested(columns.joint, (n_set, n_joint))
    without_articles = (left_out(sums.total, some, fits) for _, some in sums.articles)
    of_articles, _ = _held_out(chain.from_iterable(without_articles), means)
    of_sentences, without = _held_out(each_sentence_left_out(sums.total, sums.cells, fits), means)
    if len(sums.articles.names) < 2:
        of_articles = np.full_like(in_sample, np.nan)
    is_enough = sums.n_cells > columns.ranks[-1] + 1
    r2 = np.where(sums.varies & is_enough, np.stack([in_sample, of_articles, of_sentences]), np.nan)
    return Partition(r2, without, columns.ranks, sums.n_cells)


def _held_out(each: Iterable[LeftOut], means: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hold each fold out: R2 of each fit (3, n_readers), and the means of in-sample unique R2 without each fold."""
    sse, sst, without = np.zeros((3, len(means))), np.zeros(len(means)), list[np.ndarray]()
    for found in each:
        sse += found.sse[[1, 0, 2]]
        sst += found.sst
        without.append((found.r2[2] - found.r2[1]) @ means)
    return pooled(sse[None], np.broadcast_to(sst, (1, *sse.shape))), np.array(without).reshape(-1, means.shape[1])


def _means(groups: Groups, varies: np.ndarray) -> np.ndarray:
    """Give the weights of the mean over each group's readers who vary, (n_readers, n_groups)."""
    member = np.zeros((len(varies), len(groups)))
    for place, of in enumerate(groups):
        member[of, place] = varies[of]
    return np.asarray(member / np.maximum(member.sum(axis=0), 1))
