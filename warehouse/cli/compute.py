"""`warehouse compute ANALYSIS`: one subcommand per analysis that a room declares, and `all`."""

from typing import Any

import click

from warehouse import pipeline
from warehouse.cli.commands import Command, Group, example
from warehouse.cli.compute_all import compute_all, jobs_option, leave_out_option, scheduler_option
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import Form, format_options
from warehouse.cli.options import help_of, options_of, summary_of
from warehouse.cli.output import print_plan, print_tallies
from warehouse.cli.selection import example_call, pop_selection, selection_options
from warehouse.cli.waiting import wait_option
from warehouse.compute import one_analysis
from warehouse.plugin.registry import Analysis, analyses, find_analysis


class AnalysisGroup(Group):
    """Finds the analyses when it is asked, so that other commands start without them."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the analyses, and `all`."""
        return ["all", *sorted(name.replace("_", "-") for name in analyses())]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Make the command of an analysis, or give that of all."""
        if name == compute_all.name:
            return compute_all
        analysis = find_analysis(name.replace("-", "_"))
        return _command(analysis) if analysis else None


@click.group("compute", cls=AnalysisGroup, epilog=example("warehouse compute human-resemblance --measure count"))
def compute_group() -> None:
    """Compute missing and stale results; current ones are kept."""


def _command(analysis: Analysis) -> click.Command:
    ours: list[click.Parameter] = [
        leave_out_option(),
        jobs_option(),
        scheduler_option(),
        wait_option(),
        click.Option(["--dry-run"], is_flag=True, help="Print what is missing or stale and why, and do nothing."),
        *format_options(has_tables=False),
    ]

    @click.pass_obj
    def run(
        command: CommandContext, /, leave_out: tuple[str, ...], jobs: int, scheduler: str | None, wait_s: float,
        dry_run: bool, form: Form, **given: Any,
    ) -> None:  # fmt: skip
        selection = pop_selection(given)
        if dry_run:
            print_plan(one_analysis.plans(command.database(), analysis.name, selection, leave_out, **given), form)
            return
        tallies = pipeline.compute(
            command.database(), analysis.name, selection, leave_out, command.progress, jobs, scheduler, wait_s, **given
        )
        print_tallies(tallies.items(), form)

    name = analysis.name.replace("_", "-")
    return Command(
        name, callback=run, epilog=example(example_call("compute", analysis)),
        params=[*selection_options(analysis), *options_of(analysis.function), *ours],
        help=help_of(analysis.function), short_help=summary_of(analysis.function),
    )  # fmt: skip
