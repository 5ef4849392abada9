"""Whether each layer resembles one group of readers more than another."""

from typing import Any

import numpy as np

from analytics._stats.choices import by_column
from analytics._stats.family import as_family
from analytics._stats.t_test import independent
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import inference

OVER_CEILINGS = ("resemblance_difference", "p_resemblance")


@analysis(
    over=("slice.extraction", "slice.group_pair"),
    reads=("group_layers", "left_group_r2", "right_group_r2", "group_ceilings"),
    unit=("extraction_id", "measure_id", "left_group", "right_group"),
    writes=inference.group_test,
    after=("human_resemblance",),
    shows=("mart.group_summary", "mart.group_test"),
)
def group_test(
    group_layers: np.ndarray, left_group_r2: np.ndarray, right_group_r2: np.ndarray, group_ceilings: np.ndarray
) -> Columns:
    """Test layer by layer whether readers of the right group (L2) are explained better than those of the left (L1).

    Parameters
    ----------
    group_layers : ndarray (n_layers,) of int
        Layers for which both groups have results, counted from 0.
    left_group_r2, right_group_r2 : ndarray (n_layers, n_subjects)
        In-sample R2 of each reader; nan where a reader has none.
    group_ceilings : ndarray (2,)
        Of the left and of the right group, with the reader in the mean; nan where there is none.

    Returns
    -------
    dict
        One row per layer: independent t-test, variances taken for equal, one-sided; the family is the layers. Besides,
        ``resemblance_difference`` and ``p_resemblance``: the same of R2 over each group's ceiling, with the Bonferroni
        correction; None where there is no ceiling.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023): p < 0.05/layers.
    """
    n_layers = max(len(group_layers), 1)
    sides = [(_known(left), _known(right)) for left, right in zip(left_group_r2, right_group_r2, strict=True)]
    return {
        "layer": group_layers,
        "left_count": [len(left) for left, _ in sides],
        "right_count": [len(right) for _, right in sides],
        "r2_difference": [
            float(right.mean() - left.mean()) if len(left) and len(right) else None for left, right in sides
        ],
        **as_family([independent(left, right) for left, right in sides], n_layers),
        **by_column([_over_ceilings(left, right, group_ceilings, n_layers) for left, right in sides], OVER_CEILINGS),
    }


def _over_ceilings(left: np.ndarray, right: np.ndarray, ceilings: np.ndarray, n_layers: int) -> dict[str, Any]:
    """Test R2 over the ceilings, which are taken for known."""
    test = independent(left / ceilings[0], right / ceilings[1])
    p = test["p_greater"]
    if p is None:  # too few readers, or no ceiling
        return dict.fromkeys(OVER_CEILINGS)
    difference = float(right.mean() / ceilings[1] - left.mean() / ceilings[0])
    return dict(zip(OVER_CEILINGS, (difference, min(1.0, p * n_layers)), strict=True))


def _known(r2: np.ndarray) -> np.ndarray:
    return np.asarray(r2[~np.isnan(r2)])
