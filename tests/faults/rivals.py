"""Two at once, files that are broken, and a clock that goes back."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import numpy as np

from tests.faults.commands import Ended, Running
from tests.faults.processes import killed
from tests.faults.study import Study, Work
from tests.faults.trying import at_any_moment
from warehouse.declarations import TIMESTAMP
from warehouse.schema.tables import metadata


def two_at_once(study: Study, work: Work, moments: Random) -> Ended:
    """The same command is given twice, the second time a moment later; one of them may be told to wait."""
    first = study.begin(work)
    second = study.begin(work, name="rival")
    ended = sorted((first.wait(), second.wait()), key=lambda each: each.code)
    if ended[0].code or ended[1].code not in (0, 7):
        return ended[0] if ended[0].code else ended[1]
    return ended[1]


def lock_lost(study: Study, work: Work, moments: Random) -> Ended:
    """The connection that holds the job is cut, and the same command is given while the first is still at work."""

    def harm(running: Running) -> None:
        deadline = time.monotonic() + 10
        while running.process.is_alive() and time.monotonic() < deadline:
            if study.administer(CUT_HOLDER):
                rivals.append(study.begin(work, name="rival"))
                return

    rivals: list[Running] = []
    first = at_any_moment(study, work, moments, harm, may_survive=True)
    second = [rival.wait() for rival in rivals]
    return next((each for each in [first, *second] if "Traceback" in each.said), first)


def clock_gone_back(study: Study, work: Work, moments: Random) -> Ended:
    """Killed, and given again when the clock is 400 days back: all that stands is of the future."""
    ended = killed(study, work, moments)
    with study.database.connect() as connection:
        for table in metadata.sorted_tables:
            names = [column.name for column in table.c if isinstance(column.type, TIMESTAMP)]
            if names:
                later = ", ".join(f"{name} = {name} + interval '400 days'" for name in names)
                connection.execute(f"UPDATE {table.fullname} SET {later}")
        connection.commit()
    return ended


def broken_array(study: Study, work: Work, moments: Random) -> Ended:
    """One of the .npy files is cut off, empty, has a broken header or holds something that is not a number."""
    path = moments.choice(sorted((study.files / "arrays").glob("*.npy")))
    with _broken(path, moments.choice(WAYS), moments):
        return study.run(work)


def truncated_parquet(study: Study, work: Work, moments: Random) -> Ended:
    """One of the Parquet files is cut off at a random byte."""
    path = moments.choice(sorted((study.files / "parquet").rglob("*.parquet")))
    with _broken(path, _truncate, moments):
        return study.run(work)


@contextmanager
def _broken(path: Path, breaks: Callable[[Path, Random], None], moments: Random) -> Iterator[None]:
    whole = path.with_name(f"{path.name}.whole")
    shutil.copy2(path, whole)
    try:
        breaks(path, moments)
        yield
    finally:
        whole.replace(path)


def _truncate(path: Path, moments: Random) -> None:
    with path.open("r+b") as file:
        file.truncate(moments.randrange(path.stat().st_size))


def _empty(path: Path, moments: Random) -> None:
    path.write_bytes(b"")


def _garble_header(path: Path, moments: Random) -> None:
    with path.open("r+b") as file:
        file.write(moments.randbytes(moments.randint(6, 64)))


def _no_number(path: Path, moments: Random) -> None:
    array = np.load(path)
    array[0, 0, moments.randrange(array.shape[2]), 1, 0] = np.nan
    np.save(path, array)


CUT_HOLDER = """
SELECT pg_terminate_backend(pid) FROM (
    SELECT DISTINCT pid FROM pg_locks
    JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND classid = 20231206 AND datname = 'warehouse' AND pid IN (
        SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 20231207
    )
) AS led
"""
WAYS = (_truncate, _empty, _garble_header, _no_number)
