"""Locks of jobs: the same work is done once at a time, and what has nothing to do with each other goes side by side.

A job on part of the data (a corpus, the attention of a model) holds its name shared and each part alone; a job on all
holds its name alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import psycopg

from warehouse.database.types import Connection
from warehouse.ledger import heartbeats, waiting
from warehouse.ledger.heartbeats import Holder
from warehouse.ledger.locks import JOBS


@contextmanager
def holding(ledger: Connection, job: str, parts: Sequence[str] = (), wait_s: float = 0.0) -> Iterator[bool]:
    """Hold a job for the time of the block; gives whether another had it before.

    Parameters
    ----------
    ledger : psycopg.Connection
        In autocommit, of its own: all its locks go at the end, since the server sees a little later that a connection
        has gone.
    job : str
        What is done.
    parts : sequence of str
        To what; nothing: to everything that it can be done to.
    wait_s : float
        How long to wait for another that does it [s].

    Raises
    ------
    Busy
        If another process does the same at this moment, and goes on for as long.
    """
    keys = [f"{job} {part}" for part in sorted(set(parts))]
    try:
        yield waiting.until(
            lambda: _take(ledger, job, keys), lambda: _holder(ledger, [job, *keys]), lambda who: _refusal(job, who),
            ledger, wait_s,
        )  # fmt: skip
    finally:
        with suppress(psycopg.Error):
            ledger.execute("SELECT pg_advisory_unlock_all()")


@contextmanager
def opening(ledger: Connection, job: str) -> Iterator[None]:
    """Let nobody else find or open a run of the job in the block, which is a transaction.

    The server ends it for a process that was stopped in it, since others wait for the lock.
    """
    with ledger.transaction():
        ledger.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{heartbeats.SILENT_S}s'")
        ledger.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [JOBS, f"{job} opens"])
        yield


def _take(ledger: Connection, job: str, keys: Sequence[str]) -> bool:
    """Take all of the locks or none."""
    how = "_shared" if keys else ""
    taken = list[tuple[str, str]]()
    for key, shared in [(job, how), *((key, "") for key in keys)]:
        row = ledger.execute(f"SELECT pg_try_advisory_lock{shared}(%s, hashtext(%s))", [JOBS, key]).fetchone()
        if not row or not row[0]:
            for other, mode in taken:
                ledger.execute(f"SELECT pg_advisory_unlock{mode}(%s, hashtext(%s))", [JOBS, other])
            return False
        taken.append((key, shared))
    return True


def _holder(ledger: Connection, keys: Sequence[str]) -> Holder | None:
    hashes = [number for (number,) in ledger.execute(_HASHES, [list(keys)]).fetchall()]
    if len(keys) > 1:  # who holds the job shared is in nobody's way
        part = heartbeats.holder(ledger, _ONE_OF, hashes[1:])
        return part or heartbeats.holder(ledger, f"{_ONE_OF} AND held.mode = 'ExclusiveLock'", hashes[:1])
    return heartbeats.holder(ledger, _ONE_OF, hashes)


def _refusal(job: str, who: Holder | None) -> str:
    told = ""
    if who and who.run_id:
        told = f" (run {who.run_id}, process {who.process_id} on {who.host}, since {who.since:%H:%M:%S} UTC)"
    elif who and who.host:
        told = f" (process {who.process_id} on {who.host})"
    if who and who.silent_s and who.silent_s > 2 * heartbeats.BEAT_S:
        told += f", though it has given no sign of life for {who.silent_s:.0f} s"
    return (
        f"Another process does `{job}` at this moment{told}: wait until it has ended, then give the command again, or "
        "give it with `--wait SECONDS`."
    )


_HASHES = "SELECT hashtext(key)::bigint & 4294967295 FROM unnest(%s::text[]) WITH ORDINALITY AS k (key, n) ORDER BY n"
_ONE_OF = f"held.classid = {JOBS}::oid AND held.objsubid = 2 AND held.objid::bigint = ANY (%(keys)s)"
