"""Runs that are made to stand as they are wanted."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from warehouse.database.connection import Database
from warehouse.ledger import runs, unit_records


@contextmanager
def running(
    database: Database, job: str = "compute something", units: int = 0
) -> Iterator[tuple[int, psycopg.Connection]]:
    """A run of this process, with a connection to write units over."""
    with runs.record_run(database, job, {}, "0") as run_id, database.connect(autocommit=True) as connection:
        for number in range(units):
            unit_records.record_unit(connection, run_id, f"unit {number}", "digest", 10)
        yield run_id, connection


def dead(database: Database, job: str = "compute something", units: int = 0) -> int:
    """A run whose process is gone without a word; gives its number."""
    with running(database, job, units) as (run_id, connection):
        pass
    with database.connect(autocommit=True) as connection:
        connection.execute("UPDATE ops.run SET run_status = 'running', finished_at = NULL WHERE run_id = %s", [run_id])
    return run_id
