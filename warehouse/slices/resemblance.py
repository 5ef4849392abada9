"""Results of human resemblance as arrays: R2 by layer and reader."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from warehouse.slices.reading import NO_NUMBERS, Reading, Work

Key = tuple[int, int, str]
"""An extraction, a measure and a group of readers."""
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


def group_ceilings(reading: Reading, work: Work) -> np.ndarray:
    """Give the ceilings of the left and of the right group, with the reader in the mean, (2,); nan where none is."""
    of_group = _ceilings(reading, work)
    return np.array([of_group.get(work[side], (np.nan, 0))[0] for side in ("left_group", "right_group")])


def ceiling_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what those ceilings are."""
    return {"ceilings": digest((group_ceilings(reading, work),))}


def ceiling_unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units that those ceilings are of."""
    of_group = _ceilings(reading, work)
    sides = [work[side] for side in ("left_group", "right_group")]
    return np.array([of_group[group][1] for group in sides if group in of_group], dtype=np.int64)


def _ceilings(reading: Reading, work: Work) -> dict[str, tuple[float, int]]:
    """Give ceiling and unit by group of readers."""
    key = work["corpus_id"], work["measure_id"]

    def ask() -> dict[str, tuple[float, int]]:
        rows = reading.connection.execute(_CEILINGS, [*key, reading.left_out]).fetchall()
        return {group: (ceiling, unit_id) for group, ceiling, unit_id in rows}

    found: dict[str, tuple[float, int]] = reading.remember("ceilings of groups", key, ask, at_most=64)
    return found


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
    layers, readers = common(left[0], right[0]), common(left[1], right[1])
    return layers, _at(left, layers, readers), _at(right, layers, readers)


def _of_groups(reading: Reading, work: Work) -> Table:
    left, right = (
        r2_table(reading, work["extraction_id"], work["measure_id"], work[side])
        for side in ("left_group", "right_group")
    )
    layers = common(left[0], right[0])
    return layers, _at(left, layers, left[1]), _at(right, layers, right[1])


def common(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Give what two ascending arrays share; numpy's own way imports its masked arrays, which a plan has no time for."""
    return left[np.isin(left, right)]


def _at(table: Table, layers: np.ndarray, readers: np.ndarray) -> np.ndarray:
    return np.asarray(table[2][np.isin(table[0], layers)][:, np.isin(table[1], readers)])


def r2_table(reading: Reading, extraction_id: int, measure_id: int, group: str) -> Table:
    """Give the R2 of the readers of a group at all layers of an extraction."""
    key = (extraction_id, measure_id, group)
    found: Table = reading.remember("r2", key, lambda: _pull(reading, [key])[key], at_most=32)
    return found


def look_ahead(reading: Reading, works: Sequence[Work]) -> None:
    """Ask at once for the R2 of all that some units are of: one extraction or two, one group or two."""
    reading.look_ahead("r2", [key for work in works for key in keys(work)], lambda lacking: _pull(reading, lacking))


def keys(work: Work) -> Iterator[Key]:
    """Give each extraction, measure and group of a unit, of a comparison those of both sides."""
    extractions = sides(work, "extraction_id")
    groups = sides(work, "language_group") or sides(work, "group")
    for extraction_id, group in product(extractions, groups):
        yield extraction_id, work["measure_id"], group


def sides(work: Work, column: str) -> list[Any]:
    """Give what a unit is of, or its two sides where it compares."""
    return [work[name] for name in (column, f"left_{column}", f"right_{column}") if name in work]


def wanted(keys: Iterable[Key]) -> dict[str, list[Any]]:
    """Give the arguments by which a statement finds some keys, and perhaps others."""
    extraction_ids, measure_ids, groups = ([*dict.fromkeys(part)] for part in zip(*keys, strict=True))
    return {"extraction_ids": extraction_ids, "measure_ids": measure_ids, "groups": groups}


def _pull(reading: Reading, keys: Sequence[Key]) -> dict[Key, Table]:
    found = {row[:3]: row[3:] for row in reading.rows(_R2, {**wanted(keys), "leave_out": reading.left_out})}
    return {key: _table(*found.get(key, [NO_NUMBERS] * 3)) for key in keys}


def _table(layer: np.ndarray, subject: np.ndarray, r2: np.ndarray) -> Table:
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


_R2 = """
SELECT
    extraction_id, measure_id, language_group,
    array_agg(layer::integer), array_agg(subject_id), array_agg(r2)
FROM current.human_resemblance
JOIN human.subject USING (subject_id)
WHERE
    extraction_id = ANY (%(extraction_ids)s) AND measure_id = ANY (%(measure_ids)s)
    AND language_group = ANY (%(groups)s) AND leave_out = %(leave_out)s AND r2 IS NOT NULL
GROUP BY extraction_id, measure_id, language_group
"""
_UNITS = """
SELECT array_agg(DISTINCT unit_id)
FROM current.human_resemblance
JOIN human.subject USING (subject_id)
WHERE
    extraction_id = %s AND measure_id = %s AND language_group = %s AND leave_out = %s
    AND r2 IS NOT NULL
"""
_CEILINGS = """
SELECT language_group, ceiling, unit_id
FROM current.noise_ceiling
WHERE corpus_id = %s AND measure_id = %s AND leave_out = %s AND ceiling_kind = 'group_mean' AND ceiling > 0
"""
