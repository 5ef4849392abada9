"""`warehouse db upgrade|downgrade|check`: the schema."""

import click

from warehouse.cli.asking import ask
from warehouse.cli.door import Door
from warehouse.schema import migrations, sqlfiles


@click.command()
@click.argument("revision", default="head")
@click.option(
    "--set-views-aside", is_flag=True, help="Take down the views of others that stand on ours, and put them back."
)
@click.pass_obj
def upgrade(door: Door, revision: str, set_views_aside: bool) -> None:
    """Bring the schema to REVISION (default: the newest), and install changed views and functions."""
    database = door.database()
    migrations.upgrade(database, revision, set_views_aside=set_views_aside)
    click.echo(f"{database.name} is at schema revision {migrations.current(database)}.")


@click.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
@click.pass_obj
def downgrade(door: Door, revision: str, yes: bool) -> None:
    """Take the schema back to REVISION; `base` takes everything away, the data included.

    What would be lost is found out by doing and undoing it, told, and asked for. `warehouse restore` takes the emptied
    database.
    """
    database = door.database()
    if not yes and (losses := migrations.downgrade(database, revision, trial=True)):
        loss = f"Schema revision {revision} has no place for {losses}"
        ask(loss, f"Take this away from {database.place} for ever?", f"database {database.name}")
    if lost := migrations.downgrade(database, revision):
        door.remark(f"Taken away: {lost}.")
    click.echo(f"{database.name} is at schema revision {migrations.current(database) or 'none'}.")


@click.command()
@click.pass_obj
def check(door: Door) -> None:
    """Tell whether tables, views and functions are what this program needs; exit code 5 where they are not."""
    database = door.database()
    migrations.check(database)
    with database.engine().begin() as connection:
        sqlfiles.check(connection)
    click.echo(f"{database.name} is at schema revision {migrations.head()}, with all views and functions.")
