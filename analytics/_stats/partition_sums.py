"""Predictors and heads side by side, and their sums by article with readers: what a partition of variance is made of.

Every fit takes the rows and columns that are its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics._stats.by_sentence import BySentence, articles_of
from analytics._stats.design import Design
from analytics._stats.folds import Folds, GroupParts, Part
from analytics._stats.moments import Moments
from analytics._stats.nested_fits import LeftOut, Nested, left_out
from analytics._stats.sentences_left_out import each_sentence_left_out
from analytics._stats.spread import Spread, means_and_lengths
from analytics._stats.summed_design import design_of_sums
from analytics._stats.sums import KEPT_BYTES, WELL_CONDITIONED, Transformed, kept
from warehouse.plugin.columns import Block, Cells, sums_of, together
from warehouse.plugin.same_arrays import once_for_same_arrays

DEPENDENT = 1e-10
"""Share of a column's squares that is left where it is a sum of others."""


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
    sentences : iterable
        Blocks of predictors, heads, readers and sentences, or sums by sentence where there are no cells; may be gone
        through again.
    articles : Folds
        Sums by article.
    n_predictors : int
        Columns of predictors, which stand before those of the heads.
    varies : ndarray (n_readers,) of bool
    """

    sentences: "Iterable[Block] | _Summed"
    articles: Folds
    n_predictors: int
    varies: np.ndarray

    @classmethod
    def of(cls, layer: Cells, readers: Cells, predictors: Cells, article: Cells, sentence: Cells) -> "PartitionSums":
        """Form the sums, of cells as `Sums.of` takes them."""
        mean, length = means_and_lengths(readers)
        by_sentence = together(predictors, layer, readers, sentence)
        if sums_of(by_sentence) is not None:
            summed = _Summed.of(BySentence(by_sentence), Spread.of(predictors), mean)
            articles = Folds(GroupParts(summed.parts, articles_of(article, sentence)))
            return cls(summed, articles, summed.n_predictors, length > 0)
        scaled = _Scaled((predictors, layer, readers, article, sentence), Spread.of(predictors), Design.of(layer), mean)
        blocks: Iterable[Block] = list(scaled) if scaled.nbytes <= KEPT_BYTES else scaled
        articles = Folds(_ByArticle(blocks))
        return cls(_OfSentences(blocks), articles, len(scaled.of_predictors.mean), length > 0)

    def without_each_sentence(self, heads: Nested, joint: Nested) -> Iterator[LeftOut]:
        """Fit on what is left when each sentence is taken out: heads alone, the set, and both."""
        if not isinstance(self.sentences, _Summed):
            return each_sentence_left_out(self.total, self.sentences, heads, joint)
        return (one for part in self.sentences.parts for one in left_out(self.total, part, (heads, joint)))

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
class _Summed:
    """Sums by sentence of what `_Scaled` gives, where there are sums about zero and no cells."""

    parts: Iterable[Moments]
    n_predictors: int

    @classmethod
    def of(cls, about_zero: BySentence, of_predictors: Spread, target_mean: np.ndarray) -> "_Summed":
        parts, total = kept(about_zero)
        n_predictors = len(of_predictors.mean)
        own = np.array([0, *range(n_predictors + 1, total.zz.shape[-1])])
        heads = design_of_sums(Moments(total.zz[np.ix_(own, own)], total.zy[own], total.yy))
        of_heads = np.diag(heads.spread.scale) if _is_well_conditioned(heads) else heads.transform
        means, scales = np.concatenate([of_predictors.mean, heads.spread.mean]), np.diag(of_predictors.scale)
        transform = np.zeros((1 + len(means), 1 + n_predictors + of_heads.shape[1]))
        transform[0, 0] = 1.0
        transform[1 : 1 + n_predictors, 1 : 1 + n_predictors] = scales
        transform[1 + n_predictors :, 1 + n_predictors :] = of_heads
        transform[0, 1:] = -means @ transform[1:, 1:]
        return cls(kept(Transformed(parts, transform, target_mean))[0], n_predictors)


def _is_well_conditioned(heads: Design) -> bool:
    return heads.rank == len(heads.transform) and heads.condition_number**2 <= WELL_CONDITIONED


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
        columns = heads.scaled if _is_well_conditioned(heads) else heads.basis
        spread = self.of_predictors
        for predictors, layer, readers, *labels in together(*self.cells):
            of_set = _scaled(predictors, spread.mean, spread.scale)
            yield of_set, columns(layer), _centred(readers, self.target_mean), *labels


@once_for_same_arrays
def _scaled(columns: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return _given_again((columns - mean) * scale)


@once_for_same_arrays
def _centred(columns: np.ndarray, mean: np.ndarray) -> np.ndarray:
    return _given_again(columns - mean)


def _given_again(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class _OfSentences:
    """Blocks of predictors, heads and readers with their sentences."""

    blocks: Iterable[Block]

    def __iter__(self) -> Iterator[Block]:
        return ((*columns, sentence) for *columns, _, sentence in self.blocks)


@dataclass(frozen=True)
class _ByArticle:
    """Sums by article, as `Folds` takes them."""

    blocks: Iterable[Block]

    def __iter__(self) -> Iterator[Part]:
        return BySentence(self._side_by_side()).labelled()

    def _side_by_side(self) -> Iterator[Block]:
        return ((np.hstack([of_set, heads]), y, article) for of_set, heads, y, article, _ in self.blocks)
