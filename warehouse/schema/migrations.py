"""Brings a database to a schema revision, and tells whether it is at the one this code needs."""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from warehouse.database.connection import Database
from warehouse.database.server import roles
from warehouse.database.translation import translate_errors
from warehouse.database.types import Connection as Psycopg
from warehouse.errors import BadInput, SchemaMismatch
from warehouse.schema import foreign_code
from warehouse.schema.directories import alembic_directory

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from warehouse.schema.losses import Losses

Result = TypeVar("Result")
REVISION = re.compile(r"\w+([+-][0-9]+)?|[+-][0-9]+", re.ASCII)
"""A revision, or so many up or down from one or from where a database is."""


def upgrade(database: Database, revision: str = "head", *, set_views_aside: bool = False) -> None:
    """Run the migrations up to `revision`; at the head, install changed views and functions too.

    Views of others that stand on ours stop it, or, with `set_views_aside`, are taken down and put back.
    """
    from alembic import command

    def run(config: Any) -> None:
        config.attributes["set_views_aside"] = set_views_aside
        command.upgrade(config, revision)

    _run(database, revision, run)
    prepare(database)


def downgrade(database: Database, revision: str, *, trial: bool = False) -> "Losses":
    """Run the migrations down to `revision` (`base`: to an empty database), and give what went with them.

    With `trial`, all of it is undone at once: that is how to know what would be lost.
    """
    from alembic import command

    from warehouse.schema.losses import row_counts

    def run(config: Any) -> "Losses":
        connection = config.attributes["connection"]
        before = row_counts(connection)
        command.downgrade(config, revision)
        lost = before.without(row_counts(connection))
        if trial:
            connection.rollback()
        return lost

    return _run(database, revision, run)


@cache
def head() -> str:
    """Give the revision that this code needs: the last one."""
    return revisions()[-1]


@cache
def revisions() -> list[str]:
    """Give all revisions in their order: the numbers of the files in the folder of migrations."""
    return sorted(path.name[:4] for path in (alembic_directory() / "versions").glob("[0-9]*.py"))


def current(database: Database) -> str | None:
    """Give the revision the database is at; None where it is empty."""
    with database.connect(read_only=True) as connection:
        return _current(connection)


def check(database: Database) -> None:
    """Refuse a database that is not at this code's revision, or with code of others, which whoever reads it would run.

    Raises
    ------
    SchemaMismatch
        As `check_revision`.
    ForeignCode
        If there is such code.
    """
    with database.connect(read_only=True) as connection:
        check_in(connection)


def check_in(connection: Psycopg) -> None:
    """Do as `check` in a session that goes on."""
    _check_revision(connection)
    foreign_code.refuse(connection)


def check_revision(database: Database) -> None:
    """Refuse a database that is not at this code's revision, and look at nothing else.

    Raises
    ------
    SchemaMismatch
        If the schema is older or newer than the code.
    """
    with database.connect(read_only=True) as connection:
        _check_revision(connection)


def differences(database: Database) -> list[str]:
    """Say what in the database's catalogue is not as this program makes it, in a line each; nothing is changed.

    Raises
    ------
    DatabaseUnavailable
        The role may not make schemas, as owners may.
    """
    from alembic import command

    from warehouse.schema import catalogue

    with translate_errors("checking the schema"), database.engine().connect() as connection:
        with connection.begin() as transaction:
            found = catalogue.differences(connection, lambda: command.upgrade(_config(connection), "head"))
            transaction.rollback()
    return found


def prepare(database: Database) -> None:
    """Give the database what only a superuser may, where it lacks that and its server is run by the warehouse."""
    if database.superuser is None:
        return
    with database.connect() as connection:
        if not roles.needs_superuser(connection):
            return
    with Database(database.superuser).connect() as connection:
        roles.prepare(connection)


def _current(connection: Psycopg) -> str | None:
    row = connection.execute("SELECT to_regclass('ops.alembic_version')").fetchone()
    if row is None or row[0] is None:
        return None
    row = connection.execute("SELECT version_num FROM ops.alembic_version").fetchone()
    return str(row[0]) if row else None


def _check_revision(connection: Psycopg) -> None:
    found, wanted = _current(connection), head()
    if found == wanted:
        return
    raise (
        SchemaMismatch.older(found, wanted) if found is None or found < wanted else SchemaMismatch.newer(found, wanted)
    )


def _run(database: Database, revision: str, command: Callable[[Any], Result]) -> Result:
    from alembic.util import CommandError

    known = f"give one of {', '.join(['base', *revisions(), 'head'])}"
    if not REVISION.fullmatch(revision):  # Alembic reads some of what else there is in part, or ends in a traceback
        raise BadInput(f"{revision!r} is none", "schema revision", known)
    if (found := current(database)) and found > head():
        raise SchemaMismatch.newer(found, head())
    with database.engine().connect() as connection:
        try:
            done = command(_config(connection))
            connection.commit()
            return done
        except CommandError as error:
            raise BadInput(str(error), "schema revision", known) from None


def _config(connection: "Connection") -> Any:
    """Let alembic work over a connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(alembic_directory()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
