"""`warehouse ingest SOURCE`: one subcommand per source."""

from typing import Any

import click

from warehouse import logs, pipeline
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import Form, format_options
from warehouse.cli.options import arguments_of, help_of, options_of, summary_of
from warehouse.cli.output import print_tally, say
from warehouse.cli.waiting import wait_option
from warehouse.load.source_items import Call, preview
from warehouse.plugin.registry import Source, sources


class SourceGroup(click.Group):
    """Finds the sources when it is asked, so that other commands start without them."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the sources."""
        return sorted(name.replace("_", "-") for name in sources())

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Make the command of a source."""
        source = sources().get(name.replace("-", "_"))
        return _command(source) if source else None


@click.group("ingest", cls=SourceGroup)
def ingest_group() -> None:
    """Load a source: new rows are inserted, existing rows are kept, conflicting rows are rejected."""


def _command(source: Source) -> click.Command:
    function = source.function
    positional = arguments_of(function)
    ours: list[click.Parameter] = [
        click.Option(["--dry-run"], is_flag=True, help="Check everything and count, but write nothing."),
        wait_option(),
        *format_options(),
    ]

    @click.pass_obj
    def run(command: CommandContext, /, dry_run: bool, wait_s: float, form: Form, **given: Any) -> None:
        places = [given.pop(argument.name or "") for argument in positional]
        arguments = [value for place in places for value in (place if isinstance(place, tuple) else [place])]
        for flag, answer in source.instead.items():
            if given[flag]:
                say(answer(*arguments, **given), nl=False)
                return
        if dry_run and source.draws and form.is_table:
            say(source.draws(*arguments, **given))
        database, progress, tell = command.database(), command.progress, logs.remark if form.is_table else None
        if dry_run:
            tally = preview(database, Call(source, arguments, given), progress, tell)
        else:
            tally = pipeline.ingest(database, source, arguments, given, progress, wait_s, tell)
        print_tally(source.name, tally, form, dry_run=dry_run)

    epilog = f"Licence of the data: {source.licence}. Cite: {source.citation}."
    return click.Command(
        source.name.replace("_", "-"), callback=run, params=[*positional, *options_of(function), *ours],
        help=help_of(function), short_help=summary_of(function), epilog=epilog,
    )  # fmt: skip
