"""Least squares for readers who read different sentences: sums by sentence are formed once, and added for each set."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from analytics._stats.bootstrap import in_sample_r2
from analytics._stats.by_sentence import BySentence, articles_of
from analytics._stats.design import Design
from analytics._stats.held_out import held_out, pooled
from analytics._stats.moments import Moments
from analytics._stats.reading_sets import READERS, ReadingSet, filled
from analytics._stats.sums import Sums, kept
from warehouse.errors import BadInput
from warehouse.plugin.columns import Block, Cells, Column, SummedBlock, sums_of, together

HELD_BYTES = 32 << 20
"""Sums of sets that are held at once."""
ROUNDING = 1e-12
"""Share of a reader's sum of squares that rounding may leave where nothing varies."""


def fit_of_sets(
    predictors: Cells, readers: Cells, article: Cells, sentence: Cells, sets: Sequence[ReadingSet]
) -> dict[str, np.ndarray]:
    """Fit each reader on the sentences that the reader read.

    Parameters
    ----------
    predictors : Cells (n_cells, n_predictors)
        The same for all readers.
    readers : Cells (n_cells, n_readers)
        nan where a reader did not read the sentence.
    article, sentence : Cells (n_cells,) of int
        Each article is held out once.
    sets : sequence of ReadingSet
        The readers by what they read.

    Returns
    -------
    dict
        By reader: what `least_squares.fit` finds of the reader's own cells. nan, and rank 0, for one who read too few.

    Raises
    ------
    BadInput
        All read too few.
    """
    blocks = _Filled((predictors, readers, article, sentence))
    x, y, articles, of = (Column(blocks, place) for place in range(4))
    sums, n_readers = Sums.of(x, y, articles), sum(len(one.readers) for one in sets)
    numbers = ("cell_count", "predictor_count", "rank")
    found = {name: np.full(n_readers, np.nan) for name in ("r2", "adjusted_r2", "cv_r2", "condition_number")}
    found |= {name: np.zeros(n_readers, dtype=np.int64) for name in numbers}
    for one in sets:
        found["cell_count"][one.readers] = max(one.cell_count, 1)
        found["predictor_count"][one.readers] = sums.n_predictors
    by_article = _ByArticle.of(sums, x, articles, of)
    for some in _alike(sets, by_article):
        _fit(by_article.of_sets(some), some, sums, found)
    if not found["rank"].any():
        what = f"what each reader read has too few cells for {sums.n_predictors} predictors and an intercept"
        raise BadInput(what, "the regression", "take more sentences or fewer heads")
    return found


def _fit(moments: Moments, sets: Sequence[ReadingSet], sums: Sums, found: dict[str, np.ndarray]) -> None:
    """Fit the readers of some sets from their moments by set and article, and put the values where they belong."""
    count = moments.count[..., 0]
    largest = np.where((count > 0).sum(axis=1) > 1, count.max(axis=1), 0)
    enough = np.flatnonzero(count.sum(axis=1) - largest > sums.n_predictors + 1)
    moments, sets = moments.part(enough), [sets[place] for place in enough.tolist()]
    if not sets:
        return
    total = Moments(*(values.sum(axis=1) for values in moments.arrays))
    varies = total.squares(total.y / total.count) > ROUNDING * total.yy
    r2 = np.where(varies, in_sample_r2(total), np.nan)
    cv_r2 = np.where(varies, _held_out_r2(moments, total), np.nan)
    rank, condition_number = _condition(total, sums)
    adjusted = 1 - (1 - r2) * (total.count - 1) / (total.count - rank[:, None] - 1)
    for place, one in enumerate(sets):
        own = slice(len(one.readers))
        for name, values in (("r2", r2), ("adjusted_r2", adjusted), ("cv_r2", cv_r2)):
            found[name][one.readers] = values[place, own]
        found["rank"][one.readers], found["condition_number"][one.readers] = rank[place], condition_number[place]


def _held_out_r2(moments: Moments, total: Moments) -> np.ndarray:
    """Hold each article of each set out once, (n_sets, n_targets); nan for a set of one article."""
    count = moments.count[..., 0]
    of_set, article = np.nonzero((count > 0) & ((count > 0).sum(axis=1, keepdims=True) > 1))
    tested = Moments(*(values[of_set, article] for values in moments.arrays))
    held = held_out(total.part(of_set) - tested, tested)
    sse, sst = (np.zeros_like(total.yy) for _ in range(2))
    np.add.at(sse, of_set, held.sse)
    np.add.at(sst, of_set, held.sst)
    return pooled(sse[None], sst[None])


def _condition(total: Moments, sums: Sums) -> tuple[np.ndarray, np.ndarray]:
    """Give rank and condition number of the predictors over each set's cells, centred and scaled to unit length."""
    back = sums.design.back
    gram = back.T @ total.about(*total.means)[0] @ back
    length = np.sqrt(np.maximum(np.diagonal(gram, axis1=1, axis2=2), 0.0))
    is_long = length > np.sqrt(ROUNDING) * length.max(axis=1, initial=0, keepdims=True)
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=is_long)
    eigenvalues = np.linalg.eigvalsh(gram * scale[:, :, None] * scale[:, None, :])
    is_kept = eigenvalues > total.count * np.finfo(float).eps * eigenvalues[:, -1:]
    least = np.min(np.where(is_kept, eigenvalues, np.inf), axis=1, initial=np.inf)
    most = eigenvalues.max(axis=1, initial=0.0)
    condition = np.sqrt(np.divide(most, least, out=np.full_like(most, np.nan), where=is_kept.any(axis=1)))
    return is_kept.sum(axis=1), condition


@dataclass(frozen=True)
class _ByArticle:
    """Moments by article: of the readers over what they read, and of the predictors sentence by sentence.

    Attributes
    ----------
    sentences, article : ndarray (n_sentences,) of int
        The label of each sentence, and its article from 0.
    by_sentence : iterable of Moments
        Of the predictors alone, in parts.
    zy, yy : ndarray (n_articles, 1 + n_predictors, n_readers), (n_articles, n_readers)
        About zero: what a reader did not read is 0, and adds nothing.
    """

    sentences: np.ndarray
    article: np.ndarray
    by_sentence: Iterable[Moments]
    zy: np.ndarray
    yy: np.ndarray

    @classmethod
    def of(cls, sums: Sums, x: Cells, article: Cells, sentence: Cells) -> "_ByArticle":
        """Add up; `sums` are by article, and of any of its parts."""
        names, number = np.unique(sums.sentences, return_inverse=True)
        total, start = None, 0
        for part in sums.by_sentence:
            member = number[start : start + len(part.count)] == np.arange(len(names))[:, None]
            of_part, start = part.weighted(member.astype(float)), start + len(part.count)
            total = of_part if total is None else total + of_part
        if total is None:
            raise ValueError("no part was given")
        about_zero = total.through(np.eye(total.zz.shape[-1]), -sums.target_mean)
        parts, _ = kept(BySentence(_Alone(sums.design, together(x, sentence))))
        of_sentence = np.searchsorted(names, articles_of(article, sentence))
        return cls(articles_of(sentence, sentence), of_sentence, parts, about_zero.zy, about_zero.yy)

    @property
    def bytes_of_a_set(self) -> int:
        """How much the sums of the predictors of a set take."""
        return int(8 * len(self.yy) * self.zy.shape[1] ** 2)

    def of_sets(self, sets: Sequence[ReadingSet]) -> Moments:
        """Give the moments of sets of as many readers by set and article, (n_sets, n_articles)."""
        is_read = np.array([np.isin(self.sentences, one.sentences) for one in sets], dtype=float)
        zz, start = np.zeros((len(sets), len(self.yy), *2 * self.zy.shape[1:2])), 0
        for part in self.by_sentence:
            number = self.article[start : start + len(part.count)]
            for one in np.unique(number):
                rows = np.flatnonzero(number == one)
                zz[:, one] += np.tensordot(is_read[:, start + rows], part.zz[rows], axes=1)
            start += len(number)
        readers = np.array([one.readers for one in sets])
        return Moments(zz, np.moveaxis(self.zy[..., readers], 2, 0), np.moveaxis(self.yy[:, readers], 1, 0))


@dataclass(frozen=True)
class _Alone:
    """Blocks of the predictors on their basis, without targets."""

    design: Design
    blocks: Iterable[Block]

    def __iter__(self) -> Iterator[Block]:
        for x, sentence in self.blocks:
            yield self.design.basis(x), np.empty((len(sentence), 0)), sentence

    def sums(self, among: np.ndarray | None = None) -> Iterator[SummedBlock] | None:
        summed = sums_of(self.blocks, among)
        return None if summed is None else self._on_basis(summed)

    def _on_basis(self, summed: Iterator[SummedBlock]) -> Iterator[SummedBlock]:
        for labels, *products in summed:
            yield labels, *Moments(*products).through(self.design.bordered).arrays


def _alike(sets: Sequence[ReadingSet], by_article: _ByArticle) -> Iterator[list[ReadingSet]]:
    """Put sets of as many readers together, as many as are held at once."""
    size = max(1, HELD_BYTES // by_article.bytes_of_a_set)
    for _, some in groupby(sorted(sets, key=lambda one: len(one.readers)), key=lambda one: len(one.readers)):
        alike = list(some)
        yield from (alike[start : start + size] for start in range(0, len(alike), size))


@dataclass(frozen=True)
class _Filled:
    """The columns with 0 where a reader did not read: sums over what was read are the same."""

    columns: Sequence[Cells]

    def select(self, places: Sequence[int]) -> Iterator[Block]:
        for some in together(*(self.columns[place] for place in places)):
            yield tuple(filled(values) if place == READERS else values
                        for place, values in zip(places, some, strict=True))  # fmt: skip

    def sums(self, places: Sequence[int], among: np.ndarray | None) -> Iterator[SummedBlock] | None:
        return sums_of(together(*(self.columns[place] for place in places)), among)
