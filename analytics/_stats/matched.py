"""The same number of predictors for every model: random subsets of the heads, and principal components."""

import numpy as np

from analytics._stats.bootstrap import explained_within
from analytics._stats.design import Design


def random_subsets(rng: np.random.Generator, n_heads: int, k: int, n_subsets: int) -> np.ndarray:
    """Draw k of the heads without replacement, (n_subsets, k) of int; all heads where k is not below their number."""
    return np.argsort(rng.random((n_subsets, n_heads)), axis=1)[:, :k]


def subset_r2(design: Design, y: np.ndarray, subsets: np.ndarray) -> np.ndarray:
    """Fit subsets of the predictors, from the cross-products of all.

    Parameters
    ----------
    design : Design
    y : ndarray (n_cells, n_targets)
        Centred.
    subsets : ndarray (n_subsets, k) of int
        Columns of the design.

    Returns
    -------
    ndarray (n_subsets, n_targets)
        In-sample R2; nan for a constant target.
    """
    within = design.basis.T @ design.scaled
    gram, cross = within.T @ within, within.T @ (design.basis.T @ y)
    grams = gram[subsets[:, :, None], subsets[:, None, :]]
    return _over(explained_within(grams, cross[subsets]), y)


def component_r2(design: Design, y: np.ndarray, k: int) -> np.ndarray:
    """Fit the first k principal components of the centred, not scaled predictors, (n_targets,)."""
    eigenvalues, vectors = np.linalg.eigh(design.centred.T @ design.centred)
    first = vectors[:, -k:]
    cross = first.T @ (design.centred.T @ y)
    return np.asarray(_over(explained_within(np.diag(eigenvalues[-k:])[None], cross[None]), y)[0])


def _over(explained: np.ndarray, y: np.ndarray) -> np.ndarray:
    total = np.broadcast_to(np.einsum("ij,ij->j", y, y), explained.shape)
    return np.asarray(np.divide(explained, total, out=np.full_like(explained, np.nan), where=total > 0))
