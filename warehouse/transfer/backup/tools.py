"""Runs pg_dump and pg_restore beside Python: bytes pass through, what they complain of is kept.

They notice a silent server as little as any libpq program does, so that each is watched from beside.
"""

import secrets
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo

from warehouse.database.connection import Database
from warehouse.database.watched import Session, Silence
from warehouse.transfer.backup.archive import CHUNK

T = TypeVar("T")
Told = Callable[[int], object] | None
"""Called with the number of bytes that have passed."""


@dataclass(frozen=True)
class ProgramOutcome:
    """How a program ended, and the lines in which it tells of errors."""

    code: int
    errors: Sequence[str]

    @property
    def reason(self) -> str:
        """The first error, as the server words it."""
        return (self.errors or ["it was ended from outside"])[0].rpartition("ERROR: ")[2].strip()


@dataclass
class Running:
    """A program at work, and whether it waits for its server in vain (`Silence`)."""

    process: "subprocess.Popen[bytes]"
    said: IO[bytes]
    server: Session | None
    """The program's session; None: it has none."""
    steps: int = 0
    """How often something has passed between this process and the program, or was waited for from elsewhere."""
    is_ours_to_wait: bool = False
    """Neither the program nor its server is waited for now."""
    loss: psycopg.OperationalError | None = None

    def take(self, target: IO[bytes], told: Told = None) -> int:
        """Write all that the program gives; give the number of bytes."""
        output = self.process.stdout
        assert output
        return self._pass(lambda: output.read(CHUNK), target.write, told, reads=True)

    def feed(self, source: IO[bytes], told: Told = None) -> int:
        """Give the program all of a file, or as much as it takes; give the number of bytes."""
        given = self.process.stdin
        assert given
        return self._pass(lambda: source.read(CHUNK), given.write, told, reads=False)

    def wait(self) -> ProgramOutcome:
        """Wait for its end; nothing more comes in.

        Raises
        ------
        psycopg.OperationalError
            It was ended, since its server was silent.
        """
        if self.process.stdin:
            with suppress(BrokenPipeError):
                self.process.stdin.close()
        code = self.process.wait()
        if self.loss:
            raise self.loss
        self.said.seek(0)
        lines = self.said.read().decode(errors="replace").splitlines()
        return ProgramOutcome(
            code, [line for line in lines if "error:" in line or "ERROR:" in line or "FATAL:" in line]
        )

    def _pass(self, read: Callable[[], bytes], write: Callable[[bytes], object], told: Told, *, reads: bool) -> int:
        """Copy until the source ends or the target takes no more, where one of the two is the program's."""
        passed = 0
        while piece := self._step(read, is_programs=reads):
            try:
                self._step(partial(write, piece), is_programs=not reads)
            except BrokenPipeError:
                break
            passed += len(piece)
            if told:
                told(len(piece))
        return passed

    def _step(self, what: Callable[[], T], *, is_programs: bool) -> T:
        self.is_ours_to_wait = not is_programs
        try:
            return what()
        finally:
            self.is_ours_to_wait = False
            self.steps += 1

    def session(self) -> Session:
        """Say which session the program waits for."""
        assert self.server
        return self.server

    def unsent(self) -> int:
        """Give a number that changes while the program is not waiting for its server."""
        self.steps += self.is_ours_to_wait
        return self.steps

    def give_up(self) -> None:
        """End the program."""
        self.process.kill()

    def watch(self) -> None:
        """End the program when its server is silent; returns at its end."""
        silence = Silence(self)
        while self.process.poll() is None:
            time.sleep(0.1)
            try:
                silence.goes_on()
            except psycopg.OperationalError as loss:
                self.loss = loss
                return


@contextmanager
def running(
    program: Path, arguments: Sequence[str], database: Database | None, environment: Mapping[str, str],
    *, reads: int = subprocess.DEVNULL, writes: IO[bytes] | int = subprocess.DEVNULL,
) -> Iterator[Running]:  # fmt: skip
    """Run a program on a database; it is ended when the block fails. The password is no argument, which all can see.

    Of `reads` and `writes` one at most is a pipe: a program that waits for both sides would wait for ever. One whose
    server has fallen silent is ended (`Running.ended`).
    """
    around = {**environment, "LC_ALL": "C"}
    where, session = [], None
    if database:
        session = database.session_named(f"{program.name} {secrets.token_hex(8)}")
        facts = {name: value for name, value in session.address.items() if name != "password"}
        where = ["--dbname", make_conninfo(**facts)]
        around |= {"PGPASSWORD": password} if (password := database.password()) else {}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [str(program), *arguments, *where], stdin=reads, stdout=writes, stderr=said, env=around
        )
        begun = Running(process, said, session)
        watcher = threading.Thread(target=begun.watch, daemon=True)
        try:
            if session:
                watcher.start()
            yield begun
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(BrokenPipeError):
                        pipe.close()
