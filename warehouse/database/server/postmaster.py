"""How a server is: its first process, as the pid file tells it, and the port it listens on."""

import json
import random
import socket
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from warehouse.database.server.processes import lives

PORTS = range(20_000, 30_000)
"""Below the range that systems hand out to outgoing connections."""
LETTING_GO_S = 1.0
"""A killed process is told from a live one a little before the system has closed what it listened on."""


@dataclass(frozen=True)
class Postmaster:
    """The first process of a server that runs."""

    pid: int
    is_ready: bool


@dataclass(frozen=True)
class Status:
    """How the embedded server is: `pid` is None where it does not run, `port` where it never did."""

    is_running: bool
    directory: str
    log: str
    pid: int | None
    port: int | None

    def as_json(self) -> str:
        """Give it as one JSON object."""
        return json.dumps(asdict(self), indent=2)


def running(data: Path) -> Postmaster | None:
    """Read the pid file, whose lines are: pid, directory, start, port, socket, address, memory, status."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not lines or not lives(int(lines[0]), data):
        return None
    return Postmaster(int(lines[0]), is_ready=len(lines) > 7 and lines[7].strip() == "ready")


def free_port() -> int:
    """Draw a port on which nobody listens."""
    return next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))


def is_free_soon(port: int) -> bool:
    """Tell whether a server could listen on a port, once a process that is ending has let go of it."""
    deadline = time.monotonic() + LETTING_GO_S
    while not (is_free_now := is_free(port)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_free_now


def is_free(port: int) -> bool:
    """Tell whether a server could listen on a port of this machine."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
