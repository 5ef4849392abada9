"""What a fit has on its right-hand side: a layer's heads, a set of predictors, or both side by side."""

import numpy as np

from warehouse.slices import attention, predictors
from warehouse.slices.cells import Sentences
from warehouse.slices.reading import Reading, Work


def values(reading: Reading, work: Work, part: Sentences) -> np.ndarray:
    """Give the columns of a unit's design over a part's cells, (n_cells, n_columns) float64; the set's stand first."""
    if work["fitted"] == "heads":
        return attention.layer(reading, work, part)
    of_set = predictors.values(reading, [work], part)
    return of_set if work["fitted"] == "set" else np.hstack([of_set, attention.layer(reading, work, part)])


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the matrix is made of; of a set alone the attention too, whose sentences it is fitted on."""
    of_set = predictors.inputs(reading, work) if work["fitted"] != "heads" else {}
    return {**attention.layer_inputs(reading, work), **of_set}


def held(reading: Reading, work: Work) -> np.ndarray:
    """Give the sentences that the extraction has and the set has values of, whatever of both is fitted."""
    return np.asarray(attention.sentences_of_layer(reading, work) & predictors.held(reading, work))
