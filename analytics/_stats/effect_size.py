"""Standardised effect sizes with intervals, from t-tests."""

import numpy as np

TAILS = (0.975, 0.025)


Values = np.ndarray | float


def interval(t: Values, degrees: Values, per_value: Values) -> tuple[np.ndarray, np.ndarray]:
    """Give the 95 % interval of a standardised difference.

    Parameters
    ----------
    t : ndarray or float
        Student's t of each difference; nan where there is none.
    degrees : ndarray or float
        Its degrees of freedom.
    per_value : ndarray or float
        Squared standard error over variance: 1/n for pairs (d_z), 1/n + 1/m for two groups (Cohen's d).

    Returns
    -------
    tuple of ndarray
        The noncentralities of t under which the found one lies at either end, times the root of `per_value`. Source:
        Steiger & Fouladi (1997).
    """
    from scipy.special import nctdtrinc

    low, high = (np.asarray(nctdtrinc(degrees, tail, t) * np.sqrt(per_value)) for tail in TAILS)
    return low, high
