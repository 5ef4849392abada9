"""Who computes: this process, processes beside it, or the workers of a Dask scheduler on any machines.

What differs is how workers are reached and what it looks like when one dies; what they do is in `parts`, who leads
them in `coordinating`.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse import logs
from warehouse.compute.workers.handshake import answer_handshake, handshake_offered
from warehouse.compute.workers.signs_of_life import SignsOfLife
from warehouse.database.connection import Database
from warehouse.errors import BadInput, WorkersLost
from warehouse.ledger.heartbeats import SILENT_S, Holder
from warehouse.plugin.discovery import load_file, loaded_files

if TYPE_CHECKING:
    from distributed import Client

FEWEST_UNITS = 8
"""Units that are worth the start of processes, which takes one or two seconds."""
PATIENCE_S = 10
"""How long a scheduler may take to answer [s]."""
JOIN_S = 0.5
"""How often processes that are to end are looked after [s]."""
LOOK_S = 20.0
"""How often the scheduler looks for workers that are silent, while nothing gets done [s]."""
WITHOUT_WORKERS_S = 60.0
"""How long a scheduler may be without workers in the middle of the work [s]."""


class WorkerPool:
    """Who computes beside this process; this one is nobody, and this process does all itself.

    Attributes
    ----------
    size : int
        How many units are computed at the same time.
    deaths : tuple of exception classes
        What a part ends with whose worker died.
    """

    size = 1
    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def executor(self, unit_count: int) -> Executor | None:
        """Give the way to hand parts out; None where this process had better do so many units itself."""
        return None

    def look_after(self) -> None:
        """Raise `WorkersLost` where nobody is left who could do the parts that wait."""

    def replace_dead(self) -> None:
        """See to it that parts can be handed out again after a worker has died."""

    def children(self) -> list[int]:
        """Give the numbers of the processes that this one has started."""
        return []

    def give_up(self, silent: Holder) -> None:
        """Let a worker go that gives no sign of life, and whose sessions have been ended."""


class Processes(WorkerPool):
    """Processes of this machine, started when there is enough to do."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._pool: ProcessPoolExecutor | None = None
        self._started: list[BaseProcess] = []

    def executor(self, unit_count: int) -> Executor | None:
        """Give the pool; it is started for many units, and used for few once it is there."""
        if self._pool is None and unit_count >= FEWEST_UNITS:
            self._start()
        return self._pool if unit_count > 1 else None

    def look_after(self) -> None:
        """Kill processes that have given no sign of life for a minute: a stopped one would keep its part for ever."""
        self._kill_silent()

    def replace_dead(self) -> None:
        """A process that died takes the pool along: start another."""
        self.close()
        self._start()

    def children(self) -> list[int]:
        """Give the numbers of the processes of the pool."""
        return list(self._pool._processes) if self._pool else []

    def give_up(self, silent: Holder) -> None:
        """A process that is stopped would keep its part for ever; one that was killed is replaced."""
        mine = self._pool._processes if self._pool and silent.host == socket.gethostname() else {}
        if process := mine.get(silent.process_id or 0):
            process.kill()

    def close(self) -> None:
        """End the processes after the units that they have in hand."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            while living := [process for process in self._started if process.is_alive()]:
                if self._kill_silent():  # it may hold the lock behind which the others wait for the end
                    for process in living:
                        process.kill()
                living[0].join(JOIN_S)

    def _kill_silent(self) -> bool:
        """Tell whether there were any."""
        silent = [(one, self._signs.silence(one.pid or 0)) for one in self._started if one.is_alive()]
        silent = [(one, seconds) for one, seconds in silent if seconds > SILENT_S]
        for one, seconds in silent:
            told = f"Process {one.pid} of this command has given no sign of life for {seconds:.0f} s: it is killed."
            logs.remark(told, name="silent_process", process_id=one.pid, silent_s=seconds)
            one.kill()
        return bool(silent)

    def _start(self) -> None:
        """Start them with Ctrl-C blocked, so that none is broken off in its imports: the parent ends them."""
        context = get_context("spawn")
        self._signs = SignsOfLife(context, self.size)
        given = (self._signs, logs.form(), loaded_files())
        self._pool = ProcessPoolExecutor(self.size, context, _begin, given)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            for _ in range(self.size):
                self._pool.submit(os.getpid)  # a process is started when there is something to do
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self._started = list(self._pool._processes.values())


class Cluster(WorkerPool):
    """The workers of a Dask scheduler; those that come later take part, and those that go are done without."""

    def __init__(self, client: "Client", address: str) -> None:
        from distributed.scheduler import KilledWorker

        self.deaths = (BrokenExecutor, KilledWorker)
        self._client, self._address = client, address
        self._executor: Executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]
        self._last_seen = self._looked_at = time.monotonic()

    @property
    def size(self) -> int:  # type: ignore[override]
        """How many threads the workers have now."""
        threads: dict[str, int] = self._client.ncores()  # type: ignore[no-untyped-call]
        return max(1, sum(threads.values()))

    def executor(self, unit_count: int) -> Executor | None:
        """Give Dask's executor, for one unit too: this machine may be the weakest."""
        return self._executor

    def look_after(self) -> None:
        """Raise `WorkersLost` where the scheduler is gone, or has been without workers for a minute.

        Workers that have been silent for a minute lose what they were given; by itself, Dask waits for five.
        """
        if self._client.status != "running":
            raise WorkersLost(f"The scheduler at {self._address} is gone", "start it again with its workers")
        if time.monotonic() - self._looked_at > LOOK_S:
            self._looked_at = time.monotonic()
            self._client.run_on_scheduler(_drop_silent_workers, silent_s=SILENT_S)  # type: ignore[no-untyped-call]
        if self._client.scheduler_info(n_workers=1)["workers"]:
            self._last_seen = time.monotonic()
        elif time.monotonic() - self._last_seen > WITHOUT_WORKERS_S:
            raise WorkersLost(f"The scheduler has had no workers for {WITHOUT_WORKERS_S:.0f} s", "start some")


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
        with _connected(scheduler) as client:
            _refuse_useless_workers(client, scheduler, database)
            yield Cluster(client, scheduler)
    elif jobs > 1:
        processes = Processes(jobs)
        try:
            yield processes
        finally:
            processes.close()
    else:
        yield WorkerPool()


@contextmanager
def _connected(address: str) -> "Iterator[Client]":
    try:
        from distributed import Client
    except ImportError:
        raise BadInput(
            "needs Dask, which is not installed here", "--scheduler", "run `pip install 'attention-warehouse[cluster]'`"
        ) from None
    for name in ("distributed", "distributed.client", "distributed.core", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what it has to say is said below, in one sentence
    try:
        client: Client = Client(  # type: ignore[no-untyped-call]
            address, timeout=PATIENCE_S, set_as_default=False, name="attention-warehouse"
        )
    except (OSError, TimeoutError):
        raise BadInput(
            f"no Dask scheduler answers within {PATIENCE_S} s", address,
            "start one with `dask scheduler`, or correct the address",
        ) from None  # fmt: skip
    except (ValueError, TypeError):
        raise BadInput("is no address of a scheduler", address, "give tcp://HOST:PORT") from None
    try:
        yield client
    finally:
        client.close(timeout=PATIENCE_S)  # type: ignore[no-untyped-call]


def _refuse_useless_workers(client: "Client", scheduler: str, database: Database) -> None:
    """Ask each worker what it has and whether it reaches the database; one sentence on the first that is of no use."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError:
        raise BadInput(
            "the scheduler has no workers", scheduler, f"start some with `dask worker --nthreads 1 {scheduler}`"
        ) from None
    with handshake_offered(database) as place:
        answers: dict[str, Any] = client.run(answer_handshake, place, on_error="return")
    for worker, answer in answers.items():
        if isinstance(answer, Exception):
            raise BadInput(f"cannot work ({answer})", f"worker {worker}", "install the same attention-warehouse there")
        if answer.complaint:
            raise BadInput(answer.complaint, f"worker {worker}", answer.remedy)


async def _drop_silent_workers(dask_scheduler: Any, silent_s: float) -> None:
    """Runs in the scheduler."""
    dask_scheduler.worker_ttl = silent_s
    await dask_scheduler.check_worker_ttl()


def _begin(signs: SignsOfLife, form: str, plugin_files: Sequence[Path]) -> None:
    signs.give()
    logs.begin(form)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for path in plugin_files:
        load_file(path)


def _end_with_parent() -> None:
    """End when the parent was killed outright; otherwise the process would wait for work for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)
