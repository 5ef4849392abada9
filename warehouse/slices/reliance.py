"""Results of reliance on trivial patterns, for tests that compare two sides."""

import hashlib

import numpy as np

from warehouse.slices.reading import Reading, Work


def left_readers(reading: Reading, work: Work) -> np.ndarray:
    """Give R2 and held-out R2 of each reader of the unit's left group who has the former, (n_subjects, 2)."""
    return _readers(reading, work, "left_group")


def right_readers(reading: Reading, work: Work) -> np.ndarray:
    """Give R2 and held-out R2 of each reader of the unit's right group who has the former, (n_subjects, 2)."""
    return _readers(reading, work, "right_group")


def left_heads(reading: Reading, work: Work) -> np.ndarray:
    """Give quarter, layer, head, R2 and held-out R2 of the left extraction's heads that have R2, (n_heads, 5)."""
    return _heads(reading, work, "left_extraction_id")


def right_heads(reading: Reading, work: Work) -> np.ndarray:
    """Give quarter, layer, head, R2 and held-out R2 of the right extraction's heads that have R2, (n_heads, 5)."""
    return _heads(reading, work, "right_extraction_id")


def reader_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what a test of two groups is made of."""
    return {"reliance": _digest(left_readers(reading, work), right_readers(reading, work))}


def head_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what a test of two models is made of."""
    return {"reliance": _digest(left_heads(reading, work), right_heads(reading, work))}


def reader_unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units that the results of both groups are of."""
    shared = [work["corpus_id"], work["measure_id"], work["pattern_set"]]
    return np.concatenate([
        reading.arrays(_READER_UNITS, [*shared, work[side], reading.left_out])[0]
        for side in ("left_group", "right_group")
    ])  # fmt: skip


def head_unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units that the results of both extractions are of."""
    return np.concatenate([
        reading.arrays(_HEAD_UNITS, [work[side], work["pattern_set"], reading.left_out])[0]
        for side in ("left_extraction_id", "right_extraction_id")
    ])  # fmt: skip


def _readers(reading: Reading, work: Work, side: str) -> np.ndarray:
    keys = [work["corpus_id"], work["measure_id"], work["pattern_set"], work[side]]
    return np.stack(reading.arrays(_READERS, [*keys, reading.left_out]), axis=1).astype(float)


def _heads(reading: Reading, work: Work, side: str) -> np.ndarray:
    keys = (work[side], work["pattern_set"])

    def ask() -> np.ndarray:
        return np.stack(reading.arrays(_HEADS, [*keys, reading.left_out]), axis=1).astype(float)

    found: np.ndarray = reading.remember("head_reliance", keys, ask, at_most=16)
    return found


def _digest(*sides: np.ndarray) -> str:
    return hashlib.sha256(repr([(side.shape, side.tobytes()) for side in sides]).encode()).hexdigest()


_OF_READERS = """
FROM current.reader_reliance
WHERE
    corpus_id = %s AND measure_id = %s AND pattern_set = %s AND language_group = %s AND leave_out = %s
    AND r2 IS NOT NULL
"""
_READERS = f"""
SELECT array_agg(r2 ORDER BY subject_id), array_agg(COALESCE(cv_r2, 'NaN') ORDER BY subject_id)
{_OF_READERS}
"""
_READER_UNITS = f"SELECT array_agg(DISTINCT unit_id) {_OF_READERS}"
_OF_HEADS = """
FROM current.head_reliance
JOIN model.extraction USING (extraction_id)
JOIN model.language_model USING (language_model_id)
WHERE extraction_id = %s AND pattern_set = %s AND leave_out = %s AND r2 IS NOT NULL
"""
_HEADS = f"""
SELECT
    array_agg(4 * layer / layer_count ORDER BY layer, head), array_agg(layer::integer ORDER BY layer, head),
    array_agg(head::integer ORDER BY layer, head), array_agg(r2 ORDER BY layer, head),
    array_agg(COALESCE(cv_r2, 'NaN') ORDER BY layer, head)
{_OF_HEADS}
"""
_HEAD_UNITS = f"SELECT array_agg(DISTINCT unit_id) {_OF_HEADS}"
