"""Whether one group of readers follows trivial patterns more than another."""

import numpy as np

from analytics._stats.t_test import independent
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import result


@analysis(
    over=("slice.reliance_group_pair",),
    reads=("left_reader_reliance", "right_reader_reliance"),
    unit=("corpus_id", "measure_id", "left_group", "right_group", "pattern_set"),
    writes=result.reliance_test,
    after=("reader_reliance",),
    shows=("mart.reliance_test",),
)
def reliance_test(left: np.ndarray, right: np.ndarray) -> Columns:
    """Compare the reliance of two groups of readers on trivial patterns by an independent t-test.

    Parameters
    ----------
    left, right : ndarray (n_subjects,)
        R2 of each reader of the one and of the other group (L1, L2).

    Returns
    -------
    dict
        One row: means and numbers of both sides, their difference (right minus left), and the test: ``p_value`` is
        two-sided, ``p_greater`` one-sided (the right group follows the patterns more). Where a side has fewer than two
        readers there is no test, and ``missing_because`` says so.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023). Variances are taken for equal, readers for independent.
    """
    left_r2, right_r2 = _mean(left), _mean(right)
    row = {
        "left_r2": left_r2,
        "right_r2": right_r2,
        "r2_difference": right_r2 - left_r2,
        "left_count": len(left),
        "right_count": len(right),
        **independent(left, right),
    }
    return {name: [value] for name, value in row.items()}


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
