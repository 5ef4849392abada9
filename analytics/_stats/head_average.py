"""A layer's heads as one column: their mean."""

import numpy as np

from analytics._stats.replaced import replaced
from warehouse.plugin.columns import Cells


def with_mean_over_heads(layer: Cells, *others: Cells) -> list[Cells]:
    """Give the columns with the mean over heads, (n_cells, 1), in the place of the layer."""
    return replaced((layer, *others), _mean)


def _mean(layer: np.ndarray, *_: np.ndarray) -> np.ndarray:
    return np.asarray(layer.mean(axis=1, keepdims=True, dtype=float))
