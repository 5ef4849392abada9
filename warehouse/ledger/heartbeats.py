"""Signs of life: a process that works gives one every ten seconds, by the server's clock, as long as it runs at all.

Advisory locks tell whether a session lives, not whether anyone is behind it: a stopped process and a machine that hangs
keep theirs. What a process holds stands and falls with its sessions, so whoever needs what a silent one holds has the
server end them all first. Should the process go on one day, it has no connection to write with.
"""

import os
import secrets
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import errors as pg

from warehouse import logs
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import Busy
from warehouse.ledger.locks import OF_HERE, RUNS, WORKERS, holders

BEAT_S = 10.0
"""How often a process gives a sign of life [s]."""
SILENT_S = 60.0
"""After how long without one its work is taken over [s]; `fn.end_silent_worker` says the same."""


@dataclass(frozen=True)
class Holder:
    """A process that holds what another needs; what is not known of it is None."""

    run_id: int | None
    job: str | None
    host: str | None
    process_id: int | None
    since: datetime | None
    worker: int | None
    silent_s: float | None

    @property
    def is_silent(self) -> bool:
        """Tell whether it has given no sign of life for so long that its work is taken over."""
        return self.silent_s is not None and self.silent_s > SILENT_S

    def __str__(self) -> str:
        place = f"host {self.host}, process {self.process_id}" if self.host else "another process"
        return f"{place} (run {self.run_id}, `{self.job}`)" if self.run_id else place


class Heartbeat:
    """Gives signs of life over a connection of its own until it is stopped.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database, self._is_over = database, threading.Event()
        self._connection = database.connect(autocommit=True)
        try:
            self.number = self._enrolled()
        except BaseException:  # who may not enrol leaves no session behind
            self._connection.close()
            raise
        self._thread = threading.Thread(target=self._go_on, name="heartbeat", daemon=True)
        self._thread.start()

    def join(self, connection: Connection) -> None:
        """Let a session be known as this process's own: when the process is silent, it is ended with the others."""
        connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", [WORKERS, self.number])
        if not connection.autocommit:
            connection.commit()  # the lock is the session's

    def stop(self) -> None:
        """Give no sign of life any more, and leave nothing behind."""
        self._is_over.set()
        self._thread.join()
        with suppress(psycopg.Error):
            self._connection.execute("DELETE FROM ops.worker WHERE worker = %s", [self.number])
            self._connection.execute(_SWEEP)  # of processes that were started here, and killed
        self._connection.close()

    def _enrolled(self) -> int:
        """Draw a number that no process has, hold it, and take away those that nobody holds any more."""
        me = [socket.gethostname(), os.getpid()]
        while True:
            self.number = secrets.randbelow(2**31 - 1) + 1
            self.join(self._connection)
            if self._connection.execute(_ENROL, [self.number, *me]).rowcount:
                self._connection.execute(_SWEEP)
                return self.number

    def _go_on(self) -> None:
        while not self._is_over.wait(BEAT_S):
            with suppress(psycopg.Error, Exception):
                self._beat()

    def _beat(self) -> None:
        """Give one; over another connection where that was lost, since the process may live on without it."""
        if self._connection.closed:
            self._connection = self._database.connect(autocommit=True)
            self.join(self._connection)
        self._connection.execute(_BEAT, [self.number])


@contextmanager
def beating(database: Database) -> Iterator[Heartbeat]:
    """Give signs of life for the time of the block."""
    heartbeat = Heartbeat(database)
    try:
        yield heartbeat
    finally:
        heartbeat.stop()


def holder(connection: Connection, lock: str, keys: list[int]) -> Holder | None:
    """Give another session's process that holds a lock; `lock` is a condition on `held`, a row of pg_locks."""
    row = connection.execute(_HOLDER.format(lock), {"keys": keys}).fetchone()
    return Holder(*row) if row else None


def lease_holders(connection: Connection, run_id: int, children: Sequence[int] = ()) -> list[Holder]:
    """Give the living processes that have units of a run in hand, and those of this machine with these numbers.

    A silent process that was stopped in the middle of a transaction on leases counts too: what it was about to take, or
    to give back, nobody else can.
    """
    given = [socket.gethostname(), list(children), run_id]
    return [Holder(*row) for row in connection.execute(_OF_LEASES, given).fetchall()]


def end(connection: Connection, silent: Holder) -> None:
    """Have the server end all sessions of a silent process, and with them all that it holds.

    Raises
    ------
    Busy
        If they belong to a role whose sessions this one may not end.
    """
    logs.remark(
        f"Waiting for {silent}, {silent.silent_s:.0f} s without a sign of life: its sessions are ended, and its work "
        "is taken over.",
        name="taken_over", host=silent.host, process_id=silent.process_id, silent_s=silent.silent_s,
    )  # fmt: skip
    for statement in (_END, "SELECT fn.end_silent_worker(%s)"):
        with suppress(pg.InsufficientPrivilege), connection.transaction():
            connection.execute(statement, [silent.worker])
            return
    raise Busy(
        f"In the way is {silent}, which has given no sign of life for {silent.silent_s:.0f} s, and this role may not "
        "end its sessions: ask an administrator of the server to (pg_terminate_backend), or end the process there."
    )


_ENROL = "INSERT INTO ops.worker (worker, host, process_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_BEAT = "UPDATE ops.worker SET heartbeat_at = clock_timestamp() WHERE worker = %s"
_SWEEP = f"DELETE FROM ops.worker WHERE worker NOT IN ({holders(WORKERS)})"
_SILENCE = "EXTRACT(EPOCH FROM clock_timestamp() - worker.heartbeat_at)::double precision"
_END = f"""
WITH silent AS MATERIALIZED (
    SELECT DISTINCT pid FROM pg_locks
    WHERE
        {OF_HERE} AND classid = {WORKERS}::oid AND objid = %s::oid AND objsubid = 2
        AND pid <> pg_backend_pid()
)
SELECT pg_terminate_backend(pid, 5000) FROM silent
"""
# a process is known by the lock of its number, which each of its sessions holds
_HOLDER = f"""
SELECT
    run.run_id, run.job, COALESCE(worker.host, run.host), COALESCE(worker.process_id, run.process_id),
    run.taken_up_at AT TIME ZONE 'UTC', worker.worker, {_SILENCE}
FROM (SELECT * FROM pg_locks WHERE {OF_HERE} AND pid <> pg_backend_pid()) AS held
LEFT JOIN pg_locks AS enrolled
    ON enrolled.pid = held.pid AND enrolled.locktype = 'advisory' AND enrolled.granted
    AND enrolled.classid = {WORKERS}::oid AND enrolled.objsubid = 2
LEFT JOIN ops.worker ON worker.worker = enrolled.objid::bigint
LEFT JOIN pg_locks AS led
    ON led.pid = held.pid AND led.locktype = 'advisory' AND led.granted
    AND led.classid = {RUNS}::oid AND led.objsubid = 2
LEFT JOIN ops.run
    ON run.run_status = 'running'
    AND (
        run.run_id = led.objid::bigint
        OR led.objid IS NULL AND run.host = worker.host AND run.process_id = worker.process_id
    )
WHERE {{}}
ORDER BY worker.heartbeat_at NULLS LAST, run.run_id DESC
LIMIT 1
"""
_OF_LEASES = f"""
SELECT NULL::integer, NULL::text, worker.host, worker.process_id, NULL::timestamp, worker.worker, {_SILENCE}
FROM ops.worker
WHERE
    worker.worker IN ({holders(WORKERS)})
    AND (
        worker.host = %s AND worker.process_id = ANY (%s::integer[])
        OR worker.worker IN (SELECT lease.worker FROM ops.lease WHERE lease.run_id = %s)
        OR {_SILENCE} > {SILENT_S} AND worker.worker IN (
            SELECT enrolled.objid::bigint
            FROM pg_locks AS held
            JOIN pg_locks AS enrolled USING (pid)
            WHERE
                held.relation = 'ops.lease'::regclass AND held.mode = 'RowExclusiveLock'
                AND enrolled.locktype = 'advisory' AND enrolled.classid = {WORKERS}::oid AND enrolled.objsubid = 2
        )
    )
"""
