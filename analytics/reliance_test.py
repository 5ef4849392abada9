"""Whether one group of readers follows trivial patterns more than another."""

import numpy as np

from analytics._stats.t_test import half_width, independent
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
    left, right : ndarray (n_subjects, 2)
        R2 of each reader of the one and of the other group (L1, L2), in-sample and with articles held out.

    Returns
    -------
    dict
        One row: means and numbers of both sides, their difference (right minus left), and the test: ``p_value`` is
        two-sided, ``p_greater`` one-sided (the right group follows the patterns more); the same difference of what is
        held out (``cv_``), with the ends of its 95 % interval. Where a side has fewer than two readers there is no
        test, and ``missing_because`` says so.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023). Variances are taken for equal, readers for independent.
    """
    left_r2, right_r2 = _mean(left[:, 0]), _mean(right[:, 0])
    row = {
        "left_r2": left_r2,
        "right_r2": right_r2,
        "r2_difference": right_r2 - left_r2,
        "left_count": len(left),
        "right_count": len(right),
        **independent(left[:, 0], right[:, 0]),
        **_held_out(left[:, 1], right[:, 1]),
    }
    return {name: [value] for name, value in row.items()}


def _held_out(left: np.ndarray, right: np.ndarray) -> dict[str, float | None]:
    """Test the held-out R2 of the readers who have one: difference, one-sided p, and the ends of its interval."""
    left, right = (side[~np.isnan(side)] for side in (left, right))
    test = independent(left, right)
    names = ("cv_r2_difference", "cv_p_greater", "cv_interval_low", "cv_interval_high")
    if test["missing_because"]:
        return dict.fromkeys(names)
    difference = float(right.mean() - left.mean())
    half = half_width(difference, test["t_statistic"], test["degrees_of_freedom"])
    return dict(zip(names, (difference, test["p_greater"], difference - half, difference + half), strict=True))


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
