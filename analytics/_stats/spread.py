"""Means and centred cross-products of columns whose cells come in blocks."""

from dataclasses import dataclass

import numpy as np

from warehouse.errors import BadInput
from warehouse.plugin.columns import Cells, together
from warehouse.plugin.same_arrays import once_for_same_arrays


@dataclass(frozen=True)
class Spread:
    """How columns vary about their means.

    Attributes
    ----------
    count : int
        Cells.
    mean : ndarray (n_columns,)
    gram : ndarray (n_columns, n_columns)
        Cross-products of the centred columns; exactly 0 for a column that is constant up to rounding.
    """

    count: int
    mean: np.ndarray
    gram: np.ndarray

    @classmethod
    def of(cls, columns: Cells) -> "Spread":
        """Sum over cells of columns (n_cells, n_columns), in one pass.

        The sums are taken about the means of the first block, which are near those of all, so that subtracting what
        they differ by costs no digits. Source: Chan, Golub and LeVeque (1983), shifted data.

        Raises
        ------
        BadInput
            A column holds a value that is not a finite number.
        """
        count, first, sums, products = 0, np.zeros(1), np.zeros(1), np.zeros(1)
        for (cells,) in together(columns):
            mean = _finite(np.asarray(cells, dtype=float).mean(axis=0))
            first = first if count else mean
            shifted = cells - first
            count, sums, products = count + len(cells), sums + shifted.sum(0), products + shifted.T @ shifted
        return cls._about_the_mean(count, first, sums, products)

    @classmethod
    def _about_the_mean(cls, count: int, first: np.ndarray, sums: np.ndarray, products: np.ndarray) -> "Spread":
        mean, gram = first + sums / count, products - np.outer(sums, sums) / count
        varies = np.diag(gram) > _rounding(count, mean) ** 2
        return cls(count, mean, np.where(np.outer(varies, varies), gram, 0.0))

    @classmethod
    def from_sums(cls, count: float, sums: np.ndarray, products: np.ndarray) -> "Spread":
        """Make it from sums and cross-products about zero, of columns whose means are not large beside what varies."""
        mean = sums / count
        return cls(int(count), mean, products - np.outer(sums, mean))

    @property
    def length(self) -> np.ndarray:
        """Euclidean length of each centred column, (n_columns,); exactly 0 where it is constant up to rounding."""
        return np.asarray(np.sqrt(np.diag(self.gram)))

    @property
    def scale(self) -> np.ndarray:
        """One over the length of each centred column, (n_columns,); 0 for a constant column."""
        return np.asarray(np.divide(1.0, self.length, out=np.zeros_like(self.mean), where=self.length > 0))

    def centred(self, columns: np.ndarray) -> np.ndarray:
        """Subtract the means from columns (n_cells, n_columns) at some cells."""
        return np.asarray(columns - self.mean)


def means_and_lengths(columns: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Give the mean and the centred length of each column as `Spread` does, without what they have in common."""
    count, first, sums, squares = 0, np.zeros(1), np.zeros(1), np.zeros(1)
    for (cells,) in together(columns):
        mean = _finite(_mean(cells))
        first = first if count else mean
        of_block = _about(cells, first)
        count, sums, squares = count + len(cells), sums + of_block[0], squares + of_block[1]
    mean, square = first + sums / count, squares - sums**2 / count
    return mean, np.sqrt(np.where(square > _rounding(count, mean) ** 2, square, 0.0))


@once_for_same_arrays
def _mean(cells: np.ndarray) -> np.ndarray:
    return np.asarray(np.asarray(cells, dtype=float).mean(axis=0))


@once_for_same_arrays
def _about(cells: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the sums and the sums of squares about given values."""
    shifted = cells - first
    return shifted.sum(axis=0), np.einsum("ij,ij->j", shifted, shifted)


def _rounding(count: int, mean: np.ndarray) -> np.ndarray:
    """Say how long a centred column may be by rounding alone."""
    return np.asarray(count**1.5 * np.finfo(float).eps * np.abs(mean))


def _finite(mean: np.ndarray) -> np.ndarray:
    if not np.isfinite(mean).all():
        column = int(np.flatnonzero(~np.isfinite(mean))[0])
        raise BadInput("holds a value that is not a finite number", f"column {column}", "leave that cell out")
    return mean
