"""A layer's heads as one column: their mean."""

import numpy as np

from analytics._stats.replaced import replaced
from warehouse.plugin.columns import Cells


def with_mean_over_heads(layer: Cells, *others: Cells) -> list[Cells]:
    """Give the columns with the mean over heads, (n_cells, 1), in the place of the layer."""
    return replaced((layer, *others), _mean, _mean_of_sums)


def _mean(layer: np.ndarray, *_: np.ndarray) -> np.ndarray:
    return np.asarray(layer.mean(axis=1, keepdims=True, dtype=float))


def _mean_of_sums(n_heads: int) -> np.ndarray:
    """Give what (1, heads) times it is (1, their mean), (1 + n_heads, 2)."""
    found = np.zeros((1 + n_heads, 2))
    found[0, 0], found[1:, 1] = 1.0, 1.0 / n_heads
    return found
