"""T-tests layer by layer as columns of one table, corrected as a family."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics._stats.multiplicity import corrected

SHARED = ("t_statistic", "degrees_of_freedom", "effect_size", "effect_low", "effect_high", "missing_because")


def as_family(tests: Sequence[dict[str, Any]], test_count: int) -> dict[str, Any]:
    """Give the columns of one-sided tests, corrected for a family of which they may be only a part.

    Parameters
    ----------
    tests : sequence of dict
        As `t_test.paired` and `t_test.independent` give them, with ``p_greater``.
    test_count : int
        Tests of the whole family. Those that are not here count as if they had found nothing (p = 1), which can only
        raise the corrected p-values.

    Returns
    -------
    dict
        ``t_statistic``, ``degrees_of_freedom``, ``effect_size`` with its interval, ``p_one_sided``,
        ``missing_because``, ``p_bonferroni``, ``p_holm``, ``p_benjamini_hochberg`` and ``test_count``, each (n_tests,).
    """
    p = np.array([np.nan if test["p_greater"] is None else test["p_greater"] for test in tests], dtype=float)
    absent = np.ones(test_count - np.count_nonzero(~np.isnan(p)))
    family = corrected(np.concatenate([p, absent]))
    return {
        **{name: [test[name] for test in tests] for name in SHARED},
        "p_one_sided": p,
        **{name: values[: len(p)] for name, values in family.items()},
        "test_count": [test_count] * len(p),
    }
