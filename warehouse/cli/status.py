"""`warehouse status`: what is loaded, computed, stale, under embargo, and how large it is, on one screen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click

from warehouse.cli.commands import example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import DOCUMENT, Form, printing
from warehouse.cli.output import print_document, size
from warehouse.cli.tables import folded, table, terminal_width
from warehouse.report.state import WarehouseStatus
from warehouse.report.state import status as status_of

Row = Mapping[str, Any]


@click.command(epilog=example("warehouse status"))
@printing(DOCUMENT)
@click.pass_obj
def status(command: CommandContext, form: Form) -> None:
    """Show what is loaded, computed, stale and under embargo, and how large it is."""
    found = status_of(command.database())
    print_document(asdict(found), form, lambda: _lines(found, None if form.is_wide else terminal_width()))


def _lines(found: WarehouseStatus, width: int | None) -> Iterator[str]:
    facts = found.database
    yield (
        f"{facts['place']}: PostgreSQL {facts['server_version'].split()[0]}, schema {facts['schema_revision']}, "
        f"{size(facts['size_bytes'])}"
    )
    if not found.corpora:
        told = "Nothing is loaded yet: `warehouse demo` makes a study, `warehouse ingest --help` lists the sources."
        yield f"\n{folded(told, width)}"
        return
    yield from _section("Corpora", found.corpora, width, {
        "corpus": "corpus", "language": "language", "article_count": "articles", "sentence_count": "sentences",
        "word_total": "words", "licence": "licence",
    })  # fmt: skip
    yield from _section("Readers", found.readers, width, {
        "corpus": "corpus", "language_group": "group", "subject_count": "readers", "excluded_count": "excluded",
        "fixation_count": "fixations",
    })  # fmt: skip
    yield from _section("Attention", [_told(row) for row in found.attention], width, {
        "model": "model", "condition": "condition", "method": "method", "corpus": "corpus", "layers": "layers",
        "head_count": "heads", "cell_count": "cells", "size": "size", "warnings": "warnings",
    }, ("head_count", "method", "cell_count", "corpus"))  # fmt: skip
    yield from _section("Computed", [_why(row) for row in found.computed if row["standing"] or row["stale"]], width, {
        "analysis": "analysis", "standing": "stand", "stale": "stale", "missing": "missing", "why": "stale because",
    })  # fmt: skip
    yield from _section("Runs that did not end", found.unfinished, width, {
        "run_id": "run", "job": "job", "run_status": "status", "error": "why",
    })  # fmt: skip
    yield from _section("Under embargo", [_until(row) for row in found.embargoes or ()], width, {
        "kind": "kind", "name": "name", "embargoed_until": "until", "seen_by": "seen by",
    })  # fmt: skip
    yield f"\n{folded(_next(found), width)}"


def _section(
    title: str, rows: Sequence[Row], width: int | None, columns: Mapping[str, str], may_go: Sequence[str] = ()
) -> Iterator[str]:
    if not rows:
        return
    texts = [{name: _shown(row[name]) for name in columns} for row in rows]
    yield f"\n{title}\n{table(texts, columns, may_go=may_go, width=width)}"


def _told(row: Row) -> Row:
    layers = f"{row['layers_held']} of {row['layer_count']}"
    return {**row, "layers": layers, "size": size(row["size_bytes"] or 0), "warnings": ", ".join(row["usage_warnings"])}


def _why(row: Row) -> Row:
    return {**row, "why": "; ".join(row["stale_because"])}


def _until(row: Row) -> Row:
    return {**row, "seen_by": ", ".join(row["visible_to"]) or "owners and writers"}


def _next(found: WarehouseStatus) -> str:
    stale = sum(row["stale"] for row in found.computed)
    missing = sum(row["missing"] for row in found.computed if not row["on_request"])
    if not stale and not missing:
        return "Everything is computed and up to date."
    due = f"{stale:,} units are stale and {missing:,} are missing"
    return f"{due}: `warehouse plan` says why, `warehouse compute all` does them."


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)
