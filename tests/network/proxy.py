"""A proxy before a server that goes wrong: it swallows what one says, what the other answers, or everything."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["hole", "no_answers", "all", "unread"]


@dataclass
class Proxy:
    """Hands on what is said, until somebody says `pattern`.

    From then on, by its mode: ``hole`` swallows what is said over that connection, ``no_answers`` what is answered
    there, ``all`` everything over every connection, new ones too; ``unread`` takes nothing more, so that buffers fill.
    No connection to the server is ever closed after that.
    """

    server_port: int
    mode: Mode
    pattern: bytes
    has_fired: threading.Event = field(default_factory=threading.Event)
    is_closed: threading.Event = field(default_factory=threading.Event)
    listening: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    kept: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    def serve(self) -> None:
        with suppress(OSError):  # it is closed at the end
            while True:
                program, _ = self.listening.accept()
                server = socket.create_connection(("127.0.0.1", self.server_port))
                self.kept += [program, server]
                if self.is_closed.is_set():  # meanwhile
                    self.close()
                    return
                is_mine = threading.Event()
                _start(self._hand_on_what_is_said, program, server, is_mine)
                _start(self._hand_on_answers, program, server, is_mine)

    def close(self) -> None:
        self.is_closed.set()
        for one in (self.listening, *self.kept):
            _end(one)

    def _is_silent(self, is_mine: threading.Event) -> bool:
        return is_mine.is_set() or (self.mode == "all" and self.has_fired.is_set())

    def _hand_on_what_is_said(self, program: socket.socket, server: socket.socket, is_mine: threading.Event) -> None:
        while said := _read(program):
            if self.pattern in said and not self.has_fired.is_set():
                is_mine.set()
                self.has_fired.set()
                if self.mode == "unread":
                    return
            if not self._is_silent(is_mine) or self.mode == "no_answers":
                server.sendall(said)
        if not self._is_silent(is_mine):
            _end(server)

    def _hand_on_answers(self, program: socket.socket, server: socket.socket, is_mine: threading.Event) -> None:
        while answer := _read(server):
            if not self._is_silent(is_mine):
                program.sendall(answer)
        if not self._is_silent(is_mine):
            _end(program)


@contextmanager
def proxy(server_port: int, mode: Mode, pattern: str) -> Iterator[Proxy]:
    """Run a proxy for the time of the block."""
    made = Proxy(server_port, mode, pattern.encode())
    _start(made.serve)
    try:
        yield made
    finally:
        made.close()


def _start(what: object, *given: object) -> None:
    def run() -> None:
        with suppress(OSError):
            what(*given)  # type: ignore[operator]

    threading.Thread(target=run, daemon=True).start()


def _end(one: socket.socket) -> None:
    """End a connection, also where another thread waits for what comes over it, which would keep it open."""
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def _read(one: socket.socket) -> bytes:
    try:
        return one.recv(1 << 16)
    except OSError:
        return b""
