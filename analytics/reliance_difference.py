"""Whether the layers of one model follow trivial patterns more than those of another, by quarter of the layers."""

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
    """Compare the reliance of two models' layers on trivial patterns in each quarter of the layers.

    The heads of a layer share their input and are not independent, so each layer counts once, with the mean over its
    heads. Where both models have the same heads in the same layers of a quarter (tuned and base, prefixed and plain)
    the layers are paired; otherwise (small and large) the test is independent.

    Parameters
    ----------
    left, right : ndarray (n_heads, 5)
        Quarter, layer, head, R2 and cross-validated R2 of each head of the one and of the other model.

    Returns
    -------
    dict
        One row per quarter that both have: means over layers, their difference (right minus left), in-sample and
        cross-validated, the t-test over layers with its two-sided ``p_value``, and that value corrected for the number
        of quarters in three ways.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023) for quarters of layers; they test over heads, which makes p too small.
    Neighbouring layers are alike too: p is still a lower bound.
    """
    quarters = np.intersect1d(left[:, 0], right[:, 0]).astype(int)
    rows = [_row(q, left[left[:, 0] == q, 1:], right[right[:, 0] == q, 1:]) for q in quarters.tolist()]
    names = rows[0] if rows else _row(0, np.empty((0, 4)), np.empty((0, 4)))
    found = {name: [row[name] for row in rows] for name in names}
    p_value = [np.nan if p is None else p for p in found["p_value"]]
    return {**found, **corrected(p_value)}


def _row(quarter: int, left: np.ndarray, right: np.ndarray) -> dict[str, Any]:
    """Compare the layers of one quarter, from layer, head, R2 and cross-validated R2 of each head, (n_heads, 4)."""
    is_matched = np.array_equal(left[:, :2], right[:, :2])
    left_r2, right_r2 = _by_layer(left, 2), _by_layer(right, 2)
    test = (paired if is_matched else independent)(left_r2, right_r2)
    del test["p_greater"]
    means = [_mean(left_r2), _mean(right_r2)]
    return {
        "quarter": quarter,
        "left_r2": means[0],
        "right_r2": means[1],
        "r2_difference": means[1] - means[0],
        "cv_r2_difference": _mean(_by_layer(right, 3)) - _mean(_by_layer(left, 3)),
        "left_count": len(left_r2),
        "right_count": len(right_r2),
        **test,
    }


def _by_layer(heads: np.ndarray, column: int) -> np.ndarray:
    """Average a column over the heads of each layer, (n_layers,)."""
    _, of_layer, count = np.unique(heads[:, 0], return_inverse=True, return_counts=True)
    return np.asarray(np.bincount(of_layer, heads[:, column], len(count)) / count)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
