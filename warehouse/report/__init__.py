"""A report for people: every table and figure of `sql/report/` as one page and as files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.database.connection import Database
from warehouse.errors import BadInput
from warehouse.ledger.lookup import many
from warehouse.progress import Progress
from warehouse.report.exhibits import exhibits
from warehouse.report.filling import Filled, Page, fill
from warehouse.report.page import missing, page
from warehouse.report.tables import as_csv, as_markdown
from warehouse.schema import migrations

__all__ = ["write_report"]


def write_report(database: Database, out: Path, corpora: Sequence[str], progress: Progress) -> list[Filled]:
    """Write ``index.html`` and, for each exhibit, its rows (CSV, Markdown) and figures (SVG, PNG) into a folder.

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
        If the folder cannot be written to, or matplotlib is not installed.
    """
    migrations.check(database)
    _prepare(out)
    filled, pictures = [], {}
    with database.connect(read_only=True) as connection:
        known = exhibits()
        with progress.bar("report", len(known), "exhibit") as bar:
            for exhibit in known:
                one = fill(connection, exhibit, corpora)
                filled.append(one)
                pictures[exhibit.name] = _write(one, out)
                bar.update()
        runs = many(connection, _RUNS, [sorted(_run_ids(filled))])
    (out / "index.html").write_text(page(filled, pictures, runs), encoding="utf-8")
    return filled


def _prepare(out: Path) -> None:
    try:
        from warehouse.report import figures  # noqa: F401
    except ModuleNotFoundError as error:
        raise BadInput(
            f"needs {error.name}, which is not installed", "warehouse report", "install attention-warehouse[figures]"
        ) from None
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "index.html").touch()
    except OSError as error:
        raise BadInput(f"cannot be written to ({error.strerror})", out, "give another folder") from None


def _write(one: Filled, out: Path) -> list[bytes]:
    """Write an exhibit's files; give the SVG of each page."""
    from warehouse.report import figures

    exhibit = one.exhibit
    if not one.pages:
        (out / f"{exhibit.name}.md").write_text(f"# {exhibit.title}\n\n{missing(one)}\n", encoding="utf-8")
        return []
    (out / f"{exhibit.name}.csv").write_text(as_csv(one.rows), encoding="utf-8")
    (out / f"{exhibit.name}.md").write_text(_markdown(one), encoding="utf-8")
    drawn = []
    if exhibit.figure:
        for shown in one.pages:
            pictures = figures.draw(exhibit.figure, shown.rows, exhibit.axes, exhibit.labels)
            for form, content in pictures.items():
                (out / f"{_stem(exhibit.name, shown)}.{form}").write_bytes(content)
            drawn.append(pictures["svg"])
    return drawn


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


def _run_ids(filled: Sequence[Filled]) -> set[int]:
    def of(row: Mapping[str, Any]) -> list[int]:
        return [*filter(None, [row.get("run_id")]), *(row.get("run_ids") or ())]

    return {run_id for one in filled for row in one.rows for run_id in of(row)}


_RUNS = """
SELECT
    run_id AS run, job, code_version AS code, parameters::text AS parameters, seed,
    to_char(finished_at, 'YYYY-MM-DD HH24:MI') AS finished, started_by AS by
FROM ops.run WHERE run_id = ANY (%s) ORDER BY run_id
"""
