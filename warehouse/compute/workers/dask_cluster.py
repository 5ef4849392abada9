"""Workers of a Dask scheduler, on any machines."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from warehouse.compute.workers.handshake import answer_handshake, handshake_offered
from warehouse.compute.workers.pool import WorkerPool
from warehouse.database.connection import Database
from warehouse.errors import BadInput, WorkersLost
from warehouse.ledger.heartbeats import SILENT_S

if TYPE_CHECKING:
    from distributed import Client

WORTH_S = 1.0
"""Work that is worth sending to workers, each of which connects and reads the readers first."""
PATIENCE_S = 10
"""How long a scheduler may take to answer [s]."""
LOOK_S = 20.0
"""How often the scheduler looks for workers that are silent, while nothing gets done [s]."""
WITHOUT_WORKERS_S = 60.0
"""How long a scheduler may be without workers in the middle of the work [s]."""


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

    def executor(self, unit_count: int, estimate_s: float | None = None) -> Executor | None:
        """Give Dask's executor, for one unit too, since this machine may be the weakest; None for a moment's work."""
        return None if estimate_s is not None and estimate_s < WORTH_S else self._executor

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
def connected_cluster(address: str, database: Database) -> Iterator[Cluster]:
    """Provide the workers of a scheduler, after each has shown that it is of use.

    Parameters
    ----------
    address : str
        Of the scheduler, ``tcp://HOST:PORT`` or ``tls://HOST:PORT``.
    database : Database
        Where they read and write.

    Raises
    ------
    BadInput
        The address is none or not encrypted as Dask's settings ask, no scheduler answers there, or its workers are of
        no use: they have another version, or do not reach the database.
    """
    with _connected(address) as client:
        _refuse_useless_workers(client, address, database)
        yield Cluster(client, address)


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
    _refuse_other_encryption(address)
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
        raise BadInput("is not an address of a scheduler", address, "give tcp://HOST:PORT or tls://HOST:PORT") from None
    try:
        yield client
    finally:
        client.close(timeout=PATIENCE_S)  # type: ignore[no-untyped-call]


def _refuse_other_encryption(address: str) -> None:
    """Refuse an address for which Dask's settings have no certificates, or which they forbid: it is not encrypted."""
    from distributed.security import Security

    settings, is_encrypted = Security(), address.startswith("tls:")  # type: ignore[no-untyped-call]
    how = settings.get_connection_args("client")  # type: ignore[no-untyped-call]
    if is_encrypted and how.get("ssl_context") is None:
        remedy = "name ca-file, client.cert and client.key in Dask's settings under distributed.comm.tls"
        raise BadInput("is encrypted, and Dask's settings name no certificates for it", address, remedy)
    if settings.require_encryption and not is_encrypted:
        remedy = "give tls://HOST:PORT, or change distributed.comm.require-encryption"
        raise BadInput("is not encrypted, which Dask's settings ask for", address, remedy)


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
