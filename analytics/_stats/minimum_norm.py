"""Prediction of a fold from cells that do not span the predictors, by the smallest coefficients."""

from collections.abc import Callable, Iterable

import numpy as np

from analytics._stats.design import rank_of
from analytics._stats.triangle import triangle
from warehouse.plugin.columns import Block


def squared_error(blocks: Iterable[Block], scaled: Callable[[np.ndarray], np.ndarray], fold: int) -> np.ndarray:
    """Sum the squared errors of one fold, predicted by the minimum-norm solution on the other cells, (n_targets,).

    Parameters
    ----------
    blocks : iterable of tuple
        Predictors (n_cells, n_predictors), targets (n_cells, n_targets) and folds (n_cells,); gone through three times.
    scaled : callable
        Brings predictors to a scale on which their coefficients are comparable.
    fold : int
        The fold that is held out.
    """
    count, total, n_predictors = 0, np.zeros(1), 0
    for x, y, folds in blocks:
        rows, n_predictors = _joined(scaled(x), y, folds != fold), x.shape[1]
        count, total = count + len(rows), total + rows.sum(axis=0)
    mean = total / count
    factor = triangle(_joined(scaled(x), y, folds != fold) - mean for x, y, folds in blocks)
    b = _coefficients(factor, n_predictors, count)
    return np.asarray(
        sum(
            _sum_of_squares((_joined(scaled(x), y, folds == fold) - mean) @ np.vstack([-b, np.eye(b.shape[1])]))
            for x, y, folds in blocks
        )
    )


def _joined(x: np.ndarray, y: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    return np.hstack([x[chosen], y[chosen]])


def _coefficients(factor: np.ndarray, n_predictors: int, n_cells: int) -> np.ndarray:
    """Solve from the triangular factor of predictors and targets side by side, (n_predictors, n_targets)."""
    of_x, of_y = factor[:n_predictors, :n_predictors], factor[:n_predictors, n_predictors:]
    left, singular, right = np.linalg.svd(of_x, full_matrices=False)
    rank = rank_of(singular, n_cells)
    return np.asarray(right[:rank].T @ ((left[:, :rank].T @ of_y) / singular[:rank, None]))


def _sum_of_squares(errors: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("ij,ij->j", errors, errors))
