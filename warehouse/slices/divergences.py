"""Stored divergences of a pair of extractions beside those of the pair it is tested against."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from warehouse.slices.cells import sentences
from warehouse.slices.reading import Reading, Work

KINDS = ("js_nats", "js_head_averaged_nats")
"""The divergences that are tested, in the order of the array."""
SIDES = ("", "reference_")
"""How the columns of the pair begin, and those of the one that it is tested against."""


@dataclass(frozen=True)
class Found:
    """What stands for one pair: a divergence of each kind by depth and sentence."""

    depth: np.ndarray
    sentence_id: np.ndarray
    values: np.ndarray


def depths(reading: Reading, work: Work) -> np.ndarray:
    """Give the layers or quarters that both pairs have been compared at, ascending, (n_depths,) int64."""
    pair, other = _sides(reading, work)
    return np.intersect1d(pair.depth, other.depth)


def divergences(reading: Reading, work: Work) -> np.ndarray:
    """Give the divergences of the pair and of the one it is tested against, (2, n_kinds, n_depths, n_sentences).

    The kinds are those of `KINDS`; nan where there is none. The sentences are those that both have.
    """
    at, over = depths(reading, work), _sentence_ids(reading, work)
    return np.stack([_grid(found, at, over) for found in _sides(reading, work)])


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Digest the divergences, which later runs may replace; sentences by their place, which is the same elsewhere."""
    places = np.searchsorted(sentences(reading, work).sentence_id, _sentence_ids(reading, work))
    parts = (depths(reading, work), places, divergences(reading, work))
    return {"divergences": hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()}


def unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units that the divergences of both pairs are of."""
    return np.concatenate([reading.arrays(_UNITS, _arguments(reading, _key(work, side)))[0] for side in SIDES])


def _sentence_ids(reading: Reading, work: Work) -> np.ndarray:
    pair, other = _sides(reading, work)
    return np.intersect1d(pair.sentence_id, other.sentence_id)


def _sides(reading: Reading, work: Work) -> tuple[Found, Found]:
    pair, other = (_stored(reading, _key(work, side)) for side in SIDES)
    return pair, other


def _key(work: Work, side: str) -> tuple[Any, ...]:
    names = ("comparison", "left_extraction_id", "right_extraction_id")
    return (*(work[f"{side}{name}"] for name in names), work["depth_kind"])


def _arguments(reading: Reading, key: tuple[Any, ...]) -> list[Any]:
    return [*key, json.dumps(sorted(reading.leave_out))]


def _stored(reading: Reading, key: tuple[Any, ...]) -> Found:
    def ask() -> Found:
        depth, sentence_id, *values = reading.arrays(_STORED, _arguments(reading, key))
        return Found(depth.astype(np.int64), sentence_id.astype(np.int64), np.stack(values).astype(float))

    found: Found = reading.remember("divergences", key, ask, at_most=64)
    return found


def _grid(found: Found, at: np.ndarray, over: np.ndarray) -> np.ndarray:
    """Lay values out by kind, depth and sentence."""
    grid = np.full((len(KINDS), len(at), len(over)), np.nan)
    wanted = np.isin(found.depth, at) & np.isin(found.sentence_id, over)
    row, column = np.searchsorted(at, found.depth[wanted]), np.searchsorted(over, found.sentence_id[wanted])
    grid[:, row, column] = found.values[:, wanted]
    return grid


_FROM = """
FROM current.attention_divergence
WHERE
    comparison = %s AND left_extraction_id = %s AND right_extraction_id = %s AND depth_kind = %s
    AND leave_out = %s::jsonb
"""
_STORED = f"""
SELECT
    array_agg(depth::integer), array_agg(sentence_id),
    array_agg(COALESCE(js_nats, 'NaN')), array_agg(COALESCE(js_head_averaged_nats, 'NaN'))
{_FROM}
"""
_UNITS = f"SELECT array_agg(DISTINCT unit_id) {_FROM}"
