"""Ordinary least squares of many targets on one design: in-sample, adjusted and cross-validated R2.

Sums over the cells (`sums.py`) give every fit, except where the cells without a fold do not span the predictors: then
these cells are factorised. Errors of R2 grow with the condition number of the design, not with its square. Cells may
come in blocks: what is held does not grow with their number.
"""

from dataclasses import dataclass

import numpy as np

from analytics._stats.bootstrap import in_sample_r2
from analytics._stats.folds import Folds, GroupParts
from analytics._stats.held_out import coefficients, errors_of
from analytics._stats.minimum_norm import squared_error
from analytics._stats.moments import Moments
from analytics._stats.summed_design import error_of_fold
from analytics._stats.sums import Sums
from warehouse.errors import BadInput
from warehouse.plugin.columns import Cells, sums_of, together


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
        What is explained, each column by itself.
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
    sums = Sums.of(predictors, targets, folds)
    by_fold = Folds(GroupParts(sums.by_sentence, sums.sentences))
    _require_cells(by_fold, sums.n_predictors)
    sse = sst = np.zeros(sums.target_mean.shape)
    for names, some in by_fold if len(by_fold.names) > 1 else ():
        training = by_fold.total - some
        b, is_weak = coefficients(training)
        found = errors_of(b, some, training)
        for fold in np.flatnonzero(is_weak):
            if sums_of(cells := together(predictors, targets, folds)) is not None:
                found.sse[fold] = error_of_fold(training.part(int(fold)), some.part(int(fold)), sums.design)
            else:
                found.sse[fold] = squared_error(cells, sums.design.scaled, names[fold])
        sse, sst = sse + found.sse.sum(axis=0), sst + found.sst.sum(axis=0)
    scores = in_sample_r2(Moments.stacked([sums.total]))[0], 1 - _ratio(sse, sst)
    r2, cv_r2 = (np.where(sums.varies, each, np.nan) for each in scores)
    return _found(r2, cv_r2, sums)


def _found(r2: np.ndarray, cv_r2: np.ndarray, sums: Sums) -> Fit:
    n_cells, design, total = sums.n_cells, sums.design, sums.total
    adjusted = 1 - (1 - r2) * (n_cells - 1) / (n_cells - design.rank - 1)
    variance = total.squares(total.y / total.count) / n_cells
    return Fit(r2, adjusted, cv_r2, variance, design.rank, design.condition_number, n_cells, sums.n_predictors)


def _require_cells(folds: Folds, n_predictors: int) -> None:
    n_cells = int(folds.count.sum())
    largest = int(folds.count.max()) if len(folds.count) > 1 else 0
    if n_cells - largest <= n_predictors + 1:
        which = "without its largest fold" if largest else "in all"
        raise BadInput(
            f"{n_cells - largest} cells {which} are too few for {n_predictors} predictors and an intercept",
            "the regression",
            "take more sentences or fewer heads",
        )


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    out = np.full_like(denominator, np.nan)
    return np.asarray(np.divide(numerator, denominator, out=out, where=denominator > 0))
