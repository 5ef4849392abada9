"""What heads explain of readers beyond a set of predictors, by layers chosen on other articles."""

import numpy as np

from warehouse.slices.reading import Reading, Work
from warehouse.slices.resemblance import digest

_KEYS = ("extraction_id", "measure_id", "language_group", "predictor_set")


def nested_unique(reading: Reading, work: Work) -> np.ndarray:
    """Give the value of each reader who has one, by label, (n_subjects,)."""
    key = tuple(work[name] for name in _KEYS)

    def ask() -> np.ndarray:
        return reading.arrays(_VALUES, [*key, reading.left_out])[0].astype(float)

    found: np.ndarray = reading.remember("nested unique", key, ask, at_most=64)
    return found


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what a mean over readers is made of."""
    return {"gains by article": digest((nested_unique(reading, work),))}


def unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units of results that it is made of."""
    key = [work[name] for name in _KEYS]
    return reading.arrays(_UNITS, [*key, reading.left_out, *key[:3], reading.left_out])[0]


_VALUES = """
SELECT array_agg(nested_unique_r2 ORDER BY subject_label)
FROM slice.nested_unique
WHERE
    extraction_id = %s AND measure_id = %s AND language_group = %s AND predictor_set = %s AND leave_out = %s
"""
_UNITS = """
SELECT array_agg(unit_id)
FROM (
    SELECT unit_id FROM current.unique_variance
    WHERE extraction_id = %s AND measure_id = %s AND language_group = %s AND predictor_set = %s AND leave_out = %s
    UNION
    SELECT unit_id FROM current.layer_choice
    WHERE extraction_id = %s AND measure_id = %s AND language_group = %s AND leave_out = %s
) AS unit
"""
