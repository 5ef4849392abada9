"""`warehouse compute all` and `warehouse plan`: every analysis, in dependency order."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click
from click.core import ParameterSource

from warehouse import logs
from warehouse.cli.commands import Command, example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import Form, format_options
from warehouse.cli.options import options_of
from warehouse.cli.output import duration, print_rows, print_tallies, say
from warehouse.cli.selection import pop_selection, selection_options
from warehouse.cli.tables import folded, terminal_width
from warehouse.cli.waiting import wait_option
from warehouse.compute.agenda import Due, agenda, on_request
from warehouse.errors import WarehouseError
from warehouse.load.tally import Tally
from warehouse.plugin.registry import analyses

AGENDA = {
    "analysis": "analysis", "to_do": "to do", "pieces": "in", "standing": "stand", "why": "why", "seconds": "about",
}  # fmt: skip
"""The headings of what people read of an agenda."""


def leave_out_option() -> click.Option:
    """Give the option that leaves sentences out."""
    return click.Option(["--leave-out"], multiple=True, metavar="SENTENCE", help="Leave a sentence out, e.g. t.03.16.")


def jobs_option() -> click.Option:
    """Give the option that says how many processes compute."""
    told = "Processes that compute units side by side, each with a connection of its own."
    return click.Option(["--jobs"], type=click.IntRange(1), default=1, show_default=True, help=told)


def scheduler_option() -> click.Option:
    """Give the option that names a Dask scheduler."""
    told = "Address of a Dask scheduler, tcp://HOST:PORT, whose workers compute instead of processes here."
    return click.Option(["--scheduler"], metavar="URL", help=told)


def units_option() -> click.Option:
    """Give the option that asks for every unit."""
    return click.Option(["--units"], is_flag=True, help="Print each unit that is to be done, and why.")


@click.pass_context
def _plan(context: click.Context, /, leave_out: tuple[str, ...], units: bool, form: Form, **given: Any) -> None:
    selection, chosen = pop_selection(given), _chosen(context, given)
    print_agenda(agenda(context.obj.database(), selection, leave_out, **chosen), units, form)


@click.pass_context
def _compute_all(
    context: click.Context, /, leave_out: tuple[str, ...], dry_run: bool, jobs: int, scheduler: str | None,
    wait_s: float, form: Form, **given: Any,
) -> None:  # fmt: skip
    from warehouse.compute.everything import compute_all as compute_everything

    command: CommandContext = context.obj
    database, selection, chosen = command.database(), pop_selection(given), _chosen(context, given)
    if dry_run:
        print_agenda(agenda(database, selection, leave_out, **chosen), False, form)
        return
    errors: list[WarehouseError] = []
    outcomes = compute_everything(database, selection, leave_out, command.progress, jobs, scheduler, wait_s, **chosen)
    print_tallies(_done(outcomes, errors), form)
    _say_what_is_on_request()
    if errors:
        raise click.exceptions.Exit(errors[0].exit_code)


def _done(
    outcomes: Iterable[tuple[str, Tally | WarehouseError]], errors: list[WarehouseError]
) -> Iterator[tuple[str, Tally]]:
    """Give the counts of what was done; what could not be is told, and put with the errors."""
    for name, outcome in outcomes:
        if isinstance(outcome, Tally):
            yield name, outcome
            continue
        errors.append(outcome)
        told = f"{name}: could not be done: {outcome}"
        logs.remark(told, level=logging.WARNING, name="not_done", analysis=name, exit_code=outcome.exit_code)


def _chosen(context: click.Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the parameters of analyses that the user gave; the others are left to each analysis."""
    source = context.get_parameter_source
    return {name: value for name, value in given.items() if source(name) is ParameterSource.COMMANDLINE}


def _options_of_all() -> list[click.Parameter]:
    """Give the options of every analysis, each once."""
    found = {option.name: option for analysis in analyses().values() for option in options_of(analysis.function)}
    return list(found.values())


class PlanCommand(Command):
    """Knows the options of the analyses when it is asked, so that other commands start without them."""

    def get_params(self, context: click.Context) -> list[click.Parameter]:
        """Add the analyses' options to its own."""
        return [*super().get_params(context), *_options_of_all()]


plan = PlanCommand(
    "plan", callback=_plan, epilog=example("warehouse plan --corpus reading_brain"),
    params=[*selection_options(), leave_out_option(), units_option(), *format_options()],
    help="""Print what is missing or stale and why, and about how long it will take; do nothing.

    A unit is missing where no run has done it, stale where its inputs, parameters or the code of its analysis have
    changed since. The time is that of earlier runs per unit.""",
)  # fmt: skip

compute_all = PlanCommand(
    "all", callback=_compute_all, epilog=example("warehouse compute all --jobs 2"),
    short_help="Every analysis, in dependency order.",
    params=[
        *selection_options(), leave_out_option(), jobs_option(), scheduler_option(), wait_option(),
        click.Option(["--dry-run"], is_flag=True, help="Print the plan (see warehouse plan) and do nothing."),
        *format_options(),
    ],
    help="""Compute everything that is missing or stale, analysis by analysis in dependency order.

    An option of an analysis goes to those that have it. An analysis that cannot be done with what is loaded is
    reported; those that do not need it are done all the same.""",
)  # fmt: skip


def print_agenda(dues: Sequence[Due], units: bool, form: Form) -> None:
    """Print what is due: one row an analysis, or one a unit."""
    if units and form.is_table:
        for due in dues:
            for unit in due.plan.todo:
                say(f"{due.plan.analysis.name}\t{unit.key}\t{unit.reason}")
        return
    if units and form.name != "json":
        print_rows([{"analysis": due.plan.analysis.name, **unit} for due in dues for unit in _units(due)], form)
        return
    print_rows([_facts(due) for due in dues], form, AGENDA, shown=[_row(due) for due in dues])
    if not form.is_table:
        return
    count, pieces = sum(len(due.plan.todo) for due in dues), sum(len(due.plan.pieces) for due in dues)
    told = f"{count:,} units to do in {pieces:,} pieces of work; {_outlook(dues)}."
    say(f"\n{folded(told, None if form.is_wide else terminal_width())}")
    _say_what_is_on_request()


def _say_what_is_on_request() -> None:
    """Name what is left out with everything because of the time it takes."""
    if names := [name.replace("_", "-") for name in on_request()]:
        logs.remark(f"Only when asked for by name, since it takes long: {', '.join(names)}.")


def _row(due: Due) -> dict[str, Any]:
    """Give an analysis's row; its units are done in pieces, such as layers with all their readers."""
    to_do, standing = _counts(due)
    count, name = len(due.plan.pieces), due.plan.counted_in
    pieces = f"{count:,} {name}{'' if count == 1 else 's'}" if due.plan.analysis.piece and count else ""
    row = (due.plan.analysis.name, to_do, pieces, standing, _why(due), duration(due.seconds))
    return dict(zip(AGENDA, row, strict=True))


def _outlook(dues: Sequence[Due]) -> str:
    """Tell how long all will take, as far as earlier runs tell."""
    known = sum(due.seconds or 0 for due in dues)
    if any(due.seconds is None or due.waits_for for due in dues):
        return f"at least {duration(known)} at the pace of earlier runs" if known else "no earlier run tells how long"
    return f"about {duration(known)} at the pace of earlier runs"


def _facts(due: Due) -> dict[str, Any]:
    to_do, standing = _counts(due)
    return {
        "analysis": due.plan.analysis.name, "to_do": to_do, "standing": standing, "reasons": due.reasons,
        "pieces": len(due.plan.pieces), "piece": due.plan.counted_in,
        "seconds": due.seconds, "waits_for": list(due.waits_for),
        "units": _units(due),
    }  # fmt: skip


def _units(due: Due) -> list[dict[str, Any]]:
    return [{"unit": unit.key, "reason": unit.reason} for unit in due.plan.todo]


def _counts(due: Due) -> tuple[int, int]:
    return len(due.plan.todo), len(due.plan.units) - len(due.plan.todo)


def _why(due: Due) -> str:
    parts = [f"{count:,} {reason}" for reason, count in due.reasons.items()]
    if due.plan.is_unfinished:
        parts.append("a run of it was stopped")
    if due.waits_for:
        parts.append(f"more may be due after {', '.join(due.waits_for)}")
    return "; ".join(parts)
