"""A scheduler and workers as processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from warehouse.database.connection import Database

PATIENCE_S = 60.0
Found = TypeVar("Found")


@dataclass
class Machines:
    """A scheduler and its workers; what they say is kept."""

    address: str
    directory: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments, "--no-dashboard"]
        with (self.directory / f"{kind}{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.directory)
        self.processes.append(process)
        return process

    def start_worker(self) -> None:
        self.start("worker", self.address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1")

    def said(self) -> str:
        return "".join(log.read_text() for log in self.directory.glob("*.log"))

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.send_signal(signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition: Callable[[], Found], seconds: float = PATIENCE_S) -> Found:
    """Give what ended the wait: asked again, it may be otherwise."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)
    return found


@contextmanager
def started(directory: Path, protocol: str = "tcp") -> Iterator[Machines]:
    """A scheduler without workers."""
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    port = free_port()
    machines = Machines(f"{protocol}://127.0.0.1:{port}", directory)
    os.environ.pop("DASK_SCHEDULER_ADDRESS", None)
    machines.start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--protocol", protocol)
    try:
        wait_until(lambda: answers(port))
        yield machines
    finally:
        machines.stop()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    with started(tmp_path_factory.mktemp("machines")) as machines:
        yield machines


@pytest.fixture(scope="module")
def machines(scheduler: Machines) -> Machines:
    """The scheduler with two workers."""
    for _ in range(2):
        scheduler.start_worker()
    return scheduler


@pytest.fixture
def study(study: Database) -> Database:
    """A study in which a unit is known to take long, so that its units are worth handing out."""
    with study.connect(autocommit=True) as connection:
        connection.execute("UPDATE ops.unit SET finished_at = timestamptz 'epoch' + unit_id * interval '9 s'")
    return study
