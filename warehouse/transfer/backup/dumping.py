"""Writes a backup: checksums and dump of the same moment, whatever others write meanwhile."""

import json
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import errors as pg

from warehouse import logs
from warehouse.database.connection import Database
from warehouse.database.role_login import temporary_login
from warehouse.database.server.clients import client_version, find_clients
from warehouse.database.translation import translate_errors
from warehouse.database.types import Connection
from warehouse.errors import BadInput, Busy, DatabaseUnavailable, SchemaMismatch
from warehouse.ledger.versions import code_version
from warehouse.progress import Progress
from warehouse.schema import foreign_code, migrations
from warehouse.schema.sqlfiles import OWN_SCHEMAS
from warehouse.transfer.backup import archive, roles, scratch, tools
from warehouse.transfer.backup.manifest import read
from warehouse.transfer.backup.scratch import Scratch
from warehouse.transfer.backup.summing import table_checksums
from warehouse.transfer.strict_json import NotAsDeclared

COMPRESSION = "gzip:1"
"""Measured on attention: half the size of none at the same speed; gzip:6 takes three times as long for 9 % less."""


def backup(
    database: Database, path: Path, environment: Mapping[str, str], progress: Progress, *, force: bool = False,
    with_scratch: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Write the warehouse into one file, with the checksum of every table as of the dump's own snapshot.

    Parameters
    ----------
    database : Database
        From; entered as a role that sees every row. Others may go on reading and writing.
    path : Path
        To; it gets its name when it is whole.
    environment : mapping of str to str
        Where to look for pg_dump (`find_clients`).
    progress : Progress
        Where to tell how far it is.
    force : bool
        Put it in the place of a file that is there.
    with_scratch : bool
        Take scratch schemas along, each read as its owner.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    BadInput
        The file is there already or cannot be written.
    SchemaMismatch
        The database holds no warehouse.
    DatabaseUnavailable
        The role may not read everything, or there is no pg_dump for this server.
    OutOfSpace
        The file does not fit.
    Busy
        Tables were taken away while the backup began.
    """
    if (revision := migrations.current(database)) is None:
        raise SchemaMismatch.older(None, migrations.head())
    with translate_errors("backing up"), database.connect() as connection:
        foreign_code.refuse(connection, functions=False)
        programs = find_clients(connection.info.server_version // 10_000, environment)
        manifest = _facts(connection, revision, client_version(programs))
        archive.require_room(path, manifest["database_bytes"])
        with archive.write_archive(path, force=force) as file:
            manifest["tables"] = _checksums(connection, progress)
            snapshot = (connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",))[0]
            dumping = Dumping(programs, environment, snapshot, file, progress)
            manifest["dump_bytes"] = dumping.write(database, archive.DUMP, OWN_SCHEMAS)
            manifest["scratch"] = []
            for each in scratch.scratch_schemas(connection) if with_scratch else []:
                with temporary_login(database, each.owner) as theirs:
                    if (tables := dumping.write_scratch(theirs, each)) is not None:
                        manifest["tables"] |= tables
                        manifest["scratch"].append(each.schema)
            archive.add_manifest(file, _readable(manifest))
    return manifest


def _readable(manifest: dict[str, Any]) -> dict[str, Any]:
    """Give a manifest that a restore will take; `BadInput` names what it would not."""
    try:
        read(json.dumps(manifest).encode())
    except NotAsDeclared as error:
        what = f"no restore would take its backup: {error}"
        raise BadInput(what, f"database {manifest['database']}", "rename that, then back up again") from error
    return manifest


@dataclass(frozen=True)
class Dumping:
    """Dumps of one moment, on their way into the file of a backup."""

    programs: Path
    environment: Mapping[str, str]
    snapshot: str
    file: zipfile.ZipFile
    progress: Progress

    def write(self, database: Database, name: str, schemas: Sequence[str]) -> int:
        """Dump some schemas into the file as whoever enters the database; give the number of bytes."""
        with self.file.open(name, "w", force_zip64=True) as entry, self.progress.bar("dump", None, "B") as bar:
            return self._dump(database, schemas, entry, bar.update)

    def write_scratch(self, database: Database, one: Scratch) -> dict[str, str] | None:
        """Dump a scratch schema as its owner, and give the checksums of its tables; None, with a remark, if that fails.

        What its owner has put into it must not keep anybody from a backup.
        """
        try:
            tables = scratch.scratch_checksums(database, one, self.snapshot)
            with tempfile.TemporaryFile() as dump:
                self._dump(database, [one.schema], dump)
                dump.seek(0)
                with self.file.open(one.dump, "w", force_zip64=True) as entry:
                    shutil.copyfileobj(dump, entry, archive.CHUNK)
        except (psycopg.Error, DatabaseUnavailable, Busy) as error:
            logs.remark(f"The schema {one.schema} is left out: {str(error).splitlines()[0]}")
            return None
        return tables

    def _dump(
        self, database: Database, schemas: Sequence[str], target: IO[bytes], told: Callable[[int], object] | None = None
    ) -> int:
        arguments = ["--format=custom", f"--compress={COMPRESSION}", f"--snapshot={self.snapshot}"]
        arguments += [f"--schema={schema}" for schema in schemas]
        with tools.running(
            self.programs / "pg_dump", arguments, database, self.environment, writes=subprocess.PIPE
        ) as dumping:
            written = dumping.take(target, told)
            _require_whole(dumping.wait())
        return written


def _facts(connection: Connection, revision: str, tool: int) -> dict[str, Any]:
    """Open the transaction whose view is dumped, and say what it is of."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    (name, size, made_at) = connection.execute(_DATABASE).fetchone() or ("", 0, None)
    return {
        "format": archive.FORMAT,
        "version": code_version(),
        "schema_revision": revision,
        "made_at": str(made_at),
        "database": name,
        "database_bytes": size,
        "server_version": str(connection.info.parameter_status("server_version")),
        "server_major": connection.info.server_version // 10_000,
        "tool_major": tool,
        **roles.describe_roles(connection),
    }


def _checksums(connection: Connection, progress: Progress) -> dict[str, str]:
    try:
        return table_checksums(connection, progress)
    except pg.UndefinedTable as error:
        raise _replaced() from error


def _require_whole(outcome: tools.ProgramOutcome) -> None:
    if outcome.code == 0:
        return
    if "does not exist" in outcome.reason or "could not open relation" in outcome.reason:
        raise _replaced()
    raise DatabaseUnavailable(
        f"pg_dump could not read the database ({outcome.reason}); no backup was made: correct that and give the same "
        "command again."
    )


def _replaced() -> Busy:
    return Busy("Tables were taken away while the backup began; no backup was made: give the same command again.")


_DATABASE = "SELECT current_database(), pg_database_size(current_database()), transaction_timestamp()"
