"""Does parts of a run, a part being some units, in a worker's process: keeps its connections from part to part."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from warehouse.compute.plan import Planned
from warehouse.compute.workers.worker import Task, Worker
from warehouse.database.connection import Database, translated

IDLE_S = 30.0
"""A worker that has had nothing to do for so long closes its connections; it opens new ones when it has."""


Rows = list[int | None]
"""The rows written of each unit of a part; None where it is not done."""


@dataclass(frozen=True)
class Desk:
    """Where a worker works: a database, without which sentences, and for which command (`errand`)."""

    database: Database
    leave_out: tuple[str, ...] = ()
    errand: str = field(default_factory=lambda: uuid4().hex)


def part_done(desk: Desk, task: Task, units: Sequence[Planned]) -> Rows:
    """Do a part in a worker's process; give the rows of each unit, None where it is not done."""
    rows: dict[str, int | None] = {}
    with translated(f"computing {task.analysis}"), _seated(desk) as worker:
        for outcome in worker.carry_out(task, units):
            rows[outcome.unit.key] = outcome.rows
    return [rows.get(unit.key) for unit in units]


@dataclass
class _Seat:
    """A worker that waits for the next part of its errand."""

    desk: Desk
    worker: Worker
    idle: threading.Timer | None = None


_seats: dict[int, _Seat] = {}
"""The worker of each thread of this process."""
_entering = threading.Lock()


@contextmanager
def _seated(desk: Desk) -> Iterator[Worker]:
    """Give this thread's worker; it is kept for the next part, unless anything went wrong or none comes."""
    thread = threading.get_ident()
    seat = _taken_up(thread, desk)
    try:
        with seat.worker.using():
            yield seat.worker
    except BaseException:
        seat.worker.close()
        raise
    seat.idle = threading.Timer(IDLE_S, _leave, [thread, seat])
    seat.idle.daemon = True
    with _entering:
        _seats[thread] = seat
    seat.idle.start()


def _taken_up(thread: int, desk: Desk) -> _Seat:
    with _entering:
        seat = _seats.pop(thread, None)
    if seat and seat.idle:
        seat.idle.cancel()
    if seat and seat.desk == desk:
        return seat
    if seat:
        seat.worker.close()
    return _Seat(desk, Worker.entering(desk.database, desk.leave_out))


def _leave(thread: int, seat: _Seat) -> None:
    """Close what has been idle, if nobody has taken it up meanwhile."""
    with _entering:
        is_idle = _seats.get(thread) is seat
        if is_idle:
            del _seats[thread]
    if is_idle:
        seat.worker.close()
