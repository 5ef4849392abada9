"""A chart on a page: its panels as JSON for the browser to draw, its rows as a table, and all of it as files."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from warehouse.charts import Figure, figure
from warehouse.dashboard.choices import Choices
from warehouse.dashboard.links import LINKS
from warehouse.report.filling import Row
from warehouse.report.tables import as_html

FORMS = {"csv": "CSV", "parquet": "Parquet", "svg": "SVG", "png": "PNG", "vl.json": "Vega-Lite"}
"""What can be downloaded; those of a chart last."""
DATA = ("csv", "parquet")
VIEW, DRAWING, FORM = "view", "drawing", "form"
"""What the address of a file calls the view that it is of, the drawing on it, and the form."""


@dataclass(frozen=True)
class Drawing:
    """A chart with its rows.

    Attributes
    ----------
    title : str
        What it is called, on this page alone.
    chart : Figure or None
        None where there are only rows.
    table : str
        The rows as HTML tables.
    rows : sequence of mapping
        What is drawn.
    """

    title: str
    chart: Figure | None
    table: str
    rows: Sequence[Row]

    @property
    def name(self) -> str:
        """What addresses and files call it."""
        return slug(self.title)

    def links(self) -> list[str]:
        """Give the address that each panel leads to; empty where it leads nowhere."""
        panels = self.chart.panels if self.chart else []
        return [panel["data"]["values"][0].get("link", "") for panel in panels]

    def specs(self) -> str:
        """Give the specifications of the panels as JSON that HTML may hold."""
        return json.dumps(self.chart.alone() if self.chart else [], separators=(",", ":")).replace("<", "\\u003c")


class Section(NamedTuple):
    """A part of a page about one thing: a drawing, or what is said where there is none."""

    heading: str
    caption: str
    drawing: Drawing | None
    absent: str


class InSections:
    """A view whose drawings stand in its sections."""

    sections: list[Section]

    def drawings(self) -> list[Drawing]:
        """Give what is drawn, beside exhibits of the report."""
        return [one.drawing for one in self.sections if one.drawing]


def slug(title: str) -> str:
    """Give a title as addresses and names of files take it."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60]


def files(choices: Choices, view: str, name: str) -> dict[str, str]:
    """Give the addresses of a drawing's files by what their form is called: all that is chosen stands in them."""
    return {told: f"/download?{choices.query({VIEW: view, DRAWING: name, FORM: form})}" for form, told in FORMS.items()}


def drawing(
    kind: str,
    rows: Sequence[Row],
    axes: Mapping[str, str],
    labels: Mapping[str, str],
    title: str,
    references: Mapping[str, str] | None = None,
) -> Drawing | None:
    """Draw rows that are not an exhibit's; None where there are none."""
    if not rows:
        return None
    told: list[dict[str, Any]] = [
        {name: value for name, value in row.items() if name != axes.get("link")} for row in rows
    ]
    return Drawing(title, figure(kind, rows, axes, labels, references), as_html(told, LINKS, label=title), told)
