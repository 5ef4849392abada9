"""Bias and standard error of a statistic from its values without each cluster."""

import numpy as np


def jackknife(estimate: np.ndarray | float, without: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Correct an estimate for bias, and give its standard error.

    Parameters
    ----------
    estimate : ndarray (...)
        The statistic on all clusters.
    without : ndarray (n_clusters, ...)
        The statistic without each of them.

    Returns
    -------
    tuple of ndarray
        The estimate less its bias, and the standard error over clusters; nan with fewer than two clusters.

    Notes
    -----
    What a fit gains from noise is of the order of columns over cells, which is what the jackknife takes off. Source:
    Quenouille (1956); Efron & Tibshirani (1993), chapter 11.
    """
    n = len(without)
    if n < 2:
        nothing = np.full(np.shape(estimate), np.nan)
        return nothing, nothing
    mean = without.mean(axis=0)
    corrected = estimate - (n - 1) * (mean - estimate)
    return np.asarray(corrected), np.sqrt((n - 1) / n * ((without - mean) ** 2).sum(axis=0))
