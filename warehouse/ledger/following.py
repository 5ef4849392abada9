"""Follows what runs from another process, by the ledger alone: at most one question a second."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

import psycopg

from warehouse.database.connection import Database
from warehouse.database.translation import translate_errors
from warehouse.errors import BadInput, DatabaseUnavailable
from warehouse.ledger import queries
from warehouse.ledger.queries import RunProgress

SECONDS_BETWEEN_QUESTIONS = 1.0
LINGERING_S = 5.0
"""How long the next run is waited for where no one is named: one command may be several runs."""
NO_NUMBER = 2**31 - 1
"""Higher than the number of any run: of runs that have ended, none is given."""
PATIENCE_S = 600.0
"""How long a server that does not answer is asked again."""


@dataclass(frozen=True)
class Snapshot:
    """What is seen at a moment: how far the runs are, or why that cannot be seen now."""

    courses: list[RunProgress] = field(default_factory=list)
    trouble: str | None = None


def follow(
    database: Database,
    run_id: int | None,
    *,
    every_s: float = SECONDS_BETWEEN_QUESTIONS,
    lingering_s: float = LINGERING_S,
) -> Iterator[Snapshot]:
    """Yield how far a run is, or all that run, until they have ended.

    Parameters
    ----------
    database : Database
        Where they run.
    run_id : int or None
        The run; None follows all that run now or begin meanwhile, until nothing has run for a while.
    every_s, lingering_s : float
        Time between questions, and that while [s].

    Raises
    ------
    BadInput
        If nothing is running.
    UnknownName
        If there is no such run.
    DatabaseUnavailable
        If the server cannot be asked at first, or does not answer for ten minutes.
    """
    busy = time.monotonic()
    with closing(_Asking(database, run_id)) as asking:
        while True:
            sight = asking.look()
            yield sight
            if sight.trouble or any(course.status == "running" for course in sight.courses):
                busy = time.monotonic()
            elif run_id is not None or time.monotonic() - busy >= lingering_s:
                return
            time.sleep(every_s)


class _Asking:
    """Asks over one connection, and over a new one where that was lost; a run that has ended is given once."""

    def __init__(self, database: Database, run_id: int | None) -> None:
        self._database, self._run_id = database, run_id
        self._running = [] if run_id is None else [run_id]
        self._newest = NO_NUMBER if run_id is None else None
        self._connection: psycopg.Connection | None = None
        self._answered: float | None = None
        self._suspected: set[int] = set()

    def look(self) -> Snapshot:
        try:
            with translate_errors("following what runs"):
                courses = self._courses()
        except DatabaseUnavailable:
            self.close()
            if self._answered is None or time.monotonic() - self._answered > PATIENCE_S:
                raise
            return Snapshot(trouble="The server does not answer.")
        self._answered = time.monotonic()
        courses = self._believed(courses)
        self._running = [course.run_id for course in courses if course.status == "running"]
        return Snapshot(courses)

    def _believed(self, courses: list[RunProgress]) -> list[RunProgress]:
        """Believe that a run is dead when it is seen twice: a lock may go before its end is seen."""
        suspected = {course.run_id for course in courses if course.status == "dead"}
        new, self._suspected = suspected - self._suspected, suspected
        return [replace(course, status="running") if course.run_id in new else course for course in courses]

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _courses(self) -> list[RunProgress]:
        if self._connection is None:
            self._connection = self._database.connect(autocommit=True, read_only=True)
        found = queries.going_on(self._connection, self._running, after=self._newest)
        if not found and self._answered is None:
            if self._run_id is not None:
                raise queries.no_such_run(self._connection, self._run_id)
            raise BadInput("nothing is running", "--follow", "name a run that has ended, or begin one first")
        if self._newest is not None:
            earlier = () if self._newest == NO_NUMBER else (self._newest,)
            self._newest = max((*earlier, *(course.run_id for course in found)))
        return found
