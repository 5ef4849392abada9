"""Sums over cells that decide every least-squares fit: by fold, added and subtracted instead of fitted again."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class Moments:
    """Count, sums and cross-products of predictors x and targets y; each array may lead with an axis of folds.

    Attributes
    ----------
    count : ndarray (..., 1)
    x, y : ndarray (..., n_predictors), (..., n_targets)
        Sums.
    xx, xy : ndarray (..., n_predictors, n_predictors), (..., n_predictors, n_targets)
        Cross-products.
    yy : ndarray (..., n_targets)
        Sums of squares.
    """

    count: np.ndarray
    x: np.ndarray
    y: np.ndarray
    xx: np.ndarray
    xy: np.ndarray
    yy: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray) -> "Moments":
        """Sum over the cells of x (n_cells, n_predictors) and y (n_cells, n_targets)."""
        return cls(np.array([float(len(x))]), x.sum(0), y.sum(0), x.T @ x, x.T @ y, np.einsum("ij,ij->j", y, y))

    @classmethod
    def stacked(cls, each: Sequence["Moments"]) -> "Moments":
        """Put several side by side; they become the leading axis."""
        return cls(*(np.stack(parts) for parts in zip(*(vars(one).values() for one in each), strict=True)))

    @classmethod
    def by_fold(cls, x: np.ndarray, y: np.ndarray, folds: list[slice]) -> "Moments":
        """Sum over each fold; the folds become the leading axis."""
        return cls.stacked([cls.of(x[fold], y[fold]) for fold in folds])

    @classmethod
    def between(cls, x: np.ndarray, y: np.ndarray, edges: Sequence[int]) -> "Moments":
        """Sum over the cells from each edge to the next; these parts become the leading axis."""
        return cls.by_fold(x, y, [slice(start, stop) for start, stop in pairwise(edges)])

    def part(self, folds: int | slice | np.ndarray) -> "Moments":
        """Give some of the folds."""
        return Moments(*(values[folds] for values in vars(self).values()))

    def total(self) -> "Moments":
        """Sum over the leading axis."""
        return Moments(*(values.sum(axis=0) for values in vars(self).values()))

    def weighted(self, counts: np.ndarray) -> "Moments":
        """Sum over the folds, each as often as counts (n_draws, n_folds) says; the draws become the leading axis."""
        return Moments(*(np.tensordot(counts, values, axes=1) for values in vars(self).values()))

    def through(self, transform: np.ndarray) -> "Moments":
        """Give the moments of the predictors x @ transform, (n_predictors, n_new), without the cells."""
        new = np.ascontiguousarray(transform)
        return Moments(self.count, self.x @ new, self.y, new.T @ self.xx @ new, new.T @ self.xy, self.yy)

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))

    def __sub__(self, other: "Moments") -> "Moments":
        return Moments(*(a - b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))

    @property
    def means(self) -> tuple[np.ndarray, np.ndarray]:
        """Means of the predictors and of the targets."""
        return self.x / self.count, self.y / self.count

    def about(self, x_mean: np.ndarray, y_mean: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cross-products xx, xy and yy about given means instead of about zero."""
        shift = self.x - self.count * x_mean
        xx = self.xx - _outer(self.x, x_mean) - _outer(x_mean, shift)
        xy = self.xy - _outer(self.x, y_mean) - _outer(x_mean, self.y - self.count * y_mean)
        yy = self.yy - 2 * y_mean * self.y + self.count * y_mean**2
        return xx, xy, yy


def _outer(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.asarray(left[..., :, None] * right[..., None, :])
