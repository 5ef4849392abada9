"""Fans units out: over this process, or over several that each read for themselves; one alone writes.

The processes only read and compute, so that one that outlives its parent for a moment can do no harm: the parent, which
holds the run's lock, writes what they find, each unit in its transaction.
"""

import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context, parent_process
from typing import Any

from warehouse.computing import Found, in_turn
from warehouse.database import Database
from warehouse.plan import Planned
from warehouse.registry import Analysis, analysis_named
from warehouse.slices import Slices

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
