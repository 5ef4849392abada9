"""How data leave the command line: tables and Markdown for people, CSV, JSON and Parquet for programs."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from warehouse import logs
from warehouse.cli import tables
from warehouse.cli.formats import Form
from warehouse.cli.tables import terminal_width
from warehouse.load.tally import Tally
from warehouse.plugin.names import as_printed, markdown_text, spreadsheet_text

if TYPE_CHECKING:
    from warehouse.compute.plan import Plan

Row = Mapping[str, Any]


def say(text: str = "", *, nl: bool = True) -> None:
    """Print a text; names of old databases may hold what a terminal would obey, and that is written out."""
    click.echo(as_printed(text, keep="\n\t"), nl=nl)


def print_tallies(tallies: Iterable[tuple[str, Tally]], form: Form, *, dry_run: bool = False) -> None:
    """Print what became of what came in, of each as soon as it is known; CSV, Markdown and Parquet when all are."""
    rows = ({"name": name, "dry_run": dry_run, **asdict(tally)} for name, tally in tallies)
    if not form.is_table and form.name != "json":
        print_rows(list(rows), form)
        return
    for row in rows:
        say(_counts(**row) if form.is_table else json.dumps(row))


def print_tally(name: str, tally: Tally, form: Form, *, dry_run: bool = False) -> None:
    """Print what became of what came in."""
    print_tallies([(name, tally)], form, dry_run=dry_run)


def _counts(name: str, dry_run: bool, **counts: int) -> str:
    done = "would be: " if dry_run else ""
    if not counts["inserted"] and not counts["rejected"]:
        done = "nothing to do; "
    return f"{name}: {done}" + ", ".join(f"{count:,} {kind}" for kind, count in counts.items())


def print_plan(plans: "Iterable[Plan]", form: Form) -> None:
    """Print each unit that is to be done, and why; how many they are is a remark."""
    units = [
        {"analysis": plan.analysis.name, "unit": unit.key, "reason": unit.reason}
        for plan in plans for unit in plan.todo
    ]  # fmt: skip
    if not form.is_table:
        print_rows(units, form)
    elif units:
        width = None if form.is_wide else terminal_width()
        say(tables.table(units, {"unit": "unit", "reason": "why"}, groups=["analysis"], width=width))
    for plan in plans:
        plan.tell_left_out()
    standing = sum(len(plan.units) - len(plan.todo) for plan in plans)
    logs.remark(f"{len(units):,} units to do, {standing:,} stand.", to_do=len(units), standing=standing)


def print_rows(
    rows: Sequence[Row],
    form: Form,
    columns: Mapping[str, str] | None = None,
    *,
    shown: Sequence[Row] | None = None,
    may_go: Sequence[str] = (),
    least_text: int = tables.LEAST_TEXT,
    none: str = "",
) -> None:
    """Print rows in a format.

    Parameters
    ----------
    rows : sequence of mapping
        What programs read, as CSV, JSON and Parquet, all columns.
    form : Form
        The format.
    columns : mapping or None
        The headings of what people read, as table and Markdown, by column; None: all columns by their names.
    shown : sequence of mapping or None
        The rows as people read them; None: as they are.
    may_go : sequence of str
        Columns that a table may be without where it is too wide, the first first.
    least_text : int
        How narrow a column of texts may become before that.
    none : str
        What is said instead of a table without rows.
    """
    if form.is_table and not rows and none:
        say(tables.folded(none, terminal_width()))
    elif form.is_table or form.name == "markdown":
        columns = columns or {name: name.replace("_", " ") for name in (rows[0] if rows else ())}
        texts = [{name: format_value(row[name], heading) for name, heading in columns.items()} for row in shown or rows]
        width = None if form.is_wide else terminal_width()
        if form.is_table:
            say(tables.table(texts, columns, may_go=may_go, width=width, least_text=least_text))
        else:
            say(_markdown(texts, columns))
    elif form.name == "parquet":
        _print_parquet(rows)
    elif form.name == "json":
        print_json(rows)
    else:
        print_csv(rows)


def print_document(document: Any, form: Form, lines: Callable[[], Iterable[str]]) -> None:
    """Print as JSON what is no list of rows, or the lines that tell it to people."""
    say("\n".join(lines()) if form.is_table else json.dumps(document, indent=2, default=str))


def print_json(rows: Sequence[Row]) -> None:
    """Print rows as a JSON list."""
    say(json.dumps([dict(row) for row in rows], indent=2, default=str))


def print_csv(rows: Sequence[Row]) -> None:
    """Print rows as CSV with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    if rows:
        writer.writeheader()
    writer.writerows({name: spreadsheet_text(_flat(value)) for name, value in row.items()} for row in rows)
    say(text.getvalue(), nl=False)


def _print_parquet(rows: Sequence[Row]) -> None:
    """Write rows as a Parquet file to standard output."""
    if sys.stdout.isatty():
        raise click.UsageError("Parquet is no text for a terminal: write it into a file, with > FILE.parquet.")
    from warehouse.cli.parquet import parquet

    sys.stdout.buffer.write(parquet(rows))


def _markdown(texts: Sequence[Mapping[str, str]], columns: Mapping[str, str]) -> str:
    sides = ["---:" if name in numbers(texts, columns) else "---" for name in columns]
    lines = [list(columns.values()), sides, *([markdown_text(row[name]) for name in columns] for row in texts)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def numbers(texts: Sequence[Mapping[str, str]], columns: Iterable[str]) -> set[str]:
    """Name the columns whose texts are numbers."""
    return {name for name in columns if all(tables.NUMBER.fullmatch(row[name]) for row in texts)}


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
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if f"{heading} ".startswith("p "):
            return f"{value:.2g}"
        if heading.endswith("%"):
            return f"{100 * value:.2f}"
        return f"{value:.2g}" if 0 < abs(value) < 0.001 else f"{value:.4f}"
    return str(_flat(value))


def _flat(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
