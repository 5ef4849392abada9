"""`warehouse status`: what is loaded, computed, stale, under embargo, and how large it is, on one screen."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click
from tabulate import tabulate

from warehouse.cli.context import CommandContext
from warehouse.cli.output import say, size
from warehouse.report.state import WarehouseStatus
from warehouse.report.state import status as status_of

Row = Mapping[str, Any]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def status(command: CommandContext, as_json: bool) -> None:
    """Show what is loaded, computed, stale and under embargo, and how large it is."""
    found = status_of(command.database())
    if as_json:
        say(json.dumps(asdict(found), indent=2, default=str))
        return
    say("\n".join(_lines(found)))


def _lines(found: WarehouseStatus) -> Iterator[str]:
    facts = found.database
    yield (
        f"{facts['place']}: PostgreSQL {facts['server_version'].split()[0]}, schema {facts['schema_revision']}, "
        f"{size(facts['size_bytes'])}"
    )
    if not found.corpora:
        yield "\nNothing is loaded yet: `warehouse demo` makes a study, `warehouse ingest --help` lists the sources."
        return
    yield from _section("Corpora", found.corpora, {
        "corpus": "corpus", "language": "language", "article_count": "articles", "sentence_count": "sentences",
        "word_total": "words", "licence": "licence",
    })  # fmt: skip
    yield from _section("Readers", found.readers, {
        "corpus": "corpus", "language_group": "group", "subject_count": "readers", "excluded_count": "excluded",
        "fixation_count": "fixations",
    })  # fmt: skip
    yield from _section("Attention", [_told(row) for row in found.attention], {
        "model": "model", "condition": "condition", "method": "method", "corpus": "corpus", "layers": "layers",
        "head_count": "heads", "cell_count": "cells", "size": "size", "warnings": "warnings",
    })  # fmt: skip
    yield from _section("Computed", [_why(row) for row in found.computed if row["standing"] or row["stale"]], {
        "analysis": "analysis", "standing": "stand", "stale": "stale", "missing": "missing", "why": "stale because",
    })  # fmt: skip
    yield from _section("Runs that did not end", found.unfinished, {
        "run_id": "run", "job": "job", "run_status": "status", "error": "why",
    })  # fmt: skip
    yield from _section("Under embargo", [_until(row) for row in found.embargoes or ()], {
        "kind": "kind", "name": "name", "embargoed_until": "until", "seen_by": "seen by",
    })  # fmt: skip
    yield f"\n{_next(found)}"


def _section(title: str, rows: Sequence[Row], columns: Mapping[str, str]) -> Iterator[str]:
    if not rows:
        return
    body = [[_shown(row[name]) for name in columns] for row in rows]
    aligned = ["right" if isinstance(rows[0][name], int) else "left" for name in columns]
    table = tabulate(body, list(columns.values()), tablefmt="simple", disable_numparse=True, colalign=aligned)
    yield f"\n{title}\n{table}"


def _told(row: Row) -> Row:
    layers = f"{row['layers_held']} of {row['layer_count']}"
    return {**row, "layers": layers, "size": size(row["size_bytes"] or 0), "warnings": ", ".join(row["usage_warnings"])}


def _why(row: Row) -> Row:
    return {**row, "why": "; ".join(row["stale_because"])}


def _until(row: Row) -> Row:
    return {**row, "seen_by": ", ".join(row["visible_to"]) or "owners and writers"}


def _next(found: WarehouseStatus) -> str:
    stale, missing = (sum(row[name] for row in found.computed) for name in ("stale", "missing"))
    if not stale and not missing:
        return "Everything is computed and up to date."
    due = f"{stale:,} units are stale and {missing:,} are missing"
    return f"{due}: `warehouse plan` says why, `warehouse compute all` does them."


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)
