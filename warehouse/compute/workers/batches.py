"""Does parts of a run, a part being some units, in a worker's process: keeps its connections from part to part."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from warehouse.compute.plan import Planned
from warehouse.compute.workers.worker import Task, Worker
from warehouse.database.connection import Database
from warehouse.database.translation import translate_errors

IDLE_S = 30.0
"""A worker that has had nothing to do for so long closes its connections; it opens new ones when it has."""


RowCounts = list[int | None]
"""The rows written of each unit of a part; None where it is not done."""


@dataclass(frozen=True)
class WorkerContext:
    """Where a worker works: a database, without which sentences, and for which command (`command_id`)."""

    database: Database
    leave_out: tuple[str, ...] = ()
    command_id: str = field(default_factory=lambda: uuid4().hex)


def compute_batch(context: WorkerContext, task: Task, units: Sequence[Planned]) -> RowCounts:
    """Do a part in a worker's process; give the rows of each unit, None where it is not done."""
    rows: dict[str, int | None] = {}
    with translate_errors(f"computing {task.analysis}"), _worker_of_this_thread(context) as worker:
        for outcome in worker.carry_out(task, units):
            rows[outcome.unit.key] = outcome.rows
    return [rows.get(unit.key) for unit in units]


@dataclass
class _IdleWorker:
    """A worker that waits for the next part of its command_id."""

    context: WorkerContext
    worker: Worker
    idle: threading.Timer | None = None


_idle_workers: dict[int, _IdleWorker] = {}
"""The worker of each thread of this process."""
_lock = threading.Lock()


@contextmanager
def _worker_of_this_thread(context: WorkerContext) -> Iterator[Worker]:
    """Give this thread's worker; it is kept for the next part, unless anything went wrong or none comes."""
    thread = threading.get_ident()
    idle = _take_up(thread, context)
    try:
        with idle.worker.using():
            yield idle.worker
    except BaseException:
        idle.worker.close()
        raise
    idle.idle = threading.Timer(IDLE_S, _leave, [thread, idle])
    idle.idle.daemon = True
    with _lock:
        _idle_workers[thread] = idle
    idle.idle.start()


def _take_up(thread: int, context: WorkerContext) -> _IdleWorker:
    with _lock:
        idle = _idle_workers.pop(thread, None)
    if idle and idle.idle:
        idle.idle.cancel()
    if idle and idle.context == context:
        return idle
    if idle:
        idle.worker.close()
    return _IdleWorker(context, Worker.entering(context.database, context.leave_out))


def _leave(thread: int, idle: _IdleWorker) -> None:
    """Close what has been idle, if nobody has taken it up meanwhile."""
    with _lock:
        is_idle = _idle_workers.get(thread) is idle
        if is_idle:
            del _idle_workers[thread]
    if is_idle:
        idle.worker.close()
