"""Brings a backup back: under a name of its own until every checksum agrees, then at once under the right one.

A restore that is killed leaves a database NAME_being_restored, which nothing looks at; the next one takes it away.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from warehouse.database.connection import Database
from warehouse.database.role_login import temporary_login
from warehouse.database.server.clients import find_clients
from warehouse.database.translation import translate_errors
from warehouse.database.types import Connection
from warehouse.errors import BadInput, DatabaseUnavailable, SchemaMismatch
from warehouse.progress import Progress
from warehouse.schema import foreign_code, migrations, rolefiles
from warehouse.schema.sqlfiles import OWN_SCHEMAS
from warehouse.transfer import checksums
from warehouse.transfer.backup import archive, roles, scratch, scratch_restoring
from warehouse.transfer.backup.loading import DumpLoading
from warehouse.transfer.backup.manifest import Manifest
from warehouse.transfer.backup.places import Places
from warehouse.transfer.backup.scratch import Scratch
from warehouse.transfer.backup.summing import table_checksums
from warehouse.transfer.strict_json import NotAsDeclared


@dataclass(frozen=True)
class Restored:
    """What came back: into which database, how much, and which logins have no password yet.

    `left_out` names scratch schemas of the backup that were not asked for, or do not fit.
    """

    database: str
    tables: int
    rows: int
    schema_revision: str
    new_logins: Sequence[str]
    left_out: Sequence[str]


def restore(
    database: Database, path: Path, environment: Mapping[str, str], progress: Progress, *, into: str | None = None,
    with_scratch: bool = False,
) -> Restored:  # fmt: skip
    """Bring a backup back into an empty database, and prove it by the checksum of every table.

    Whatever code the dump holds runs with the rights of the warehouse's owner (`temporary_login`), and that of a
    scratch schema with those of its own.

    Parameters
    ----------
    database : Database
        On the server that it goes to; its name too, unless `into` is given. Entered as a role that may make databases
        and roles.
    path : Path
        The backup.
    environment : mapping of str to str
        Where to look for pg_restore (`find_clients`).
    progress : Progress
        Where to tell how far it is.
    into : str or None
        Another database of the same server; it is made where it is not there.
    with_scratch : bool
        Bring back the scratch schemas that are in it.

    Raises
    ------
    BadInput
        The file is damaged or not a backup, the database holds something, or what came back is not what was there.
    SchemaMismatch
        The backup is of a schema that this code does not know.
    ForeignCode
        It holds code that no version of this program made.
    DatabaseUnavailable
        The server is older than the one the backup is of, or the role may not make databases and roles.
    Busy
        Another process restores the same database, or someone is connected to it.
    OutOfSpace
        The server's disk is full.
    """
    manifest = archive.verify_archive(path)
    if manifest.schema_revision > migrations.head():
        raise SchemaMismatch.newer(manifest.schema_revision, migrations.head())
    theirs = [Scratch(name) for name in manifest.scratch]
    loading = DumpLoading(find_clients(manifest.tool_major, environment), environment, path, progress)
    loading.require_readable([archive.DUMP, *(each.dump for each in theirs)])
    places = Places(database, into or database.name)
    with translate_errors("restoring"), _vouched(path), places.hold() as maintenance:
        _require_rights(maintenance)
        _require_version(maintenance, manifest, path)
        roles.refuse_others(maintenance, manifest)
        places.require_empty(maintenance)
        places.clear(maintenance)
        with (
            roles.create_roles(maintenance, manifest, places.name) as fresh,
            places.fresh(maintenance, lambda: roles.finish(maintenance, manifest, fresh)) as unfinished,
        ):
            with unfinished.connect(autocommit=True) as connection:
                owner = _give_to_owner(connection)
            with temporary_login(unfinished, owner) as owners:
                loading.load(owners, archive.DUMP, OWN_SCHEMAS)
            with unfinished.connect() as connection:
                foreign_code.refuse(connection, functions=False)
            left_out = [each.schema for each in theirs]
            if with_scratch:
                scratch.let_readers_in(maintenance, theirs, fresh.names)
                left_out = scratch_restoring.bring(loading, unfinished, theirs, manifest.tables)
            rows = _verify(unfinished, manifest, path, progress)
            with unfinished.connect(autocommit=True) as connection:
                roles.settle(connection, manifest)
                connection.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(map(sql.SQL, rows))))
            migrations.prepare(unfinished)
            _grant_to_those_to_come(unfinished, manifest)
    return Restored(places.name, len(rows), sum(rows.values()), manifest.schema_revision, fresh.logins, left_out)


@contextmanager
def _vouched(path: Path) -> Iterator[None]:
    """Say in one sentence what this server does not take of a manifest."""
    try:
        yield
    except NotAsDeclared as error:
        what = f"its manifest asks for what no backup does: {error}"
        raise BadInput(what, path, "take a copy that nobody changed; nothing was restored") from error


def _require_rights(connection: Connection) -> None:
    if connection.execute(_MAY).fetchone() != (True,):
        raise DatabaseUnavailable(
            f"{connection.info.user} may not make databases and roles (CREATEDB, CREATEROLE, BYPASSRLS), which a "
            'restore does: give the address of a role that may, or follow "Without the right to make roles" in '
            "docs/how-to/backup.md."
        )


def _require_version(connection: Connection, manifest: Manifest, path: Path) -> None:
    ours = connection.info.server_version // 10_000
    if ours < manifest.server_major:
        raise DatabaseUnavailable(
            f"{path} is of PostgreSQL {manifest.server_major}, and this server is {ours}, which cannot read a newer "
            "one's rights and settings: restore on a newer server, or carry the data over with `warehouse export "
            "parquet` and `warehouse import`, which know no versions."
        )


def _give_to_owner(connection: Connection) -> str:
    """Say whose everything is to be, and let them make schemas: the owners', or without such a role who restores."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'warehouse_owner'").fetchone():
        return connection.info.user
    if connection.execute("SELECT pg_has_role('warehouse_owner', 'USAGE')").fetchone() != (True,):
        connection.execute("GRANT warehouse_owner, warehouse_writer TO CURRENT_USER")
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO warehouse_owner").format(database))
    return "warehouse_owner"


def _grant_to_those_to_come(unfinished: Database, manifest: Manifest) -> None:
    """Say anew what roles may do with objects that are made later: a dump has that for who loads it only."""
    if manifest.schema_revision == migrations.head():
        with unfinished.engine().begin() as connection:
            rolefiles.run(connection)


def _verify(unfinished: Database, manifest: Manifest, path: Path, progress: Progress) -> dict[str, int]:
    """Compare the checksum of each of the warehouse's own tables with the backup's; give their numbers of rows."""
    wanted = {name: sum_ for name, sum_ in manifest.tables.items() if name.partition(".")[0] not in manifest.scratch}
    with unfinished.connect() as connection:
        found = table_checksums(connection, progress, len(wanted))
    if differing := checksums.differing(found, wanted):
        raise BadInput(
            f"what came back differs from what was there in {', '.join(differing[:5])}, and was taken away", path,
            "restore with another version of PostgreSQL, or another copy of the file",
        )  # fmt: skip
    return {name: int(checksum.partition("-")[0]) for name, checksum in found.items()}


_MAY = """
SELECT rolsuper OR rolcreatedb AND rolcreaterole AND rolbypassrls FROM pg_roles WHERE rolname = current_user
"""
