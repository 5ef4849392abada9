"""Leases: which process has which unit of a run in hand, so that none is done twice and dead work is seen.

A process that does units holds an advisory lock of a number of its own for as long as its session lasts, and writes
that number beside each unit that it takes. It writes a unit over the same connection, in the transaction that gives the
lease back: a process that has lost its lock has lost its connection, and with it the means to write.
"""

import os
import secrets
import socket
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors as pg

from warehouse.database.types import Connection
from warehouse.ledger import heartbeats, unit_records
from warehouse.ledger.heartbeats import Heartbeat, Holder
from warehouse.ledger.locks import LEASES, RUNS, holders, is_held

PATIENCE = "5s"
"""How long it is waited for who takes or writes the same units before it is looked whether that process lives."""


class LeaseLost(Exception):
    """Another process has the unit in hand now, or has done it: what was computed here is not written."""


@dataclass(frozen=True)
class Settled:
    """Leases that were given back with their units: how often each was begun, and whether anyone leads the run."""

    attempts: Mapping[str, int]
    is_led: bool


class Leases:
    """Takes units in hand for one session; two threads may share it.

    Parameters
    ----------
    connection : psycopg.Connection
        Of its own, for as long as it works; what is written to tables of results goes through it.
    heartbeat : Heartbeat or None
        Of the process: others take over what it has in hand when it gives no sign of life. None: they wait.
    """

    def __init__(self, connection: Connection, heartbeat: Heartbeat | None = None) -> None:
        self.connection = connection
        self.worker = _hold(connection, heartbeat.number if heartbeat else None)
        if heartbeat:
            heartbeat.join(connection)
        connection.commit()
        self._one_at_a_time = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Make a transaction of one thread; the other waits."""
        with self._one_at_a_time, unit_records.whole(self.connection):
            yield self.connection

    def take(self, run_id: int, fingerprints: Mapping[str, str]) -> tuple[set[str], set[str]]:
        """Take units that nobody alive has in hand; nothing is taken of a run that nobody leads.

        Parameters
        ----------
        run_id : int
            The run.
        fingerprints : mapping of str to str
            The units by key, and what each would be recorded with.

        Returns
        -------
        taken, done : set of str
            The units that are in hand now, and those that the run has done already. The rest others have in hand.
        """
        while True:
            try:
                return self._taken(run_id, fingerprints)
            except pg.LockNotAvailable:  # another takes or writes the same units, or was stopped in the middle of it
                with self.transaction() as connection:
                    end_silent(connection, run_id, self.worker)

    def give_back(self, run_id: int, keys: Collection[str]) -> None:
        """Give units back that are not done."""
        with self.transaction():
            self._drop(run_id, keys)

    @contextmanager
    def settling(self, run_id: int, keys: Collection[str]) -> Iterator[Settled]:
        """Make the transaction that writes units: their leases are given back with them.

        What is not among the attempts is this session's own no more, and may not be written.

        Raises
        ------
        LeaseLost
            If no lease is this session's own any more; nothing may be written.
        """
        with self.transaction() as connection:
            rows = connection.execute(_SETTLE, [run_id, list(keys), self.worker, run_id]).fetchall()
            if not rows:
                raise LeaseLost(", ".join(keys))
            yield Settled({key: attempt for key, attempt, _ in rows}, rows[0][2])

    def _taken(self, run_id: int, fingerprints: Mapping[str, str]) -> tuple[set[str], set[str]]:
        keys = list(fingerprints)
        with self.transaction() as connection:
            if not _has_leader_now(connection, run_id):
                return set(), set()
            me = [run_id, self.worker, socket.gethostname(), os.getpid()]
            taken = _keys(connection.execute(_TAKE, [*me, keys]))
            if rest := [key for key in keys if key not in taken]:
                taken |= self._take_over(me, rest)
            prints = [fingerprints[key] for key in keys]
            done = _keys(connection.execute(_DONE, [keys, prints, run_id]))
            self._drop(run_id, done & taken)
        return taken - done, done

    def _take_over(self, me: list[Any], keys: list[str]) -> set[str]:
        """Take what dead workers have; the rows are locked before it is asked who lives, so that none changes hands.

        Those that live, but give no sign of life, are ended first.
        """
        end_silent(self.connection, me[0], self.worker)
        held = self.connection.execute(_HELD, [me[0], keys]).fetchall()
        living = {number for (number,) in self.connection.execute(_LIVING).fetchall()} - {self.worker}
        dead = [key for key, worker in held if worker not in living]
        return _keys(self.connection.execute(_TAKE_OVER, [*me[1:], me[0], dead])) if dead else set()

    def _drop(self, run_id: int, keys: Collection[str]) -> None:
        if keys:
            self.connection.execute(_DROP, [run_id, list(keys), self.worker])


def has_leader(connection: Connection, run_id: int) -> bool:
    """Tell whether a process holds the run: without one, its workers stop."""
    row = connection.execute(f"SELECT {_IS_LED}", [run_id]).fetchone()
    return bool(row and row[0])


def _has_leader_now(connection: Connection, run_id: int) -> bool:
    """Tell the same, and let the transaction wait for others only so long before it is looked whether they live."""
    row = connection.execute(f"SELECT {_IS_LED}, set_config('lock_timeout', %s, true)", [run_id, PATIENCE]).fetchone()
    return bool(row and row[0])


def end_silent(
    connection: Connection, run_id: int, myself: int, children: Sequence[int] = ()
) -> tuple[list[Holder], list[Holder]]:
    """End the processes that have units of a run in hand and give no sign of life; give these, and the others.

    Processes of one's own, `children`, count though they have none in hand: they were given some. What a stopped
    process was about to write is undone with its session.
    """
    others = [other for other in heartbeats.lease_holders(connection, run_id, children) if other.worker != myself]
    silent = [other for other in others if other.is_silent]
    for other in silent:
        heartbeats.end(connection, other)
    return silent, [other for other in others if not other.is_silent]


def sweep(connection: Connection, job: str) -> None:
    """Take away the leases of dead workers on runs of a job that has been done."""
    connection.execute(_SWEEP, [job])


def _hold(connection: Connection, wanted: int | None) -> int:
    """Hold a process's number, or draw one that no session holds."""
    while True:
        number = wanted or secrets.randbelow(2**31 - 1) + 1
        row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", [LEASES, number]).fetchone()
        if row and row[0]:
            return number


def _keys(cursor: psycopg.Cursor[Any]) -> set[str]:
    return {key for (key,) in cursor.fetchall()}


_LIVING = holders(LEASES)
_IS_LED = is_held(RUNS, "%s")
# in the order of keys, so that two who take the same units wait for each other and do not lock each other out
_TAKE = """
INSERT INTO ops.lease (run_id, unit_key, worker, host, process_id)
SELECT %s, unit_key, %s, %s, %s FROM unnest(%s::text[]) AS unit_key ORDER BY unit_key
ON CONFLICT (run_id, unit_key) DO NOTHING
RETURNING unit_key
"""
_HELD = """
SELECT unit_key, worker FROM ops.lease
WHERE run_id = %s AND unit_key = ANY (%s)
ORDER BY unit_key
FOR UPDATE SKIP LOCKED
"""
_TAKE_OVER = """
UPDATE ops.lease
SET worker = %s, host = %s, process_id = %s, attempt = attempt + 1, taken_at = clock_timestamp()
WHERE run_id = %s AND unit_key = ANY (%s)
RETURNING unit_key
"""
_DONE = """
SELECT unit_key FROM ops.unit
JOIN unnest(%s::text[], %s::text[]) AS wanted (unit_key, fingerprint) USING (unit_key, fingerprint)
WHERE run_id = %s AND unit_state = 'done'
"""
_SETTLE = f"""
DELETE FROM ops.lease WHERE run_id = %s AND unit_key = ANY (%s) AND worker = %s
RETURNING unit_key, attempt, {_IS_LED}
"""
_DROP = "DELETE FROM ops.lease WHERE run_id = %s AND unit_key = ANY (%s) AND worker = %s"
_SWEEP = f"""
DELETE FROM ops.lease
WHERE run_id IN (SELECT run_id FROM ops.run WHERE job = %s) AND worker NOT IN ({_LIVING})
"""
