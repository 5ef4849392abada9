"""Connections that notice a silent server: no command waits for ever for an answer that will not come.

A peer that acknowledges nothing is found by the kernel (TCP keepalives and user time-out). One that takes every byte
and never answers, such as a proxy that has forgotten the connection, is found here: after some seconds without a byte
the server is asked, over a second connection, what it does for the first. A long statement goes on. A server that waits
for this program while this program waits for it, and one that answers nobody, end the connection and its session.
"""

import struct
import time
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fcntl import ioctl
from termios import TIOCOUTQ
from typing import Any, Protocol, TypeVar

import psycopg
from psycopg import sql
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


@dataclass(frozen=True)
class _Wait:
    """A wait of a connection."""

    connection: "WatchedConnection"

    def session(self) -> "Session":
        server_process = self.connection.session or self.connection.info.backend_pid
        return Session(self.connection.address, "pid", server_process)

    def unsent(self) -> int:
        """Give how many bytes the kernel still has to bring to the server."""
        try:
            return int(struct.unpack("i", ioctl(self.connection.fileno(), TIOCOUTQ, bytes(4)))[0])
        except (OSError, psycopg.Error):
            return 0

    def give_up(self) -> None:
        self.connection.close()


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
        _unreachable.discard(_place(Session(address, "pid", None)))
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
        silence: Silence | None = None
        while True:
            ready = yield wanted
            if ready:
                silence = None
            else:
                silence = silence or Silence(_Wait(connection))
                silence.goes_on()
            wanted = gen.send(ready)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Session:
    """A session as its server knows it.

    Attributes
    ----------
    address : mapping of str to Any
        How to enter beside it, in libpq's terms.
    column, value : str, object
        Which row of `pg_stat_activity` it is.
    """

    address: Mapping[str, Any]
    column: str
    value: object


class Watched(Protocol):
    """What waits for a server."""

    def session(self) -> Session:
        """Say which session it waits for."""

    def unsent(self) -> int:
        """Give a number that changes while something still goes to the server."""

    def give_up(self) -> None:
        """End the wait on this side."""


@dataclass
class Silence:
    """A time in which nothing has come from the server, nor gone to it."""

    watched: Watched
    began: float = field(default_factory=time.monotonic)
    asked: float | None = None
    unsent: int = 0
    complaint: str = ""

    def goes_on(self) -> None:
        """Look whether it has become too long; called ten times a second.

        Raises
        ------
        psycopg.OperationalError
            It has, and what waited waits no more.
        """
        now = time.monotonic()
        if _ending.at is not None and now >= _ending.at:
            self._give_up("the command is to end")
        if (unsent := self.watched.unsent()) != self.unsent:  # something still goes out
            self.began, self.asked, self.complaint, self.unsent = now, None, "", unsent
        if _place(self.watched.session()) in _unreachable and now - self.began > 1:
            self._give_up(NO_ANSWER)
        if now - (self.asked or self.began) > (AGAIN_S if self.complaint else SILENCE_S):
            self._ask()

    def _ask(self) -> None:
        session = self.watched.session()
        before, self.complaint = self.complaint, _complaint(session)
        self.asked = time.monotonic()
        if before and self.complaint:
            if self.complaint == NO_ANSWER:
                _unreachable.add(_place(session))
            self._give_up(f"nothing has come for {self.asked - self.began:.0f} s: {self.complaint}")

    def _give_up(self, reason: str) -> None:
        _end_session(self.watched.session())
        self.watched.give_up()
        raise psycopg.OperationalError(reason)


def _complaint(session: Session) -> str:
    """Ask the server what it does for a session; give what is wrong, or nothing where it is at work."""
    try:
        found = _ask(session, "wait_event IN ('ClientRead', 'ClientWrite')")
    except psycopg.OperationalError as error:
        if "FATAL" in str(error):  # it has answered, though it lets nobody in
            return ""
        return NO_ANSWER
    if found is None:
        return "the server has ended the session"
    return "the server waits for this program, so something between them swallows what is sent" if found[0] else ""


def _end_session(session: Session) -> None:
    """Have the server end a session that this process cannot reach any more, and with it its locks."""
    if _place(session) not in _unreachable:
        with suppress(psycopg.Error):
            _ask(session, "pg_terminate_backend(pid)")


def _ask(session: Session, what: str) -> TupleRow | None:
    beside = {**session.address, "connect_timeout": ANSWER_S}
    if options := session.address.get("options"):  # a role that these ask for may not see the login's own sessions
        beside["options"] = f"{options} -c role=none"
    with BriefConnection.connect("", autocommit=True, **beside) as asking:
        question = _QUESTION.format(sql.SQL(what), sql.Identifier(session.column))
        return asking.execute(question, [session.value]).fetchone()


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


def _place(session: Session) -> tuple[Any, ...]:
    return tuple(session.address.get(name) for name in ("host", "hostaddr", "port", "service"))


_QUESTION = sql.SQL("SELECT {} FROM pg_stat_activity WHERE {} = %s AND pid <> pg_backend_pid()")
