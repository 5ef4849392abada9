"""Whether the heads of one model follow trivial patterns more than those of another, by quarter of the layers."""

from typing import Any

import numpy as np

from analytics._stats.multiplicity import corrected
from analytics._stats.t_test import independent, paired
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import result


@analysis(
    over=("current.extraction_pair", "slice.pattern_set"),
    reads=("left_head_reliance", "right_head_reliance"),
    unit=("comparison", "left_extraction_id", "right_extraction_id", "pattern_set"),
    writes=result.reliance_difference,
    after=("trivial_reliance",),
    shows=("mart.reliance_difference",),
)
def reliance_difference(left: np.ndarray, right: np.ndarray) -> Columns:
    """Compare the reliance of two models' heads on trivial patterns in each quarter of the layers.

    Where both models have the same heads in the same layers of a quarter (tuned and base, prefixed and plain) the heads
    are paired; otherwise (small and large) the test is independent.

    Parameters
    ----------
    left, right : ndarray (n_heads, 4)
        Quarter, layer, head and R2 of each head of the one and of the other model.

    Returns
    -------
    dict
        One row per quarter that both have: means over heads, their difference (right minus left), the t-test with its
        two-sided ``p_value``, and that value corrected for the number of quarters in three ways.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023) for quarters of layers. Heads are taken for independent; those of a layer
    share their input, so p-values are too small.
    """
    quarters = np.intersect1d(left[:, 0], right[:, 0]).astype(int)
    rows = [_row(q, left[left[:, 0] == q, 1:], right[right[:, 0] == q, 1:]) for q in quarters.tolist()]
    names = rows[0] if rows else _row(0, np.empty((0, 3)), np.empty((0, 3)))
    found = {name: [row[name] for row in rows] for name in names}
    p_value = [np.nan if p is None else p for p in found["p_value"]]
    return {**found, **corrected(p_value)}


def _row(quarter: int, left: np.ndarray, right: np.ndarray) -> dict[str, Any]:
    """Compare the heads of one quarter: layer, head and R2, (n_heads, 3)."""
    is_matched = left.shape == right.shape and bool((left[:, :2] == right[:, :2]).all())
    test = (paired if is_matched else independent)(left[:, 2], right[:, 2])
    del test["p_greater"]
    means = [_mean(side[:, 2]) for side in (left, right)]
    return {
        "quarter": quarter,
        "left_r2": means[0],
        "right_r2": means[1],
        "r2_difference": means[1] - means[0],
        "left_count": len(left),
        "right_count": len(right),
        **test,
    }


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
