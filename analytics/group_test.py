"""Whether each layer resembles one group of readers more than another."""

import numpy as np

from analytics._stats.family import as_family
from analytics._stats.t_test import independent
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import inference


@analysis(
    over=("slice.extraction", "slice.group_pair"),
    reads=("group_layers", "left_group_r2", "right_group_r2"),
    unit=("extraction_id", "measure_id", "left_group", "right_group"),
    writes=inference.group_test,
    after=("human_resemblance",),
    shows=("mart.group_summary", "mart.group_test"),
)
def group_test(group_layers: np.ndarray, left_group_r2: np.ndarray, right_group_r2: np.ndarray) -> Columns:
    """Test layer by layer whether readers of the right group (L2) are explained better than those of the left (L1).

    Parameters
    ----------
    group_layers : ndarray (n_layers,) of int
        Layers for which both groups have results, counted from 0.
    left_group_r2, right_group_r2 : ndarray (n_layers, n_subjects)
        In-sample R2 of each reader; nan where a reader has none.

    Returns
    -------
    dict
        One row per layer: independent t-test, variances taken for equal, one-sided; the family is the layers.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023): p < 0.05/layers.
    """
    sides = [(_known(left), _known(right)) for left, right in zip(left_group_r2, right_group_r2, strict=True)]
    return {
        "layer": group_layers,
        "left_count": [len(left) for left, _ in sides],
        "right_count": [len(right) for _, right in sides],
        "r2_difference": [
            float(right.mean() - left.mean()) if len(left) and len(right) else None for left, right in sides
        ],
        **as_family([independent(left, right) for left, right in sides], max(len(group_layers), 1)),
    }


def _known(r2: np.ndarray) -> np.ndarray:
    return np.asarray(r2[~np.isnan(r2)])
