"""Processor time of client and server together: what a loaded machine stretches less than the time on the clock."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from warehouse.database.server import EmbeddedServer


def processor_seconds(server: EmbeddedServer, work: Callable[[], None]) -> float:
    """Time a piece of work by what it, its processes and the server's took of the processor."""
    before = _of_clients() + of_server(server)
    work()
    time.sleep(0.3)  # a session ends a moment after its client
    return _of_clients() + of_server(server) - before


def _of_clients() -> float:
    return sum(os.times()[:4])


def of_server(server: EmbeddedServer) -> float:
    """Add up the processor time of the server's processes, those that have ended included."""
    postmaster = int((server.directory / "data" / "postmaster.pid").read_text().splitlines()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    taken = sum(ticks(postmaster)) + sum(sum(ticks(int(child))[:2]) for child in children)
    return taken / os.sysconf("SC_CLK_TCK")


def ticks(process: int) -> list[int]:
    """Give user and system time of a process, and of its children that have ended; 0 where it has gone meanwhile."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return [0, 0, 0, 0]
    return [int(value) for value in fields[11:15]]
