"""Computes units one after the other; the slices of the next are pulled while one is computed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from warehouse.compute.plan import Planned
from warehouse.plugin.columns import Cells
from warehouse.plugin.registry import Analysis
from warehouse.slices import Slices

Found = Mapping[str, Any]
"""What an analysis returns: columns of its table, or of its tables by name."""


def in_turn(
    slices: Slices, analysis: Analysis, units: Iterable[Planned], parameters: Mapping[str, Any]
) -> Iterator[tuple[Planned, Found]]:
    """Compute units one after the other; the slices of the next are pulled meanwhile.

    Linear algebra takes one thread: a layer is too small for more, whose waiting for each other took five times the
    processor time and the cores from the server. More cores are for more processes (`fanning`).
    """
    with threadpool_limits(1, "blas"):
        for unit, arrays, subject_ids in _one_ahead(slices, analysis, units):
            found = analysis.function(*arrays, **parameters)
            yield unit, {analysis.per: subject_ids, **found} if analysis.per else found


def _one_ahead(
    slices: Slices, analysis: Analysis, units: Iterable[Planned]
) -> Iterator[tuple[Planned, Sequence[Cells], np.ndarray]]:
    """Pull the slices of the next unit in a thread while this one is computed; of those in blocks, the first block."""
    names = analysis.reads

    def pull(unit: Planned) -> tuple[Planned, Sequence[Cells], np.ndarray]:
        found = slices.columns(names, unit.work, pool) if analysis.in_blocks else slices.arrays(names, unit.work)
        return unit, found, _subject_ids(slices, analysis, unit)

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="slices") as pool:
        waiting = None
        for unit in units:
            following = pool.submit(pull, unit)
            if waiting:
                yield waiting.result()
            waiting = following
        if waiting:
            yield waiting.result()


def _subject_ids(slices: Slices, analysis: Analysis, unit: Planned) -> np.ndarray:
    return slices.subject_ids(unit.work) if analysis.per else np.empty(0, dtype=np.int64)
