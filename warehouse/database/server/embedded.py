"""The embedded PostgreSQL: a server of our own, started by whoever needs it first and then left running.

It is supervised with initdb and pg_ctl alone. It listens on 127.0.0.1 only, where any SQL client can reach it with the
password. There is no Unix socket: one was no faster here, its path is limited to 107 bytes, and its lock file outlives
a killed server.
"""

import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg

from warehouse import logs
from warehouse.database.server import postmaster, roles, settings
from warehouse.database.server.binaries import CHOSEN_BY, copy_below, find_binaries, fit_for_a_shell, major_version
from warehouse.database.server.directory import ServerDirectory, default_directory
from warehouse.database.server.postmaster import Status
from warehouse.database.server.processes import Account, mark, server_account
from warehouse.errors import DatabaseUnavailable, OutOfSpace

START_SECONDS = 300
RETRY_SECONDS = 10
PASSING = ("still in use", "could not create any TCP/IP sockets")
"""Reasons for which a start is tried again: processes of a killed server linger, someone took the port."""


@dataclass(frozen=True)
class EmbeddedServer:
    """A PostgreSQL server that belongs to one directory.

    Attributes
    ----------
    directory : Path
        Holds everything of it.
    binaries : Path
        The directory of initdb, pg_ctl and postgres.
    volatile : bool
        Never waits for the disk; for tests: a crash of the machine loses it. Decided when it is initialised.
    """

    directory: Path
    binaries: Path
    volatile: bool = False

    @classmethod
    def default(cls, environment: Mapping[str, str]) -> "EmbeddedServer":
        """Give the server of this user, as the environment has it."""
        return cls(default_directory(environment), find_binaries(environment))

    def ensure_running(self) -> None:
        """Initialise and start it unless it runs; many processes may call this at once.

        Raises
        ------
        DatabaseUnavailable
            It cannot be made or started; the sentence holds the reason that the server gave.
        OutOfSpace
            Its disk is full.
        Busy
            Another process is still starting it.
        """
        self._home.claim()
        if self.is_running() and self._home.kept("roles") == roles.LAYOUT:
            return
        with self._home.locked(START_SECONDS):
            if not (self._home.data / "PG_VERSION").exists():
                self._initialise()
            self._start()
            if self._home.kept("roles") != roles.LAYOUT:
                self._settle_roles()

    def stop(self) -> bool:
        """Stop it, ending its connections; say whether it ran."""
        if postmaster.running(self._home.data) is None:
            return False
        with self._home.locked(START_SECONDS):
            if ran := postmaster.running(self._home.data) is not None:
                self._call("pg_ctl", "stop", "-D", self._home.data, "-m", "fast", "-w", "-t", START_SECONDS, "-s")
        return ran

    def is_running(self) -> bool:
        """Say whether it takes connections; a zombie and a stale pid file do not."""
        found = postmaster.running(self._home.data)
        return found is not None and found.is_ready

    def status(self) -> Status:
        """Tell how it is without changing anything."""
        found, port = postmaster.running(self._home.data), self._home.kept("port")
        return Status(
            is_running=found is not None and found.is_ready,
            directory=str(self.directory),
            log=str(self._home.log),
            pid=found.pid if found else None,
            port=int(port) if port else None,
        )

    def dsn(self, database: str = roles.DATABASE) -> str:
        """Give the address of a database of it: a libpq URL with the password, for any SQL client."""
        logins = self._logins()
        return f"postgresql://{roles.EVERYDAY}:{logins.everyday_password}@127.0.0.1:{logins.port}/{database}"

    def superuser_dsn(self, database: str = roles.DATABASE) -> str:
        """Give the superuser's address of a database of it, for what no other role may (`roles.prepare`)."""
        logins = self._logins()
        return f"postgresql://{roles.SUPERUSER}:{logins.superuser_password}@127.0.0.1:{logins.port}/{database}"

    def _logins(self) -> roles.Logins:
        port, *passwords = map(self._home.kept, ("port", "password", "superuser_password"))
        if port is None or passwords[0] is None:
            raise DatabaseUnavailable(f"The embedded server in {self.directory} was never started: start it first.")
        return roles.Logins(int(port), passwords[0], passwords[1] or "")

    @cached_property
    def _home(self) -> ServerDirectory:
        return ServerDirectory(self.directory, self._account)

    @cached_property
    def _account(self) -> Account:
        return server_account()

    @cached_property
    def _programs(self) -> Path:
        if not self._account.is_other or self._account.can_run(self.binaries / "postgres"):
            return fit_for_a_shell(self.binaries)
        place = fit_for_a_shell(self.directory / "programs")
        return copy_below(place, self.binaries, (self._account.uid, self._account.gid))

    def _initialise(self) -> None:
        """Make the cluster with its database under another name, so that `data` is there whole or not at all."""
        fresh = self._home.data.with_name("data.init")
        shutil.rmtree(fresh, ignore_errors=True)
        self._make_passwords()
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._call(
            "initdb", "-D", fresh, "-U", roles.SUPERUSER, "--encoding=UTF8", "--auth=scram-sha-256", "--data-checksums",
            f"--pwfile={self.directory / 'superuser_password'}",
            *(builtin if major_version(self._programs) >= 17 else ["--locale=C.UTF-8"]),
            *(["--no-sync"] if self.volatile else []),
        )  # fmt: skip
        with (fresh / "postgresql.conf").open("a") as file:
            file.write(settings.as_text(volatile=self.volatile))
        (self.directory / "roles").unlink(missing_ok=True)
        fresh.rename(self._home.data)

    def _make_passwords(self) -> None:
        for name in ("password", "superuser_password"):
            if self._home.kept(name) is None:
                self._home.keep(name, secrets.token_urlsafe(24))

    def _settle_roles(self) -> None:
        """Make the roles that enter it; a directory of before, whose one login was the superuser, is moved over."""
        self._make_passwords()
        try:
            if roles.settle(self._logins()):
                logs.remark(roles.MOVED)
        except psycopg.OperationalError as error:
            raise DatabaseUnavailable(
                f"The embedded server in {self.directory} does not let its own logins in ({_reason(str(error))}): "
                "restore the files of passwords that were kept beside its data."
            ) from error
        self._home.keep("roles", roles.LAYOUT)

    def _start(self) -> None:
        """Start the cluster, or wait for one that is starting or stopping already; holds the lock."""
        self._refuse_other_version()
        self._await_settled()
        self._add_settings()
        deadline = time.monotonic() + RETRY_SECONDS
        while not self.is_running():
            # A zombie or another program may bear the dead server's pid and pass for it; without this file, the server
            # itself still refuses to start while processes of its predecessor share its memory.
            (self._home.data / "postmaster.pid").unlink(missing_ok=True)
            try:
                chosen = [
                    f"-p {self._settled_port()}",
                    f"-c {mark(self._home.data)}",
                    *settings.preload_settings(self._programs),
                ]
                # by its name within its folder: pg_ctl hands the path to a shell, in which quotes and $ mean something
                self._call("pg_ctl", "start", "-D", "data", "-w", "-t", START_SECONDS, "-s", "-o", " ".join(chosen))
            except DatabaseUnavailable as error:
                if time.monotonic() > deadline or not any(reason in str(error) for reason in PASSING):
                    raise
                time.sleep(0.2)

    def _add_settings(self) -> None:
        """Bring the settings of a directory that an earlier version made up to date."""
        conf = self._home.data / "postgresql.conf"
        if lines := settings.missing(conf.read_text()):
            with conf.open("a") as file:
                file.write(lines)

    def _await_settled(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while (found := postmaster.running(self._home.data)) is not None and not found.is_ready:
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(
                    f"The embedded server (process {found.pid}) is still recovering or stopping after "
                    f"{START_SECONDS} s: see {self._home.log}, then give the command again."
                )
            time.sleep(0.1)

    def _refuse_other_version(self) -> None:
        made_by, ours = (self._home.data / "PG_VERSION").read_text().strip(), major_version(self._programs)
        if made_by != str(ours):
            raise DatabaseUnavailable(
                f"{self._home.data} was made by PostgreSQL {made_by}, and {self.binaries} is PostgreSQL {ours}: "
                f"name the bin directory of a PostgreSQL {made_by} in {CHOSEN_BY}, dump there and restore here."
            )

    def _settled_port(self) -> int:
        """Give the port it had before; another one only where some other program listens there now."""
        kept = self._home.kept("port")
        if kept is None or not postmaster.is_free_soon(int(kept)):
            kept = str(postmaster.free_port())
            self._home.keep("port", kept)
        return int(kept)

    def _call(self, program: str, *arguments: object) -> None:
        """Run a server program as the server's user; what it prints goes to the log, never to a pipe.

        The server inherits these handles: a pipe would stay open, and its reader would wait, for as long as it runs.
        """
        with self._home.log.open("ab") as log:
            before = log.tell()
            command: list[str | Path] = [self._programs / program, *map(str, arguments)]
            code = self._account.run(command, log, self._home.path.resolve())
        if code:
            said = self._home.log.read_bytes()[before:].decode(errors="replace")
            if "No space left on device" in said:
                raise OutOfSpace(f"running {program} in {self.directory}")
            raise DatabaseUnavailable(
                f"The embedded server in {self.directory} cannot be used, {program} failed with {_reason(said)!r}: "
                f"see {self._home.log}."
            )


def _reason(said: str) -> str:
    """Pick the line that tells why a server program failed."""
    lines = [line for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error:" in line]
    return (telling or lines or ["nothing"])[-1].strip()
