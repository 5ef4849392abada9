"""The same number of predictors for every model: random subsets of the heads, and principal components."""

import numpy as np

from analytics._stats.bootstrap import explained_within
from analytics._stats.design import Design
from analytics._stats.moments import Moments


def random_subsets(rng: np.random.Generator, n_heads: int, k: int, n_subsets: int) -> np.ndarray:
    """Draw k of the heads without replacement, (n_subsets, k) of int; all heads where k is not below their number."""
    return np.argsort(rng.random((n_subsets, n_heads)), axis=1)[:, :k]


def subset_r2(design: Design, total: Moments, subsets: np.ndarray) -> np.ndarray:
    """Fit subsets of the predictors, from the cross-products of all.

    Parameters
    ----------
    design : Design
        All predictors, with their basis.
    total : Moments
        Of the design's basis and the targets, over all cells.
    subsets : ndarray (n_subsets, k) of int
        Columns of the design.

    Returns
    -------
    ndarray (n_subsets, n_targets)
        In-sample R2; nan for a constant target.
    """
    gram, cross, yy = _through(design.back, total)
    grams = gram[subsets[:, :, None], subsets[:, None, :]]
    return _over(explained_within(grams, cross[subsets]), yy)


def component_r2(design: Design, total: Moments, k: int) -> np.ndarray:
    """Fit the first k principal components of the centred, not scaled predictors, (n_targets,)."""
    gram, cross, yy = _through(design.back * design.spread.length, total)
    eigenvalues, vectors = np.linalg.eigh(gram)
    along = vectors[:, -k:].T @ cross
    return np.asarray(_over(explained_within(np.diag(eigenvalues[-k:])[None], along[None]), yy)[0])


def _through(back: np.ndarray, total: Moments) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the cross-products about the means of basis @ back, with the targets, and of the targets."""
    xx, xy, yy = total.about(*total.means)
    return back.T @ xx @ back, back.T @ xy, yy


def _over(explained: np.ndarray, total: np.ndarray) -> np.ndarray:
    total = np.broadcast_to(total, explained.shape)
    return np.asarray(np.divide(explained, total, out=np.full_like(explained, np.nan), where=total > 0))
