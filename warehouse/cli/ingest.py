"""`warehouse ingest SOURCE`: one subcommand per source."""

import sys
from collections.abc import Iterable
from typing import Any

import click

from warehouse import logs, pipeline
from warehouse.cli.commands import Command, Group, example, shortest_call
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import Form, format_options
from warehouse.cli.options import arguments_of, example_of, help_of, options_of, summary_of
from warehouse.cli.output import print_rows, print_tally, say
from warehouse.cli.tables import folded, terminal_width
from warehouse.cli.waiting import wait_option
from warehouse.database.connection import Database
from warehouse.load.source_items import Call, preview
from warehouse.plugin.registry import Drawn, Source, sources
from warehouse.schema import migrations


class SourceGroup(Group):
    """Finds the sources when it is asked, so that other commands start without them."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the sources."""
        return sorted(name.replace("_", "-") for name in sources())

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Make the command of a source."""
        source = sources().get(name.replace("-", "_"))
        return _command(source) if source else None


@click.group("ingest", cls=SourceGroup, epilog=example("warehouse ingest simulated-readers"))
def ingest_group() -> None:
    """Load a source: new rows are inserted, existing rows are kept, conflicting rows are rejected."""


def _database(command: CommandContext, upgrade: bool, dry_run: bool) -> Database:
    """Open the database; one that is empty is upgraded where the user wants that."""
    if upgrade and dry_run:
        raise click.UsageError("--dry-run writes nothing: leave --upgrade out.")
    database = command.database()
    may_ask = not upgrade and not dry_run and sys.stdin.isatty()
    if (upgrade or may_ask) and migrations.current(database) is None:
        question = f"Database {database.name} of {database.place} is empty: make the warehouse's schema in it?"
        if upgrade or click.confirm(question, default=True, err=True):
            migrations.upgrade(database)
            command.remark(f"{database.name} is at schema revision {migrations.head()}.")
    return database


def _print_drawn(items: Iterable[Drawn], form: Form) -> None:
    for item in items:
        if isinstance(item, str):
            say(folded(item, terminal_width()))
        else:
            print_rows(item, form)


def _command(source: Source) -> click.Command:
    function = source.function
    positional = arguments_of(function)
    ours: list[click.Parameter] = [
        click.Option(["--dry-run"], is_flag=True, help="Check everything and count, but write nothing."),
        click.Option(["--upgrade"], is_flag=True, help="Make the schema first where the database is empty."),
        wait_option(),
        *format_options(has_tables=source.draws is not None),
    ]

    @click.pass_obj
    def run(command: CommandContext, /, dry_run: bool, upgrade: bool, wait_s: float, form: Form, **given: Any) -> None:
        places = [given.pop(argument.name or "") for argument in positional]
        arguments = [value for place in places for value in (place if isinstance(place, tuple) else [place])]
        for flag, answer in source.instead.items():
            if given[flag]:
                say(answer(*arguments, **given), nl=False)
                return
        if dry_run and source.draws and form.is_table:
            _print_drawn(source.draws(*arguments, width=terminal_width(), **given), form)
        database, progress, tell = (
            _database(command, upgrade, dry_run),
            command.progress,
            logs.remark if form.is_table else None,
        )
        if dry_run:
            tally = preview(database, Call(source, arguments, given), progress, tell)
        else:
            tally = pipeline.ingest(database, source, arguments, given, progress, wait_s, tell)
        print_tally(source.name, tally, form, dry_run=dry_run)

    name, params = source.name.replace("_", "-"), [*positional, *options_of(function), *ours]
    cited = f"Licence of the data: {source.licence}. Cite: {source.citation}."
    epilog = example(example_of(function) or shortest_call(["ingest", name], params), cited)
    return Command(
        name, callback=run, params=params,
        help=help_of(function), short_help=summary_of(function), epilog=epilog,
    )  # fmt: skip
