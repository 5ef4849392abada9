"""Student's t-tests of two sides, with the reason where there is none."""

from typing import Any

import numpy as np


def paired(left: np.ndarray, right: np.ndarray) -> dict[str, Any]:
    """Test whether values (n,) of the right side differ from those beside them on the left.

    Returns
    -------
    dict
        ``test_kind``; ``t_statistic``, positive where the right is larger; ``degrees_of_freedom``; ``p_value``
        (two-sided); ``p_greater`` (one-sided: the right is larger); or None for these and ``missing_because``.
    """
    difference = np.asarray(right, dtype=float) - left
    n = len(difference)
    if n < 2:
        return _missing("paired", f"{n} pair of values is too few" if n else "there are no pairs of values")
    return _tested("paired", difference.mean(), difference.var(ddof=1) / n, n - 1)


def independent(left: np.ndarray, right: np.ndarray) -> dict[str, Any]:
    """Test whether the mean of the right side (m,) differs from that of the left (n,), variances taken for equal.

    Returns
    -------
    dict
        As of `paired`.
    """
    n, m = len(left), len(right)
    if min(n, m) < 2:
        return _missing("independent", f"{min(n, m)} values on the {'left' if n < m else 'right'} side are too few")
    degrees = n + m - 2
    pooled = (np.var(left, ddof=1) * (n - 1) + np.var(right, ddof=1) * (m - 1)) / degrees
    return _tested("independent", np.mean(right) - np.mean(left), pooled * (1 / n + 1 / m), degrees)


def _tested(kind: str, difference: float, squared_error: float, degrees: int) -> dict[str, Any]:
    from scipy.special import stdtr

    if not squared_error > 0:
        return _missing(kind, "the values do not vary")
    t = float(difference / np.sqrt(squared_error))
    return {
        "test_kind": kind,
        "t_statistic": t,
        "degrees_of_freedom": degrees,
        "p_value": float(2 * stdtr(degrees, -abs(t))),
        "p_greater": float(stdtr(degrees, -t)),
        "missing_because": None,
    }


def _missing(kind: str, reason: str) -> dict[str, Any]:
    absent = dict.fromkeys(("t_statistic", "degrees_of_freedom", "p_value", "p_greater"))
    return {"test_kind": kind, **absent, "missing_because": reason}
