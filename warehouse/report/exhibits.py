"""What a report shows: each exhibit is one SQL file of `sql/report/`, whose header says how its rows are shown.

The first line is the title; then come fields, each continued by the lines below it::

    -- Human resemblance by layer
    --
    -- Paper: Figures 6 and 15.
    -- Caption: What is to be seen, in words.
    -- Compute: human-resemblance
    -- Figure: curve
    -- Axes: x=layer, y=percent, error=error, series=model, panel=panel
    -- Labels: x=Layer (counted from 0), y=R2 over ceiling [%]
    -- Reference: 0=no effect, 100=ceiling
    -- Page: corpus, measure
    -- Models: extraction_id

An exhibit without `Figure` is a table, whose headings are its columns' names. `Page`: a figure for each combination of
these columns. `Models`: the column that says which model a row is of, where each is of one, so that some can be
chosen. The columns of `PROVENANCE` go into the caption instead of the figure or table.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from psycopg import sql

from warehouse.database.types import Connection
from warehouse.schema.directories import sql_directory

PROVENANCE = ("run_id", "run_ids", "extraction_id", "subject_count", "cell_count", "usage_warnings", "leave_out")
"""Columns that say where a row comes from; the CSV file has them all."""


_NUMBER = "row_of_extraction"
"""Where a row stands among those of its extraction, while they are put in order."""


@dataclass(frozen=True)
class Exhibit:
    """One table or figure: a file of SQL with a header."""

    path: Path

    @property
    def name(self) -> str:
        """Its name, and that of its files: ``layer_curve``."""
        return re.sub(r"^\d+_", "", self.path.stem)

    @cached_property
    def sql(self) -> str:
        """The whole file; it runs in psql as it stands."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def _header(self) -> dict[str, str]:
        lines = [line.removeprefix("--").strip() for line in self.sql.splitlines() if line.startswith("--")]
        found, name = {"Title": lines[0]}, "Title"
        for line in lines[1:]:
            if field := re.match(r"([A-Z][a-z ]*): (.+)", line):
                name = field[1]
                found[name] = field[2]
            elif line:
                found[name] += f" {line}"
        return found

    @property
    def title(self) -> str:
        """What it shows, in a few words."""
        return self._header["Title"]

    @property
    def caption(self) -> str:
        """What is to be seen, with the place in the paper where there is one."""
        paper = self._header.get("Paper", "")
        return self._header["Caption"] + (f" In the paper: {paper}" if paper else "")

    @property
    def compute(self) -> str:
        """The analysis whose results it needs, as the command line names it; empty where data are enough."""
        return self._header.get("Compute", "")

    @property
    def figure(self) -> str | None:
        """The kind of figure: ``curve``, ``bars``, ``stack``, ``fit`` or ``matrix``; None for a table."""
        return self._header.get("Figure")

    @cached_property
    def axes(self) -> Mapping[str, str]:
        """Which column is x, y, error, series, panel."""
        return _pairs(self._header.get("Axes", ""))

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What is written at the axes."""
        return _pairs(self._header.get("Labels", ""))

    @cached_property
    def references(self) -> Mapping[str, str]:
        """Values that others are compared with, each a line, and what they are called."""
        return _pairs(self._header.get("Reference", ""))

    @cached_property
    def page(self) -> tuple[str, ...]:
        """Columns whose every combination has a figure of its own."""
        return tuple(name.strip() for name in self._header.get("Page", "").split(",") if name.strip())

    @property
    def models(self) -> str:
        """The column that says which model a row is of: ``extraction_id``, ``model``; empty where it is of several."""
        return self._header.get("Models", "")

    def ordered(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give its rows in their order, which is that of the database."""
        return rows


@dataclass(frozen=True)
class Narrowed(Exhibit):
    """An exhibit of which only some rows are asked for; the rest is then not computed.

    Attributes
    ----------
    condition : str
        SQL over the exhibit's columns, its values quoted.
    extractions : sequence of int
        The extractions whose rows are asked for, each by itself: every view below is then asked for one of them, where
        a list of them would reach only the first. Empty: whatever fits the condition.
    """

    condition: str = "true"
    extractions: Sequence[int] = ()

    @cached_property
    def sql(self) -> str:
        """The exhibit's question, narrowed."""
        whole = f"({question(Exhibit(self.path))}) AS exhibit"
        if not self.extractions:
            return f"SELECT * FROM {whole} WHERE {self.condition}"
        # counted, so that the planner asks for one extraction after the other, where it would else make one join of it
        return (
            f"SELECT narrowed.* FROM unnest(ARRAY[{', '.join(map(str, self.extractions))}]) WITH ORDINALITY "
            f"AS chosen (extraction_id, place) CROSS JOIN LATERAL (SELECT *, row_number() OVER () AS {_NUMBER} "
            f"FROM {whole} WHERE {self.condition} AND exhibit.extraction_id = chosen.extraction_id) AS narrowed "
            f"ORDER BY {_NUMBER}, chosen.place"
        )

    def ordered(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give its rows: the first of each extraction, then the second; a figure's together by panel and series."""
        found = [{name: value for name, value in row.items() if name != _NUMBER} for row in rows]
        for axis in ("series", "panel") if self.figure and self.extractions else ():
            found = _together(found, self.axes.get(axis))
        return found


def narrowed(
    connection: Connection, exhibit: Exhibit, chosen: Mapping[str, Any], extractions: Sequence[int] = ()
) -> Narrowed:
    """Ask for the rows of an exhibit that have the chosen values (or one of a list of values) in its columns.

    Parameters
    ----------
    connection : Connection
        Which knows how values are quoted.
    exhibit : Exhibit
        What is narrowed.
    chosen : mapping
        Values by column. Of a single value, every view below is asked.
    extractions : sequence of int
        Whose rows are wanted, of an exhibit that has the column `extraction_id`; empty for all.
    """
    wanted = [
        sql.SQL("{} = ANY ({})" if isinstance(value, list) else "{} = {}").format(
            sql.Identifier(column), sql.Literal(value)
        )
        for column, value in chosen.items()
    ]
    condition = sql.SQL(" AND ").join(wanted).as_string(connection) or "true"
    return Narrowed(exhibit.path, condition, tuple(extractions))


def _together(rows: list[dict[str, Any]], column: str | None) -> list[dict[str, Any]]:
    """Let rows with the same value stand together: the first value of each extraction, then the second of each, ..."""
    if column is None:
        return rows
    extractions = {one: number for number, one in enumerate(dict.fromkeys(row["extraction_id"] for row in rows))}
    values: dict[int, dict[Any, int]] = {one: {} for one in extractions}
    places: dict[Any, tuple[int, int]] = {}
    for row in rows:
        of_extraction = values[row["extraction_id"]]
        place = of_extraction.setdefault(row[column], len(of_extraction))
        places.setdefault(row[column], (place, extractions[row["extraction_id"]]))
    return sorted(rows, key=lambda row: places[row[column]])


def question(exhibit: Exhibit) -> str:
    """Give the SQL of an exhibit as a subquery can hold it."""
    return exhibit.sql.rstrip().removesuffix(";")


def exhibits() -> list[Exhibit]:
    """Give all exhibits in the order of the report: that of the files' names."""
    return [Exhibit(path) for path in sorted((sql_directory() / "report").glob("*.sql"))]


def _pairs(text: str) -> dict[str, str]:
    """Take ``x=Layer (from 0), y=R2`` apart; a comma before no name belongs to the text."""
    return dict(re.findall(r"(-?\w+)=(.*?)(?:, (?=-?\w+=)|$)", text))
