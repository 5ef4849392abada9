"""Feeds the dumps of a backup to pg_restore: of each only what is in the schemas that it is of."""

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from warehouse.database.connection import Database
from warehouse.errors import BadInput, DatabaseUnavailable, OutOfSpace
from warehouse.progress import Progress
from warehouse.transfer.backup import archive, tools

OF_NEWER_SERVERS = "transaction_timeout"
"""A setting that pg_restore 17 and newer make without asking; a server of version 16 refuses it, and loses nothing."""


@dataclass(frozen=True)
class DumpLoading:
    """Dumps out of the file of a backup, on their way into a database."""

    programs: Path
    environment: Mapping[str, str]
    path: Path
    progress: Progress

    def require_readable(self, dumps: Sequence[str]) -> None:
        """Refuse dumps that pg_restore cannot read the table of contents of."""
        for dump in dumps:
            self._listed(dump)

    def load(
        self, database: Database, dump: str, schemas: Sequence[str], *, has_schemas: bool = False,
        rows_of: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        """Feed a dump to pg_restore as whoever enters the database, who owns what comes.

        Parameters
        ----------
        database : Database
            Where to.
        dump : str
            Its name in the file of the backup.
        schemas : sequence of str
            What is in others is left.
        has_schemas : bool
            The schemas are there, and are not made.
        rows_of : sequence of str or None
            Load the rows of these tables, and nothing else.

        Raises
        ------
        DatabaseUnavailable
            It could not restore something; the sentence has the server's reason.
        OutOfSpace
            The server's disk is full.
        """
        with (
            self._contents(dump, lambda line: is_of(line, schemas, has_schemas, rows_of)) as chosen,
            archive.dump_of(self.path, dump) as source,
        ):
            arguments = ["--no-owner", f"--use-list={chosen}"]
            with self.progress.bar("restore", archive.size_of(self.path, dump), "B") as bar:
                with self._running(database, arguments, reads=subprocess.PIPE) as restoring:
                    restoring.feed(source, bar.update)
                    outcome = restoring.wait()
        _require_whole(outcome, self.path)

    @contextmanager
    def _contents(self, dump: str, is_wanted: Callable[[str], bool]) -> Iterator[str]:
        """Give a file with the lines of the dump's table of contents that are wanted."""
        lines = self._listed(dump).splitlines(keepends=True)
        with tempfile.NamedTemporaryFile("w", suffix=".list") as file:
            file.writelines(line for line in lines if is_wanted(line))
            file.flush()
            yield file.name

    def _listed(self, dump: str) -> str:
        """Let pg_restore read a dump's table of contents; `BadInput` where it has none."""
        with tempfile.TemporaryFile() as written, archive.dump_of(self.path, dump) as source:
            with self._running(None, ["--list"], reads=subprocess.PIPE, writes=written) as listing:
                listing.feed(source)
                outcome = listing.wait()
            if outcome.code:
                raise _damaged(self.path, outcome.reason)
            written.seek(0)
            return written.read().decode(errors="replace")

    def _running(self, database: Database | None, arguments: Sequence[str], **pipes: Any) -> Any:
        return tools.running(self.programs / "pg_restore", arguments, database, self.environment, **pipes)


def is_of(line: str, schemas: Sequence[str], has_schemas: bool = False, rows_of: Sequence[str] | None = None) -> bool:
    """Say whether a line of a dump's table of contents is of some schemas, or makes one of them; see `Loading.load`.

    Default privileges are not: they are those of who upgraded, and who upgrades next grants them again.
    """
    entry = _ENTRY.match(line)
    if entry is None or entry["kind"] == "DEFAULT ACL" or (entry["kind"] == "SCHEMA" and has_schemas):
        return False
    if rows_of is not None and (entry["kind"] != "TABLE DATA" or entry["tag"].rpartition(" ")[0] not in rows_of):
        return False
    if entry["schema"] != "-":
        return entry["schema"] in schemas
    what, *name = entry["tag"].split(" ")  # in no schema is a schema itself, and what is granted or said of one
    return what in schemas if entry["kind"] == "SCHEMA" else what == "SCHEMA" and name[0] in schemas


def _damaged(path: Path, reason: str) -> BadInput:
    return BadInput(f"its dump is cut off or damaged ({reason})", path, "take another copy of it; nothing was restored")


def _require_whole(outcome: tools.ProgramOutcome, path: Path) -> None:
    errors = [line for line in outcome.errors if OF_NEWER_SERVERS not in line]
    if outcome.code == 0 or (outcome.errors and not errors):
        return
    reason = replace(outcome, errors=errors).reason
    if not any("ERROR: " in line or "FATAL: " in line for line in errors):
        raise _damaged(path, reason)
    if "No space left on device" in reason:
        raise OutOfSpace("restoring")
    raise DatabaseUnavailable(
        f"pg_restore could not bring everything back ({reason}), and what it had brought was taken away: correct that "
        "and give the same command again."
    )


_ENTRY = re.compile(r"\d+; \d+ \d+ (?P<kind>[A-Z][A-Z ]*[A-Z]) (?P<schema>-|[a-z]\w*) (?P<tag>.+)")
