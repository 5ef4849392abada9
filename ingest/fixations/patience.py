"""A limit of time for regular expressions: some never end, and nothing in their text tells which."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from warehouse.errors import BadInput

SECONDS = 10.0
"""Processor time that matching some thousand values may take; it takes a hundredth of a second."""


class _TooLong(Exception):
    pass


@contextmanager
def limited(pattern: str, where: str, seconds: float = SECONDS) -> Iterator[None]:
    """Stop matching that takes too long; outside the main thread, which signals do not reach, there is no limit.

    Parameters
    ----------
    pattern : str
        The regular expression.
    where : str
        Who gave it, for the message.
    seconds : float
        Processor time [s].

    Raises
    ------
    BadInput
        If the time is over.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    except _TooLong:
        what = f"matching {pattern!r} does not end within {seconds:g} s"
        raise BadInput(what, where, "write it without a repetition within a repetition") from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _stop(*_: Any) -> None:
    raise _TooLong
