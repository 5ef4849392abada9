"""Writes a backup: checksums and dump of the same moment, whatever others write meanwhile."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors as pg

from warehouse.database.connection import Database, translated
from warehouse.database.server.clients import client_version, find_clients
from warehouse.errors import BadInput, Busy, DatabaseUnavailable, SchemaMismatch
from warehouse.ledger.versions import code_version
from warehouse.progress import Progress
from warehouse.schema import migrations
from warehouse.transfer.backup import archive, roles, tools
from warehouse.transfer.backup.manifest import read
from warehouse.transfer.backup.summing import summed
from warehouse.transfer.strict_json import NotAsDeclared

COMPRESSION = "gzip:1"
"""Measured on attention: half the size of none at the same speed; gzip:6 takes three times as long for 9 % less."""


def backup(
    database: Database, path: Path, environment: Mapping[str, str], progress: Progress, *, force: bool = False
) -> dict[str, Any]:
    """Write a whole database into one file, with the checksum of every table as of the dump's own snapshot.

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
    with translated("backing up"), database.connect() as connection:
        programs = find_clients(connection.info.server_version // 10_000, environment)
        manifest = _facts(connection, revision, client_version(programs))
        archive.require_room(path, manifest["database_bytes"])
        with archive.written(path, force=force) as file:
            manifest["tables"] = _checksums(connection, progress)
            snapshot = (connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",))[0]
            with file.open(archive.DUMP, "w", force_zip64=True) as entry, progress.bar("dump", None, "B") as bar:
                arguments = ["--format=custom", f"--compress={COMPRESSION}", f"--snapshot={snapshot}"]
                with tools.running(
                    programs / "pg_dump", arguments, database, environment, writes=subprocess.PIPE
                ) as dumping:
                    manifest["dump_bytes"] = tools.pass_on(dumping.process.stdout, entry, bar.update)
                    _require_whole(dumping.ended())
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


def _facts(connection: psycopg.Connection[Any], revision: str, tool: int) -> dict[str, Any]:
    """Open the transaction whose view is dumped, and say what it is of."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    (name, size, made_at) = connection.execute(_DATABASE).fetchone() or ("", 0, None)
    extensions = connection.execute(_EXTENSIONS).fetchall()
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
        "extensions": [{"extension": extension, "is_needed": needed} for extension, needed in extensions],
        **roles.described(connection),
    }


def _checksums(connection: psycopg.Connection[Any], progress: Progress) -> dict[str, str]:
    try:
        return summed(connection, progress)
    except pg.UndefinedTable as error:
        raise _replaced() from error


def _require_whole(outcome: tools.Outcome) -> None:
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
# An extension is needed where a column is of one of its types.
_EXTENSIONS = """
SELECT
    extname,
    EXISTS (
        SELECT FROM pg_attribute
        JOIN pg_type ON pg_type.oid = atttypid
        JOIN pg_depend ON pg_depend.objid IN (pg_type.oid, pg_type.typelem) AND pg_depend.deptype = 'e'
        WHERE
            pg_depend.refobjid = pg_extension.oid AND attnum > 0
            AND NOT EXISTS (SELECT FROM pg_depend AS own WHERE own.objid = attrelid AND own.deptype = 'e')
    ) AS is_needed
FROM pg_extension
WHERE extname <> 'plpgsql'
ORDER BY extname
"""
