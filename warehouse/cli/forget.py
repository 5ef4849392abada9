"""`warehouse forget`: an extraction, a corpus or a person, with everything that was computed from it."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click

from warehouse.access import erasure
from warehouse.access.erasure import Erasure
from warehouse.cli.asking import ask
from warehouse.cli.commands import Group, example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import Form, printing
from warehouse.cli.output import print_document, print_rows
from warehouse.cli.waiting import WAIT

Decorated = Callable[..., None]


@click.group(cls=Group, epilog=example("warehouse forget subject reading_brain/L1/sub-02 --dry-run"))
def forget() -> None:
    """Delete an extraction, a corpus or a person with everything that was computed from it, and leave no trace.

    Data are deleted in one transaction; then the files of the database are written anew. Backups and exports that were
    written before, and the source files, are left as they are: what is printed says which.
    """


def _options(command: Decorated) -> Decorated:
    """Add what the three commands have in common."""
    for option in (
        printing(),
        click.option("--wait", "wait_s", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help=WAIT),
        click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked."),
        click.option("--dry-run", is_flag=True, help="Print how many rows of which table would go; change nothing."),
        click.argument("names", nargs=-1, required=True, metavar="NAME..."),
    ):
        command = option(command)
    return command


@forget.command(epilog=example("warehouse forget extraction gpt2-large/plain/raw --dry-run"))
@_options
@click.pass_obj
def extraction(command: CommandContext, /, **given: Any) -> None:
    """Forget the attention of a model: all that was ever taken under a name, or one taking by its number.

    NAME is MODEL, MODEL/CONDITION, MODEL/CONDITION/METHOD or MODEL/CONDITION/METHOD/CORPUS as far as that says which,
    or a number. The model goes too, unless it has other attention or something refers to it.
    """
    _act(command, "extraction", **given)


@forget.command(epilog=example("warehouse forget corpus simulated --dry-run"))
@_options
@click.pass_obj
def corpus(command: CommandContext, /, **given: Any) -> None:
    """Forget a corpus: its texts, its readers, all attention that was taken over it."""
    _act(command, "corpus", **given)


@forget.command(epilog=example("warehouse forget subject reading_brain/L1/sub-02 --dry-run"))
@_options
@click.option("--allow-again", is_flag=True, help="Let a person who was forgotten be loaded again: CORPUS/GROUP/LABEL.")
@click.pass_obj
def subject(command: CommandContext, /, allow_again: bool, **given: Any) -> None:
    """Forget a person, and all results of the person's group: they were computed with the person's data.

    NAME is LABEL, GROUP/LABEL or CORPUS/GROUP/LABEL as far as that says who. If the person's files are loaded again,
    the person is left out, until that is allowed again.
    """
    if not allow_again:
        _act(command, "subject", **given)
        return
    for name in given["names"]:
        erasure.allow_again(command.database(), name)
        click.echo(f"{name} is loaded again by the next ingest.")


def _act(
    command: CommandContext, kind: str, names: tuple[str, ...], dry_run: bool, yes: bool, form: Form, wait_s: float
) -> None:
    database = command.database()
    if dry_run or not yes:
        found = erasure.preview(database, kind, names)
    if dry_run:
        _print(found, form)
        return
    if not yes:
        _ask(found, names)
    done = erasure.forget(database, kind, names, command.progress, wait_s)
    _print(done, form)
    _tell(command, done)


def _ask(found: Erasure, names: tuple[str, ...]) -> None:
    rows, units, what = sum(found.rows.values()), sum(found.stale.values()), f"{found.kind} {', '.join(names)}"
    loss = f"{rows:,} rows of {len(found.rows)} tables go, {units:,} units of results among them"
    ask(loss, f"Forget the {what} for ever?", what)


def _print(found: Erasure, form: Form) -> None:
    if form.name == "json":
        print_document({**asdict(found), "dry_run": found.run_id is None}, form, list)
        return
    rows = [{"table": table, "rows": count} for table, count in sorted(found.rows.items())]
    print_rows(rows, form, {"table": "table", "rows": "rows deleted" if found.run_id else "rows to delete"})


def _tell(command: CommandContext, done: Erasure) -> None:
    """Say what is to be done now, and what could not be done."""
    if done.stale:
        units = ", ".join(f"{analysis} ({count:,} unit{'s' * (count > 1)})" for analysis, count in done.stale.items())
        command.remark(f"`warehouse compute all` computes again what is left to compute of {units}.")
    for column, count in done.named.items():
        command.remark(f"{count:,} rows of {column} have a text that names the person all the same: look at them.")
    for what in done.undone:
        command.remark(f"Not erased: {what}.")
    command.remark(f"It may still stand in: {'; '.join(done.remains)}.")
