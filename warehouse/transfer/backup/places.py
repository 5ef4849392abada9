"""Where a backup goes: an empty database, filled under another name and renamed when it is whole."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import errors as pg
from psycopg import sql

from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import BadInput, Busy
from warehouse.ledger.locks import RESTORING
from warehouse.schema import migrations
from warehouse.schema.sqlfiles import SQL_SCHEMAS

MADE_HERE = "Unfinished restore of a warehouse; the next one takes it away."
EMPTIED = {"ops.alembic_version", *(f"schema {name}" for name in ("ops", *SQL_SCHEMAS))}
"""What `warehouse db downgrade base` of an earlier version left behind."""
MAINTENANCE = "postgres"
"""The database from which others are made; every server has it."""


@dataclass(frozen=True)
class Places:
    """A database on the server of `server`, by name, and what stands in for it until it is whole."""

    server: Database
    name: str

    @property
    def unfinished_name(self) -> str:
        """The name it has until it is whole; PostgreSQL's names have 63 bytes at most."""
        return f"{self.name[:40]}_being_restored"

    @contextmanager
    def hold(self) -> Iterator[Connection]:
        """Connect to the server beside the database, holding the right to restore it.

        Raises
        ------
        Busy
            Another process restores it now.
        """
        with self._database(MAINTENANCE).connect(autocommit=True, any_encoding=True) as connection:
            held = connection.execute(
                "SELECT pg_try_advisory_lock(%s, hashtext(%s))", [RESTORING, self.name]
            ).fetchone()
            if not (held and held[0]):
                raise Busy(f"Another process restores {self.name} at this moment: wait until it has ended.")
            yield connection

    def require_empty(self, maintenance: Connection) -> None:
        """Refuse a database that holds anything but extensions, or that someone is in."""
        if not self._exists(maintenance, self.name):
            return
        if maintenance.execute(_SESSIONS, [self.name]).fetchone():
            raise self._in_use()
        with self._database(self.name).connect(autocommit=True, read_only=True) as connection:
            found = [name for (name,) in connection.execute(_HELD).fetchall()]
        if set(found) - EMPTIED or migrations.current(self._database(self.name)):
            raise BadInput(
                f"holds {len(found):,} tables, functions and schemas already, {found[0]} the first",
                f"database {self.name}",
                "restore beside it with --into NAME, or empty it first with `warehouse db downgrade base`",
            )

    def clear(self, maintenance: Connection) -> None:
        """Take away what a restore that was killed left."""
        self._remove(maintenance, self.unfinished_name)

    @contextmanager
    def fresh(self, maintenance: Connection, finish: Callable[[], None]) -> Iterator[Database]:
        """Make the database under its unfinished name; when the block has ended, it has its own, or is gone.

        `finish` is called in the transaction in which it gets its own.

        Raises
        ------
        Busy
            Someone is connected to the empty database.
        """
        try:
            maintenance.execute(
                _CREATE.format(sql.Identifier(self.unfinished_name), sql.Identifier(self._like(maintenance)))
            )
            maintenance.execute(_MARK.format(sql.Identifier(self.unfinished_name), MADE_HERE))
            with self._database(self.unfinished_name).connect(autocommit=True) as connection:
                connection.execute(_SWEEP)
        except pg.ObjectInUse as error:
            raise self._in_use() from error
        try:
            yield self._database(self.unfinished_name)
            self._rename(maintenance, finish)
        except BaseException:
            self._remove(maintenance, self.unfinished_name)
            raise

    def _like(self, maintenance: Connection) -> str:
        """Take an empty database's own locale and extensions over; without one, the server's."""
        return self.name if self._exists(maintenance, self.name) else "template0"

    def _rename(self, maintenance: Connection, finish: Callable[[], None]) -> None:
        """Let the whole database take the empty one's place in one transaction."""
        aside = f"{self.name[:40]}_was_empty"
        try:
            with maintenance.transaction():
                finish()
                if replaced := self._exists(maintenance, self.name):
                    maintenance.execute(_RENAME.format(sql.Identifier(self.name), sql.Identifier(aside)))
                maintenance.execute(_UNMARK.format(sql.Identifier(self.unfinished_name)))
                maintenance.execute(_RENAME.format(sql.Identifier(self.unfinished_name), sql.Identifier(self.name)))
        except pg.ObjectInUse as error:
            raise self._in_use() from error
        if replaced:
            maintenance.execute(_DROP.format(sql.Identifier(aside)))

    def _remove(self, maintenance: Connection, name: str) -> None:
        """Take away what an unfinished restore left, and nothing else."""
        row = maintenance.execute(_COMMENT, [name]).fetchone()
        if row is None:
            return
        if row[0] not in (MADE_HERE, None):
            raise BadInput("is there, and not from a restore", f"database {name}", "rename it, then restore again")
        maintenance.execute(_DROP.format(sql.Identifier(name)))

    def _in_use(self) -> Busy:
        return Busy(f"Someone is connected to the empty database {self.name}: end that session, then restore again.")

    def _database(self, name: str) -> Database:
        return self.server.beside(name)

    @staticmethod
    def _exists(maintenance: Connection, name: str) -> bool:
        return maintenance.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


_CREATE = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
_MARK = sql.SQL("COMMENT ON DATABASE {} IS {}")
_UNMARK = sql.SQL("COMMENT ON DATABASE {} IS NULL")
_RENAME = sql.SQL("ALTER DATABASE {} RENAME TO {}")
_DROP = sql.SQL("DROP DATABASE {} WITH (FORCE)")
_SWEEP = f"DROP TABLE IF EXISTS ops.alembic_version; DROP SCHEMA IF EXISTS ops, {', '.join(SQL_SCHEMAS)}"
_COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
_SESSIONS = "SELECT FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend' LIMIT 1"
_HELD = """
SELECT nspname || '.' || relname
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE
    nspname !~ '^(pg_|information_schema$)' AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
UNION ALL
SELECT 'function ' || nspname || '.' || proname
FROM pg_proc
JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE
    nspname !~ '^(pg_|information_schema$)'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
UNION ALL
SELECT 'schema ' || nspname
FROM pg_namespace
WHERE
    nspname !~ '^(pg_|information_schema$|public$)'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_namespace.oid AND deptype = 'e')
ORDER BY 1
"""
