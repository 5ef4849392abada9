"""A worker: takes pieces of a run in hand, pulls their slices, computes them and writes what it found of each unit.

It is the same in the process that leads a run, in a process beside it and on another machine.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from warehouse.compute import results
from warehouse.compute.plan import Planned, pieces_of
from warehouse.compute.workers.prefetching import Piece, in_turn
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.ledger.heartbeats import Heartbeat, Holder
from warehouse.ledger.leases import LeaseLost, Leases, end_silent, has_leader
from warehouse.ledger.sessions import release, use
from warehouse.plugin.registry import Found, analysis_named
from warehouse.slices import Slices

AT_ONCE = 16
"""Units taken in hand at once, in whole pieces, and written at once: each question to the server takes its time."""
TOGETHER_S = 0.5
"""How long pieces are computed that are written together; after that each is written when it is there [s]."""


@dataclass(frozen=True)
class Task:
    """What is to be done to units: the run they belong to, the analysis by name, all its parameters.

    `pace` is how long a unit took in earlier runs [s]; None where there was none.
    """

    run_id: int
    analysis: str
    parameters: Mapping[str, Any]
    pace: float | None = None


@dataclass(frozen=True)
class Outcome:
    """How a unit ended: the rows written (0 where the run had it already); None where another has it in hand."""

    unit: Planned
    rows: int | None


class Worker:
    """Does units over two connections: one reads, one writes and holds the leases; a third says that it lives.

    Parameters
    ----------
    slices : Slices
        What it reads with.
    writing : psycopg.Connection
        What it writes with; nobody else's.
    heartbeat : Heartbeat
        Of the process that it works in.
    """

    def __init__(self, slices: Slices, writing: Connection, heartbeat: Heartbeat) -> None:
        self._slices, self._leases, self._heartbeat = slices, Leases(writing, heartbeat), heartbeat
        self._in_hand: set[str] = set()
        self._is_led = True

    @classmethod
    def entering(cls, database: Database, leave_out: Sequence[str]) -> "Worker":
        """Make one with connections of its own."""
        heartbeat, reading = Heartbeat(database), database.connect(autocommit=True, read_only=True)
        heartbeat.join(reading)
        return cls(Slices(reading, leave_out), database.connect(), heartbeat)

    @contextmanager
    def using(self) -> Iterator[None]:
        """Keep what is read from being forgotten for the time of the block, whatever becomes of who leads the run."""
        reading = self._slices.reading.connection
        use(reading)
        yield
        release(reading)

    def others(self, run_id: int, children: Sequence[int] = ()) -> tuple[list[Holder], list[Holder]]:
        """Give the other processes that have units of a run in hand: those that were silent and are ended, the rest."""
        with self._leases.transaction() as connection:
            return end_silent(connection, run_id, self._leases.worker, children)

    def sees_leader(self, run_id: int) -> bool:
        """Tell whether a process holds the run."""
        with self._leases.transaction() as connection:
            return has_leader(connection, run_id)

    def close(self) -> None:
        """Close its connections, and with them give up all that it holds."""
        self._heartbeat.stop()
        self._slices.reading.connection.close()
        self._leases.connection.close()

    def carry_out(self, task: Task, units: Iterable[Planned]) -> Iterator[Outcome]:
        """Do units, piece by piece; what is computed is written in a thread while the next is computed.

        What it took and did not do it gives back, however it ends. When nobody leads the run any more it ends after
        the piece in hand.
        """
        analysis, elsewhere = analysis_named(task.analysis), list[Outcome]()
        self._is_led = True
        try:
            with ThreadPoolExecutor(1, thread_name_prefix="writing") as pool:
                waiting: Future[list[Outcome]] | None = None
                pieces = self._taken(task, pieces_of(analysis, units), elsewhere)
                for done, found in _together(in_turn(self._slices, analysis, pieces, task.parameters)):
                    if waiting:
                        yield from waiting.result()
                    waiting = pool.submit(self._write, task, done, found)
                    while elsewhere:
                        yield elsewhere.pop()
                if waiting:
                    yield from waiting.result()
            yield from elsewhere
        finally:
            with suppress(psycopg.Error):  # a lost connection has given all back
                self._leases.give_back(task.run_id, self._in_hand)
            self._in_hand.clear()

    def _taken(self, task: Task, pieces: Sequence[Piece], elsewhere: list[Outcome]) -> Iterator[Piece]:
        """Take pieces some at a time; units that are done, or in another's hand, go to `elsewhere`."""
        waiting = divided(pieces, AT_ONCE)
        while self._is_led and (batch := next(waiting, None)):
            units = [unit for piece in batch for unit in piece]
            taken, done = self._leases.take(task.run_id, {unit.key: unit.fingerprint for unit in units})
            self._in_hand |= taken
            elsewhere += [Outcome(unit, 0 if unit.key in done else None) for unit in units if unit.key not in taken]
            for piece in batch:
                if self._is_led and (mine := [unit for unit in piece if unit.key in taken]):
                    yield mine

    def _write(self, task: Task, units: Piece, found: Sequence[Found]) -> list[Outcome]:
        counts: Mapping[str, int] = {}
        with suppress(LeaseLost):
            counts, self._is_led = results.write(self._leases, task.run_id, analysis_named(task.analysis), units, found)
        self._in_hand.difference_update(unit.key for unit in units)
        return [Outcome(unit, counts.get(unit.key)) for unit in units]


def _together(computed: Iterable[tuple[Piece, Sequence[Found]]]) -> Iterator[tuple[list[Planned], list[Found]]]:
    """Put pieces together that one transaction writes: a transaction takes as long as it takes to compute a small one.

    Where one cannot be computed, those before it are given first.
    """
    units, found, began = list[Planned](), list[Found](), time.monotonic()
    try:
        for piece, of_piece in computed:
            units += piece
            found += of_piece
            if len(units) >= AT_ONCE or time.monotonic() - began >= TOGETHER_S:
                yield units, found
                units, found, began = [], [], time.monotonic()
    except Exception:
        if units:
            yield units, found
        raise
    if units:
        yield units, found


def divided(pieces: Sequence[Piece], at_most: int) -> Iterator[list[Piece]]:
    """Divide pieces into batches of at most so many units, of one piece at least."""
    batch: list[Piece] = []
    for piece in pieces:
        if batch and sum(map(len, batch)) + len(piece) > at_most:
            yield batch
            batch = []
        batch.append(piece)
    if batch:
        yield batch
