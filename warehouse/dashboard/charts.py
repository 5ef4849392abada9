"""Makes charts of exhibits: where every mark, line and tick of a panel lies, for the template that draws it as SVG.

SVG of the page's own, since the libraries that draw in a browser take a second to start, on every choice that is made.
Colours are safe for the colour-blind (Okabe and Ito 2008), and each series has a marker and a line of its own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from warehouse.dashboard.scales import Scale

Row = Mapping[str, Any]
Axes = Mapping[str, str]
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = (
    "M-3,0a3,3 0 1,0 6,0a3,3 0 1,0 -6,0Z", "M-3,-3H3V3H-3Z", "M0,-3.6L3.6,3H-3.6Z", "M0,-4L3.4,0L0,4L-3.4,0Z",
    "M0,3.6L3.6,-3H-3.6Z", "M-1,-4H1V-1H4V1H1V4H-1V1H-4V-1H-1Z",
    "M-4,-3L-3,-4L0,-1L3,-4L4,-3L1,0L4,3L3,4L0,1L-3,4L-4,3L-1,0Z",
)  # fmt: skip
"""Outlines around 0,0, in pixels: circle, square, triangle, diamond, triangle down, plus, cross."""
DASHES = ("", "6 3", "8 3 2 3", "2 3")
WIDTH, HEIGHT = 520, 300
LEFT, RIGHT, TOP, BOTTOM = 54, 506, 10, 256
"""The frame of the data within a panel [px]."""
SIDE_BY_SIDE = 2
"""So many panels share a scale, as they do in the report."""


@dataclass(frozen=True)
class Mark:
    """One row: where it lies [px], the ends of its error bar, the name beside it, and what it says when pointed at."""

    x: float
    y: float
    ends: tuple[float, float] | None
    label: str
    said: str


@dataclass(frozen=True)
class ChartLine:
    """A path through rows [px], as SVG writes it; `is_thin` where nothing was measured."""

    path: str
    is_thin: bool = False


@dataclass(frozen=True)
class Series:
    """The rows of one model, group or other series of a panel, and how they look."""

    name: str
    colour: str
    marker: str
    dash: str
    marks: list[Mark] = field(default_factory=list)
    lines: list[ChartLine] = field(default_factory=list)
    bands: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Panel:
    """One chart: its scales and its series."""

    title: str
    across: Scale
    up: Scale
    series: list[Series]
    labels: Mapping[str, str]


def charts(kind: str, rows: Sequence[Row], axes: Axes, labels: Mapping[str, str]) -> list[Panel]:
    """Lay out each panel of an exhibit.

    Parameters
    ----------
    kind : str
        ``curve``, ``bars``, ``stack`` or ``fit``.
    rows : sequence of mapping
        Those of one page of the exhibit.
    axes, labels : mapping of str to str
        As the exhibit declares them (`warehouse.report.exhibits`).
    """
    panels = list(_grouped(rows, axes.get("panel")).items())
    looks = _looks(list(_grouped(rows, axes.get("series"))))
    across = _across(kind, rows, axes)
    made = []
    for first in range(0, len(panels), SIDE_BY_SIDE):
        line = panels[first : first + SIDE_BY_SIDE]
        up = Scale.over(list(_reach([row for _, part in line for row in part], axes)), BOTTOM, TOP)
        for title, part in line:
            series = [looks(name) for name in _grouped(part, axes.get("series"))]
            panel = Panel(title, across, up, series, labels)
            for one, own in zip(series, _grouped(part, axes.get("series")).values(), strict=True):
                KINDS[kind](panel, one, own, axes)
            made.append(panel)
    return made


def _curve(panel: Panel, series: Series, rows: Sequence[Row], axes: Axes) -> None:
    """Lay a line through the rows of a series, with error bars; gaps stay gaps."""
    known = [row for row in rows if row[axes["y"]] is not None]
    starts = [n for n, row in enumerate(known) if n == 0 or row[axes["x"]] - known[n - 1][axes["x"]] > 1]
    for start, end in zip(starts, [*starts[1:], len(known)], strict=True):
        series.lines.append(ChartLine(_path(panel, known[start:end], axes, "y")))
    series.marks.extend(_marks(panel, series, known, axes))


def _bars(panel: Panel, series: Series, rows: Sequence[Row], axes: Axes) -> None:
    """Lay a point with its error for each category, the series side by side."""
    place = [one.name for one in panel.series].index(series.name) - (len(panel.series) - 1) / 2
    shift = 0.7 * place / len(panel.series)
    series.marks.extend(_marks(panel, series, [row for row in rows if row[axes["y"]] is not None], axes, shift))


def _stack(panel: Panel, series: Series, rows: Sequence[Row], axes: Axes) -> None:
    """Lay a bar at each x from `low` to `high`, the parts of a whole on top of each other."""
    known = [row for row in rows if row[axes["low"]] is not None]
    width = 0.9 * (panel.across(1.0) - panel.across(0.0))
    for row in known:
        x, low, high = panel.across(row[axes["x"]]), *(panel.up(float(row[axes[edge]])) for edge in ("low", "high"))
        series.areas.append(f"M{x - width / 2:.1f},{low:.1f}h{width:.1f}V{high:.1f}h{-width:.1f}Z")
    series.marks.extend(_marks(panel, series, known, axes))


def _fit(panel: Panel, series: Series, rows: Sequence[Row], axes: Axes) -> None:
    """Lay out models as labelled points, and the line with its band: dotted where it leaves the models."""
    known = [row for row in rows if row[axes["y"]] is not None and row[axes["x"]] is not None]
    series.marks.extend(_marks(panel, series, [row for row in known if row[axes["label"]] is not None], axes))
    line = sorted((row for row in known if row[axes["label"]] is None), key=lambda row: float(row[axes["x"]]))
    if line:
        series.lines.append(ChartLine(_path(panel, line, axes, "y"), is_thin=True))
        series.lines.append(
            ChartLine(_path(panel, [row for row in line if not row.get("is_extrapolation")], axes, "y"))
        )
        for low, high in (("low", "high"), ("outer_low", "outer_high")):
            if low in axes:
                back = _path(panel, line[::-1], axes, high).replace("M", "L", 1)
                series.bands.append(_path(panel, line, axes, low) + back + "Z")


KINDS: Mapping[str, Callable[[Panel, Series, Sequence[Row], Axes], None]] = {
    "curve": _curve, "bars": _bars, "stack": _stack, "fit": _fit,
}  # fmt: skip


def _marks(panel: Panel, series: Series, rows: Sequence[Row], axes: Axes, shift: float = 0.0) -> Iterator[Mark]:
    for row in rows:
        y, error = float(row[axes["y"]]), float((row[axes["error"]] if "error" in axes else None) or 0)
        ends = (panel.up(y - error), panel.up(y + error)) if error else None
        label = str(row[axes["label"]]) if "label" in axes else ""
        x = row[axes["x"]]
        told = x if isinstance(x, str) else f"{panel.labels.get('x', 'x')} {float(x):g}"
        said = ", ".join(part for part in (series.name, label, told) if part) + f": {y:.4g}"
        yield Mark(panel.across(x, shift), panel.up(y), ends, label, said + (f" ± {error:.2g}" if error else ""))


def _path(panel: Panel, rows: Sequence[Row], axes: Axes, edge: str) -> str:
    """Write a path through the rows at the named edge: the line itself, or its band's."""
    points = (f"{panel.across(row[axes['x']]):.1f},{panel.up(float(row[axes[edge]])):.1f}" for row in rows)
    return "M" + "L".join(points) if rows else ""


def _looks(names: Sequence[str]) -> Callable[[str], Series]:
    """Give what makes a series that looks the same in every panel."""
    count = len(COLOURS)

    def made(name: str) -> Series:
        number = names.index(name)
        dash = DASHES[number // count % len(DASHES)]
        return Series(name, COLOURS[number % count], MARKERS[number % count], dash)

    return made


def _across(kind: str, rows: Sequence[Row], axes: Axes) -> Scale:
    values = [row[axes["x"]] for row in rows if row[axes["x"]] is not None]
    if kind == "bars":
        return Scale.of_names([str(value) for value in values], LEFT, RIGHT)
    is_whole = all(float(value).is_integer() for value in values)
    return Scale.over(values, LEFT, RIGHT, is_log=axes.get("scale") == "log", is_whole=is_whole)


def _reach(rows: Sequence[Row], axes: Axes) -> Iterator[float]:
    """Give every value that the vertical scale has to hold; bands may leave it."""
    for row in rows:
        if row[axes["y"]] is not None:
            error = float((row[axes["error"]] if "error" in axes else None) or 0)
            yield from (float(row[axes["y"]]) - error, float(row[axes["y"]]) + error)


def _grouped(rows: Sequence[Row], column: str | None) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row[column]) if column else "", []).append(row)
    return found
