"""What ends a command from outside: Ctrl-C and SIGTERM, and a reader of its output who left.

SIGTERM ends a command as Ctrl-C does: its run goes on record as interrupted, and no process stays behind.

Either ends it within five seconds, whatever it waits for: first it may end by itself, then its waits for a server are
ended, and where it still goes on, in a library or in threads that do not end, the process is.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import click

INTERRUPTED, UNREAD, TERMINATED = 130, 141, 143
"""Exit codes, as shells give them to what SIGINT, SIGPIPE and SIGTERM ended: 128 and the signal's number."""
WAITS_S, PROCESS_S = 1.5, 4.0
"""How long after a signal its waits for a server, and how long the process, may go on [s]."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: a service manager, a batch system or `kill` wants the command to end."""


@contextmanager
def terminable(tell: Callable[[int], None]) -> Iterator[None]:
    """Raise `Terminated` in the block when SIGTERM comes; whoever calls from Python and has another way keeps it.

    From the first signal on, the process has four seconds. `tell` is called with the exit code where it has not ended.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _raise)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_see_to_the_end, args=[reading, tell], name="ending", daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(-1)
        os.close(writing)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def read_by_someone() -> Iterator[None]:
    """End the command in silence when whatever read its output has left (`warehouse show ... | head`)."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        leave_output()
        raise click.exceptions.Exit(UNREAD) from None


def leave_output() -> None:
    """Let what is still to be written go nowhere: at the end of the process it would fail once more, and be told."""
    with suppress(OSError, ValueError), Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def open_closed_streams() -> None:
    """Let output go nowhere where its stream was closed (``>&-``): Python then has none."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - open as long as the process


def exit_code(error: BaseException) -> int:
    """Give the exit code of a command that was told to end, by what it was raised from."""
    return TERMINATED if isinstance(error.__cause__ or error, Terminated) else INTERRUPTED


def _raise(*_: object) -> NoReturn:
    raise Terminated


def _see_to_the_end(signals: int, tell: Callable[[int], None]) -> None:
    """Wait for a signal, then for the end of the process; the main thread may be in a library that sees neither.

    The end of the block is not the end of the process, which waits for its threads.
    """
    while received := os.read(signals, 1):
        if received[0] in (signal.SIGINT, signal.SIGTERM):
            from warehouse.database.watched import end_within

            end_within(WAITS_S)
            time.sleep(PROCESS_S)
            os.set_blocking(signals, False)
            if not _is_closed(signals):
                tell(128 + received[0])
            os._exit(128 + received[0])
    os.close(signals)


def _is_closed(signals: int) -> bool:
    """Tell whether the block has ended."""
    try:
        while os.read(signals, 64):
            pass
    except BlockingIOError:
        return False
    return True
