"""The report's exhibits on a page: those of a view, for what the address chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from psycopg import sql

from warehouse.dashboard.charts import Panel, charts
from warehouse.dashboard.choices import Choices
from warehouse.dashboard.matrix import Matrix, square
from warehouse.dashboard.reading import expect_many, rows_of
from warehouse.database.types import Connection
from warehouse.report.exhibits import Exhibit, narrowed, question
from warehouse.report.filling import Page, fill
from warehouse.report.page import missing
from warehouse.report.tables import as_html

LABELS = {"corpus": "Corpus", "measure": "Measure"}


@dataclass(frozen=True)
class Shown:
    """One page of an exhibit as it is seen.

    Attributes
    ----------
    heading : str
        What it is of, where the exhibit has several pages here.
    charts : list of Panel
        Its charts.
    matrices : list of Matrix
        Panels of word pairs.
    table : str
        The rows as an HTML table.
    origin : str
        Runs, n, exclusions and warnings.
    """

    heading: str
    charts: list[Panel]
    matrices: list[Matrix]
    table: str
    origin: str


@dataclass(frozen=True)
class Part:
    """An exhibit of a view: what is shown of it, or what to compute first."""

    exhibit: Exhibit
    pages: list[Shown] = field(default_factory=list)
    missing: str = ""


def exhibit_parts(
    connection: Connection, exhibits: Sequence[Exhibit], keys: Sequence[str], choices: Choices
) -> list[Part]:
    """Let the address choose among the values that exhibits have in the columns `keys`, and show what is left."""
    expect_many(connection)
    known = {one.name: _values(connection, one, [key for key in keys if key in one.page]) for one in exhibits}
    chosen: dict[str, str] = {}
    for key in keys:
        rows = [row for each in known.values() for row in each if key in row and _fits(row, chosen)]
        if rows:
            chosen[key] = choices.pick(key, LABELS.get(key, key), [str(row[key]) for row in rows])
    return [_part(connection, one, chosen) for one in exhibits]


def _values(connection: Connection, exhibit: Exhibit, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Give the combinations of values in the columns `keys` in the order of the exhibit, which opens on the first."""
    if not keys:
        return []
    named = sql.SQL(", ").join(map(sql.Identifier, keys))
    return rows_of(connection, _VALUES.format(named, sql.SQL(question(exhibit))))


_VALUES = sql.SQL("""
SELECT {0} FROM (SELECT {0}, row_number() OVER () AS place FROM ({1}) AS exhibit) AS placed
GROUP BY {0} ORDER BY min(place)
""")


def _fits(row: Mapping[str, Any], chosen: Mapping[str, str]) -> bool:
    return all(str(row[key]) == value for key, value in chosen.items() if key in row)


def _part(connection: Connection, exhibit: Exhibit, chosen: Mapping[str, str]) -> Part:
    wanted = {key: value for key, value in chosen.items() if key in exhibit.page}
    filled = fill(connection, narrowed(connection, exhibit, wanted))
    pages = [_shown(exhibit, page, chosen) for page in filled.pages]
    return Part(exhibit, pages, "" if pages else missing(filled))


def _shown(exhibit: Exhibit, page: Page, chosen: Mapping[str, str]) -> Shown:
    heading = ", ".join(str(value) for key, value in page.chosen.items() if key not in chosen)
    panels: list[Panel] = []
    matrices: list[Matrix] = []
    if exhibit.figure == "matrix":
        matrices = _matrices(exhibit, page)
    elif exhibit.figure:
        panels = charts(exhibit.figure, page.rows, exhibit.axes, exhibit.labels)
    told = [{name: value for name, value in row.items() if name not in page.chosen} for row in page.rows]
    return Shown(heading, panels, matrices, as_html(told), page.origin)


def _matrices(exhibit: Exhibit, page: Page) -> list[Matrix]:
    axes = exhibit.axes
    panels: dict[str, list[Mapping[str, Any]]] = {}
    for row in page.rows:
        panels.setdefault(str(row[axes["panel"]]) if "panel" in axes else exhibit.title, []).append(row)
    made = [_matrix(name, rows, axes) for name, rows in panels.items()]
    return [replace(one, scale=max(other.darkest for other in made)) for one in made]


def _matrix(name: str, rows: Sequence[Mapping[str, Any]], axes: Mapping[str, str]) -> Matrix:
    words = {int(row[axes["y"]]): str(row[axes["label"]]) for row in rows}
    size = max(words) + 1
    cells = [(int(row[axes["y"]]), int(row[axes["x"]]), row[axes["value"]]) for row in rows]
    return Matrix(name, "", [words.get(place, "") for place in range(size)], square(size, cells))
