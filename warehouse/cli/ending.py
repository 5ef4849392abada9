"""SIGTERM ends a command as Ctrl-C does: its run goes on record as interrupted, and no process stays behind."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

INTERRUPTED, TERMINATED = 130, 143
"""Exit codes, as shells give them to what SIGINT and SIGTERM ended: 128 and the signal's number."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: a service manager, a batch system or `kill` wants the command to end."""


@contextmanager
def terminable() -> Iterator[None]:
    """Raise `Terminated` in the block when SIGTERM comes; whoever calls from Python and has another way keeps it."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def exit_code(error: BaseException) -> int:
    """Give the exit code of a command that was told to end, by what it was raised from."""
    return TERMINATED if isinstance(error.__cause__ or error, Terminated) else INTERRUPTED


def _raise(*_: object) -> NoReturn:
    raise Terminated
