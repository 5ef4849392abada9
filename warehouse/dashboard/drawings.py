"""A chart on a page: its panels as JSON for the browser to draw, and its rows as a table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.charts import Figure, figure
from warehouse.dashboard.links import LINKS
from warehouse.report.tables import as_html


@dataclass(frozen=True)
class Drawing:
    """A chart with its rows.

    Attributes
    ----------
    chart : Figure or None
        None where there are only rows.
    table : str
        The rows as HTML tables.
    """

    chart: Figure | None
    table: str

    def links(self) -> list[str]:
        """Give the address that each panel leads to; empty where it leads nowhere."""
        panels = self.chart.panels if self.chart else []
        return [panel["data"]["values"][0].get("link", "") for panel in panels]

    def specs(self) -> str:
        """Give the specifications of the panels as JSON that HTML may hold."""
        return json.dumps(self.chart.alone() if self.chart else [], separators=(",", ":")).replace("<", "\\u003c")


def drawing(
    kind: str,
    rows: Sequence[Mapping[str, Any]],
    axes: Mapping[str, str],
    labels: Mapping[str, str],
    title: str,
    references: Mapping[str, str] | None = None,
) -> Drawing | None:
    """Draw rows that are not an exhibit's; None where there are none."""
    if not rows:
        return None
    told = [{name: value for name, value in row.items() if name != axes.get("link")} for row in rows]
    return Drawing(figure(kind, rows, axes, labels, references), as_html(told, LINKS, label=title))
