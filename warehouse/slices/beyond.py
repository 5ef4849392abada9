"""What heads explain of readers beyond a set of predictors, by layers chosen on other articles."""

from collections.abc import Sequence

import numpy as np

from warehouse.slices.reading import NO_NUMBERS, Reading, Work
from warehouse.slices.resemblance import digest, wanted

Key = tuple[int, int, str, str]


def nested_unique(reading: Reading, work: Work) -> np.ndarray:
    """Give the value of each reader who has one, by label, (n_subjects,)."""
    key = _key(work)
    found: np.ndarray = reading.remember("nested unique", key, lambda: _pull(reading, [key])[key], at_most=64)
    return found


def look_ahead(reading: Reading, works: Sequence[Work]) -> None:
    """Ask at once for the values of some units."""
    reading.look_ahead("nested unique", map(_key, works), lambda lacking: _pull(reading, lacking))


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what a mean over readers is made of."""
    return {"gains by article": digest((nested_unique(reading, work),))}


def unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units of results that it is made of."""
    key = _key(work)
    return reading.arrays(_UNITS, [*key, reading.left_out, *key[:3], reading.left_out])[0]


def _key(work: Work) -> Key:
    return work["extraction_id"], work["measure_id"], work["language_group"], work["predictor_set"]


def _pull(reading: Reading, keys: Sequence[Key]) -> dict[Key, np.ndarray]:
    sets = {"predictor_sets": [*dict.fromkeys(key[3] for key in keys)], "leave_out": reading.left_out}
    found = {row[:4]: row[4] for row in reading.rows(_VALUES, {**wanted(key[:3] for key in keys), **sets})}
    return {key: np.asarray(found.get(key, NO_NUMBERS), dtype=float) for key in keys}


_VALUES = """
SELECT
    extraction_id, measure_id, language_group, predictor_set, array_agg(nested_unique_r2 ORDER BY subject_label)
FROM slice.nested_unique
WHERE
    extraction_id = ANY (%(extraction_ids)s) AND measure_id = ANY (%(measure_ids)s)
    AND language_group = ANY (%(groups)s) AND predictor_set = ANY (%(predictor_sets)s) AND leave_out = %(leave_out)s
GROUP BY extraction_id, measure_id, language_group, predictor_set
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
