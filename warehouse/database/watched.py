"""Connections that notice a silent server: no command waits for ever for an answer that will not come.

A peer that acknowledges nothing is found by the kernel (TCP keepalives and user time-out). One that takes every byte
and never answers, such as a proxy that has forgotten the connection, is found here: after some seconds without a byte
the server is asked, over a second connection, what it does for the first. A long statement goes on. A server that waits
for this program while this program waits for it, and one that answers nobody, end the connection and its session.
"""

import struct
import time
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field
from fcntl import ioctl
from termios import TIOCOUTQ
from typing import Any, TypeVar

import psycopg
from psycopg.rows import TupleRow

Result = TypeVar("Result")
Waiting = Generator[int, int, Result]
"""What psycopg waits with: yields what it waits for, is sent what came, 0 where nothing did for a tenth of a second."""

SILENCE_S, AGAIN_S, ANSWER_S = 15.0, 5.0, 5
"""Silence before the server is asked, before it is asked a second time, and how long its answer may take [s]."""
NO_ANSWER = "the server does not answer"
CANCEL_S = 1.0
"""How long a statement may take to be cancelled on Ctrl-C; psycopg waits longer [s]."""
TCP = {
    "keepalives": "1", "keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}  # fmt: skip
"""What the kernel is asked to notice within half a minute, in libpq's terms."""


@dataclass
class _Ending:
    """When waits of this process end, whatever they wait for; None: it is not to end."""

    at: float | None = None


_ending = _Ending()
_unreachable: set[tuple[Any, ...]] = set()
"""Servers that answered nobody when they were last asked."""


def end_within(seconds: float | None) -> None:
    """Let no wait for a server go on for longer than this, in all threads: the process is to end. None: as before."""
    _ending.at = None if seconds is None else time.monotonic() + seconds


class WatchedConnection(psycopg.Connection[TupleRow]):
    """A connection each of whose waits is watched."""

    address: dict[str, Any] = {}  # noqa: RUF012 - replaced for each connection, never changed
    session: int | None = None
    """The server's process; behind a pooler it is another than the one that was told on entering."""

    @classmethod
    def enter(cls, address: dict[str, Any]) -> "WatchedConnection":
        """Connect, in autocommit; `address` is what libpq wants to know."""
        connection = cls.connect("", autocommit=True, **address)
        connection.address = address
        _unreachable.discard(_place(address))
        return connection

    def wait(self, gen: Waiting[Result], *given: Any, **named: Any) -> Result:
        """Wait as psycopg does, but not for ever."""
        return super().wait(_watched(gen, self), *given, **named)  # type: ignore[arg-type]

    def _try_cancel(self, *, timeout: float = CANCEL_S) -> None:
        super()._try_cancel(timeout=min(timeout, CANCEL_S))


def _watched(gen: Waiting[Result], connection: WatchedConnection) -> Waiting[Result]:
    """Hand the waits of a generator through; most end before they wait at all."""
    try:
        wanted = next(gen)
        silence: _Silence | None = None
        while True:
            ready = yield wanted
            if ready:
                silence = None
            else:
                silence = silence or _Silence(connection)
                silence.goes_on()
            wanted = gen.send(ready)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


@dataclass
class _Silence:
    """A time in which nothing has come from the server, nor gone to it."""

    connection: WatchedConnection
    began: float = field(default_factory=time.monotonic)
    asked: float | None = None
    unsent: int = 0
    complaint: str = ""

    def goes_on(self) -> None:
        """Look whether it has become too long; called ten times a second."""
        now = time.monotonic()
        if _ending.at is not None and now >= _ending.at:
            self._give_up("the command is to end")
        if (unsent := _unsent(self.connection)) != self.unsent:  # something still goes out
            self.began, self.asked, self.complaint, self.unsent = now, None, "", unsent
        if _place(self.connection.address) in _unreachable and now - self.began > 1:
            self._give_up(NO_ANSWER)
        if now - (self.asked or self.began) > (AGAIN_S if self.complaint else SILENCE_S):
            self._ask()

    def _ask(self) -> None:
        before, self.complaint = self.complaint, _complaint(self.connection)
        self.asked = time.monotonic()
        if before and self.complaint:
            if self.complaint == NO_ANSWER:
                _unreachable.add(_place(self.connection.address))
            self._give_up(f"nothing has come for {self.asked - self.began:.0f} s: {self.complaint}")

    def _give_up(self, reason: str) -> None:
        _end_session(self.connection)
        self.connection.close()
        raise psycopg.OperationalError(reason)


def _complaint(connection: WatchedConnection) -> str:
    """Ask the server what it does for a connection; give what is wrong, or nothing where it is at work."""
    try:
        found = _ask(connection, _WAITS_FOR_US)
    except psycopg.OperationalError as error:
        if "FATAL" in str(error):  # it has answered, though it lets nobody in
            return ""
        return NO_ANSWER
    if found is None:
        return "the server has ended the session"
    return "the server waits for this program, so something between them swallows what is sent" if found[0] else ""


def _end_session(connection: WatchedConnection) -> None:
    """Have the server end a session that this process cannot reach any more, and with it its locks."""
    if _place(connection.address) not in _unreachable:
        with suppress(psycopg.Error):
            _ask(connection, "SELECT pg_terminate_backend(%s)")


def _ask(connection: WatchedConnection, question: str) -> TupleRow | None:
    with BriefConnection.connect("", autocommit=True, **{**connection.address, "connect_timeout": ANSWER_S}) as asking:
        return asking.execute(question, [connection.session or connection.info.backend_pid]).fetchone()


class BriefConnection(psycopg.Connection[TupleRow]):
    """A connection that asks one question, whose answer must not take long."""

    def wait(self, gen: Waiting[Result], *given: Any, **named: Any) -> Result:
        """Wait as psycopg does, but for a few seconds at most."""
        return super().wait(_limited(gen, time.monotonic() + ANSWER_S), *given, **named)  # type: ignore[arg-type]


def _limited(gen: Waiting[Result], until: float) -> Waiting[Result]:
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > until:
                raise psycopg.OperationalError("no answer")
            wanted = gen.send(ready)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def _place(address: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(address.get(name) for name in ("host", "hostaddr", "port", "service"))


def _unsent(connection: WatchedConnection) -> int:
    """Give how many bytes the kernel still has to bring to the server."""
    try:
        return int(struct.unpack("i", ioctl(connection.fileno(), TIOCOUTQ, bytes(4)))[0])
    except (OSError, psycopg.Error):
        return 0


_WAITS_FOR_US = "SELECT wait_event IN ('ClientRead', 'ClientWrite') FROM pg_stat_activity WHERE pid = %s"
