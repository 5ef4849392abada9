"""Squared errors on folds that were not fitted, from moments alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from analytics._stats.design import GRAM_LIMIT
from analytics._stats.folds import Folds
from analytics._stats.moments import Moments

CACHED_BYTES = 1 << 20
"""Sums that are worked on at once, which a processor's cache holds."""
MOST_INNER = 10
"""Parts that are held out within what is left when one is set aside."""


@dataclass(frozen=True)
class HeldOut:
    """Squared errors `sse` and squares about the training mean `sst`, each (n_fits, n_targets)."""

    sse: np.ndarray
    sst: np.ndarray

    def r2(self) -> np.ndarray:
        """Give 1 - SSE / SST pooled over the fits, (n_targets,)."""
        return pooled(self.sse, self.sst)


def held_out(training: Moments, tested: Moments) -> HeldOut:
    """Fit on `training` and predict `tested`, fit by fit along the leading axis.

    A training set that does not span the predictors (its Gram matrix is worse than `GRAM_LIMIT`) is fitted with the
    smallest coefficients of what it does span; those are of the basis that the moments are of.
    """
    b, is_weak = coefficients(training)
    for fit in np.flatnonzero(is_weak).tolist():
        b[fit] = _smallest_coefficients(training.part(fit))
    return errors_of(b, tested, training)


def errors_of(b: np.ndarray, tested: Moments, training: Moments) -> HeldOut:
    """Give the errors of coefficients `b` (n_fits, 1 + n_predictors, n_targets), which were fitted on `training`."""
    sst = tested.squares(training.y / training.count)
    predicted = tested.zz @ b
    predicted -= 2 * tested.zy
    predicted *= b
    return HeldOut(tested.yy + predicted.sum(axis=-2), sst)


def coefficients(training: Moments) -> tuple[np.ndarray, np.ndarray]:
    """Fit with intercept; give coefficients (n_fits, 1 + n_predictors, n_targets), and which fits are too weak.

    Those do not span the predictors: their Gram matrix about the means is worse than `GRAM_LIMIT`, and their
    coefficients are 0. Norms of a matrix and of its inverse bound its condition number from above, so that eigenvalues
    are needed only where the bound is too large.
    """
    inverse, bound = inverses(training.zz)
    is_weak = ~(bound <= GRAM_LIMIT)
    if is_weak.any():
        some = training.part(is_weak)
        is_weak[is_weak] = nearly_singular(some.about(*some.means)[0])
    inverse[is_weak] = 0.0
    return inverse @ training.zy, is_weak


def inverses(grams: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Invert Gram matrices of (1, predictors); bound the condition number of the predictors about their means."""
    try:
        inverse = np.linalg.inv(grams)
    except np.linalg.LinAlgError:  # one is singular: each by itself
        inverse = np.array([_inverse(gram) for gram in grams])
    trace = np.trace(grams[:, 1:, 1:], axis1=1, axis2=2)
    return inverse, trace * np.abs(inverse[:, 1:, 1:]).sum(axis=2).max(axis=1, initial=0.0)


def _inverse(gram: np.ndarray) -> np.ndarray:
    try:
        return np.asarray(np.linalg.inv(gram))
    except np.linalg.LinAlgError:
        return np.full_like(gram, np.nan)


def _smallest_coefficients(training: Moments) -> np.ndarray:
    """Fit what the training set spans by the smallest coefficients, (1 + n_predictors, n_targets)."""
    x_mean, y_mean = training.means
    xx, xy, _ = training.about(x_mean, y_mean)
    b = np.linalg.pinv(xx, rcond=1e-10, hermitian=True) @ xy
    return np.vstack([y_mean - x_mean @ b, b])


def each_in_turn(moments: Moments) -> HeldOut:
    """Hold each fold out once."""
    return held_out(moments.total() - moments, moments)


def every_fold(folds: Folds) -> HeldOut:
    """Hold each fold out once; entries in the order of the folds' names."""
    shape = len(folds.names), folds.total.y.shape[-1]
    found = HeldOut(np.empty(shape), np.empty(shape))
    for names, some in folds:
        of_some, places = held_out(folds.total - some, some), folds.places(names)
        found.sse[places], found.sst[places] = of_some.sse, of_some.sst
    return found


def each_in_parts(parts: Iterable[Moments], total: Moments) -> np.ndarray:
    """Hold each fold out once where folds come in parts: 1 - SSE / SST pooled over all, (n_targets,)."""
    sse = sst = np.zeros(total.yy.shape)
    for part in parts:
        for folds in part.slices(CACHED_BYTES):
            found = held_out(total - (some := part.part(folds)), some)
            sse, sst = sse + found.sse.sum(axis=0), sst + found.sst.sum(axis=0)
    return pooled(sse[None], sst[None])


def without_each(folds: Folds) -> np.ndarray:
    """Score by cross-validation within what is left when one fold is set aside.

    Returns
    -------
    ndarray (n_folds, n_targets)
        Entry i: the others are held out in turn, each predicted from those that are neither it nor i. What a choice
        that must not know fold i goes by. nan with fewer than three folds.
    """
    scores = np.full((len(folds.names), folds.total.y.shape[-1]), np.nan)
    for place, aside, tested in each_set_aside(folds):
        scores[place] = held_out(folds.total - aside - tested, tested).r2()
    return scores


def each_set_aside(folds: Folds) -> Iterator[tuple[int, Moments, Moments]]:
    """Set each fold aside once, and divide the others for a cross-validation among themselves.

    Yields
    ------
    tuple
        The fold's place; its moments (leading axis of 1); those of the others, each to be held out once. Nothing with
        fewer than three folds. More than `MOST_INNER` others come as so many groups of neighbours, so that the work
        grows with the folds and not with their square.
    """
    n_folds = len(folds.names)
    if n_folds < 3:
        return
    group = np.arange(n_folds) * min(n_folds, MOST_INNER) // n_folds
    member = (group == np.arange(group[-1] + 1)[:, None]).astype(float)
    of_group = reduce(add, (some.weighted(member[:, folds.places(names)]) for names, some in folds))
    for names, some in folds:
        for row, place in enumerate(folds.places(names).tolist()):
            aside = some.part(slice(row, row + 1))
            tested = of_group - aside.weighted(member[:, place][:, None])
            yield place, aside, tested.part(tested.count[:, 0] > 0)


def pooled(sse: np.ndarray, sst: np.ndarray) -> np.ndarray:
    """Give 1 - SSE / SST with both summed over the first axis; nan where nothing varies."""
    error, total = sse.sum(axis=0), sst.sum(axis=0)
    return np.asarray(1 - np.divide(error, total, out=np.full_like(total, np.nan), where=total > 0))


def nearly_singular(grams: np.ndarray) -> np.ndarray:
    """Tell the fits whose cells do not span the predictors well, (n_fits,) bool."""
    if not grams.shape[-1]:
        return np.zeros(len(grams), dtype=bool)
    eigenvalues = np.linalg.eigvalsh(grams)
    return np.asarray(eigenvalues[:, 0] * GRAM_LIMIT < eigenvalues[:, -1])
