"""Squared errors on folds that were not fitted, from moments alone."""

from dataclasses import dataclass

import numpy as np

from analytics._stats.design import GRAM_LIMIT
from analytics._stats.moments import Moments


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
    xx, xy, _ = training.about(*training.means)
    b = _coefficients(xx, xy)
    xx, xy, sst = tested.about(*training.means)
    sse = sst - 2 * (b * xy).sum(axis=-2) + (b * (xx @ b)).sum(axis=-2)
    return HeldOut(sse, sst)


def each_in_turn(moments: Moments) -> HeldOut:
    """Hold each fold out once."""
    return held_out(moments.total() - moments, moments)


def without_each(moments: Moments) -> np.ndarray:
    """Score by cross-validation within what is left when one fold is set aside.

    Parameters
    ----------
    moments : Moments
        By fold.

    Returns
    -------
    ndarray (n_folds, n_targets)
        Entry i: the others are held out in turn, each predicted from those that are neither it nor i. What a choice
        that must not know fold i goes by. nan with fewer than three folds.
    """
    n_folds = len(moments.count)
    if n_folds < 3:
        return np.full((n_folds, moments.y.shape[-1]), np.nan)
    aside, tested = np.nonzero(~np.eye(n_folds, dtype=bool))
    every = np.ones((len(aside), n_folds))
    every[np.arange(len(aside)), aside] = every[np.arange(len(aside)), tested] = 0
    found = held_out(moments.weighted(every), moments.weighted(np.eye(n_folds)[tested]))
    shape = (n_folds, n_folds - 1, -1)
    return pooled(found.sse.reshape(shape).transpose(1, 0, 2), found.sst.reshape(shape).transpose(1, 0, 2))


def pooled(sse: np.ndarray, sst: np.ndarray) -> np.ndarray:
    """Give 1 - SSE / SST with both summed over the first axis; nan where nothing varies."""
    error, total = sse.sum(axis=0), sst.sum(axis=0)
    return np.asarray(1 - np.divide(error, total, out=np.full_like(total, np.nan), where=total > 0))


def _coefficients(xx: np.ndarray, xy: np.ndarray) -> np.ndarray:
    eigenvalues = np.linalg.eigvalsh(xx) if xx.shape[-1] else np.ones((len(xx), 1))
    weak = eigenvalues[:, 0] * GRAM_LIMIT < eigenvalues[:, -1]
    safe = np.where(weak[:, None, None], np.eye(xx.shape[-1]), xx)
    b = np.linalg.solve(safe, xy)
    for fit in np.flatnonzero(weak):
        b[fit] = np.linalg.pinv(xx[fit], rcond=1e-10, hermitian=True) @ xy[fit]
    return np.asarray(b)
