"""Brings a backup back: under a name of its own until every checksum agrees, then at once under the right one.

A restore that is killed leaves a database NAME_being_restored, which nothing looks at; the next one takes it away.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from warehouse.database.connection import Database, translated
from warehouse.database.server.clients import find_clients
from warehouse.errors import BadInput, DatabaseUnavailable, OutOfSpace, SchemaMismatch
from warehouse.progress import Progress
from warehouse.schema import migrations
from warehouse.transfer import checksums
from warehouse.transfer.backup import archive, roles, tools
from warehouse.transfer.backup.manifest import Manifest
from warehouse.transfer.backup.places import Places
from warehouse.transfer.backup.summing import summed
from warehouse.transfer.strict_json import NotAsDeclared

OF_NEWER_SERVERS = "transaction_timeout"
"""A setting that pg_restore 17 and newer make without asking; a server of version 16 refuses it, and loses nothing."""


@dataclass(frozen=True)
class Restored:
    """What came back: into which database, how much, and which logins have no password yet."""

    database: str
    tables: int
    rows: int
    schema_revision: str
    new_logins: Sequence[str]
    left_out: Sequence[str]


def restore(
    database: Database, path: Path, environment: Mapping[str, str], progress: Progress, *, into: str | None = None
) -> Restored:
    """Bring a backup back into an empty database, and prove it by the checksum of every table.

    Parameters
    ----------
    database : Database
        On the server that it goes to; its name too, unless `into` is given. Entered as a superuser.
    path : Path
        The backup.
    environment : mapping of str to str
        Where to look for pg_restore (`find_clients`).
    progress : Progress
        Where to tell how far it is.
    into : str or None
        Another database of the same server; it is made where it is not there.

    Raises
    ------
    BadInput
        The file is no backup or damaged, or the database holds something, or what came back is not what was there.
    SchemaMismatch
        The backup is of a schema that this code does not know.
    DatabaseUnavailable
        The server is older than the one the backup is of, or lacks an extension, or the role is no superuser.
    Busy
        Another process restores the same database, or someone is connected to it.
    OutOfSpace
        The server's disk is full.
    """
    manifest = archive.checked(path)
    if manifest.schema_revision > migrations.head():
        raise SchemaMismatch.newer(manifest.schema_revision, migrations.head())
    programs = find_clients(manifest.tool_major, environment)
    contents = _listed(programs, path, environment)
    places = Places(database, into or database.name)
    with translated("restoring"), _vouched(path), places.held() as maintenance:
        _require_superuser(maintenance)
        _require_version(maintenance, manifest, path)
        roles.refuse_others(maintenance, manifest)
        places.require_empty(maintenance)
        left_out = _missing_extensions(maintenance, manifest)
        places.clear(maintenance)
        with (
            roles.made(maintenance, manifest, places.name) as fresh,
            places.fresh(maintenance, lambda: roles.finish(maintenance, manifest, fresh)) as unfinished,
        ):
            with _chosen(contents, left_out) as options:
                _load(programs, path, manifest, unfinished, environment, options, progress)
            rows = _verify(unfinished, manifest, path, progress)
            with unfinished.connect(autocommit=True) as connection:
                roles.settle(connection, manifest)
                connection.execute("ANALYZE")
    return Restored(places.name, len(rows), sum(rows), manifest.schema_revision, fresh.logins, left_out)


@contextmanager
def _vouched(path: Path) -> Iterator[None]:
    """Say in one sentence what this server does not take of a manifest."""
    try:
        yield
    except NotAsDeclared as error:
        what = f"its manifest asks for what no backup does: {error}"
        raise BadInput(what, path, "take a copy that nobody changed; nothing was restored") from error


def _require_superuser(connection: psycopg.Connection[Any]) -> None:
    """Refuse others: tables go to several owners, rights to functions of the server's own."""
    if connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() != (True,):
        raise DatabaseUnavailable(
            f"{connection.info.user} is no superuser, and a restore gives tables to several owners: restore as one, "
            'or follow "Without a superuser" in docs/how-to/backup.md.'
        )


def _require_version(connection: psycopg.Connection[Any], manifest: Manifest, path: Path) -> None:
    ours = connection.info.server_version // 10_000
    if ours < manifest.server_major:
        raise DatabaseUnavailable(
            f"{path} is of PostgreSQL {manifest.server_major}, and this server is {ours}, which cannot read a newer "
            "one's rights and settings: restore on a newer server, or carry the data over with `warehouse export "
            "parquet` and `warehouse import`, which know no versions."
        )


def _missing_extensions(connection: psycopg.Connection[Any], manifest: Manifest) -> list[str]:
    """Name the extensions that this server has not; no column may be of one of their types."""
    has = {name for (name,) in connection.execute("SELECT name FROM pg_available_extensions").fetchall()}
    missing = [entry for entry in manifest.extensions if entry.extension not in has]
    if needed := [entry.extension for entry in missing if entry.is_needed]:
        raise DatabaseUnavailable(
            f"Columns of the backup are of types of the extension {', '.join(needed)}, which this server does not "
            "have: install it on the server, then restore again."
        )
    return [entry.extension for entry in missing]


def _load(
    programs: Path, path: Path, manifest: Manifest, unfinished: Database, environment: Mapping[str, str],
    options: Sequence[str], progress: Progress,
) -> None:  # fmt: skip
    """Feed the dump to pg_restore.

    Raises
    ------
    DatabaseUnavailable
        It could not restore something; the sentence has the server's reason.
    OutOfSpace
        The server's disk is full.
    """
    with archive.dump_of(path) as dump:
        with progress.bar("restore", manifest.dump_bytes, "B") as bar:
            with tools.running(
                programs / "pg_restore", options, unfinished, environment, reads=subprocess.PIPE
            ) as restoring:
                tools.pass_on(dump, restoring.process.stdin, bar.update)
                outcome = restoring.ended()
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


def _damaged(path: Path, reason: str) -> BadInput:
    return BadInput(f"its dump is cut off or damaged ({reason})", path, "take another copy of it; nothing was restored")


def _listed(programs: Path, path: Path, environment: Mapping[str, str]) -> str:
    """Let pg_restore read the dump's table of contents; `BadInput` where it has none."""
    with tempfile.TemporaryFile() as written, archive.dump_of(path) as dump:
        with tools.running(
            programs / "pg_restore", ["--list"], None, environment, reads=subprocess.PIPE, writes=written
        ) as listing:
            tools.pass_on(dump, listing.process.stdin)
            outcome = listing.ended()
        if outcome.code:
            raise _damaged(path, outcome.reason)
        written.seek(0)
        return written.read().decode(errors="replace")


@contextmanager
def _chosen(contents: str, left_out: Sequence[str]) -> Iterator[list[str]]:
    """Give pg_restore's options: everything, or the dump's table of contents without some extensions."""
    if not left_out:
        yield []
        return
    unwanted = re.compile(rf" (EXTENSION -|COMMENT - EXTENSION) ({'|'.join(map(re.escape, left_out))})\b")
    with tempfile.NamedTemporaryFile("w", suffix=".list") as file:
        file.writelines(line for line in contents.splitlines(keepends=True) if not unwanted.search(line))
        file.flush()
        yield [f"--use-list={file.name}"]


def _verify(unfinished: Database, manifest: Manifest, path: Path, progress: Progress) -> list[int]:
    """Compare the checksum of every table with the backup's; give their numbers of rows."""
    with unfinished.connect() as connection:
        found = summed(connection, progress, len(manifest.tables))
    if differing := checksums.differing(found, manifest.tables):
        raise BadInput(
            f"what came back differs from what was there in {', '.join(differing[:5])}, and was taken away", path,
            "restore with another version of PostgreSQL, or another copy of the file",
        )  # fmt: skip
    return [int(checksum.partition("-")[0]) for checksum in found.values()]
