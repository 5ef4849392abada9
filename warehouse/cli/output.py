"""How results leave the command line: tables for people, JSON and CSV for programs."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from tabulate import tabulate

from warehouse import logs
from warehouse.compute.plan import Plan
from warehouse.load.tally import Tally
from warehouse.plugin.names import as_printed, spreadsheet_text

Row = Mapping[str, Any]


def say(text: str = "", *, nl: bool = True) -> None:
    """Print a text; names of old databases may hold what a terminal would obey, and that is written out."""
    click.echo(as_printed(text, keep="\n\t"), nl=nl)


def print_tally(name: str, tally: Tally, as_json: bool, *, dry_run: bool = False) -> None:
    """Print what became of what came in."""
    if as_json:
        say(json.dumps({"name": name, "dry_run": dry_run, **asdict(tally)}))
        return
    done = "nothing to do; " if not tally.inserted and not tally.rejected else "would be: " if dry_run else ""
    say(f"{name}: {done}" + ", ".join(f"{count:,} {kind}" for kind, count in asdict(tally).items()))


def print_plan(plans: Iterable[Plan], as_json: bool) -> None:
    """Print each unit that is to be done, and why; how many they are is a remark."""
    units = [(plan.analysis.name, unit.key, unit.reason) for plan in plans for unit in plan.todo]
    if as_json:
        say(json.dumps([dict(zip(("analysis", "unit", "reason"), unit, strict=True)) for unit in units]))
        return
    for unit in units:
        say("\t".join(map(str, unit)))
    standing = sum(len(plan.units) - len(plan.todo) for plan in plans)
    logs.remark(f"{len(units):,} units to do, {standing:,} stand.", to_do=len(units), standing=standing)


def print_json(rows: Sequence[Row]) -> None:
    """Print rows as a JSON list."""
    say(json.dumps([dict(row) for row in rows], indent=2, default=str))


def print_csv(rows: Sequence[Row]) -> None:
    """Print rows as CSV with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: spreadsheet_text(_flat(value)) for name, value in row.items()} for row in rows)
    say(text.getvalue(), nl=False)


def print_table(rows: Sequence[Row], columns: Mapping[str, str]) -> None:
    """Print the named columns under their headings, as `table` lays them out."""
    say(table(rows, columns))


def table(rows: Sequence[Row], columns: Mapping[str, str]) -> str:
    """Lay the named columns out under their headings; ratios whose heading ends in % are given in per cent."""
    body = [[format_value(row[name], heading) for name, heading in columns.items()] for row in rows]
    numbers = {name for row in rows for name in columns if isinstance(row[name], int | float)}
    aligned = ["right" if name in numbers else "left" for name in columns]
    return tabulate(body, list(columns.values()), tablefmt="simple", disable_numparse=True, colalign=aligned)


def record_as_list(row: Row) -> str:
    """Lay one row out as a list of headings and values."""
    return tabulate([(heading, format_value(value, heading)) for heading, value in row.items()], tablefmt="plain",
                    disable_numparse=True)  # fmt: skip


def duration(seconds: float | None) -> str:
    """Tell a time in words, `?` where it is not known."""
    if seconds is None:
        return "?"
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 1 or not seconds else "1 s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def size(count: int) -> str:
    """Tell a number of bytes in words."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def share_done(done: int, total: int | None) -> str:
    """Tell how many are done, of how many where that is known."""
    return f"{done:,}" + ("" if total is None else f" of {total:,}")


def clip(text: str, longest: int) -> str:
    """Cut a text that is too long for a column of a table."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def moment(when: datetime) -> str:
    """Tell a time of day, of UTC."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def format_value(value: Any, heading: str) -> str:
    """Write a value for people."""
    if value is None:
        return "-"
    if isinstance(value, float):
        if f"{heading} ".startswith("p "):
            return f"{value:.2g}"
        if heading.endswith("%"):
            return f"{100 * value:.2f}"
        return f"{value:.2g}" if 0 < abs(value) < 0.001 else f"{value:.4f}"
    return str(_flat(value))


def _flat(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
