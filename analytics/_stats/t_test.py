"""Student's t-tests of two sides with their effect sizes, or with the reason where there is none."""

from typing import Any

import numpy as np

from analytics._stats.effect_size import interval

TESTED = ("t_statistic", "degrees_of_freedom", "p_value", "p_greater", "effect_size", "effect_low", "effect_high")
"""What is None where there is no test."""
ROUNDING = 1e-12
"""Share of the largest value that equal values may differ by after they were computed."""


def paired(left: np.ndarray, right: np.ndarray) -> dict[str, Any]:
    """Test whether values (n,) of the right side differ from those beside them on the left.

    Returns
    -------
    dict
        ``test_kind``; ``t_statistic``, positive where the right is larger; ``degrees_of_freedom``; ``p_value``
        (two-sided); ``p_greater`` (one-sided: the right is larger); ``effect_size`` (d_z: mean over standard deviation
        of the differences) with the ends of its 95 % interval; or None for these and ``missing_because``.
    """
    difference = np.asarray(right, dtype=float) - left
    n = len(difference)
    if n < 2:
        return _missing("paired", f"{n} pair of values is too few" if n else "there are no pairs of values")
    return _tested("paired", difference.mean(), difference.var(ddof=1), 1 / n, n - 1, largest(left, right))


def independent(left: np.ndarray, right: np.ndarray) -> dict[str, Any]:
    """Test whether the mean of the right side (m,) differs from that of the left (n,), variances taken for equal.

    Returns
    -------
    dict
        As of `paired`; ``effect_size`` is Cohen's d, the difference over the pooled standard deviation.
    """
    n, m = len(left), len(right)
    if min(n, m) < 2:
        return _missing("independent", f"{min(n, m)} values on the {'left' if n < m else 'right'} side are too few")
    degrees = n + m - 2
    pooled = (np.var(left, ddof=1) * (n - 1) + np.var(right, ddof=1) * (m - 1)) / degrees
    return _tested("independent", np.mean(right) - np.mean(left), pooled, 1 / n + 1 / m, degrees, largest(left, right))


def p_equivalent(difference: np.ndarray, bound: float) -> float | None:
    """Test whether the mean of paired differences (n,) lies within `bound` of 0: two one-sided tests, the larger p.

    Below 0.05 the effect is shown to be smaller than the bound; None where there is no test. Source: Schuirmann (1987).
    """
    above = paired(np.full(len(difference), -bound), difference)["p_greater"]
    below = paired(difference, np.full(len(difference), bound))["p_greater"]
    return None if above is None or below is None else max(above, below)


def half_width(difference: float, t: float, degrees: int) -> float:
    """Give half the width of the 95 % interval of a difference that was tested."""
    return quantile(degrees) * abs(difference / t)


def quantile(degrees: int) -> float:
    """Give Student's t that 97.5 % lie below: the half width of a 95 % interval in standard errors."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.975))


def largest(*sides: np.ndarray) -> float:
    """Give the largest absolute value of several arrays, none of which is empty."""
    return max(float(np.abs(side).max()) for side in sides)


def _tested(
    kind: str, difference: float, variance: float, per_value: float, degrees: int, scale: float
) -> dict[str, Any]:
    from scipy.special import stdtr

    if not variance > (ROUNDING * scale) ** 2:
        return _missing(kind, "the values do not vary")
    t = float(difference / np.sqrt(variance * per_value))
    low, high = interval(t, degrees, per_value)
    return {
        "test_kind": kind,
        "t_statistic": t,
        "degrees_of_freedom": degrees,
        "p_value": float(2 * stdtr(degrees, -abs(t))),
        "p_greater": float(stdtr(degrees, -t)),
        "effect_size": float(difference / np.sqrt(variance)),
        "effect_low": float(low),
        "effect_high": float(high),
        "missing_because": None,
    }


def _missing(kind: str, reason: str) -> dict[str, Any]:
    return {"test_kind": kind, **dict.fromkeys(TESTED), "missing_because": reason}
