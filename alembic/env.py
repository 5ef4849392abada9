"""What alembic runs here: revisions in one transaction; views and functions come down before them and go up after.

`warehouse db upgrade` and `warehouse db downgrade` hand over a connection. Alembic's own commands find the database as the
program does (`-x url=...`, DATABASE_URL, PG*, the embedded server): `alembic upgrade` does what `warehouse db upgrade`
does, `current`, `check` and `revision --autogenerate` read, and what would be done by halves is refused.
"""

import os

from alembic import context
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from warehouse.database.connection import open_database
from warehouse.errors import WarehouseError
from warehouse.schema import dependent_views, foreign_code, installing, occupied
from warehouse.schema.for_alembic import sqlalchemy_metadata
from warehouse.schema.sqlfiles import SQL_SCHEMAS
from warehouse.schema.tables import SCHEMAS

OFFLINE = "revisions alone would be printed, without the views, rights and comments that go with them: use `warehouse db upgrade`"
BY_HALVES = {
    "downgrade": "use `warehouse db downgrade REVISION`, which says what will be lost",
    "do_stamp": "the database would be called what it is not: use `warehouse db upgrade`",
    "do_ensure_version": "use `warehouse db upgrade`, which makes the table of revisions and all others",
}
"""Alembic's functions that would move a database by halves or unasked, called from its command line; and the way."""


def run() -> None:
    if context.is_offline_mode():
        raise CommandError(f"Nothing is done offline: {OFFLINE}.")
    given = context.config.attributes.get("connection")
    if isinstance(given, Connection):
        act(given)
    elif isinstance(given, Engine):
        with given.begin() as connection:
            act(connection)
    else:
        try:
            act_for_the_user()
        except WarehouseError as error:  # alembic prints its own errors as one sentence
            raise CommandError(str(error)) from error


def act_for_the_user() -> None:
    database = open_database(context.get_x_argument(as_dictionary=True).get("url"), os.environ)
    with database.engine().begin() as connection:
        configure(connection)
        if way := BY_HALVES.get(asked()):
            raise CommandError(f"Alembic alone does not do this here: {way}.")
        act(connection)


def act(connection: Connection) -> None:
    configure(connection)
    if asked() in ("upgrade", "downgrade"):
        move(connection)
        return
    connection.execute(text("SET TRANSACTION READ ONLY"))
    context.get_context().opts["dont_mutate"] = True  # else the table of revisions would be made where there is none
    context.run_migrations()


def asked() -> str:
    """Give the name of the function that alembic is to run on the database."""
    return str(context.get_context().opts["fn"].__name__)


def configure(connection: Connection) -> None:
    partitions = {name for (name,) in connection.execute(PARTITIONS)}
    context.configure(
        connection=connection,
        target_metadata=sqlalchemy_metadata(),
        version_table_schema="ops",
        include_schemas=True,
        include_name=lambda name, kind, parents: (
            name in SCHEMAS
            if kind == "schema"
            else kind != "table" or parents["schema_qualified_table_name"] not in partitions
        ),
        compare_type=True,
        compare_server_default=True,
        autogenerate_plugins=["alembic.autogenerate.*", "~alembic.autogenerate.comments"],  # those the installer writes
        process_revision_directives=number,
    )


def number(_: MigrationContext, __: object, directives: list) -> None:
    """Give a new revision the next number."""
    head = ScriptDirectory.from_config(context.config).get_current_head()
    for directive in directives:
        directive.rev_id = f"{int(head or 0) + 1:04}"


def move(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('attention-warehouse migration'))"))
    if revision_now(connection) is None:
        occupied.require_free(connection)
    else:
        foreign_code.refuse(connection.connection.driver_connection, functions=False)
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS ops"))
    aside = dependent_views.set_aside(connection) if context.config.attributes.get("set_views_aside") else []
    if revision_now(connection) != context.get_revision_argument():
        installing.take_down(connection)
    with context.begin_transaction():
        context.run_migrations()
    if (revision := revision_now(connection)) is None:
        connection.execute(text(EMPTY))
    elif revision == ScriptDirectory.from_config(context.config).get_current_head():
        installing.install(connection)
    dependent_views.put_back(connection, aside)


def revision_now(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table_schema": "ops"}).get_current_revision()


PARTITIONS = text(
    "SELECT relnamespace::regnamespace || '.' || relname FROM pg_class WHERE relispartition AND relkind = 'r'"
)
EMPTY = f"""
DO $$
DECLARE
    schema_name text;
BEGIN
    DROP TABLE ops.alembic_version;
    FOREACH schema_name IN ARRAY ARRAY{["ops", *SQL_SCHEMAS]} LOOP
        BEGIN
            EXECUTE format('DROP SCHEMA IF EXISTS %I', schema_name);
        EXCEPTION
            WHEN dependent_objects_still_exist THEN
                RAISE NOTICE 'somebody else has something in the schema %', schema_name;
        END;
    END LOOP;
END
$$
"""

run()
