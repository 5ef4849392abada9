"""Leads a run: hands its units out, counts what is done, and hands out again what a dead worker left.

Who leads holds the run's lock; workers take their units themselves (`leases`). A unit that another has in hand, such as
a worker that has outlived who led the run before, is waited for.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from itertools import islice

from warehouse.compute.plan import Planned, pieces_of
from warehouse.compute.workers.batches import RowCounts, WorkerContext, compute_batch
from warehouse.compute.workers.pool import WorkerPool
from warehouse.compute.workers.prefetching import Piece
from warehouse.compute.workers.worker import AT_ONCE, Outcome, Task, Worker, divided
from warehouse.errors import DatabaseUnavailable, WarehouseError, WorkersLost
from warehouse.ledger.waiting import TELL_S, tell
from warehouse.plugin.registry import analysis_named

LOST: tuple[type[BaseException], ...] = (DatabaseUnavailable, CancelledError)
"""What a batch ends with whose worker lost the database, or whose scheduler is gone."""
FRUITLESS = 3
"""Rounds in which workers may die while no unit gets done; then something is wrong with the work."""
LOOK_S, PAUSE_S = 2.0, 0.25
"""How often workers are looked after, and how long it is waited for units that others have in hand [s]."""
PART_S = 1.0
"""The least that is handed out at once [s]: each part costs a worker some questions to the server before it begins."""
AHEAD = 2
"""Parts handed out for each worker: the one that it does, and one that it begins at once after that."""


class Coordinator:
    """Leads runs, each of one analysis.

    Parameters
    ----------
    context : WorkerContext
        Where the workers work.
    worker_pool : WorkerPool
        Who they are.
    myself : Worker
        The worker in this process, for what is not worth handing out.
    """

    def __init__(self, context: WorkerContext, worker_pool: WorkerPool, myself: Worker) -> None:
        self._context, self._pool, self._myself = context, worker_pool, myself
        self._losses = list[BaseException]()
        self._looked_at = self._waiting_since = self._tell_at = 0.0

    @property
    def has_others(self) -> bool:
        """Whether there are workers elsewhere that units may be handed out to."""
        return type(self._pool) is not WorkerPool

    def carry_out(self, task: Task, units: Sequence[Planned]) -> Iterator[Outcome]:
        """Do all units; each is yielded when it is done, with the rows written.

        Raises
        ------
        WorkersLost
            If workers die again and again and nothing gets done.
        DatabaseUnavailable
            If the connection that holds the run is lost.
        WarehouseError
            What a worker raises; what is not begun then is dropped.
        """
        waiting, fruitless = list(units), 0
        while waiting:
            self._losses, left = [], list[Planned]()
            for outcome in self._round(task, waiting):
                if outcome.rows is None:
                    left.append(outcome.unit)
                else:
                    yield outcome
            fruitless = fruitless + 1 if self._losses and len(left) == len(waiting) else 0
            waiting = left
            if waiting:
                self._before_another_round(task, fruitless)

    def _before_another_round(self, task: Task, fruitless: int) -> None:
        """Replace the dead, and give those who have the rest in hand time to do it."""
        if fruitless == FRUITLESS:
            last = self._losses[-1]
            raise last if isinstance(last, WarehouseError) else _dying(task, fruitless)
        if not self._myself.sees_leader(task.run_id):
            raise DatabaseUnavailable(
                f"The connection that holds run {task.run_id} was lost; what was done is kept: give the same command "
                "again."
            )
        if self._losses:
            self._pool.replace_dead()
        else:
            self._tell_who_is_waited_for(task)
        time.sleep(PAUSE_S)

    def _tell_who_is_waited_for(self, task: Task) -> None:
        """Say now and then who has the units in hand that are left."""
        now = time.monotonic()
        if now - self._looked_at > 2 * LOOK_S:  # nobody was waited for the last time
            self._waiting_since, self._tell_at = now, now + TELL_S / 3
        self._looked_at = now
        if now >= self._tell_at:
            self._tell_at = now + TELL_S
            for other in self._myself.others(task.run_id)[1]:
                tell(other, now - self._waiting_since)

    def _round(self, task: Task, units: Sequence[Planned]) -> Iterator[Outcome]:
        """Do units as far as they can be done now."""
        pieces = pieces_of(analysis_named(task.analysis), units)
        estimate_s = None if task.pace is None else task.pace * len(units)
        executor = self._pool.executor(len(units) if len(pieces) > 1 else 1, estimate_s)
        return self._handed_out(executor, task, pieces) if executor else self._myself.carry_out(task, units)

    def _handed_out(self, executor: Executor, task: Task, pieces: Sequence[Piece]) -> Iterator[Outcome]:
        batches, at_once = _batches(pieces, self._pool.size, task.pace), AHEAD * self._pool.size
        waiting: dict[Future[RowCounts], list[Planned]] = {}
        try:
            while True:
                for batch in islice(batches, at_once - len(waiting)):
                    waiting[_submitted(executor, self._context, task, batch)] = batch
                if not waiting:
                    return
                ended, _ = wait(waiting, LOOK_S, FIRST_COMPLETED)
                for future in ended:
                    yield from map(Outcome, batch := waiting.pop(future), self._rows(future, batch))
                if not ended:
                    self._pool.look_after()
                    for silent in self._myself.others(task.run_id, self._pool.children())[0]:
                        self._pool.give_up(silent)
        finally:
            for future in waiting:
                future.cancel()

    def _rows(self, future: Future[RowCounts], batch: Sequence[Planned]) -> RowCounts:
        """Give the rows of a part; of one whose worker died, or lost its connection, none is known to be done."""
        try:
            return future.result()
        except (*self._pool.deaths, *LOST) as loss:
            self._pool.look_after()
            self._losses.append(loss)
            return [None] * len(batch)


def _dying(task: Task, times: int) -> WorkersLost:
    return WorkersLost(
        f"Workers died {times} times while they computed {task.analysis}, and nothing got done",
        "see whether they are killed for lack of memory, take fewer of them or larger machines",
    )


def _batches(pieces: Sequence[Piece], workers: int, pace: float | None) -> Iterator[list[Planned]]:
    """Divide pieces among workers, cutting none: large parts first, small ones last, so that all end together.

    No part is of less than a second's work, where that is known.
    """
    at_least, done = round(PART_S / pace) if pace else 0, 0
    while done < len(pieces):
        size = max(1, (len(pieces) - done) // (4 * workers), at_least // len(pieces[done]))
        part = next(divided(pieces[done : done + size], max(AT_ONCE, at_least)))
        yield [unit for piece in part for unit in piece]
        done += len(part)


def _submitted(executor: Executor, context: WorkerContext, task: Task, batch: list[Planned]) -> "Future[RowCounts]":
    try:
        return executor.submit(compute_batch, context, task, batch)
    except BrokenExecutor as loss:
        future: Future[RowCounts] = Future()
        future.set_exception(loss)
        return future
