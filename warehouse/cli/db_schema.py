"""`warehouse db upgrade|downgrade|check`: the schema."""

import click

from warehouse.cli.asking import ask
from warehouse.cli.commands import example
from warehouse.cli.context import CommandContext
from warehouse.errors import SchemaMismatch
from warehouse.schema import migrations


@click.command(epilog=example("warehouse db upgrade"))
@click.argument("revision", default="head")
@click.option(
    "--set-views-aside", is_flag=True, help="Take down views of others that depend on ours, and put them back."
)
@click.pass_obj
def upgrade(command: CommandContext, revision: str, set_views_aside: bool) -> None:
    """Bring the schema to REVISION (default: the newest), and install changed views and functions."""
    database = command.database()
    migrations.upgrade(database, revision, set_views_aside=set_views_aside)
    click.echo(f"{database.name} is at schema revision {migrations.current(database)}.")


@click.command(epilog=example("warehouse db downgrade 0030"))
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
@click.pass_obj
def downgrade(command: CommandContext, revision: str, yes: bool) -> None:
    """Take the schema back to REVISION; `base` takes everything away, the data included.

    It first finds out what would be lost, shows it, and asks for confirmation. `warehouse restore` takes the emptied
    database.
    """
    database = command.database()
    if not yes and (losses := migrations.downgrade(database, revision, trial=True)):
        loss = f"Schema revision {revision} has no place for {losses}"
        ask(loss, f"Take this away from {database.place} for ever?", f"database {database.name}")
    if lost := migrations.downgrade(database, revision):
        command.remark(f"Taken away: {lost}.")
    click.echo(f"{database.name} is at schema revision {migrations.current(database) or 'none'}.")


@click.command(epilog=example("warehouse db check"))
@click.pass_obj
def check(command: CommandContext) -> None:
    """Compare the whole catalogue with what this program makes: a line for each difference, and exit code 5.

    Tables, columns, defaults, constraints, indexes, views, functions, triggers, rules, policies, owners, grants, and
    what else is in the warehouse's schemas. What they should be is created, by an owner, in a transaction that is
    rolled back.
    """
    database = command.database()
    migrations.check_revision(database)
    found = migrations.differences(database)
    for line in found:
        click.echo(line)
    if found:
        raise SchemaMismatch.differs(len(found))
    click.echo(f"{database.name} is at schema revision {migrations.head()}, and all in it is as this program makes it.")
