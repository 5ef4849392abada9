"""The units of the ledger: each is written in the transaction that writes what it is of, and read where it stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from warehouse.database.types import Connection
from warehouse.errors import Busy
from warehouse.ledger.locks import JOBS


@dataclass(frozen=True)
class Done:
    """A unit as the ledger has it."""

    run_id: int
    unit_id: int
    fingerprint: str
    inputs: Mapping[str, str]
    row_count: int


@dataclass(frozen=True)
class Record:
    """A unit as it is to be written: `about` says who and what it tells of, `attempt` how often it was begun."""

    key: str
    fingerprint: str
    row_count: int
    inputs: Mapping[str, str]
    about: Sequence[str] | None = None
    attempt: int = 1

    def values(self) -> tuple[Any, ...]:
        """Give the values of its row after the run's number."""
        about = None if self.about is None else list(self.about)
        return self.key, self.fingerprint, Jsonb(dict(self.inputs)), self.row_count, about, self.attempt


@contextmanager
def whole(connection: Connection) -> Iterator[None]:
    """Make a unit's transaction: its rows and its row in the ledger come together or not at all.

    Its commit does not wait for the disk; the end of the run does, and what is written to disk is written in order. A
    server that loses power loses the last units whole, and the same command does them again.

    Raises
    ------
    Busy
        If the same was written meanwhile: by another process, where one of the two has lost its lock.
    """
    try:
        with connection.transaction():
            connection.execute("SET LOCAL synchronous_commit = off")
            yield
    except psycopg.errors.UniqueViolation as error:
        raise Busy(
            f"Another process wrote the same meanwhile ({error.diag.message_detail}), or the input holds it twice: "
            "give the command again when the other has ended."
        ) from error


def done_units(
    connection: Connection, job: str, *, also_run: int | None = None, seen_only: bool = True
) -> dict[str, Done]:
    """Give the units of a job that stand, by key.

    Parameters
    ----------
    connection : psycopg.Connection
        Any.
    job : str
        The job.
    also_run : int or None
        An unfinished run whose units count too.
    seen_only : bool
        Only units of runs that are done (results); False counts all (data, which are seen at once).
    """
    rows = connection.execute(_UNITS, {"job": job, "also": also_run, "all": not seen_only}).fetchall()
    return {key: Done(*rest) for key, *rest in rows}


def jobs(connection: Connection) -> set[str]:
    """Give the jobs that have done a unit."""
    return {job for (job,) in connection.execute(_JOBS).fetchall()}


def await_unit(connection: Connection, job: str, key: str, known: Done | None) -> Done | None:
    """Wait for other transactions that write a unit; give it where it has been written since `known`."""
    connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [JOBS, f"{job} {key}"])
    row = connection.execute(_NEWEST, [job, key]).fetchone()
    return Done(*row) if row and (known is None or known.unit_id != row[1]) else None


def record_unit(
    connection: Connection, run_id: int, key: str, print_: str, row_count: int,
    inputs: Mapping[str, str] | None = None, about: Sequence[str] | None = None, attempt: int = 1,
) -> int:  # fmt: skip
    """Write a unit's row in the transaction that writes the unit; gives its number."""
    (number,) = record_units(connection, run_id, [Record(key, print_, row_count, inputs or {}, about, attempt)])
    return number


def record_units(connection: Connection, run_id: int, units: Sequence[Record]) -> list[int]:
    """Write the rows of units that are written in one transaction; gives their numbers."""
    with connection.cursor() as cursor:
        cursor.executemany(_RECORD, [(run_id, *unit.values()) for unit in units], returning=True)
        found = [cursor.fetchone()]
        while cursor.nextset():
            found.append(cursor.fetchone())
    return [int(row[0]) if row else 0 for row in found]


def telling_of(**kinds: Iterable[Any]) -> list[str]:
    """Say what a unit tells of, kind by kind: who may not see one of these may not see the unit."""
    return sorted({f"{kind} {value}" for kind, values in kinds.items() for value in values})


_UNITS = """
SELECT unit_key, run_id, unit_id, fingerprint, inputs, row_count
FROM ops.unit
JOIN ops.run USING (run_id)
WHERE job = %(job)s AND unit_state = 'done' AND (%(all)s OR run_status = 'done' OR run_id = %(also)s)
ORDER BY unit_id
"""
_JOBS = "SELECT DISTINCT job FROM ops.run WHERE EXISTS (SELECT FROM ops.unit WHERE unit.run_id = run.run_id)"
_NEWEST = """
SELECT run_id, unit_id, fingerprint, inputs, row_count
FROM ops.unit
JOIN ops.run USING (run_id)
WHERE job = %s AND unit_key = %s AND unit_state = 'done'
ORDER BY unit_id DESC LIMIT 1
"""
_RECORD = """
INSERT INTO ops.unit (run_id, unit_key, fingerprint, inputs, row_count, about, attempt)
VALUES (%s, %s, %s, %s, %s, %s, %s)
RETURNING unit_id
"""
