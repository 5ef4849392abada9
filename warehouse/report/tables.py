"""Rows as CSV, as Markdown and as HTML."""

import csv
import html
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tabulate import tabulate

from warehouse.plugin.names import markdown_text, spreadsheet_text
from warehouse.report.exhibits import PROVENANCE
from warehouse.report.filling import Row

MOST_ROWS = 120
"""Rows of a table on the page; its CSV file has all."""
MOST_LETTERS = 150
"""A table that would be wider is folded, so that it prints on A4 (landscape) and no column is cut off."""
MOST_NAMING = 115
"""So wide may the columns be that are repeated in each part, so that every row can be told from the others."""
MOST_TOGETHER = 24
"""So many rows stay together on a page of paper."""
Link = Callable[[Any, Row], str]
"""Gives the address that a value leads to, from the value and its row."""
EMPTY: tuple[Any, ...] = (None, "", [])
RUN = "run"
"""The column of runs, where they are linked to."""
NAMING = (RUN, "seed")
"""Columns of whole numbers that are names, and counts of nothing."""
SHORT, LINE = 30, 40
"""So short a text stays in one line; of a long one, so much of it may be in one [letters]."""


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
    body = [[markdown_text(_shown(name, row[name])) for name in columns] for row in rows]
    headings = [_heading(name) for name in columns]
    return tabulate(body, headings, tablefmt="github", disable_numparse=True, colalign=_sides(rows, columns)) + "\n"


def as_html(rows: Sequence[Row], links: Mapping[str, Link] | None = None, *, label: str = "Rows") -> str:
    """Give the columns that people read, as HTML tables of the first rows; what all rows share is told once below.

    Parameters
    ----------
    rows : sequence of mapping
        At least one.
    links : mapping of str to callable
        By column, what gives the address of a value; `RUN` stands for the runs of a row.
    label : str
        What the table is called.
    """
    links = links or {}
    told = [{**row, RUN: run_ids(row)} for row in rows] if RUN in links else list(rows)
    shared = [name for name in _shared(told) if len({_linked(name, row, links) for row in told}) == 1]
    columns = [name for name in _columns(told) if name not in shared]
    parts = folded(told[:MOST_ROWS], columns) if columns else []
    tables = "".join(_table(told[:MOST_ROWS], part, links, label) for part in parts)
    rest = f"<p>{len(rows) - MOST_ROWS:,} more rows in the CSV file.</p>" if len(rows) > MOST_ROWS else ""
    common = ", ".join(f"{_heading(name)} {_linked(name, told[0], links)}" for name in shared)
    return tables + rest + (f'<p class="caption">In every row: {common}.</p>' if common else "")


def folded(rows: Sequence[Row], columns: Sequence[str]) -> list[list[str]]:
    """Part the columns of a wide table, so that each part is narrow enough; the columns that name a row begin each."""
    widths = {name: _width(rows, name) for name in columns}
    sides = _sides(rows, columns)
    first_number = sides.index("right") if "right" in sides else len(columns)
    naming = list(columns[: max(first_number, 1)])
    while len(naming) > 1 and sum(widths[name] for name in naming) > MOST_NAMING:
        naming.pop()
    parts: list[list[str]] = [list(naming)]
    for name in columns[len(naming) :]:
        if len(parts[-1]) > len(naming) and sum(widths[one] for one in parts[-1]) + widths[name] > MOST_LETTERS:
            parts.append(list(naming))
        parts[-1].append(name)
    return parts


def run_ids(row: Row) -> list[int]:
    """Give the runs of a row."""
    return [*filter(None, [row.get("run_id")]), *(row.get("run_ids") or ())]


def _width(rows: Sequence[Row], name: str) -> int:
    """Estimate how wide a column is [letters]: its longest value, of long texts what a line holds, or its heading."""
    longest = max(len(_shown(name, row[name])) for row in rows)
    return max(min(longest, LINE), *map(len, _heading(name).split())) + 2


def _table(rows: Sequence[Row], columns: Sequence[str], links: Mapping[str, Link], label: str) -> str:
    sides = _sides(rows, columns)
    head = "".join(
        f'<th scope="col" class="{side}">{html.escape(_heading(name))}</th>'
        for name, side in zip(columns, sides, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{_look(side, name, row[name])}">{_linked(name, row, links)}</td>'
            for name, side in zip(columns, sides, strict=True)
        )
        + "</tr>\n"
        for row in rows
    )
    called = html.escape(f"{label}: {_heading(columns[-1])}", quote=True)
    about = f'role="region" tabindex="0" aria-label="{called}"'
    size = " short" if len(rows) <= MOST_TOGETHER else ""
    return f'<div class="wide{size}" {about}><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def _look(side: str, name: str, value: Any) -> str:
    return f"{side} line" if side == "left" and len(_shown(name, value)) <= SHORT else side


def _linked(name: str, row: Row, links: Mapping[str, Link]) -> str:
    value = row[name]
    if name not in links or value in EMPTY:
        return html.escape(_shown(name, value))
    return ", ".join(
        f'<a href="{html.escape(links[name](part, row), quote=True)}">{html.escape(str(part))}</a>'
        for part in (value if isinstance(value, list) else [value])
    )


def _shared(rows: Sequence[Row]) -> list[str]:
    """Give the columns that are the same in every row of a table of several, apart from its first."""
    columns = _columns(rows)[1:] if len(rows) > 1 else []
    return [name for name in columns if all(row[name] == rows[0][name] for row in rows)]


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


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    is_count = isinstance(value, int) and abs(value) >= 10_000 and name not in NAMING
    return f"{value:,}" if is_count else str(_flat(value))


def _flat(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
