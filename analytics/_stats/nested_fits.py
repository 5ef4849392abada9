"""Least squares on nested sets of columns without some cells: one Cholesky factor serves all of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics._stats.by_sentence import starts_of
from analytics._stats.design import GRAM_LIMIT
from analytics._stats.moments import Moments
from warehouse.plugin.columns import Block

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
    sst, squares = _about_the_others(total, parts.count, parts.y, parts.yy)
    for place in np.flatnonzero(parts.count[:, 0] < total.count[0]).tolist():
        some = parts.part(place)
        found = [one for nested in fits for one in _without(nested.of(total), nested.of(some), nested.sizes)]
        yield _left_out(found, sst[place], squares[place])


def each_sentence_left_out(total: Moments, cells: Iterable[Block], fits: Sequence[Nested]) -> Iterator[LeftOut]:
    """Fit on what is left when each sentence is taken out: `left_out`, from cells, of which a sentence has few.

    Parameters
    ----------
    total : Moments
        As for `left_out`.
    cells : iterable of tuple
        Blocks of columns (n_cells, n_predictors), targets (n_cells, n_targets) and sentences (n_cells,) of int.
    fits : sequence of Nested
        What is fitted.

    Notes
    -----
    With L the Cholesky factor of the others' Gram matrix, L^-1 z of a cell times L^-1 z'y of the others is what is
    predicted there; their first rows are those of the first columns, so that nested fits are sums.
    """
    wholes = [nested.of(total) for nested in fits]
    for x, y, sentence in cells:
        z, edges = np.column_stack([np.ones(len(x)), x]), [*(starts := starts_of(sentence)), len(sentence)]
        counts, of_y, of_yy = np.diff(edges)[:, None], np.add.reduceat(y, starts), np.add.reduceat(y**2, starts)
        sst, squares = _about_the_others(total, counts, of_y, of_yy)
        for place in np.flatnonzero(counts[:, 0] < total.count[0]).tolist():
            rows = slice(edges[place], edges[place + 1])
            each = (_of_cells(*one, z[rows], y[rows]) for one in zip(wholes, fits, strict=True))
            yield _left_out([one for some in each for one in some], sst[place], squares[place])


Errors = tuple[np.ndarray, np.ndarray]
"""Squared errors on the cells left out, and sums of squares explained of the others, (n_targets,) each."""


def _about_the_others(
    total: Moments, count: np.ndarray, y: np.ndarray, yy: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give squares about the mean of the others, of each part and of the others, (n_parts, n_targets) each."""
    left = np.maximum(total.count - count, 1)  # a part that is everything leaves none
    mean = (total.y - y) / left
    return yy - 2 * mean * y + count * mean**2, total.yy - yy - left * mean**2


def _left_out(found: Sequence[Errors], sst: np.ndarray, squares: np.ndarray) -> LeftOut:
    sse, explained = (np.array(side) for side in zip(*found, strict=True))
    r2 = np.divide(explained, squares, out=np.zeros_like(explained), where=squares > 0)
    return LeftOut(sse, sst, r2)


def _without(whole: Moments, tested: Moments, sizes: Sequence[int]) -> Iterator[Errors]:
    """Fit the first columns of each number without some cells, by moments."""
    from scipy.linalg import blas

    others = whole - tested
    factor = _factor(others.zz)
    halfway = None if factor is None else _halfway(factor, others.zy)
    for size in (slice(n + 1) for n in sizes):
        if factor is None or halfway is None:
            b, explained = _smallest(others, size)
        else:
            b = blas.dtrsm(1.0, factor[size, size], halfway[size].T, side=1, lower=1).T
            explained = _squares(halfway[1 : size.stop])
        yield _squared_error(tested, b), explained


def _of_cells(whole: Moments, nested: Nested, z: np.ndarray, y: np.ndarray) -> Iterator[Errors]:
    """Fit the first columns of each number without some cells, by the cells."""
    from scipy.linalg import blas

    own = z if len(nested.columns) == z.shape[1] else z.take(nested.columns, axis=1)
    zy = own.T @ y
    factor = _factor(whole.zz - own.T @ own)
    if factor is None:
        yield from _without(whole, Moments(own.T @ own, zy, _squares(y)), nested.sizes)
        return
    halfway = _halfway(factor, whole.zy - zy)
    along = blas.dtrsm(1.0, factor, own.T, lower=1)
    left, explained, start = y, -(halfway[0] ** 2), 0
    for stop in (n + 1 for n in nested.sizes):
        left = left - along[start:stop].T @ halfway[start:stop]
        explained, start = explained + _squares(halfway[start:stop]), stop
        yield _squares(left), explained


def _factor(gram: np.ndarray) -> np.ndarray | None:
    """Give the Cholesky factor, lower; None where it tells a direction from rounding no more."""
    from scipy.linalg import lapack

    factor, failed = lapack.dpotrf(gram.T, lower=1, clean=1)
    pivots = factor.diagonal()[1:] ** 2
    is_poor = failed or pivots.min(initial=1.0) * GRAM_LIMIT < pivots.max(initial=1.0)
    return None if is_poor else np.asarray(factor)


def _halfway(factor: np.ndarray, zy: np.ndarray) -> np.ndarray:
    """Give L^-1 z'y, (1 + n_predictors, n_targets)."""
    from scipy.linalg import blas

    return np.asarray(blas.dtrsm(1.0, factor, zy.T, side=1, lower=1, trans_a=1).T)


def _squares(values: np.ndarray) -> np.ndarray:
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
