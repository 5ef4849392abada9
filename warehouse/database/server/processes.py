"""The server's processes: which user runs them, with what around them, and whether one lives."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from warehouse.errors import DatabaseUnavailable

UNPRIVILEGED = ("postgres", "nobody")
"""Users to run the server as where root starts it, which PostgreSQL refuses to run as."""

ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}
"""All that the server's programs get to see: no PG* variable and no locale of the caller's changes what they do."""


@dataclass(frozen=True)
class Account:
    """The user that the server's programs run as; `is_other` where it is not the present one."""

    name: str
    uid: int
    gid: int
    is_other: bool

    def run(self, command: Sequence[str | Path], log: BinaryIO | int, within: str | Path = "/") -> int:
        """Run a program as this user, with nothing on its input and what it prints in `log`; give its exit status."""
        other = {"user": self.uid, "group": self.gid, "extra_groups": ()} if self.is_other else {}
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=within,
            env=ENVIRONMENT,
            check=False,
            **other,  # type: ignore[call-overload]
        )
        return int(done.returncode)

    def can_run(self, program: Path) -> bool:
        """Say whether this user can reach and run a program; a directory above it may be closed to others."""
        try:
            return self.run([program, "--version"], subprocess.DEVNULL) == 0
        except OSError:
            return False

    def can_enter(self, directory: Path) -> bool:
        """Say whether this user can reach a directory."""
        return self.run(["test", "-x", directory], subprocess.DEVNULL) == 0


def server_account() -> Account:
    """Choose the user to run the server as: the present one, or where that is root, one without rights.

    Raises
    ------
    DatabaseUnavailable
        The present user has no name, which initdb requires, or root finds no user to run the server as.
    """
    if os.geteuid() != 0:
        return _present_account()
    known = {user.pw_name: user for user in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if user := known.get(name):
            return Account(name, user.pw_uid, user.pw_gid, is_other=True)
    raise DatabaseUnavailable(
        f"PostgreSQL refuses to run as root, and there is no user {' or '.join(UNPRIVILEGED)} to run it as: "
        "add one, or be another user."
    )


def lives(pid: int, directory: Path) -> bool:
    """Say whether a process is a living server of a data directory.

    A zombie still answers signals, and after a restart of the machine its pid may be another program's: both are told
    apart where the system has /proc.
    """
    process = Path("/proc", str(pid))
    if not Path("/proc/self/stat").exists():
        return _answers(pid)
    try:
        state = process.joinpath("stat").read_text().rpartition(")")[2].split()[0]
        words = process.joinpath("cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    named = {os.fsencode(directory), mark(directory).encode()}  # by its path: a server that an earlier version started
    return state not in "ZX" and not named.isdisjoint(words)


def mark(directory: Path) -> str:
    """Give the word of a server's command line that tells which it is, without a path that a shell would read."""
    return f"cluster_name=warehouse_{sha256(os.fsencode(directory)).hexdigest()[:12]}"


def _present_account() -> Account:
    try:
        user = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise DatabaseUnavailable(
            f"The user id {os.geteuid()} has no name on this machine, and initdb requires one: give it a line in "
            "/etc/passwd, or give the address of a server of your own with --dsn or DATABASE_URL."
        ) from None
    return Account(user.pw_name, user.pw_uid, user.pw_gid, is_other=False)


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
