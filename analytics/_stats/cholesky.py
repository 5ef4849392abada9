"""Cholesky factors of cross-products, inverted: what fits of many targets are products with."""

from collections.abc import Callable

import numpy as np

from analytics._stats.design import GRAM_LIMIT

Factor = tuple[np.ndarray, np.ndarray | None]
"""The pivots of a Gram matrix, (n,), and the inverse of its Cholesky factor, (n, n); None where it has none."""


def inverse_factors(grams: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Invert the Cholesky factor of each Gram matrix.

    Parameters
    ----------
    grams : ndarray (n_fits, n, n)
        Cross-products of (1, predictors).

    Returns
    -------
    ndarray (n_fits, n - 1, n)
        The inverse of each lower factor, without the constant's row.
    ndarray (n_fits,) of bool
        Where there is none, or predictors are so near to each other that digits would be lost.
    """
    n_fits, size, _ = grams.shape
    found, pivots, is_weak = np.zeros((n_fits, size - 1, size)), np.ones((n_fits, size)), np.zeros(n_fits, dtype=bool)
    inverse_factor = _by_lapack() if n_fits > 1 else _by_numpy
    for fit, gram in enumerate(grams):
        pivots[fit], inverse = inverse_factor(gram)
        is_weak[fit] = inverse is None
        if inverse is not None:
            found[fit] = inverse[1:]
    of_predictors = pivots[:, 1:] ** 2
    is_weak |= of_predictors.min(axis=1, initial=1.0) * GRAM_LIMIT < of_predictors.max(axis=1, initial=1.0)
    return found, is_weak


def _by_lapack() -> Callable[[np.ndarray], Factor]:
    from scipy.linalg import lapack

    def inverse_factor(gram: np.ndarray) -> Factor:
        factor, failed = lapack.dpotrf(gram.T, lower=1)  # the same matrix in the order that LAPACK takes
        return factor.diagonal(), None if failed else lapack.dtrtri(factor, lower=1)[0]

    return inverse_factor


def _by_numpy(gram: np.ndarray) -> Factor:
    """Do the same for one fit: to import scipy.linalg takes longer than the fits of all layers of a model."""
    try:
        factor = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        return np.ones(len(gram)), None
    return factor.diagonal(), np.linalg.inv(factor)
