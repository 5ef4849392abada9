"""Least squares of heads, of a set of predictors and of both without each sentence, from fits on all cells.

With A the cells on an orthonormal basis of the columns, e the residuals of the fit on all cells, and M = 1 - A A' of a
sentence's cells, the fit on the others errs there by M^-1 e, and their squared errors are those of all cells less
e'M^-1 e: one matrix, as large as the sentence has cells, serves all readers. Heads beside the set are what it leaves
of them, so that what hangs on the set alone is computed once for all layers. Sources: Cook & Weisberg (1982), section
3.6; Frisch & Waugh (1933).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analytics._stats.by_sentence import starts_of
from analytics._stats.moments import Moments
from analytics._stats.nested_fits import (
    Errors,
    LeftOut,
    Nested,
    about_the_others,
    cholesky,
    sum_of_squares,
    through,
    without,
)
from warehouse.plugin.columns import Block
from warehouse.plugin.same_arrays import once_for_same_arrays

LEAST_PIVOT = 1e-3
"""Smallest pivot of M with which a sentence is left out by it; with a smaller one it nearly alone tells some column."""


@dataclass(frozen=True)
class _Solved:
    """A fit of nested columns on all cells: the Cholesky factor L of their sums, and h = L^-1 z'y."""

    columns: np.ndarray
    factor: np.ndarray
    h: np.ndarray

    @classmethod
    def of(cls, nested: Nested, total: Moments) -> "_Solved | None":
        """Solve; None where the columns are too nearly dependent."""
        whole = nested.of(total)
        factor = cholesky(whole.zz)
        return None if factor is None else cls(nested.columns, factor, through(factor, whole.zy))

    def along(self, z: np.ndarray, given: np.ndarray) -> np.ndarray:
        """Give cells (n_cells, n_all) on the basis, without its first columns, which are `given` (n_cells, n_given)."""
        from scipy.linalg import blas

        start = given.shape[1]
        rest = z.take(self.columns[start:], axis=1) - given @ self.factor[start:, :start].T
        return np.asarray(blas.dtrsm(1.0, self.factor[start:, start:], rest.T, lower=1).T)


Left = tuple[np.ndarray, np.ndarray]
"""What a fit on all cells leaves of a sentence: residuals (n_cells, n_targets), and M (n_cells, n_cells)."""


def each_sentence_left_out(total: Moments, cells: Iterable[Block], heads: Nested, joint: Nested) -> Iterator[LeftOut]:
    """Fit on what is left when each sentence is taken out: heads, the set, and both.

    Parameters
    ----------
    total : Moments
        Sums over all cells, without a leading axis, of centred columns that have unit length over all cells: those of
        predictors, then those of heads.
    cells : iterable of tuple
        Blocks of predictors (n_cells, n_predictors), heads (n_cells, n_heads), centred targets (n_cells, n_targets)
        and sentences (n_cells,) of int.
    heads, joint : Nested
        The heads alone; the set and, beyond it, both.
    """
    alone, both = _Solved.of(heads, total), _Solved.of(joint, total)
    for predictors, layer, y, sentence in cells:
        counts, sst, of_others = _about_the_others(total, y, sentence)
        rows = _rows(sentence)
        z = np.column_stack([np.ones(len(y)), predictors, layer])
        fits = (
            []
            if alone is None or both is None
            else _fits(alone, both, joint.sizes[0] + 1, predictors, z, y, sentence, total.yy)
        )
        for place in np.flatnonzero(counts[:, 0] < total.count[0]).tolist():
            found = [
                (one[0], of_others[place] - all_cells + one[1]) for errors, all_cells in fits if (one := errors[place])
            ]
            if len(found) < 3:
                own = Moments.of(z[rows[place], 1:], y[rows[place]])
                found = [one for fit in (heads, joint) for one in without(fit.of(total), fit.of(own), fit.sizes)]
            yield LeftOut.of(found, sst[place], of_others[place])


def _fits(
    alone: _Solved, both: _Solved, n_set: int, predictors: np.ndarray, z: np.ndarray, y: np.ndarray,
    sentence: np.ndarray, of_all: np.ndarray,
) -> list[tuple[Sequence[Errors | None], np.ndarray]]:  # fmt: skip
    """Fit heads, set and both; give what each errs without each sentence, and its squared errors in all cells.

    The second of a sentence's errors is how much less the others' are than in the fit on all cells. None where M does
    not tell.
    """
    h_of_set, given = both.h[:n_set], np.empty((len(y), 0))
    along, left, of_set = _of_set(predictors, y, both.columns[:n_set], both.factor[:n_set, :n_set], h_of_set, sentence)
    of_heads = [_errors(*one) for one in _fitted(alone.along(z, given), alone.h, _unfitted(y, sentence))]
    of_both = [_errors(*one) for one in _fitted(both.along(z, along), both.h[n_set:], left)]
    squares = (of_all - sum_of_squares(h) for h in (alone.h, h_of_set, both.h))
    return list(zip((of_heads, of_set, of_both), squares, strict=True))


@once_for_same_arrays
def _of_set(
    predictors: np.ndarray, y: np.ndarray, columns: np.ndarray, factor: np.ndarray, h: np.ndarray, sentence: np.ndarray
) -> tuple[np.ndarray, Sequence[Left], Sequence[Errors | None]]:
    """Give the cells on the basis of the set, what it leaves of each sentence, and what it errs without it."""
    z = np.column_stack([np.ones(len(y)), predictors])
    along = _Solved(columns, factor, h).along(z, np.empty((len(y), 0)))
    left = list(_fitted(along, h, _unfitted(y, sentence)))
    return along, left, [_errors(*one) for one in left]


def _unfitted(y: np.ndarray, sentence: np.ndarray) -> Iterator[Left]:
    return ((y[own], np.eye(own.stop - own.start)) for own in _rows(sentence))


def _fitted(along: np.ndarray, h: np.ndarray, left: Iterable[Left]) -> Iterator[Left]:
    """Fit what is left of each sentence by cells on a basis (n_cells, rank), and coefficients (rank, n_targets)."""
    start = 0
    for y, matrix in left:
        own = along[start : (start := start + len(y))]
        yield y - own @ h, matrix - own @ own.T


@once_for_same_arrays
def _sums(y: np.ndarray, sentence: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    starts = starts_of(sentence)
    counts = np.diff([*starts, len(sentence)])[:, None]
    return counts, np.add.reduceat(y, starts), np.add.reduceat(y**2, starts)


def _about_the_others(total: Moments, y: np.ndarray, sentence: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the cells of each sentence, and squares about the mean of the others: its own, and the others'."""
    counts, *sums = _sums(y, sentence)
    return counts, *about_the_others(total, counts, *sums)


def _rows(sentence: np.ndarray) -> list[slice]:
    return [slice(*edge) for edge in pairwise([*starts_of(sentence).tolist(), len(sentence)])]


def _errors(residuals: np.ndarray, matrix: np.ndarray) -> Errors | None:
    """Give what is said of a sentence by its residuals and M."""
    from scipy.linalg import blas, lapack

    factor, failed = lapack.dpotrf(matrix, lower=1)
    if failed or factor.diagonal().min() ** 2 < LEAST_PIVOT:
        return None
    inverse, _ = lapack.dpotri(factor, lower=1, overwrite_c=1)
    errors = blas.dsymm(1.0, inverse, residuals.T, side=1, lower=1).T
    return sum_of_squares(errors), np.einsum("it,it->t", errors, residuals)
