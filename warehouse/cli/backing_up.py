"""`warehouse backup FILE` and `warehouse restore FILE`: a whole database in one file, and back."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from warehouse.cli.commands import example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import DOCUMENT, Form, printing
from warehouse.cli.output import print_document
from warehouse.errors import BadInput


@click.command(epilog=example("warehouse backup study.backup"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Put it in the place of a file that is there.")
@click.option("--with-scratch", is_flag=True, help="Take scratch schemas along, each read as its owner.")
@printing(DOCUMENT, has_tables=False)
@click.pass_obj
def backup(command: CommandContext, file: Path, force: bool, with_scratch: bool, form: Form) -> None:
    """Write the warehouse into FILE, with the checksum of every table; others may go on writing.

    The roles that it needs are included, passwords are not. Keep FILE as carefully as the data: it holds what is under
    embargo too.
    """
    from warehouse.transfer import backup

    told = backup.backup(
        command.database(), file, command.environment, command.progress, force=force, with_scratch=with_scratch
    )
    rows = sum(int(checksum.partition("-")[0]) for checksum in told["tables"].values())
    size = f"{told['dump_bytes'] / 1e6:,.1f} MB"
    print_document(told, form, lambda: [f"{file}: {len(told['tables'])} tables, {rows:,} rows, {size}."])


@click.command(epilog=example("warehouse restore study.backup --into copy"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--into", metavar="NAME", help="Restore into another database of the server, made where it is not there.")
@click.option("--yes", is_flag=True, help="Do not ask whether the file is trusted; needed where nobody can be asked.")
@click.option("--with-scratch", is_flag=True, help="Bring scratch schemas back that are in it, each as its owner.")
@printing(DOCUMENT, has_tables=False)
@click.pass_obj
def restore(command: CommandContext, file: Path, into: str | None, yes: bool, with_scratch: bool, form: Form) -> None:
    """Bring back what `warehouse backup` wrote, into an empty database, and verify every table.

    The database becomes visible when every checksum agrees, and not before. If it was interrupted, repeat the command.
    A backup holds functions and views of whoever made it, which run here: restore only files that you trust.
    """
    if not yes:
        _ask_whether_trusted(file)
    from warehouse.schema import migrations
    from warehouse.transfer import backup

    done = backup.restore(
        command.database(), file, command.environment, command.progress, into=into, with_scratch=with_scratch
    )
    told = f"{done.database}: {done.tables} tables, {done.rows:,} rows; every checksum is that of {file}."
    print_document(asdict(done), form, lambda: [told])
    if not form.is_table:
        return
    if done.schema_revision < migrations.head():
        click.echo(f"It is at schema revision {done.schema_revision}: run `warehouse db upgrade`.")
    if done.new_logins:
        who = ", ".join(done.new_logins)
        command.remark(f"Without a password yet: {who} (`warehouse access grant NAME --role ROLE --password-stdin`).")
    if done.left_out:
        command.remark(f"Not brought back: {', '.join(done.left_out)} (`--with-scratch` brings what fits).")


def _ask_whether_trusted(file: Path) -> None:
    """Ask once: what a dump restores is code, and no check of ours can tell good code from bad."""
    if not sys.stdin.isatty():
        what = "it restores functions and views, which run here, and nobody can be asked whether you trust it"
        raise BadInput(what, file, "give --yes if you know who made it")
    click.echo(
        f"{file} restores functions and views of whoever made it, which run here with the owner's rights.", err=True
    )
    click.confirm("Do you trust who made it?", abort=True, err=True)
