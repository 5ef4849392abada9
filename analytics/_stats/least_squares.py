"""Ordinary least squares of many targets on one design: in-sample, adjusted and cross-validated R2.

The design is factorised once (`design.py`); the moments of its orthonormal basis by fold (`moments.py`) then give
every fit. Errors of R2 grow with the condition number of the design, not with its square.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analytics._stats.design import GRAM_LIMIT, Design, centre, rank_of
from analytics._stats.moments import Moments
from analytics._stats.whitening import whitening
from warehouse.errors import BadInput


@dataclass(frozen=True)
class Fit:
    """How well a design explains its targets.

    Attributes
    ----------
    r2, adjusted_r2, cv_r2 : ndarray (n_targets,)
        nan for a constant target; ``cv_r2`` is nan also where there is only one fold.
    rank : int
        Number of independent centred predictors; where it is below their number the minimum-norm solution is taken.
    condition_number : float
        Of the centred predictors scaled to unit length, over the kept directions (see `Design`).
    n_cells, n_predictors : int
        Shape of the design.
    """

    r2: np.ndarray
    adjusted_r2: np.ndarray
    cv_r2: np.ndarray
    rank: int
    condition_number: float
    n_cells: int
    n_predictors: int


def fit(predictors: np.ndarray, targets: np.ndarray, folds: np.ndarray) -> Fit:
    """Regress every target on all predictors, with intercept.

    Parameters
    ----------
    predictors : ndarray (n_cells, n_predictors)
    targets : ndarray (n_cells, n_targets)
    folds : ndarray (n_cells,) of int
        The part that each cell belongs to; each part is held out once.

    Returns
    -------
    Fit
        In-sample R2 = 1 - SSE / SST; adjusted R2 = 1 - (1 - R2)(n - 1)/(n - k - 1) with k the rank (Ezekiel, 1930);
        cross-validated R2 = 1 - SSE / SST over all held-out parts pooled, SST about each fold's training mean.

    Raises
    ------
    BadInput
        Not more cells than predictors + 1 in the whole or without one of the folds, or a value that is not finite.
    """
    x, y, parts = _sorted_by_fold(predictors, targets, folds)
    _require_cells(x.shape, parts)
    return _fit_by_moments(x, y, parts) or _fit_by_cells(x, y, parts)


def _fit_by_moments(x: np.ndarray, y: np.ndarray, parts: list[slice]) -> Fit | None:
    """Fit from sums over the cells alone, in about half the time; None where these would lose digits."""
    with np.errstate(invalid="ignore", over="ignore"):  # values that are not finite are found in the sums
        raw = Moments.by_fold(x, y, parts)
        found = whitening(raw.total())
    if found is None:
        return None
    transform, condition_number = found
    moments = raw.through(transform)
    held_out = np.full(y.shape[1], np.nan)
    if len(parts) > 1:
        training = moments.total() - moments
        xx, xy, _ = training.about(*training.means)
        if _nearly_singular(xx).any():
            return None
        sse, sst = _errors_of(np.linalg.solve(xx, xy), moments, training)
        held_out = 1 - _ratio(sse.sum(axis=0), sst.sum(axis=0))
    return _found(_in_sample(moments.total()), held_out, len(transform), condition_number, x.shape)


def _fit_by_cells(x: np.ndarray, y: np.ndarray, parts: list[slice]) -> Fit:
    """Fit on the orthonormal basis of the centred cells, whatever their condition."""
    design, (y, length) = Design.of(x), centre(y)
    moments = Moments.by_fold(design.basis, y, parts)
    r2 = np.where(length > 0, _in_sample(moments.total()), np.nan)
    cv_r2 = np.where(length > 0, _held_out(moments, design, y, parts), np.nan)
    return _found(r2, cv_r2, design.rank, design.condition_number, x.shape)


def _found(r2: np.ndarray, cv_r2: np.ndarray, rank: int, condition_number: float, shape: tuple[int, ...]) -> Fit:
    n_cells, n_predictors = shape
    adjusted = 1 - (1 - r2) * (n_cells - 1) / (n_cells - rank - 1)
    return Fit(r2, adjusted, cv_r2, rank, condition_number, n_cells, n_predictors)


def _sorted_by_fold(
    predictors: np.ndarray, targets: np.ndarray, folds: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[slice]]:
    x, y = np.asarray(predictors, dtype=float), np.asarray(targets, dtype=float)
    if (np.diff(folds) < 0).any():
        order = np.argsort(folds, kind="stable")
        x, y, folds = x[order], y[order], folds[order]
    edges = [0, *(np.flatnonzero(np.diff(folds)) + 1).tolist(), len(folds)]
    return x, y, [slice(start, stop) for start, stop in pairwise(edges)]


def _require_cells(shape: tuple[int, ...], parts: list[slice]) -> None:
    n_cells, n_predictors = shape
    largest = max(part.stop - part.start for part in parts) if len(parts) > 1 else 0
    if n_cells - largest <= n_predictors + 1:
        which = "without its largest fold" if largest else "in all"
        raise BadInput(
            f"{n_cells - largest} cells {which} are too few for {n_predictors} predictors and an intercept",
            "the regression",
            "take more sentences or fewer heads",
        )


def _in_sample(moments: Moments) -> np.ndarray:
    xx, xy, yy = moments.about(*moments.means)
    return _ratio((np.linalg.solve(xx, xy) * xy).sum(axis=0), yy)


def _held_out(moments: Moments, design: Design, y: np.ndarray, parts: list[slice]) -> np.ndarray:
    """Pool the squared errors of all held-out folds, (n_targets,)."""
    if len(parts) < 2:
        return np.full(y.shape[1], np.nan)
    training = moments.total() - moments
    xx, xy, _ = training.about(*training.means)
    weak = _nearly_singular(xx)
    xx[weak] = np.eye(design.rank)
    sse, sst = _errors_of(np.linalg.solve(xx, xy), moments, training)
    for fold in np.flatnonzero(weak):
        sse[fold] = _squared_error_from_cells(design.scaled, y, parts[fold])
    return 1 - _ratio(sse.sum(axis=0), sst.sum(axis=0))


def _errors_of(b: np.ndarray, moments: Moments, training: Moments) -> tuple[np.ndarray, np.ndarray]:
    """Give squared errors and squares about the training mean of each held-out fold, (n_folds, n_targets)."""
    xx, xy, sst = moments.about(*training.means)
    return sst - 2 * (b * xy).sum(axis=-2) + (b * (xx @ b)).sum(axis=-2), sst


def _nearly_singular(grams: np.ndarray) -> np.ndarray:
    """Tell the folds whose training cells alone do not span the design well."""
    if not grams.shape[-1]:
        return np.zeros(len(grams), dtype=bool)
    eigenvalues = np.linalg.eigvalsh(grams)
    return np.asarray(eigenvalues[:, 0] * GRAM_LIMIT < eigenvalues[:, -1])


def _squared_error_from_cells(x: np.ndarray, y: np.ndarray, held_out: slice) -> np.ndarray:
    """Sum the squared errors (n_targets,) of one fold, predicted by the minimum-norm solution on the other cells."""
    training_x, training_y = np.delete(x, held_out, axis=0), np.delete(y, held_out, axis=0)
    x_mean, y_mean = training_x.mean(axis=0), training_y.mean(axis=0)
    left, singular, right = np.linalg.svd(training_x - x_mean, full_matrices=False)
    rank = rank_of(singular, len(training_x))
    b = right[:rank].T @ ((left[:, :rank].T @ (training_y - y_mean)) / singular[:rank, None])
    error = y[held_out] - y_mean - (x[held_out] - x_mean) @ b
    return np.asarray(np.einsum("ij,ij->j", error, error))


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    out = np.full_like(denominator, np.nan)
    return np.asarray(np.divide(numerator, denominator, out=out, where=denominator > 0))
