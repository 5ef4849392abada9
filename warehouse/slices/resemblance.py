"""Results of human resemblance as arrays: R2 by layer and reader."""

import hashlib

import numpy as np

from warehouse.slices.reading import Reading, Work

Table = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Layers (n_layers,), readers (n_subjects,), and R2 of each (n_layers, n_subjects), nan where there is none."""


def common_layers(reading: Reading, work: Work) -> np.ndarray:
    """Give the layers that both extractions of a unit have results for, (n_layers,)."""
    return _of_extractions(reading, work)[0]


def left_r2(reading: Reading, work: Work) -> np.ndarray:
    """Give R2 of the left extraction at those layers, (n_layers, n_subjects); readers are those of both sides."""
    return _of_extractions(reading, work)[1]


def right_r2(reading: Reading, work: Work) -> np.ndarray:
    """Give R2 of the right extraction at those layers, (n_layers, n_subjects)."""
    return _of_extractions(reading, work)[2]


def pair_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what a test of two extractions is made of."""
    return {"resemblance": digest(_of_extractions(reading, work))}


def group_layers(reading: Reading, work: Work) -> np.ndarray:
    """Give the layers that both groups of a unit have results for, (n_layers,)."""
    return _of_groups(reading, work)[0]


def left_group_r2(reading: Reading, work: Work) -> np.ndarray:
    """Give R2 of the left group's readers at those layers, (n_layers, n_subjects)."""
    return _of_groups(reading, work)[1]


def right_group_r2(reading: Reading, work: Work) -> np.ndarray:
    """Give R2 of the right group's readers at those layers, (n_layers, n_subjects)."""
    return _of_groups(reading, work)[2]


def group_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what a test of two groups is made of."""
    return {"resemblance": digest(_of_groups(reading, work))}


def pair_unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units that the results of both extractions are of."""
    sides = ((work[name], work["language_group"]) for name in ("left_extraction_id", "right_extraction_id"))
    return np.concatenate([r2_unit_ids(reading, (number, work["measure_id"], group)) for number, group in sides])


def group_unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units that the results of both groups are of."""
    groups = (work["left_group"], work["right_group"])
    return np.concatenate([
        r2_unit_ids(reading, (work["extraction_id"], work["measure_id"], group)) for group in groups
    ])  # fmt: skip


def digest(arrays: tuple[np.ndarray, ...]) -> str:
    """Digest arrays with their shapes."""
    return hashlib.sha256(repr([(array.shape, array.tobytes()) for array in arrays]).encode()).hexdigest()


def _of_extractions(reading: Reading, work: Work) -> Table:
    group = work["language_group"]
    left = r2_table(reading, work["left_extraction_id"], work["measure_id"], group)
    right = r2_table(reading, work["right_extraction_id"], work["measure_id"], group)
    layers, readers = np.intersect1d(left[0], right[0]), np.intersect1d(left[1], right[1])
    return layers, _at(left, layers, readers), _at(right, layers, readers)


def _of_groups(reading: Reading, work: Work) -> Table:
    left, right = (
        r2_table(reading, work["extraction_id"], work["measure_id"], work[side])
        for side in ("left_group", "right_group")
    )
    layers = np.intersect1d(left[0], right[0])
    return layers, _at(left, layers, left[1]), _at(right, layers, right[1])


def _at(table: Table, layers: np.ndarray, readers: np.ndarray) -> np.ndarray:
    return np.asarray(table[2][np.isin(table[0], layers)][:, np.isin(table[1], readers)])


def r2_table(reading: Reading, extraction_id: int, measure_id: int, group: str) -> Table:
    """Give the R2 of the readers of a group at all layers of an extraction."""
    key = (extraction_id, measure_id, group)
    found: Table = reading.remember("r2", key, lambda: _pull(reading, key), at_most=32)
    return found


def _pull(reading: Reading, key: tuple[int, int, str]) -> Table:
    layer, subject, r2 = reading.arrays(_R2, [*key, reading.left_out])
    layers, of_layer = np.unique(layer, return_inverse=True)
    readers, of_reader = np.unique(subject, return_inverse=True)
    table = np.full((len(layers), len(readers)), np.nan)
    table[of_layer, of_reader] = r2
    return layers, readers, table


def r2_unit_ids(reading: Reading, key: tuple[int, int, str]) -> np.ndarray:
    """Give the units that those are of, by extraction, measure and group."""

    def ask() -> np.ndarray:
        return reading.arrays(_UNITS, [*key, reading.left_out])[0]

    found: np.ndarray = reading.remember("units of r2", key, ask, at_most=256)
    return found


_FROM = """
FROM current.human_resemblance
JOIN human.subject USING (subject_id)
WHERE
    extraction_id = %s AND measure_id = %s AND language_group = %s AND leave_out = %s
    AND r2 IS NOT NULL
"""
_R2 = f"SELECT array_agg(layer::integer), array_agg(subject_id), array_agg(r2) {_FROM}"
_UNITS = f"SELECT array_agg(DISTINCT unit_id) {_FROM}"
