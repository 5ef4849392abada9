"""P-values of a family of tests, corrected for their number."""

from collections.abc import Sequence

import numpy as np


def corrected(p_value: Sequence[float] | np.ndarray) -> dict[str, np.ndarray]:
    """Correct a family of p-values in three ways, by name of the column.

    Parameters
    ----------
    p_value : array_like (n_tests,)
        nan where there was no test; such an entry stays nan and does not count for the family.

    Returns
    -------
    dict
        ``p_bonferroni`` (Dunn, 1961) and ``p_holm`` (Holm, 1979) bound the chance of any false finding,
        ``p_benjamini_hochberg`` (1995) the share of false ones among the findings; each (n_tests,), at most 1. To be
        compared with the level chosen for the whole family.
    """
    p = np.asarray(p_value, dtype=float)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    rising, rank, n = p[order], np.arange(1, len(order) + 1), len(order)
    ways = {
        "p_bonferroni": rising * n,
        "p_holm": np.maximum.accumulate(rising * (n + 1 - rank)),
        "p_benjamini_hochberg": np.minimum.accumulate((rising * n / rank)[::-1])[::-1],
    }
    found = {name: np.full(p.shape, np.nan) for name in ways}
    for name, values in ways.items():
        found[name][order] = np.minimum(values, 1.0)
    return found
