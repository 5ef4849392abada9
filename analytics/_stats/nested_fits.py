"""Least squares on nested sets of columns without some cells: one Cholesky factor serves all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics._stats.design import GRAM_LIMIT
from analytics._stats.moments import Moments

CONSTANT = 1e-10
"""Share of a column's squares that rounding may leave on cells where it does not vary."""


@dataclass(frozen=True)
class LeftOut:
    """What fits on all other cells say of some cells and of the others.

    Attributes
    ----------
    sse : ndarray (n_fits, n_targets)
        Squared errors on the cells that were left out.
    sst : ndarray (n_targets,)
        Their squares about the mean of the others.
    r2 : ndarray (n_fits, n_targets)
        In-sample R2 on the others; 0 where nothing varies.
    """

    sse: np.ndarray
    sst: np.ndarray
    r2: np.ndarray


@dataclass(frozen=True)
class Nested:
    """Fits of columns in an order, each of the first so many.

    Attributes
    ----------
    columns : ndarray of int
        Among (1, predictors); the intercept stands first.
    sizes : tuple of int
        How many of them each fit has besides the intercept, ascending.
    """

    columns: np.ndarray
    sizes: tuple[int, ...]

    def of(self, moments: Moments) -> Moments:
        """Give the sums of the columns."""
        if np.array_equal(self.columns, np.arange(moments.zz.shape[-1])):
            return moments
        return Moments(moments.zz[np.ix_(self.columns, self.columns)], moments.zy[self.columns], moments.yy)


def left_out(total: Moments, some: Moments, fits: Sequence[Nested]) -> LeftOut:
    """Fit on what is left when some cells are taken out.

    Parameters
    ----------
    total, some : Moments
        Sums over all cells, and over those left out, of centred columns that have unit length over all cells; each
        without a leading axis.
    fits : sequence of Nested
        What is fitted; each has entries for all its sizes.

    Notes
    -----
    Where the others do not span the columns, the smallest coefficients are taken. The first rows and columns of the
    Cholesky factor of the others' Gram matrix are the factor of the first columns'.
    """
    training = total - some
    sst, squares = (each.squares(training.y / training.count) for each in (some, training))
    sse, explained = list[np.ndarray](), list[np.ndarray]()
    for nested in fits:
        others, tested = nested.of(training), nested.of(some)
        solved = _solved(others, nested.sizes) or [_smallest(others, size) for size in nested.sizes]
        sse += [_squared_error(tested, b) for b, _ in solved]
        explained += [of for _, of in solved]
    r2 = np.divide(explained, squares, out=np.zeros((len(explained), len(squares))), where=squares > 0)
    return LeftOut(np.array(sse), sst, r2)


Solved = tuple[np.ndarray, np.ndarray]
"""Coefficients (1 + n_predictors, n_targets), and the explained sums of squares (n_targets,)."""


def _solved(training: Moments, sizes: Sequence[int]) -> list[Solved] | None:
    """Solve by one factor; None where that tells a direction from rounding no more."""
    from scipy.linalg import lapack

    factor, failed = lapack.dpotrf(training.zz.T, lower=1, clean=1)
    pivots = factor.diagonal()[1:] ** 2
    if failed or pivots.min(initial=1.0) * GRAM_LIMIT < pivots.max(initial=1.0):
        return None
    return [_by_factor(training, factor[: size + 1, : size + 1]) for size in sizes]


def _by_factor(training: Moments, factor: np.ndarray) -> Solved:
    """Solve the first columns by the factor of their Gram matrix: of many targets, its inverse and one product."""
    from scipy.linalg import blas, lapack

    inverse, _ = lapack.dpotri(factor, lower=1)  # its lower triangle
    zy = training.zy[: len(factor)]
    b = blas.dsymm(1.0, inverse, zy.T, side=1, lower=1).T
    return b, np.einsum("pt,pt->t", zy, b) - training.y**2 / training.count


def _smallest(training: Moments, size: int) -> Solved:
    """Fit what the others span of the first columns; a column that is constant there gets 0."""
    own = Moments(training.zz[: size + 1, : size + 1], training.zy[: size + 1], training.yy)
    x_mean, y_mean = own.means
    xx, xy, _ = own.about(x_mean, y_mean)
    square, vectors = np.linalg.eigh(xx)
    kept = vectors[:, square > CONSTANT] / np.sqrt(square[square > CONSTANT])
    b = kept @ (kept.T @ xy)
    return np.vstack([y_mean - x_mean @ b, b]), np.einsum("pt,pt->t", xy, b)


def _squared_error(some: Moments, b: np.ndarray) -> np.ndarray:
    """Give the squared errors of coefficients of the first columns on some cells, (n_targets,)."""
    size = len(b)
    return np.asarray(some.yy + np.einsum("pt,pt->t", some.zz[:size, :size] @ b - 2 * some.zy[:size], b))
