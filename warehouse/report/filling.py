"""Fills exhibits from the database: rows, and the caption that says which runs they are of, and usage warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import errors as pg
from psycopg.rows import dict_row

from warehouse.database.types import Connection
from warehouse.report.absence import reasons
from warehouse.report.exhibits import Exhibit

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """One figure or table: its rows, the values of the exhibit's page columns, and where its numbers come from.

    Attributes
    ----------
    rows : list of mapping
        Never empty.
    chosen : mapping
        Values of the page's columns.
    origin : str
        Runs, n, exclusions and warnings, in sentences.
    """

    rows: list[Row]
    chosen: Mapping[str, Any]
    origin: str


@dataclass(frozen=True)
class Filled:
    """An exhibit with its pages; none where its data are missing, for `reasons` that are stored, if any are."""

    exhibit: Exhibit
    pages: list[Page] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """All rows."""
        return [row for page in self.pages for row in page.rows]


def fill(connection: Connection, exhibit: Exhibit, corpora: Sequence[str] = ()) -> Filled:
    """Ask an exhibit's question; `corpora` leaves only rows of these, where rows have a corpus."""
    try:
        with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
            rows = exhibit.ordered(cursor.execute(exhibit.sql.encode()).fetchall())
    except (pg.UndefinedTable, pg.UndefinedColumn, pg.InvalidSchemaName):
        return Filled(exhibit)  # the analysis that it shows is not part of this warehouse
    wanted = [row for row in rows if not corpora or row.get("corpus", corpora[0]) in corpora]
    by_page: dict[tuple[Any, ...], list[Row]] = {}
    for row in wanted:
        by_page.setdefault(tuple(row[name] for name in exhibit.page), []).append(row)
    pages = [
        Page(part, dict(zip(exhibit.page, key, strict=True)), _origin(connection, part))
        for key, part in by_page.items()
    ]
    return Filled(exhibit, pages, [] if pages else reasons(connection, exhibit))


def _origin(connection: Connection, rows: Sequence[Row]) -> str:
    parts = [_runs(connection, rows), _counts(rows), _left_out(connection, rows), _warnings(connection, rows)]
    return " ".join(part for part in parts if part)


def _runs(connection: Connection, rows: Sequence[Row]) -> str:
    found = {row["run_id"] for row in rows if row.get("run_id")}
    found |= {run_id for row in rows for run_id in row.get("run_ids") or ()}
    named = connection.execute(_RUNS, [sorted(found)]).fetchall()
    return "Runs: " + "; ".join(f"{run_id} ({job}, code {code})" for run_id, job, code in named) + "." if named else ""


def _counts(rows: Sequence[Row]) -> str:
    readers: dict[str, set[int]] = {}
    for row in rows:
        if row.get("subject_count") is not None:
            readers.setdefault(str(row.get("language_group", "")), set()).add(row["subject_count"])
    cells = {row["cell_count"] for row in rows if row.get("cell_count") is not None}
    told = [f"{_span(counts)} {group} readers".replace("  ", " ") for group, counts in sorted(readers.items())]
    told += [f"{_span(cells)} word pairs"] if cells else []
    return f"n = {', '.join(told)}." if told else ""


def _span(counts: set[int]) -> str:
    return f"{min(counts):,}" if len(counts) == 1 else f"{min(counts):,} to {max(counts):,}"


def _left_out(connection: Connection, rows: Sequence[Row]) -> str:
    """Name the readers that are left out of a corpus, where the rows are of readers."""
    if "language_group" not in rows[0]:
        return ""
    chosen = {
        name: sorted({str(row[name]) for row in rows if row.get(name)})
        for name in ("corpus", "measure", "language_group")
    }
    found = connection.execute(_LEFT_OUT, chosen).fetchall()
    told = "; ".join(f"{group} {label} ({because})" for group, label, because in found)
    return f"Readers left out: {told}." if told else "No reader is left out."


def _warnings(connection: Connection, rows: Sequence[Row]) -> str:
    codes = sorted({code for row in rows for code in row.get("usage_warnings") or ()})
    found = connection.execute(_WARNINGS, [codes]).fetchall()
    return " ".join(f"Warning {code}: {description}" for code, description in found)


_RUNS = "SELECT run_id, job, code_version FROM ops.run WHERE run_id = ANY (%s) ORDER BY run_id"
_LEFT_OUT = """
SELECT DISTINCT subject.language_group, subject.subject_label, exclusion.excluded_because
FROM human.exclusion
JOIN human.subject USING (subject_id)
JOIN stimulus.corpus USING (corpus_id)
JOIN human.measure ON measure.measure = ANY (%(measure)s)
WHERE
    corpus.corpus = ANY (%(corpus)s) AND subject.language_group = ANY (%(language_group)s)
    AND exclusion.sentence_id IS NULL
    AND (exclusion.saccade_rule_id IS NULL OR exclusion.saccade_rule_id = measure.saccade_rule_id)
    AND (exclusion.region_id IS NULL OR exclusion.region_id = measure.region_id)
ORDER BY 1, 2
"""
_WARNINGS = "SELECT usage_warning, description FROM ops.usage_warning WHERE usage_warning = ANY (%s) ORDER BY 1"
