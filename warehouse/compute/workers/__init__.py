"""Workers: this process alone, processes beside it, or Dask workers on any machine.

Each worker takes units by lease, pulls their slices, computes them and writes what it found (`worker`, `prefetching`);
parts of a run (`batches`) are handed to workers elsewhere (`executors`: a `pool` of `processes`, or a `dask_cluster`
after a `handshake`) by who leads it (`coordinator`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from warehouse.compute.workers import executors
from warehouse.compute.workers.batches import WorkerContext
from warehouse.compute.workers.coordinator import Coordinator
from warehouse.compute.workers.worker import Task, Worker
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.ledger import sessions
from warehouse.ledger.heartbeats import Heartbeat, beating
from warehouse.slices import Slices

__all__ = ["Task", "Workers", "start_workers"]


@dataclass(frozen=True)
class Workers:
    """The workers of one command, and what they work with.

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
    heartbeat : Heartbeat
        Of this process.
    wait_s : float
        How long to wait for others who compute the same [s].
    """

    database: Database
    slices: Slices
    writing: Connection
    coordinator: Coordinator
    heartbeat: Heartbeat
    wait_s: float


@contextmanager
def start_workers(
    database: Database, leave_out: Sequence[str], jobs: int, scheduler: str | None, wait_s: float = 0.0,
    withdrawal_s: float | None = None,
) -> Iterator[Workers]:  # fmt: skip
    """Call together who computes; what they read is not forgotten until they have gone.

    A withdrawal is waited for `withdrawal_s` seconds, by default as long as others who compute.
    """
    with (
        beating(database) as heartbeat,
        database.connect(autocommit=True, read_only=True) as reading,
        database.connect() as writing,
        executors.worker_pool(database, jobs, scheduler) as worker_pool,
    ):
        heartbeat.join(reading)
        sessions.enter(reading, wait_s if withdrawal_s is None else withdrawal_s)
        slices, context = Slices(reading, leave_out), WorkerContext(database, tuple(leave_out))
        coordinator = Coordinator(context, worker_pool, Worker(slices, writing, heartbeat))
        yield Workers(database, slices, writing, coordinator, heartbeat, wait_s)
