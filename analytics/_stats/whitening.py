"""Makes predictors uncorrelated from their moments alone, where that keeps all digits."""

import numpy as np

from analytics._stats.moments import Moments

WELL_CONDITIONED = 1e5
"""Condition number of the scaled Gram matrix up to which sums are trusted.

Measured with planted collinear heads up to 6e4: R2 agrees with that from the cells to 2e-14 (relative 1.3e-13).
"""
NEAR_ZERO = 1e3
"""Mean square over variance up to which centring by subtraction of sums costs at most three digits."""


def whitening(total: Moments) -> tuple[np.ndarray, float] | None:
    """Give the transform of the predictors, and the condition number of the centred ones at unit length.

    Parameters
    ----------
    total : Moments
        Over all cells, about zero.

    Returns
    -------
    transform : ndarray (n_predictors, n_predictors)
        Predictors times it have the identity as Gram matrix about their means.
    condition_number : float
        Largest over smallest singular value of the centred predictors scaled to unit length.

    None where a value is not finite, a predictor or target hardly varies about its mean, or the predictors are too
    nearly dependent: then the cells themselves must be factorised.
    """
    gram, _, yy = total.about(*total.means)
    square = np.diag(gram)
    if not _vary(total.x, square, total.count) or not _vary(total.y, yy, total.count):
        return None
    scale = 1 / np.sqrt(square)
    eigenvalues, vectors = np.linalg.eigh(gram * np.outer(scale, scale))
    if not eigenvalues[0] * WELL_CONDITIONED > eigenvalues[-1]:
        return None
    transform = scale[:, None] * vectors / np.sqrt(eigenvalues)
    return transform, float(np.sqrt(eigenvalues[-1] / eigenvalues[0]))


def _vary(sums: np.ndarray, squares: np.ndarray, count: np.ndarray) -> bool:
    """Tell whether all columns vary enough about their means; false for values that are not finite."""
    return bool(((sums**2 / count <= NEAR_ZERO * squares) & (squares > 0)).all())
