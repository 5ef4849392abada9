"""Runs the migrations in one transaction: ours come down if the revision moves, and go up again at the head."""

from alembic import context
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from warehouse.database.connection import open_database
from warehouse.schema import dependent_views, sqlfiles
from warehouse.schema.tables import metadata


def migrate(connection: Connection) -> None:
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS ops"))
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema="ops",
        include_schemas=True,
        compare_type=True,
    )
    script = ScriptDirectory.from_config(context.config)
    aside = dependent_views.set_aside(connection) if context.config.attributes.get("set_views_aside") else []
    if revision_now(connection) != context.get_revision_argument():
        sqlfiles.take_down(connection)
    with context.begin_transaction():
        context.run_migrations()
    if revision_now(connection) == script.get_current_head():
        sqlfiles.install(connection)
    dependent_views.put_back(connection, aside)


def revision_now(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table_schema": "ops"}).get_current_revision()


if "connection" in context.config.attributes:
    migrate(context.config.attributes["connection"])
else:
    with open_database(context.get_x_argument(as_dictionary=True).get("url"), {}).engine().begin() as own:
        migrate(own)
