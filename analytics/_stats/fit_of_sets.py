"""Least squares for readers who read different sentences: sums by sentence are formed once, and added for each set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics._stats.bootstrap import in_sample_r2
from analytics._stats.by_sentence import articles_of
from analytics._stats.folds import Folds, Part
from analytics._stats.held_out import held_out, pooled
from analytics._stats.moments import Moments
from analytics._stats.reading_sets import READERS, ReadingSet
from analytics._stats.sums import Sums
from warehouse.errors import BadInput
from warehouse.plugin.columns import Block, Cells, Column, together

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
    sums, n_readers = Sums.of(x, y, of), sum(len(one.readers) for one in sets)
    groups, numbers = articles_of(articles, of), ("cell_count", "predictor_count", "rank")
    found = {name: np.full(n_readers, np.nan) for name in ("r2", "adjusted_r2", "cv_r2", "condition_number")}
    found |= {name: np.zeros(n_readers, dtype=np.int64) for name in numbers}
    for one in sets:
        by_article = Folds(_OfSet(sums, groups, one)) if one.cell_count else None
        if by_article and _has_enough(by_article, sums.n_predictors):
            for name, values in _fit(by_article, sums).items():
                found[name][one.readers] = values
        found["cell_count"][one.readers] = max(one.cell_count, 1)
        found["predictor_count"][one.readers] = sums.n_predictors
    if not found["rank"].any():
        what = f"what each reader read has too few cells for {sums.n_predictors} predictors and an intercept"
        raise BadInput(what, "the regression", "take more sentences or fewer heads")
    return found


def _has_enough(folds: Folds, n_predictors: int) -> bool:
    largest = folds.count.max() if len(folds.count) > 1 else 0
    return bool(folds.count.sum() - largest > n_predictors + 1)


def _fit(by_article: Folds, sums: Sums) -> dict[str, np.ndarray | float]:
    total, count = by_article.total, float(by_article.total.count[0])
    varies = total.squares(total.y / total.count) > ROUNDING * total.yy
    r2 = np.where(varies, in_sample_r2(Moments.stacked([total]))[0], np.nan)
    cv_r2 = np.full(len(r2), np.nan)
    if len(by_article.names) > 1:
        sse = sst = np.zeros(len(r2))
        for _, some in by_article:
            held = held_out(total - some, some)
            sse, sst = sse + held.sse.sum(axis=0), sst + held.sst.sum(axis=0)
        cv_r2 = np.where(varies, pooled(sse[None], sst[None]), np.nan)
    rank, condition_number = _condition(total, sums)
    adjusted = 1 - (1 - r2) * (count - 1) / (count - rank - 1)
    return {"r2": r2, "adjusted_r2": adjusted, "cv_r2": cv_r2, "rank": rank, "condition_number": condition_number}


def _condition(total: Moments, sums: Sums) -> tuple[int, float]:
    """Give rank and condition number of the predictors over a set's cells, centred and scaled to unit length."""
    back = sums.design.back
    gram = back.T @ total.about(*total.means)[0] @ back
    length = np.sqrt(np.maximum(np.diag(gram), 0.0))
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > np.sqrt(ROUNDING) * length.max(initial=0))
    eigenvalues = np.linalg.eigvalsh(gram * np.outer(scale, scale))
    kept = eigenvalues[eigenvalues > float(total.count[0]) * np.finfo(float).eps * eigenvalues[-1]]
    return len(kept), float(np.sqrt(kept[-1] / kept[0])) if len(kept) else float("nan")


@dataclass(frozen=True)
class _OfSet:
    """Moments of a set's readers by article, over the sentences that they read."""

    sums: Sums
    article: np.ndarray
    of: ReadingSet

    def __iter__(self) -> Iterator[Part]:
        start = 0
        for part in self.sums.by_sentence:
            stop = start + len(part.count)
            rows = np.flatnonzero(np.isin(self.sums.sentences[start:stop], self.of.sentences))
            if len(rows):
                names, place = np.unique(self.article[start + rows], return_inverse=True)
                yield names, part.of_targets(self.of.readers).part(rows).weighted(np.eye(len(names))[place].T)
            start = stop


@dataclass(frozen=True)
class _Filled:
    """The columns with 0 where a reader did not read: sums over what was read are the same."""

    columns: Sequence[Cells]

    def select(self, places: Sequence[int]) -> Iterator[Block]:
        for some in together(*(self.columns[place] for place in places)):
            yield tuple(np.nan_to_num(values) if place == READERS else values
                        for place, values in zip(places, some, strict=True))  # fmt: skip
