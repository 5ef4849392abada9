"""A report for people: every table and figure of `sql/report/` as one page and as files."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.charts import Figure, figure, rendering
from warehouse.database.connection import Database
from warehouse.errors import BadInput
from warehouse.ledger.lookup import many
from warehouse.progress import Progress
from warehouse.report.exhibits import Exhibit, exhibits
from warehouse.report.filling import Filled, Page, fill
from warehouse.report.page import missing, page
from warehouse.report.tables import as_csv, as_markdown, run_ids
from warehouse.schema import migrations

MOST_PANELS = 4
"""So many stay together on a page of paper."""


def write_report(database: Database, out: Path, corpora: Sequence[str], progress: Progress) -> list[Filled]:
    """Write ``index.html`` and, for each exhibit, its rows (CSV, Markdown) and figures (SVG, PNG, Vega-Lite).

    Parameters
    ----------
    database : Database
        Where the results are.
    out : Path
        The folder; made if it is not there, files of the same names are replaced.
    corpora : sequence of str
        Only these; all where none is given.
    progress : Progress
        Where to tell how far it is.

    Raises
    ------
    BadInput
        If the folder cannot be written to, or what draws charts is not installed.
    """
    migrations.check(database)
    _prepare(out)
    filled: list[Filled] = []
    pictures: dict[tuple[str, int], tuple[list[bytes], str]] = {}
    with database.connect(read_only=True) as connection:
        known = exhibits()
        with progress.bar("report", len(known), "exhibit") as bar:
            for exhibit in known:
                one = fill(connection, exhibit, corpora)
                filled.append(one)
                pictures |= _write(one, out)
                bar.update()
        known_runs = {run_id for one in filled for row in one.rows for run_id in run_ids(row)}
        runs = many(connection, _RUNS, [sorted(known_runs)])
    (out / "index.html").write_text(page(filled, pictures, runs), encoding="utf-8")
    return filled


def drawn(exhibit: Exhibit, rows: Sequence[Mapping[str, Any]]) -> Figure:
    """Give the figure of an exhibit that has one, of some of its rows."""
    assert exhibit.figure
    return figure(exhibit.figure, rows, exhibit.axes, exhibit.labels, exhibit.references)


def _prepare(out: Path) -> None:
    rendering.check()
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "index.html").touch()
    except OSError as error:
        raise BadInput(f"cannot be written to ({error.strerror})", out, "give another folder") from None


def _write(one: Filled, out: Path) -> dict[tuple[str, int], tuple[list[bytes], str]]:
    """Write an exhibit's files; give the SVGs of each page, and what they show in words."""
    exhibit = one.exhibit
    if not one.pages:
        (out / f"{exhibit.name}.md").write_text(f"# {exhibit.title}\n\n{missing(one)}\n", encoding="utf-8")
        return {}
    (out / f"{exhibit.name}.csv").write_text(as_csv(one.rows), encoding="utf-8")
    (out / f"{exhibit.name}.md").write_text(_markdown(one), encoding="utf-8")
    if not exhibit.figure:
        return {}
    return {
        (exhibit.name, number): _draw(drawn(exhibit, shown.rows), out / _stem(exhibit.name, shown))
        for number, shown in enumerate(one.pages)
    }


def _draw(chart: Figure, stem: Path) -> tuple[list[bytes], str]:
    """Write a figure's files; give it in parts that fit on a page of paper, and what it shows in words."""
    files = {**rendering.pictures(chart.spec), "vl.json": json.dumps(chart.spec).encode()}
    for form, content in files.items():
        stem.with_name(f"{stem.name}.{form}").write_bytes(content)
    whole = len(chart.panels) <= MOST_PANELS
    return [files["svg"]] if whole else [
        rendering.svg(part).encode() for part in chart.parts(MOST_PANELS)
    ], chart.finding


def _markdown(one: Filled) -> str:
    parts = [f"# {one.exhibit.title}\n\n{one.exhibit.caption}\n"]
    for shown in one.pages:
        chosen = ", ".join(map(str, shown.chosen.values()))
        parts.append((f"## {chosen}\n\n" if chosen else "") + f"{as_markdown(shown.rows)}\n{shown.origin}\n")
    parts.append(f"## The SQL that yields these numbers\n\n```sql\n{one.exhibit.sql}```\n")
    return "\n".join(parts)


def _stem(name: str, shown: Page) -> str:
    """Name a page's files: the exhibit's name and the page's values, in letters that every system takes."""
    parts = [name, *(str(value) for value in shown.chosen.values())]
    return ".".join("".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in part) for part in parts)


_RUNS = """
SELECT
    run_id AS run, job, code_version AS code, parameters::text AS parameters, seed,
    to_char(finished_at, 'YYYY-MM-DD HH24:MI') AS finished, started_by AS by
FROM ops.run WHERE run_id = ANY (%s) ORDER BY run_id
"""
