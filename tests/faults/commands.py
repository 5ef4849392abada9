"""Commands in processes of their own that begin at once, and that may be stopped or brought down at any moment.

They are forked from a server that has imported everything already, so that a random moment falls into the work and not
into the imports. The command line is the real one, with its own environment, session and folder for temporary files.
"""

import importlib
import itertools
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

PRELOADED = [
    "warehouse.cli.ingest", "warehouse.cli.compute", "warehouse.cli.exporting", "warehouse.cli.db_schema",
    "scipy.linalg", "pyarrow.parquet", "torch", "transformers", "ingest.attention.untrained",
    "ingest.attention.extraction", "ingest.parquet.units", "alembic.command", "tests.faults.commands",
]  # fmt: skip
_context = get_context("forkserver")
_context.set_forkserver_preload(PRELOADED)


@dataclass(frozen=True)
class Place:
    """A place in the code where a command gets a signal: at a call of a function, before or after it is done."""

    function: str
    call: int = 1
    when: str = "after"
    how: signal.Signals = signal.SIGKILL


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, what it printed, and the seconds it took."""

    code: int
    said: str
    seconds: float

    @property
    def sentence(self) -> str:
        """The last line that it printed."""
        return (self.said.strip().splitlines() or [""])[-1]


@dataclass(frozen=True)
class Running:
    """A command at work."""

    process: BaseProcess
    output: Path
    begun: float

    @property
    def pid(self) -> int:
        """Its process, which leads a session of its own."""
        return self.process.pid or 0

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal, if it is still there."""
        if self.process.is_alive():
            os.kill(self.pid, how)

    def go_on(self) -> None:
        """Let it go on, where it was held."""
        self.end(signal.SIGCONT)

    def wait(self, seconds: float = 120) -> Ended:
        """Wait until it has ended."""
        self.process.join(seconds)
        if self.process.is_alive():
            os.killpg(self.pid, signal.SIGKILL)
            self.process.join()
            return Ended(-1, f"It had not ended after {seconds} s.", seconds)
        if self.process.exitcode == -signal.SIGKILL:  # nothing can put away what it had in TMPDIR but the system
            shutil.rmtree(self.output.with_name("tmp"), ignore_errors=True)
        return Ended(self.process.exitcode or 0, self.output.read_text(), time.monotonic() - self.begun)

    def wait_until_stopped(self) -> bool:
        """Wait until it has stopped itself at its place; False where it ended without coming there."""
        while self.process.is_alive():
            if state(self.pid) == "T":
                return True
            time.sleep(0.002)
        return False

    def children(self) -> list[int]:
        """Give the processes that compute for it."""
        return [pid for pid in of_session(self.pid) if "spawn_main" in words(pid)]


def begin(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, place: Place | None = None
) -> Running:
    """Start a command; `folder` takes what it prints and its temporary files."""
    output = folder / "output"
    (folder / "tmp").mkdir(exist_ok=True, parents=True)
    environment = {**environment, "TMPDIR": str(folder / "tmp"), "OMP_NUM_THREADS": "1"}
    process = _context.Process(target=_command, args=(list(arguments), environment, output, place))
    process.start()
    return Running(process, output, time.monotonic())


def run(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Ended:
    """Run a command to its end."""
    return begin(arguments, environment, folder).wait()


def warm_up() -> None:
    """Let the imports begin."""
    from multiprocessing import forkserver

    forkserver.ensure_running()


def of_session(leader: int) -> list[int]:
    """Give the living processes of a session without its leader."""
    found = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in found if pid != leader and _stat(pid)[3:4] == [str(leader)] and state(pid) not in "ZX"]


def state(pid: int) -> str:
    """Give the letter of a process's state, X where it is gone."""
    return (_stat(pid) or ["X"])[0]


def words(pid: int) -> str:
    """Give a process's command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _command(arguments: list[str], environment: dict[str, str], output: Path, place: Place | None) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with output.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
    os.environ.update(environment)
    tempfile.tempdir = None  # which the server it was forked from may have chosen
    if place:
        _lie_in_wait(place)
    from warehouse.cli import main

    main(arguments)


def _lie_in_wait(place: Place) -> None:
    owner, name = _owner(place.function)
    function, calls = getattr(owner, name), itertools.count(1)

    def called(*given: Any, **named: Any) -> Any:
        if next(calls) != place.call:
            return function(*given, **named)
        found = function(*given, **named) if place.when == "after" else None
        os.kill(os.getpid(), place.how)
        return found if place.when == "after" else function(*given, **named)

    setattr(owner, name, called)


def _owner(function: str) -> tuple[Any, str]:
    """Find the module or class that a dotted name leads to."""
    parts = function.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            owner = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for name in parts[length:-1]:
            owner = getattr(owner, name)
        return owner, parts[-1]
    raise ImportError(function)
