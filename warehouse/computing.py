"""Computes the units of a plan: in this process, or in several that each read for themselves; one alone writes.

The processes only read and compute, so that one that outlives its parent for a moment can do no harm: the parent, which
holds the run's lock, writes what they find, each unit in its transaction.
"""

import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from multiprocessing import get_context, parent_process
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from warehouse.database import Database
from warehouse.plan import Planned
from warehouse.registry import Analysis, analysis_named
from warehouse.slices import Slices

Found = Mapping[str, Any]
"""What an analysis returns: columns of its table, or of its tables by name."""

FEWEST_UNITS = 24
"""Units that are worth the start of processes, which takes as long as some dozens of small ones."""
LARGEST_PART = 16
"""Units handed to a process at once: neighbours share slices, and progress is told part by part."""


def computed(
    database: Database,
    slices: Slices,
    analysis: Analysis,
    units: Sequence[Planned],
    parameters: Mapping[str, Any],
    jobs: int,
) -> Iterator[tuple[Planned, Found]]:
    """Yield each unit with what the analysis finds, in their order or, of several processes, as they are done."""
    if jobs > 1 and len(units) >= FEWEST_UNITS:
        return side_by_side(database, slices.reading.leave_out, analysis, units, parameters, jobs)
    return in_turn(slices, analysis, units, parameters)


def in_turn(
    slices: Slices, analysis: Analysis, units: Iterable[Planned], parameters: Mapping[str, Any]
) -> Iterator[tuple[Planned, Found]]:
    """Compute units one after the other; the slices of the next are pulled meanwhile.

    Linear algebra takes one thread: a layer is too small for more, whose waiting for each other took five times the
    processor time and the cores from the server. More cores are for more processes (`side_by_side`).
    """
    with threadpool_limits(1, "blas"):
        for unit, arrays, subject_ids in _one_ahead(slices, analysis, units):
            found = analysis.function(*arrays, **parameters)
            yield unit, {analysis.per: subject_ids, **found} if analysis.per else found


def side_by_side(
    database: Database,
    leave_out: Sequence[str],
    analysis: Analysis,
    units: Sequence[Planned],
    parameters: Mapping[str, Any],
    jobs: int,
) -> Iterator[tuple[Planned, Found]]:
    """Compute units in `jobs` processes, each with a connection of its own; they come as they are done.

    Raises
    ------
    WarehouseError
        What a process raises is raised here; the parts not yet begun are dropped.
    """
    start = (database, tuple(leave_out), analysis.name, dict(parameters))
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, start)
    try:
        waiting = {pool.submit(_part, part) for part in _parts(units, jobs)}
        for done in as_completed(waiting):
            yield from done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _parts(units: Sequence[Planned], jobs: int) -> Iterator[list[Planned]]:
    size = min(LARGEST_PART, max(1, len(units) // (4 * jobs)))
    for start in range(0, len(units), size):
        yield list(units[start : start + size])


_task: dict[str, Any] = {}
"""In a process of the pool: what it computes, and its connection."""


def _begin(database: Database, leave_out: Sequence[str], name: str, parameters: Mapping[str, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    reading = database.connect(autocommit=True, read_only=True)
    _task.update(slices=Slices(reading, leave_out), analysis=analysis_named(name), parameters=parameters)


def _end_with_parent() -> None:
    """End when the parent was killed outright; otherwise the process would wait for work for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _part(units: list[Planned]) -> list[tuple[Planned, Found]]:
    return list(in_turn(_task["slices"], _task["analysis"], units, _task["parameters"]))


def _one_ahead(
    slices: Slices, analysis: Analysis, units: Iterable[Planned]
) -> Iterator[tuple[Planned, list[np.ndarray], np.ndarray]]:
    """Pull the slices of the next unit in a thread while this one is computed."""

    def pull(unit: Planned) -> tuple[Planned, list[np.ndarray], np.ndarray]:
        return unit, slices.arrays(analysis.reads, unit.work), _subject_ids(slices, analysis, unit)

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
