"""Sums over cells that decide every least-squares fit: by fold, added and subtracted instead of fitted again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class Moments:
    """Sums of products of z = (1, predictors) and targets y; each array may lead with an axis of folds.

    Attributes
    ----------
    zz : ndarray (..., 1 + n_predictors, 1 + n_predictors)
        Of z with itself: the count of cells, the sums of the predictors, their cross-products.
    zy : ndarray (..., 1 + n_predictors, n_targets)
        Of z with the targets: their sums, their cross-products with the predictors.
    yy : ndarray (..., n_targets)
        Sums of squares.
    """

    zz: np.ndarray
    zy: np.ndarray
    yy: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray) -> "Moments":
        """Sum over the cells of x (n_cells, n_predictors) and y (n_cells, n_targets)."""
        return cls.by_fold(x, y, [slice(None)]).part(0)

    @classmethod
    def stacked(cls, each: Sequence["Moments"]) -> "Moments":
        """Put several side by side; they become the leading axis."""
        return cls(*(np.stack(parts) for parts in zip(*(one.arrays for one in each), strict=True)))

    @classmethod
    def by_fold(cls, x: np.ndarray, y: np.ndarray, folds: Sequence[slice]) -> "Moments":
        """Sum over each fold; the folds become the leading axis."""
        z = np.column_stack([np.ones(len(x)), x])
        size, count = z.shape[1], len(folds)
        found = cls(np.empty((count, size, size)), np.empty((count, size, y.shape[1])), np.empty((count, y.shape[1])))
        for place, fold in enumerate(folds):
            some, targets = z[fold], y[fold]
            np.matmul(some.T, some, out=found.zz[place])
            np.matmul(some.T, targets, out=found.zy[place])
            np.einsum("ij,ij->j", targets, targets, out=found.yy[place])
        return found

    @classmethod
    def between(cls, x: np.ndarray, y: np.ndarray, edges: Sequence[int]) -> "Moments":
        """Sum over the cells from each edge to the next; these parts become the leading axis."""
        return cls.by_fold(x, y, [slice(start, stop) for start, stop in pairwise(edges)])

    @classmethod
    def joined(cls, each: Sequence["Moments"]) -> "Moments":
        """Put several that lead with folds one after the other."""
        return each[0] if len(each) == 1 else cls(*map(np.concatenate, zip(*(one.arrays for one in each), strict=True)))

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The three arrays."""
        return self.zz, self.zy, self.yy

    @property
    def count(self) -> np.ndarray:
        """Cells, (..., 1)."""
        return np.asarray(self.zz[..., 0, :1])

    @property
    def x(self) -> np.ndarray:
        """Sums of the predictors, (..., n_predictors)."""
        return np.asarray(self.zz[..., 0, 1:])

    @property
    def y(self) -> np.ndarray:
        """Sums of the targets, (..., n_targets)."""
        return np.asarray(self.zy[..., 0, :])

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return sum(values.nbytes for values in self.arrays)

    def part(self, folds: int | slice | np.ndarray) -> "Moments":
        """Give some of the folds."""
        return Moments(*(values[folds] for values in self.arrays))

    def of_targets(self, targets: slice | np.ndarray) -> "Moments":
        """Give the sums of some of the targets."""
        return Moments(self.zz, self.zy[..., targets], self.yy[..., targets])

    def total(self) -> "Moments":
        """Sum over the leading axis."""
        return Moments(*(values.sum(axis=0) for values in self.arrays))

    def weighted(self, counts: np.ndarray) -> "Moments":
        """Sum over the folds, each as often as counts (n_draws, n_folds) says; the draws become the leading axis."""
        return Moments(*(np.tensordot(counts, values, axes=1) for values in self.arrays))

    def slices(self, most_bytes: int) -> Iterator[slice]:
        """Cut the leading axis into slices of at most so many bytes, of one fold at least."""
        n_folds = len(self.yy)
        size = max(1, most_bytes * n_folds // max(self.nbytes, 1))
        return (slice(start, start + size) for start in range(0, n_folds, size))

    def through(self, transform: np.ndarray, y_mean: np.ndarray | float = 0.0) -> "Moments":
        """Give the moments of z @ transform (1 + n_predictors, 1 + n_new), and of y - y_mean, without the cells."""
        new = np.ascontiguousarray(transform)
        zy = self.zy - self.zz[..., :, :1] * y_mean
        yy = self.yy - y_mean * (2 * self.y - self.count * y_mean)
        return Moments(new.T @ self.zz @ new, new.T @ zy, yy)

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(*(a + b for a, b in zip(self.arrays, other.arrays, strict=True)))

    def __sub__(self, other: "Moments") -> "Moments":
        return Moments(*(a - b for a, b in zip(self.arrays, other.arrays, strict=True)))

    @property
    def means(self) -> tuple[np.ndarray, np.ndarray]:
        """Means of the predictors and of the targets."""
        return self.x / self.count, self.y / self.count

    def about(self, x_mean: np.ndarray, y_mean: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cross-products xx, xy and yy about given means instead of about zero."""
        shift = self.x - self.count * x_mean
        xx = self.zz[..., 1:, 1:] - _outer(self.x, x_mean) - _outer(x_mean, shift)
        xy = self.zy[..., 1:, :] - _outer(self.x, y_mean) - _outer(x_mean, self.y - self.count * y_mean)
        return xx, xy, self.squares(y_mean)

    def squares(self, y_mean: np.ndarray) -> np.ndarray:
        """Sums of squares of the targets about given means."""
        return np.asarray(self.yy - 2 * y_mean * self.y + self.count * y_mean**2)


def _outer(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.asarray(left[..., :, None] * right[..., None, :])
