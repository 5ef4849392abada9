"""Rows as CSV, as Markdown and as HTML."""

import csv
import html
import io
from collections.abc import Sequence
from typing import Any

from tabulate import tabulate

from warehouse.plugin.names import markdown_text, spreadsheet_text
from warehouse.report.exhibits import PROVENANCE
from warehouse.report.filling import Row

MOST_ROWS = 120
"""Rows of a table on the page; its CSV file has all."""
EMPTY: tuple[Any, ...] = (None, "", [])


def as_csv(rows: Sequence[Row]) -> str:
    """Give all columns of all rows, numbers in full."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: spreadsheet_text(_flat(value)) for name, value in row.items()} for row in rows)
    return text.getvalue()


def as_markdown(rows: Sequence[Row]) -> str:
    """Give the columns that people read, as a Markdown table."""
    columns = _columns(rows)
    body = [[markdown_text(_shown(row[name])) for name in columns] for row in rows]
    headings = [_heading(name) for name in columns]
    return tabulate(body, headings, tablefmt="github", disable_numparse=True, colalign=_sides(rows, columns)) + "\n"


def as_html(rows: Sequence[Row]) -> str:
    """Give the columns that people read, as an HTML table of the first rows; what all rows share is told once below."""
    shared = _shared(rows)
    columns = [name for name in _columns(rows) if name not in shared]
    sides = _sides(rows, columns)
    head = "".join(f"<th>{html.escape(_heading(name))}</th>" for name in columns)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{side}">{html.escape(_shown(row[name]))}</td>'
            for name, side in zip(columns, sides, strict=True)
        )
        + "</tr>\n"
        for row in rows[:MOST_ROWS]
    )
    rest = f"<p>{len(rows) - MOST_ROWS:,} more rows in the CSV file.</p>" if len(rows) > MOST_ROWS else ""
    told = ", ".join(f"{_heading(name)} {_shown(value)}" for name, value in shared.items())
    rest += f'<p class="caption">In every row: {html.escape(told)}.</p>' if told else ""
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>{rest}'


def _shared(rows: Sequence[Row]) -> dict[str, Any]:
    """Give what is the same in every row of a table of several, apart from its first column."""
    columns = _columns(rows)[1:] if len(rows) > 1 else []
    return {name: rows[0][name] for name in columns if all(row[name] == rows[0][name] for row in rows)}


def _columns(rows: Sequence[Row]) -> list[str]:
    """Leave provenance to the caption, and out what is empty in every row."""
    return [name for name in rows[0] if name not in PROVENANCE and any(row[name] not in EMPTY for row in rows)]


def _sides(rows: Sequence[Row], columns: Sequence[str]) -> list[str]:
    def is_number(name: str) -> bool:
        values = [row[name] for row in rows if row[name] is not None]
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)

    return ["right" if is_number(name) else "left" for name in columns]


def _heading(name: str) -> str:
    return name.replace("_", " ")


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(_flat(value))


def _flat(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
