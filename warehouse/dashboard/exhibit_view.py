"""The report's exhibits on a page: those of a view, for what the address chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from warehouse.dashboard.charts import Panel, charts
from warehouse.dashboard.choices import Choices
from warehouse.dashboard.matrix import Matrix, square
from warehouse.dashboard.reading import Connection
from warehouse.report.exhibits import Exhibit
from warehouse.report.filling import Filled, Page, fill
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
    """Fill exhibits, let the address choose among the values of `keys`, and show what is left."""
    filled = [fill(connection, exhibit) for exhibit in exhibits]
    pages = [page for one in filled for page in one.pages]
    chosen: dict[str, str] = {}
    for key in keys:
        known = [str(page.chosen[key]) for page in pages if key in page.chosen and _fits(page, chosen)]
        if known:
            chosen[key] = choices.pick(key, LABELS.get(key, key.replace("_", " ")), known)
    return [_part(one, chosen) for one in filled]


def _fits(page: Page, chosen: Mapping[str, str]) -> bool:
    return all(str(page.chosen[key]) == value for key, value in chosen.items() if key in page.chosen)


def _part(one: Filled, chosen: Mapping[str, str]) -> Part:
    pages = [_shown(one.exhibit, page, chosen) for page in one.pages if _fits(page, chosen)]
    return Part(one.exhibit, pages, "" if pages else missing(one))


def _shown(exhibit: Exhibit, page: Page, chosen: Mapping[str, str]) -> Shown:
    heading = ", ".join(str(value) for key, value in page.chosen.items() if key not in chosen)
    panels: list[Panel] = []
    matrices: list[Matrix] = []
    if exhibit.figure == "matrix":
        matrices = _matrices(exhibit, page)
    elif exhibit.figure:
        panels = charts(exhibit.figure, page.rows, exhibit.axes, exhibit.labels)
    told = [{name: value for name, value in row.items() if name not in chosen} for row in page.rows]
    return Shown(heading, panels, matrices, as_html(told), page.origin)


def _matrices(exhibit: Exhibit, page: Page) -> list[Matrix]:
    axes = exhibit.axes
    panels: dict[str, list[Mapping[str, Any]]] = {}
    for row in page.rows:
        panels.setdefault(str(row[axes["panel"]]) if "panel" in axes else exhibit.title, []).append(row)
    return [_matrix(name, rows, axes) for name, rows in panels.items()]


def _matrix(name: str, rows: Sequence[Mapping[str, Any]], axes: Mapping[str, str]) -> Matrix:
    words = {int(row[axes["y"]]): str(row[axes["label"]]) for row in rows}
    size = max(words) + 1
    cells = [(int(row[axes["y"]]), int(row[axes["x"]]), row[axes["value"]]) for row in rows]
    return Matrix(name, "", [words.get(place, "") for place in range(size)], square(size, cells))
