"""A figure: panels that share their looks and scales, as one Vega-Lite specification or panel by panel."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from warehouse.charts import arcs, bars, curve, fit, matrix, scanpath, stack, thumbnail
from warehouse.charts.findings import finding
from warehouse.charts.frame import HEIGHT, WIDTH, Frame, reference_lines
from warehouse.charts.looks import CONFIG, DASHES, FLAT, REFERENCE, Look, looks
from warehouse.charts.points import Axes, Point, Row, grouped, points, tooltip

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_HEAD = {"$schema": SCHEMA, "config": CONFIG, "params": [{"name": "hidden", "value": []}]}
"""`hidden` names the series that a legend has switched off."""
SIDE_BY_SIDE = 2
"""So many panels share a scale and a row."""
KINDS: Mapping[str, ModuleType] = {
    "curve": curve, "bars": bars, "stack": stack, "fit": fit, "matrix": matrix, "thumbnail": thumbnail,
    "scanpath": scanpath, "arcs": arcs,
}  # fmt: skip
OF_WORDS = ("matrix", "thumbnail")
"""Kinds whose cells have one scale of colours in all panels, or each its own (``scale=panel``)."""


@dataclass(frozen=True)
class Figure:
    """A chart.

    Attributes
    ----------
    panels : list of mapping
        A specification each, without a legend.
    titles : list of str
        Of the panels.
    series : list of Look
        The legend.
    finding : str
        What is to be seen, in words: the text in place of the picture.
    columns : int
        So many panels stand in a row of the whole figure.
    """

    panels: list[dict[str, Any]]
    titles: list[str]
    series: list[Look]
    finding: str
    columns: int = SIDE_BY_SIDE

    @property
    def spec(self) -> dict[str, Any]:
        """The whole figure as one specification: panels in rows of two, below them one legend."""
        return self._together(0, len(self.panels))

    def parts(self, most: int) -> list[dict[str, Any]]:
        """Give the figure as specifications of at most so many panels, each with the legend: what a page holds."""
        return [self._together(first, first + most) for first in range(0, len(self.panels), most)]

    def _together(self, first: int, last: int) -> dict[str, Any]:
        panels, titles = self.panels[first:last], self.titles[first:last]
        views = [panel | ({"title": title} if title else {}) for panel, title in zip(panels, titles, strict=True)]
        if self.series[0].name:
            views = [_with_legend(view) for view in views]
        body = (
            views[0]
            if len(views) == 1
            else {"concat": views, "columns": self.columns, "spacing": {"row": 22, "column": 30}}
        )
        return {**_HEAD, "description": self.finding, **body}

    def alone(self) -> list[dict[str, Any]]:
        """Give each panel as a specification of its own, without title and legend."""
        return [
            {**_HEAD, "background": "transparent", "description": title or self.finding, **panel}
            for title, panel in zip(self.titles, self.panels, strict=True)
        ]


def figure(
    kind: str, rows: Sequence[Row], axes: Axes, labels: Mapping[str, str], references: Mapping[str, str] | None = None
) -> Figure:
    """Draw rows.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    rows : sequence of mapping
        What is drawn; at least one.
    axes : mapping of str to str
        Which column is ``x``, ``y``, ``error`` (or ``low`` and ``high``), ``series``, ``panel``; see each kind.
    labels : mapping of str to str
        What is written at ``x`` and ``y``.
    references : mapping of str to str
        Values of y that others are compared with, and what they are called.
    """
    found = points(rows, axes, labels)
    series = _looks(found)
    panels = grouped(found, "panel")
    framed = _framed(kind, list(panels.values()), series, axes, labels, references or {})
    made = [_panel(kind, part, frame, references or {}) for part, frame in framed]
    columns = 8 if kind == "thumbnail" else SIDE_BY_SIDE
    return Figure(made, list(panels), series, finding(kind, panels, labels), columns)


def _looks(found: Sequence[Point]) -> list[Look]:
    """Give each series its look: those that others are compared with are grey."""
    groups = grouped(found, "series")
    ordinary = looks([name for name, part in groups.items() if not part[0].get("reference")])
    grey = [Look(name, REFERENCE, FLAT, DASHES[1]) for name, part in groups.items() if part[0].get("reference")]
    return [*ordinary, *grey]


def _framed(
    kind: str,
    parts: Sequence[list[Point]],
    series: Sequence[Look],
    axes: Axes,
    labels: Mapping[str, str],
    references: Mapping[str, str],
) -> Iterator[tuple[list[Point], Frame]]:
    everything = [point for part in parts for point in part]
    shades = matrix.shades(everything) if kind in OF_WORDS else {}
    is_apart = kind in OF_WORDS and axes.get("scale") == "panel"
    for first in range(0, len(parts), SIDE_BY_SIDE):
        line = parts[first : first + SIDE_BY_SIDE]
        domain = DOMAINS.get(kind, _reach)([point for part in line for point in part])
        if domain and kind == "bars" and "0" in references:  # what is compared with 0 is shown beside it
            domain = min(domain[0], 0.0), max(domain[1], 0.0)
        for part in line:
            yield part, Frame(
                labels.get("x", ""), labels.get("y", ""), series, domain,
                matrix.shades(part) if is_apart else shades, tooltip(part),
                is_log=axes.get("scale") == "log",
            )  # fmt: skip


def _panel(kind: str, part: list[Point], frame: Frame, references: Mapping[str, str]) -> dict[str, Any]:
    layers = [*reference_lines(frame, references, part), *KINDS[kind].layers(frame, part)]  # adds to the points
    size = KINDS[kind].size(part) if hasattr(KINDS[kind], "size") else {"width": WIDTH, "height": HEIGHT}
    values = [{key: value for key, value in point.items() if _is_told(key, value)} for point in part]
    return {
        **size,
        "data": {"values": values},
        "transform": [{"filter": "indexof(hidden, datum.series) < 0"}],
        "layer": layers,
    }


def _is_told(key: str, value: Any) -> bool:
    """Leave out what is empty: a page of many points is half as large."""
    return key == "series" or (value is not None and value != "")


def _reach(found: Sequence[Point]) -> tuple[float, float]:
    """Span every value and its interval, with a little room."""
    keys = ("y", "low", "high")
    values = [point[key] for point in found for key in keys if point.get(key) is not None] or [0.0, 1.0]
    room = 0.05 * (max(values) - min(values)) or 0.5
    return min(values) - room, max(values) + room


def _models_reach(found: Sequence[Point]) -> tuple[float, float]:
    """Span what was measured and the line, where a wide band would flatten it; models alone with their intervals."""
    if all(point.get("label") is not None for point in found):
        return _reach(found)
    values = [point["y"] for point in found if point["y"] is not None] or [0.0, 1.0]
    room = 0.25 * (max(values) - min(values)) or 1.0
    return min(values) - room, max(values) + room


DOMAINS: Mapping[str, Callable[[Sequence[Point]], tuple[float, float] | None]] = {
    "fit": _models_reach, **dict.fromkeys((*OF_WORDS, "scanpath", "arcs"), lambda found: None),
}  # fmt: skip


def _with_legend(view: dict[str, Any]) -> dict[str, Any]:
    """Let the scales of a panel's marks show their legend; those of a figure's panels become one."""

    def shown(layer: dict[str, Any]) -> dict[str, Any]:
        return layer | {"encoding": {key: _shown(channel) for key, channel in layer["encoding"].items()}}

    return view | {"layer": [shown(layer) for layer in view["layer"]]}


def _shown(channel: Any) -> Any:
    """Let a channel, and what it is under a condition, show the legend that it hides."""
    if not isinstance(channel, dict):
        return channel
    told = {name: value for name, value in channel.items() if name != "legend" or value is not None}
    return told | ({"condition": _shown(told["condition"])} if "condition" in told else {})
