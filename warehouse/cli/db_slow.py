"""`warehouse db slow`: the statements that took most time."""

from collections.abc import Mapping
from typing import Any

import click

from warehouse.cli.commands import example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import Form, printing
from warehouse.cli.output import clip, print_rows
from warehouse.database.slow_statements import slowest

COLUMNS = {
    "total": "total", "mean": "mean", "calls": "calls", "rows": "rows", "share": "share %", "statement": "statement",
}  # fmt: skip
LONGEST = 100
UNSEEN = "(of another role: the role pg_read_all_stats sees it)"


@click.command(epilog=example("warehouse db slow --last 5"))
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="So many statements.")
@printing()
@click.pass_obj
def slow(command: CommandContext, last: int, form: Form) -> None:
    """Print the statements that took most time in this database, with their share of all.

    They are counted by pg_stat_statements, since its server started or they were reset, and hold no values. A server
    without it says how to turn it on. A role sees its own statements; a member of pg_read_all_stats sees all.
    """
    found = slowest(command.database(), last)
    shown = [_row(one) for one in found]
    print_rows(found, form, COLUMNS, shown=shown, none="No statement was counted yet.")


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "total": f"{one['total_s']:,.2f} s", "mean": f"{one['mean_ms']:,.1f} ms", "calls": f"{one['call_count']:,}",
        "rows": f"{one['row_count']:,}", "share": one["share"],
        "statement": clip(one["statement"] or UNSEEN, LONGEST),
    }  # fmt: skip
