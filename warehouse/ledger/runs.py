"""The run ledger: what ran, with which code, parameters and inputs, and how it ended.

The ledger has a connection and transactions of its own: a run recorded in the work's transaction would vanish with it
when the work fails. A running run holds an advisory lock; one that stands as running without a lock is dead, and the
same command given again takes it up under its number.
"""

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from warehouse import logs
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.ledger import jobs
from warehouse.ledger.heartbeats import Heartbeat, beating
from warehouse.ledger.locks import RUNS, is_held
from warehouse.ledger.versions import code_version, environment, user
from warehouse.plugin.names import as_printed


@contextmanager
def hold_job(
    database: Database, job: str, parts: Sequence[str] = (), *, wait_s: float = 0.0, heartbeat: Heartbeat | None = None
) -> Iterator[tuple[Connection, bool]]:
    """Hold a job for the time of the block; gives the ledger's connection, and whether another had it before.

    Parameters
    ----------
    database : Database
        Where.
    job : str
        What is done.
    parts : sequence of str
        To what, see `jobs.holding`.
    wait_s : float
        How long to wait for another that does it [s].
    heartbeat : Heartbeat or None
        Of this process; None: it has none yet.

    Raises
    ------
    Busy
        If another process does it now.
    """
    with ExitStack() as stack:
        mine = heartbeat or stack.enter_context(beating(database))
        ledger = stack.enter_context(database.connect(autocommit=True))
        mine.join(ledger)
        yield ledger, stack.enter_context(jobs.holding(ledger, job, parts, wait_s))


@contextmanager
def record_run(
    database: Database, job: str, parameters: Mapping[str, Any], code: str, *, seed: int | None = None, **how: Any
) -> Iterator[int]:
    """Hold a job and record its run around the work of the block; gives its number. `how` is that of `held`.

    Raises
    ------
    Busy
        If another process runs the same job now.
    """
    with hold_job(database, job, **how) as (ledger, _), record(ledger, job, parameters, code, seed=seed) as run_id:
        yield run_id


@contextmanager
def record(
    ledger: Connection, job: str, parameters: Mapping[str, Any], code: str, *, seed: int | None = None
) -> Iterator[int]:
    """Record a run of a job that is held around the work of the block; gives its number.

    An unfinished run of the same job, parameters and code is taken up again. The block's exception, if any, is
    written to the ledger and goes on.
    """
    bury_the_dead(ledger)
    with jobs.opening(ledger, job):
        run_id = unfinished_run(ledger, job, parameters, code) or _open(ledger, job, parameters, code, seed)
        ledger.execute("SELECT pg_advisory_lock(%s, %s)", [RUNS, run_id])
        ledger.execute(_TAKE_UP, [socket.gethostname(), os.getpid(), run_id])
    with logs.span("run", run_id=run_id, job=job):
        try:
            yield run_id
        except BaseException as error:
            stopped = isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit)
            with suppress(psycopg.Error):  # the server itself may be gone; then the run is found dead later
                _close(ledger, run_id, "interrupted" if stopped else "failed", str(error) or type(error).__name__)
            raise
        with ledger.transaction():
            seal(ledger, [run_id])
            ledger.execute(_SUPERSEDE, {"run_id": run_id})
            _close(ledger, run_id, "done", None)


def hold(connection: Connection, run_id: int) -> None:
    """Make sure that this process holds the run, and that none takes it over before the transaction ends.

    The lock may be lost while the work goes on, as it is the ledger's connection's. Who takes the run over writes its
    row, and waits for who has written a unit meanwhile.

    Raises
    ------
    psycopg.OperationalError
        If it does not: the ledger's connection was lost, as if this one were.
    """
    if connection.execute(_HOLD, [run_id, socket.gethostname(), os.getpid()]).fetchone() is None:
        raise psycopg.OperationalError("this process no longer holds the run")


def expect(connection: Connection, run_id: int, unit_count: int | None) -> None:
    """Write how many units the run is to do in all, None where that is not known; `mart.run` has how many are done."""
    connection.execute("UPDATE ops.run SET unit_count = %s WHERE run_id = %s", [unit_count, run_id])


def expect_more(connection: Connection, run_id: int, unit_count: int) -> None:
    """Write that the run has so many units to do besides those that it has done."""
    (done,) = connection.execute("SELECT count(*) FROM ops.unit WHERE run_id = %s", [run_id]).fetchone() or (0,)
    expect(connection, run_id, done + unit_count)


def rehearse_run(connection: Connection, job: str) -> int:
    """Open and hold a run in a transaction that will be rolled back; gives its number."""
    run_id = _open(connection, job, {}, code_version(), None)
    connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", [RUNS, run_id])
    connection.execute(_TAKE_UP, [socket.gethostname(), os.getpid(), run_id])
    return run_id


def unfinished_run(connection: Connection, job: str, parameters: Mapping[str, Any], code: str) -> int | None:
    """Give the run of the same job, parameters and code that was begun and not ended, if its process is gone."""
    row = connection.execute(_UNFINISHED, [job, Jsonb(parameters), code]).fetchone()
    return int(row[0]) if row else None


def record_inputs(connection: Connection, run_id: int, inputs: Mapping[str, str]) -> None:
    """Write what a run reads: name to digest; what has changed since an earlier attempt is written anew."""
    with connection.cursor() as cursor:
        cursor.executemany(_INPUT, [(run_id, name, digest) for name, digest in inputs.items()])


def record_rejection(connection: Connection, run_id: int, key: str, place: str, reason: str, text: str) -> None:
    """Write down what was not loaded, and why; the same rejection is written once a run."""
    told = {"place": as_printed(place), "reason": as_printed(reason), "text": as_printed(text[:500])}
    connection.execute(_REJECTION, {"run": run_id, "key": key, **told})


def seal(connection: Connection, run_ids: Sequence[int]) -> None:
    """Write the fingerprint of all that some runs read, which is that of their units."""
    connection.execute(_SEAL, [list(run_ids)])


def bury_the_dead(ledger: Connection) -> None:
    """Mark as interrupted the runs that stand as running while no process holds their lock."""
    ledger.execute(_BURY)


def _open(ledger: Connection, job: str, parameters: Mapping[str, Any], code: str, seed: int | None) -> int:
    who = (socket.gethostname(), os.getpid(), user())
    row = ledger.execute(_OPEN, [job, Jsonb(parameters), code, seed, Jsonb(environment()), *who]).fetchone()
    return int(row[0]) if row else 0


def _close(ledger: Connection, run_id: int, status: str, error: str | None) -> None:
    """Write how a run ended; its lock goes after that is seen."""
    ledger.execute(_CLOSE, [status, error, run_id])


IS_LED = is_held(RUNS, "run.run_id")
"""Whether the process of a row of `ops.run` lives."""
_IS_DEAD = f"run_status = 'running' AND NOT {IS_LED}"
_HOLD = f"""
SELECT 1 FROM ops.run
WHERE run_id = %s AND run_status = 'running' AND host = %s AND process_id = %s AND {IS_LED}
FOR SHARE OF run
"""
_UNFINISHED = f"""
SELECT run_id FROM ops.run
WHERE job = %s AND parameters = %s AND code_version = %s AND (run_status IN ('failed', 'interrupted') OR {_IS_DEAD})
ORDER BY run_id DESC LIMIT 1
"""
_OPEN = """
INSERT INTO ops.run (job, parameters, code_version, seed, environment, host, process_id, started_by, run_status)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'interrupted')
RETURNING run_id
"""
_TAKE_UP = """
UPDATE ops.run
SET
    run_status = 'running', host = %s, process_id = %s, error = NULL, finished_at = NULL,
    taken_up_at = clock_timestamp(),
    attempt = attempt + (finished_at IS NOT NULL)::integer
WHERE run_id = %s
"""
_CLOSE = "UPDATE ops.run SET run_status = %s, finished_at = clock_timestamp(), error = %s WHERE run_id = %s"
_BURY = f"""
UPDATE ops.run
SET
    run_status = 'interrupted', error = 'The process ended without a word.',
    finished_at = GREATEST(taken_up_at, (SELECT max(finished_at) FROM ops.unit WHERE unit.run_id = run.run_id))
WHERE {_IS_DEAD}
"""
_INPUT = """
INSERT INTO ops.run_input (run_id, input_name, digest) VALUES (%s, %s, %s)
ON CONFLICT (run_id, input_name) DO UPDATE SET digest = excluded.digest
"""
_REJECTION = """
INSERT INTO ops.rejection (run_id, unit_key, place, reason, offending_text)
SELECT %(run)s, %(key)s, %(place)s, %(reason)s, %(text)s
WHERE NOT EXISTS (
    SELECT 1 FROM ops.rejection WHERE run_id = %(run)s AND place = %(place)s AND reason = %(reason)s
)
"""
_SEAL = """
UPDATE ops.run
SET input_fingerprint = (
    SELECT encode(sha256(convert_to(string_agg(fingerprint, ',' ORDER BY unit_key, fingerprint), 'UTF8')), 'hex')
    FROM ops.unit WHERE unit.run_id = run.run_id
)
WHERE run_id = ANY (%s)
"""
_SUPERSEDE = """
UPDATE ops.unit AS older
SET unit_state = 'superseded'
FROM ops.run AS older_run, ops.unit AS newer, ops.run AS newer_run
WHERE
    older_run.run_id = older.run_id AND newer_run.run_id = newer.run_id AND older_run.job = newer_run.job
    AND older.unit_key = newer.unit_key AND older.unit_id < newer.unit_id
    AND older.unit_state = 'done' AND newer.unit_state = 'done'
    AND (newer.run_id = %(run_id)s OR older.run_id = %(run_id)s AND newer_run.run_status = 'done')
"""
