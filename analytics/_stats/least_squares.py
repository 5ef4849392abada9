"""Ordinary least squares of many targets on one design: in-sample, adjusted and cross-validated R2.

Sums over the cells by fold (`moments.py`) give every fit where they keep all digits; elsewhere the design is factorised
(`design.py`), and the sums are of its basis. Errors of R2 grow with the condition number of the design, not with its
square. Cells may come in blocks: what is held does not grow with their number.
"""

from dataclasses import dataclass

import numpy as np

from analytics._stats.design import Design
from analytics._stats.folds import CellParts, Folds
from analytics._stats.held_out import errors_of, nearly_singular
from analytics._stats.minimum_norm import squared_error
from analytics._stats.moments import Moments
from analytics._stats.on_basis import OnBasis
from analytics._stats.spread import Spread
from analytics._stats.whitening import whitening
from warehouse.errors import BadInput
from warehouse.plugin.columns import Cells, together


@dataclass(frozen=True)
class Fit:
    """How well a design explains its targets.

    Attributes
    ----------
    r2, adjusted_r2, cv_r2 : ndarray (n_targets,)
        nan for a constant target; ``cv_r2`` is nan also where there is only one fold.
    variance : ndarray (n_targets,)
        Of the targets.
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
    variance: np.ndarray
    rank: int
    condition_number: float
    n_cells: int
    n_predictors: int


def fit(predictors: Cells, targets: Cells, folds: Cells) -> Fit:
    """Regress every target on all predictors, with intercept.

    Parameters
    ----------
    predictors : Cells (n_cells, n_predictors)
        Arrays, or columns that come in blocks.
    targets : Cells (n_cells, n_targets)
    folds : Cells (n_cells,) of int
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
    with np.errstate(invalid="ignore", over="ignore"):  # values that are not finite are found in the sums
        by_fold = Folds(CellParts(together(predictors, targets, folds)))
    _require_cells(by_fold)
    return _fit_by_moments(by_fold) or _fit_by_cells(predictors, targets, folds)


def _fit_by_moments(folds: Folds) -> Fit | None:
    """Fit from sums over the cells alone, in about half the time; None where these would lose digits."""
    with np.errstate(invalid="ignore", over="ignore"):
        whitened = whitening(folds.total)
    if whitened is None:
        return None
    transform, condition_number = whitened
    total = folds.total.through(transform)
    sse = sst = np.zeros(total.yy.shape)
    for _, raw in folds if len(folds.names) > 1 else ():
        some = raw.through(transform)
        training = total - some
        xx, xy, _ = training.about(*training.means)
        if nearly_singular(xx).any():
            return None
        found = errors_of(np.linalg.solve(xx, xy), some, training)
        sse, sst = sse + found.sse.sum(axis=0), sst + found.sst.sum(axis=0)
    return _found(_in_sample(total), 1 - _ratio(sse, sst), len(transform), condition_number, len(transform), total)


def _fit_by_cells(predictors: Cells, targets: Cells, folds: Cells) -> Fit:
    """Fit on the basis of the centred cells, whatever their condition."""
    design, spread, cells = Design.of(predictors), Spread.of(targets), together(predictors, targets, folds)
    by_fold = Folds(CellParts(OnBasis(cells, design, spread)))
    sse = sst = np.zeros(spread.mean.shape)
    for names, some in by_fold if len(by_fold.names) > 1 else ():
        training = by_fold.total - some
        xx, xy, _ = training.about(*training.means)
        weak = nearly_singular(xx)
        xx[weak] = np.eye(design.rank)
        found = errors_of(np.linalg.solve(xx, xy), some, training)
        for fold in np.flatnonzero(weak):
            found.sse[fold] = squared_error(cells, design.scaled, names[fold])
        sse, sst = sse + found.sse.sum(axis=0), sst + found.sst.sum(axis=0)
    scores = _in_sample(by_fold.total), 1 - _ratio(sse, sst)
    r2, cv_r2 = (np.where(spread.length > 0, each, np.nan) for each in scores)
    return _found(r2, cv_r2, design.rank, design.condition_number, len(design.transform), by_fold.total)


def _found(
    r2: np.ndarray, cv_r2: np.ndarray, rank: int, condition_number: float, n_predictors: int, total: Moments
) -> Fit:
    n_cells = int(total.count[0])
    adjusted = 1 - (1 - r2) * (n_cells - 1) / (n_cells - rank - 1)
    variance = total.about(*total.means)[2] / n_cells
    return Fit(r2, adjusted, cv_r2, variance, rank, condition_number, n_cells, n_predictors)


def _require_cells(folds: Folds) -> None:
    n_cells, n_predictors = int(folds.count.sum()), folds.total.x.shape[-1]
    largest = int(folds.count.max()) if len(folds.count) > 1 else 0
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


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    out = np.full_like(denominator, np.nan)
    return np.asarray(np.divide(numerator, denominator, out=out, where=denominator > 0))
