"""Least squares on nested sets of columns without some cells: one Cholesky factor serves all of them."""

from collections.abc import Iterator, Sequence
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

    @classmethod
    def of(cls, found: Sequence["Errors"], sst: np.ndarray, squares: np.ndarray) -> "LeftOut":
        """Put fits together, beside the squares about the others' mean, of what is left out and of the others."""
        sse, explained = (np.array(side) for side in zip(*found, strict=True))
        r2 = np.divide(explained, squares, out=np.zeros_like(explained), where=squares > 0)
        return cls(sse, sst, r2)


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
        chosen = self.columns
        if np.array_equal(chosen, np.arange(moments.zz.shape[-1])):
            return moments
        return Moments(moments.zz[..., chosen[:, None], chosen], moments.zy[..., chosen, :], moments.yy)


def left_out(total: Moments, parts: Moments, fits: Sequence[Nested]) -> Iterator[LeftOut]:
    """Fit on what is left when each of several parts is taken out.

    Parameters
    ----------
    total, parts : Moments
        Sums over all cells, without a leading axis, and over those of each part, of centred columns that have unit
        length over all cells.
    fits : sequence of Nested
        What is fitted; each has entries for all its sizes.

    Notes
    -----
    A part that is everything is passed over. Where the others do not span the columns, the smallest coefficients are
    taken.
    """
    sst, squares = about_the_others(total, parts.count, parts.y, parts.yy)
    for place in np.flatnonzero(parts.count[:, 0] < total.count[0]).tolist():
        some = parts.part(place)
        found = [one for nested in fits for one in without(nested.of(total), nested.of(some), nested.sizes)]
        yield LeftOut.of(found, sst[place], squares[place])


Errors = tuple[np.ndarray, np.ndarray]
"""Squared errors on the cells left out, and sums of squares explained of the others, (n_targets,) each."""


def about_the_others(total: Moments, count: np.ndarray, y: np.ndarray, yy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give squares about the mean of the others, of each part and of the others, (n_parts, n_targets) each."""
    left = np.maximum(total.count - count, 1)  # a part that is everything leaves none
    mean = (total.y - y) / left
    return yy - 2 * mean * y + count * mean**2, total.yy - yy - left * mean**2


def without(whole: Moments, tested: Moments, sizes: Sequence[int]) -> Iterator[Errors]:
    """Fit the first columns of each number without some cells, by moments."""
    from scipy.linalg import blas

    others = whole - tested
    factor = cholesky(others.zz)
    h = None if factor is None else through(factor, others.zy)
    for size in (slice(n + 1) for n in sizes):
        if factor is None or h is None:
            b, explained = _smallest(others, size)
        else:
            b = blas.dtrsm(1.0, factor[size, size], h[size].T, side=1, lower=1).T
            explained = sum_of_squares(h[1 : size.stop])
        yield _squared_error(tested, b), explained


def cholesky(gram: np.ndarray) -> np.ndarray | None:
    """Give the Cholesky factor, lower; None where it tells a direction from rounding no more."""
    from scipy.linalg import lapack

    factor, failed = lapack.dpotrf(gram.T, lower=1, clean=1)
    pivots = factor.diagonal()[1:] ** 2
    is_poor = failed or pivots.min(initial=1.0) * GRAM_LIMIT < pivots.max(initial=1.0)
    return None if is_poor else np.asarray(factor)


def through(factor: np.ndarray, zy: np.ndarray) -> np.ndarray:
    """Give L^-1 z'y of a Cholesky factor L, (1 + n_predictors, n_targets)."""
    from scipy.linalg import blas

    return np.asarray(blas.dtrsm(1.0, factor, zy.T, side=1, lower=1, trans_a=1).T)


def sum_of_squares(values: np.ndarray) -> np.ndarray:
    """Sum squares over the first axis."""
    return np.asarray(np.einsum("it,it->t", values, values))


def _smallest(training: Moments, size: slice) -> tuple[np.ndarray, np.ndarray]:
    """Fit what the others span of the first columns; a column that is constant there gets 0.

    Gives coefficients (1 + n_predictors, n_targets), and the explained sums of squares (n_targets,).
    """
    own = Moments(training.zz[size, size], training.zy[size], training.yy)
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
