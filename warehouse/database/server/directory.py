"""The directory of the embedded server: whose it is, and the little that is kept beside the data.

::

    data/               the cluster, made as data.init/ and renamed when whole
    password            of the login `warehouse`; made once, readable by the owner alone
    superuser_password  of the superuser, whom nobody enters as (`roles`); as above
    roles               how the logins are laid out, written when they are
    port                on 127.0.0.1; chosen once, kept for bookmarks
    server.log          what initdb, pg_ctl and the server say
    lock                held while initialising, starting and stopping
    programs/           a copy of the server's programs, where its user cannot reach the originals
"""

import os
import pwd
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from warehouse.database.server.processes import Account
from warehouse.errors import Busy, DatabaseUnavailable

CHOSEN_BY = "WAREHOUSE_HOME"


def default_directory(environment: Mapping[str, str]) -> Path:
    """Say where the embedded server lives: ``WAREHOUSE_HOME``, root's /var/lib, or the user's data directory."""
    if chosen := environment.get(CHOSEN_BY):
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/attention-warehouse")
    if environment.get("HOME") == "":
        return Path(pwd.getpwuid(os.geteuid()).pw_dir, ".local/share/attention-warehouse")
    import platformdirs

    return platformdirs.user_data_path("attention-warehouse", appauthor=False).absolute()


@dataclass(frozen=True)
class ServerDirectory:
    """A directory that belongs to one server, seen by the user `account` that runs it."""

    path: Path
    account: Account

    @property
    def data(self) -> Path:
        """The cluster's own directory, by one name whatever links lead to it."""
        return self.path.resolve() / "data"

    @property
    def log(self) -> Path:
        """The file that holds what the server's programs say."""
        return self.path / "server.log"

    def claim(self) -> None:
        """Make it, for the server's user; one that holds files of someone else is left alone.

        Raises
        ------
        DatabaseUnavailable
            It cannot be made or entered, or it is not empty and someone else's.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.account.is_other and not any(self.path.iterdir()):
                os.chown(self.path, self.account.uid, self.account.gid)
            owner = self.path.stat().st_uid
        except OSError as error:
            raise DatabaseUnavailable(
                f"The directory {self.path} of the embedded server cannot be used ({error.strerror}): name another in "
                f"{CHOSEN_BY}."
            ) from error
        if owner != self.account.uid:
            raise DatabaseUnavailable(
                f"The directory {self.path} is not empty and does not belong to {self.account.name}, the user that "
                f"runs the embedded server: name a new one in {CHOSEN_BY}."
            )
        if self.account.is_other and not self.data.exists() and not self.account.can_enter(self.path):
            raise DatabaseUnavailable(
                f"The user {self.account.name}, who runs the embedded server for root, cannot enter {self.path}: name "
                f"a directory in {CHOSEN_BY} whose parents are open to all users."
            )

    @contextmanager
    def locked(self, seconds: float) -> Iterator[None]:
        """Hold the lock that serialises initialising, starting and stopping; `Busy` after so many seconds."""
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.path / "lock", timeout=seconds):
                yield
        except Timeout as error:
            raise Busy(
                f"Another process has been starting or stopping the embedded server in {self.path} for {seconds:.0f} "
                f"s: see {self.log}, then give the command again."
            ) from error

    def kept(self, name: str) -> str | None:
        """Read a small file; None where it is not there."""
        path = self.path / name
        return path.read_text() if path.exists() else None

    def keep(self, name: str, value: str) -> None:
        """Write a small file whole, for the server's user alone to read."""
        fresh = self.path / f"{name}.init"
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(value)
        os.chown(fresh, self.account.uid, self.account.gid)
        fresh.rename(self.path / name)
