"""`warehouse runs`: what ran, who, where, how long, how far, and how it ended; one run in full; following what runs."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from warehouse.cli.commands import example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import DOCUMENT, Form, printing
from warehouse.cli.output import clip, duration, moment, print_document, print_rows, say, share_done
from warehouse.cli.tables import facts
from warehouse.cli.watching import watch
from warehouse.errors import BadInput
from warehouse.ledger import queries
from warehouse.schema import migrations

COLUMNS = {
    "run_id": "run", "job": "job", "run_status": "status", "by": "by", "started": "started, UTC", "took": "took",
    "units": "units", "rows": "rows", "rejected": "rejected", "why": "why",
}  # fmt: skip
MAY_GO = ("rejected", "by", "rows", "units")
"""What a table of runs may be without where it is too wide, the first first."""
LONGEST_REASON = 60
UNITS = {"unit_key": "unit", "rows": "rows", "attempt": "attempt", "unit_state": "state", "finished": "finished, UTC"}
LEASES = {
    "unit_key": "unit in hand",
    "process": "process",
    "attempt": "attempt",
    "taken": "taken, UTC",
    "state": "state",
}
REJECTIONS = {"place": "rejected", "reason": "because", "offending_text": "text"}


@click.command(epilog=example("warehouse runs --job ingest --status failed"))
@click.argument("run", type=click.IntRange(1), required=False)
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="So many runs, or units of one.")
@click.option("--job", help="Only jobs whose name has this in it, e.g. ingest, or human-resemblance.")
@click.option(
    "--status", "statuses", type=click.Choice(queries.STATUSES), multiple=True, help="Only such runs; may be repeated."
)
@click.option("--follow", is_flag=True, help="Follow what runs, or RUN, until it has ended.")
@printing()
@click.pass_obj
def runs(
    command: CommandContext,
    run: int | None,
    last: int,
    job: str | None,
    statuses: tuple[str, ...],
    follow: bool,
    form: Form,
) -> None:
    """List what ran, newest first: who, when, how long, how far, how it ended. RUN is the number of one, shown in full.

    A run is dead if it is marked as running and its process is gone; repeat its command to continue it. --follow goes
    on while something runs, and exits with 0 if all was done, with 10 if a run failed, was interrupted or is dead.
    """
    chosen = job or statuses
    if chosen and (run or follow):
        raise BadInput("choose from the list of all runs", "--job and --status", "leave them out, or RUN and --follow")
    if (run or follow) and form.name not in DOCUMENT:
        what = "RUN" if run else "--follow"
        raise click.UsageError(f"{form.asked_by} is for the list of runs: leave it out, or {what}.")
    database = command.database()
    migrations.check(database)
    if follow:
        watch(database, run, form.name == "json")
        return
    with database.connect(autocommit=True, read_only=True) as connection:
        if run is None:
            _print_list(queries.last_runs(connection, last, job, statuses), form)
        else:
            _print_one(queries.run_details(connection, run, last), form)


def _print_list(found: queries.Records, form: Form) -> None:
    shown = [_row(one) for one in found]
    print_rows(found, form, COLUMNS, shown=shown, may_go=MAY_GO, least_text=20, none="No such run.")


def _row(run: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **run, "by": f"{run['started_by']}@{run['host']}", "started": moment(run["taken_up_at"]),
        "took": duration(run["duration_s"]), "units": _units(run), "rows": f"{run['row_total']:,}",
        "rejected": f"{run['rejection_count']:,}",
        "why": clip(run["error"] or "", LONGEST_REASON),
    }  # fmt: skip


def _units(run: Mapping[str, Any]) -> str:
    return share_done(run["done_count"], run["unit_count"])


def _print_one(told: dict[str, Any], form: Form) -> None:
    print_document(told, form, lambda: [facts(_lines(told))])
    if not form.is_table:
        return
    leases = [{**each, "process": f"{each['process_id']} on {each['host']}", "taken": moment(each["taken_at"]),
               "state": "alive" if each["is_held"] else "dead"} for each in told["leases"]]  # fmt: skip
    units = [{**each, "rows": f"{each['row_count']:,}", "finished": moment(each["finished_at"])}
             for each in told["units"]]  # fmt: skip
    for rows, columns in ((leases, LEASES), (told["rejections"], REJECTIONS), (units, UNITS)):
        if rows:
            say()
            print_rows(rows, form, columns)


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{told['run_id']}  {told['job']}"
    again = "" if told["attempt"] == 1 else f" (first {moment(told['started_at'])})"
    yield f"  status     {told['run_status']}, attempt {told['attempt']}"
    yield f"  by         {told['started_by']} on {told['host']}, process {told['process_id']}"
    yield f"  started    {moment(told['taken_up_at'])} UTC{again}"
    ended = "" if told["finished_at"] is None else f", until {moment(told['finished_at'])} UTC"
    yield f"  took       {duration(told['duration_s'])}{ended}"
    yield f"  units      {_units(told)}, {told['row_total']:,} rows, {told['rejection_count']:,} rejected"
    yield f"  inputs     {told['input_count']:,} (`warehouse explain {told['run_id']}` names them)"
    yield f"  code       {told['code_version']}; " + ", ".join(f"{k} {v}" for k, v in told["environment"].items())
    yield f"  parameters {json.dumps(told['parameters'])}" + (f", seed {told['seed']}" if told["seed"] else "")
    if told["error"]:
        yield f"  why        {told['error']}"
