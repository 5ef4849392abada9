"""Runs pg_dump and pg_restore beside Python: bytes pass through, what they complain of is kept."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from warehouse.database.connection import Database
from warehouse.transfer.backup.archive import CHUNK


@dataclass(frozen=True)
class Outcome:
    """How a program ended, and the lines in which it tells of errors."""

    code: int
    errors: Sequence[str]

    @property
    def reason(self) -> str:
        """The first error, as the server words it."""
        return (self.errors or ["it was ended from outside"])[0].rpartition("ERROR: ")[2].strip()


@dataclass
class Running:
    """A program at work."""

    process: "subprocess.Popen[bytes]"
    said: IO[bytes]

    def ended(self) -> Outcome:
        """Wait for its end; nothing more comes in."""
        if self.process.stdin:
            with suppress(BrokenPipeError):
                self.process.stdin.close()
        code = self.process.wait()
        self.said.seek(0)
        lines = self.said.read().decode(errors="replace").splitlines()
        return Outcome(code, [line for line in lines if "error:" in line or "ERROR:" in line or "FATAL:" in line])


@contextmanager
def running(
    program: Path, arguments: Sequence[str], database: Database | None, environment: Mapping[str, str],
    *, reads: int = subprocess.DEVNULL, writes: IO[bytes] | int = subprocess.DEVNULL,
) -> Iterator[Running]:  # fmt: skip
    """Run a program on a database; it is ended when the block fails. The password is no argument, which all can see.

    Of `reads` and `writes` one at most is a pipe: a program that waits for both sides would wait for ever.
    """
    around = {**environment, "LC_ALL": "C"}
    where = []
    if database:
        where = ["--dbname", database.without_password()]
        around |= {"PGPASSWORD": password} if (password := database.password()) else {}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [str(program), *arguments, *where], stdin=reads, stdout=writes, stderr=said, env=around
        )
        try:
            yield Running(process, said)
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(BrokenPipeError):
                        pipe.close()


def pass_on(source: IO[bytes] | None, target: IO[bytes] | None, told: Callable[[int], object] | None = None) -> int:
    """Copy bytes until the source ends or the target takes no more; give their number."""
    passed = 0
    while source and target and (piece := source.read(CHUNK)):
        try:
            target.write(piece)
        except BrokenPipeError:
            break
        passed += len(piece)
        if told:
            told(len(piece))
    return passed
