"""The command line: subcommands and options come from the registry; the only place that reads the environment."""

import os
import sys

import click

from warehouse.cli.compute import compute_group
from warehouse.cli.db_schema import check, downgrade, upgrade
from warehouse.cli.db_server import db
from warehouse.cli.demo import demo
from warehouse.cli.door import Door
from warehouse.cli.ingest import ingest_group
from warehouse.cli.show import show_group
from warehouse.database import translated
from warehouse.errors import WarehouseError

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--dsn", metavar="URL", help="Address of a PostgreSQL >= 16 of your own; default: the embedded server.")
@click.option("--quiet", is_flag=True, help="No progress and no remarks on standard error.")
@click.version_option(package_name="attention-warehouse")
@click.pass_context
def cli(context: click.Context, dsn: str | None, quiet: bool) -> None:
    """What language models attend to beside how people read: a PostgreSQL warehouse.

    Data go to standard output, progress and remarks to standard error. Exit codes: 0 done, 1 a bug, 2 a wrong option,
    3 input that cannot be used, 4 no database, 5 the schema is older or newer than this program, 6 stored values
    differ from those offered, 7 another process does the same, 8 the database's disk is full, 130 interrupted.
    """
    context.obj = Door(dsn, quiet, dict(os.environ))


for command in (upgrade, downgrade, check):
    db.add_command(command)
for command in (db, ingest_group, compute_group, show_group, demo):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors made on purpose are one sentence, anything else is a bug and shows its traceback."""
    try:
        with translated("working"):
            cli.main(arguments, prog_name="warehouse", standalone_mode=False)
    except WarehouseError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted: what was done is kept; the same command goes on from there.", err=True)
        sys.exit(INTERRUPTED)
