"""Which workers a command computes with: this process alone, processes beside it, or those of a Dask scheduler.

What differs is how workers are reached and what it looks like when one dies; what they do is in `worker`, who leads
them in `coordinator`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.compute.workers.dask_cluster import connected_cluster
from warehouse.compute.workers.pool import WorkerPool
from warehouse.compute.workers.processes import Processes
from warehouse.database.connection import Database
from warehouse.errors import BadInput
from warehouse.plugin.discovery import loaded_files


@contextmanager
def worker_pool(database: Database, jobs: int, scheduler: str | None) -> Iterator[WorkerPool]:
    """Provide the workers for the time of the block.

    Parameters
    ----------
    database : Database
        Where they read and write; workers must reach it by the same address.
    jobs : int
        Processes of this machine.
    scheduler : str or None
        Address of a Dask scheduler whose workers compute instead, ``tcp://HOST:PORT``.

    Raises
    ------
    BadInput
        Both are given, or a scheduler and a plugin file; the address is none, no scheduler answers there, or its
        workers are of no use: they have another version, or do not reach the database.
    """
    if scheduler and jobs > 1:
        raise BadInput("cannot go together", "--jobs and --scheduler", "give one of them")
    if scheduler and (files := loaded_files()):
        raise BadInput(
            "is on this machine only",
            files[0],
            "install it on every worker, as a package with entry points",
        )
    if scheduler:
        with connected_cluster(scheduler, database) as cluster:
            yield cluster
    elif jobs > 1:
        processes = Processes(jobs)
        try:
            yield processes
        finally:
            processes.close()
    else:
        yield WorkerPool()
