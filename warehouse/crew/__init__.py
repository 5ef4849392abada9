"""Those who compute: this process alone, processes beside it, or workers on any machines.

Each worker takes units by lease, pulls their slices, computes them and writes what it found (`working`, `computing`);
parts of a run are handed to workers elsewhere (`parts`, `fanning`, `meeting`) by who leads it (`coordinating`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from warehouse import sessions
from warehouse.crew import fanning
from warehouse.crew.coordinating import Coordinator
from warehouse.crew.parts import Desk
from warehouse.crew.working import Task, Worker
from warehouse.database import Database
from warehouse.slices import Slices

__all__ = ["Crew", "Task", "gathered"]


@dataclass(frozen=True)
class Crew:
    """Those who compute for one command, and what they do it with.

    Attributes
    ----------
    slices : Slices
        What is read here: for plans, and for units that are computed in this process.
    writing : psycopg.Connection
        What is written over here.
    coordinator : Coordinator
        Who has units done.
    database : Database
        Where.
    """

    database: Database
    slices: Slices
    writing: psycopg.Connection[Any]
    coordinator: Coordinator


@contextmanager
def gathered(database: Database, leave_out: Sequence[str], jobs: int, scheduler: str | None) -> Iterator[Crew]:
    """Call together who computes; what they read is not forgotten until they have gone."""
    with (
        database.connect(autocommit=True, read_only=True) as reading,
        database.connect() as writing,
        fanning.fleet(database, jobs, scheduler) as fleet,
    ):
        sessions.use(reading)
        slices, desk = Slices(reading, leave_out), Desk(database, tuple(leave_out))
        yield Crew(database, slices, writing, Coordinator(desk, fleet, Worker(slices, writing)))
