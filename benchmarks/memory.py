"""How much memory a process took at most, and the server's processes together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE = 0.25
"""Seconds from one look at the server to the next."""


def own_peak() -> float:
    """Give the most that this process held in memory [MiB]; Linux only.

    Not from getrusage: what it says of a child begins with the size of the parent that started it.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


class Peak:
    """The most that was seen [MiB]."""

    mebibytes = 0.0


@contextmanager
def watched(postmaster: int) -> Iterator[Peak]:
    """Look every now and then at what the server's processes hold together, shared memory once."""
    peak, over = Peak(), threading.Event()

    def watch() -> None:
        while not over.wait(PAUSE):
            peak.mebibytes = max(peak.mebibytes, _together(postmaster))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _together(postmaster: int) -> float:
    running = [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]
    own = [pid for pid in running if int(pid) == postmaster or _parent(pid) == postmaster]
    return sum(map(_proportional, own)) / 1024


def _parent(pid: str) -> int | None:
    try:
        return int(Path("/proc", pid, "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:  # it ended meanwhile
        return None


def _proportional(pid: str) -> int:
    """Give a process's memory [KiB], each shared page divided by those who share it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
