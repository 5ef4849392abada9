"""The command line in this process, and runs that are made to stand as they are wanted."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
import pytest

from warehouse import runs
from warehouse.cli import main
from warehouse.database import Database


class Said(NamedTuple):
    """What a command answered; `events` are its lines on standard error as programs read them."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.err.splitlines()]


Warehouse = Callable[..., Said]


@pytest.fixture
def warehouse(capsys: pytest.CaptureFixture[str]) -> Warehouse:
    """The command line."""

    def run(*arguments: str) -> Said:
        code = 0
        try:
            main(list(arguments))
        except SystemExit as error:
            code = int(error.code or 0)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return run


@contextmanager
def running(
    database: Database, job: str = "compute something", units: int = 0
) -> Iterator[tuple[int, psycopg.Connection]]:
    """A run of this process, with a connection to write units over."""
    with runs.recorded(database, job, {}, "0") as run_id, database.connect(autocommit=True) as connection:
        for number in range(units):
            runs.record_unit(connection, run_id, f"unit {number}", "digest", 10)
        yield run_id, connection


def dead(database: Database, job: str = "compute something", units: int = 0) -> int:
    """A run whose process is gone without a word; gives its number."""
    with running(database, job, units) as (run_id, connection):
        pass
    with database.connect(autocommit=True) as connection:
        connection.execute("UPDATE ops.run SET run_status = 'running', finished_at = NULL WHERE run_id = %s", [run_id])
    return run_id
