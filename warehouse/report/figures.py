"""Draws figures: colour-blind safe (Okabe and Ito 2008), and each series with a marker of its own for grey print.

The only module that imports matplotlib.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

Row = Mapping[str, Any]
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LINES = ("-", "--", "-.", ":")
STYLE: dict[Any, Any] = {
    "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 9, "legend.fontsize": 8,
    "svg.hashsalt": "attention-warehouse", "figure.dpi": 150,
}  # fmt: skip
PANEL_WIDTH, PANEL_HEIGHT, LEGEND_ROW = 3.4, 2.7, 0.22  # inches
MOST_COLUMNS = 2


def draw(kind: str, rows: Sequence[Row], axes: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, bytes]:
    """Draw a figure; give it as ``svg`` and ``png``.

    Parameters
    ----------
    kind : str
        ``curve``, ``bars``, ``stack``, ``fit`` or ``matrix``.
    rows : sequence of mapping
        What is drawn.
    axes : mapping of str to str
        Columns for ``x``, ``y``, ``error``, ``series``, ``panel``; see each kind.
    labels : mapping of str to str
        What is written at ``x`` and ``y``.
    """
    panels = _grouped(rows, axes.get("panel"))
    columns = min(len(panels), MOST_COLUMNS)
    lines = -(-len(panels) // columns)
    series = list(_grouped(rows, axes.get("series")))
    looks = _colouring(rows, axes) if kind == "matrix" else dict(zip(series, cycle(_styles()), strict=False))
    legend = LEGEND_ROW * -(-len(series) // columns) if "series" in axes else 0
    with mpl.rc_context(STYLE):
        size = (max(PANEL_WIDTH * columns, 4.2), PANEL_HEIGHT * lines + legend + 0.2)
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        shared: Literal["none", "row"] = "none" if kind in ("matrix", "fit") else "row"
        places = list(figure.subplots(lines, columns, squeeze=False, sharey=shared).ravel())
        for place, (name, part) in zip(places, panels.items(), strict=False):
            KINDS[kind](place, part, axes, looks)
            place.set(title=name, xlabel=labels.get("x", ""), ylabel=labels.get("y", ""))
        for place in places[len(panels) :]:
            place.remove()
        _legend(figure, places[: len(panels)], columns)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # laid out once for both forms
        return {form: _written(figure, form) for form in ("svg", "png")}


def _curve(place: Axes, rows: Sequence[Row], axes: Mapping[str, str], styles: Mapping[str, Any]) -> None:
    """Draw y over x, a line with error bars for each series; gaps stay gaps."""
    for name, part in _grouped(rows, axes.get("series")).items():
        x, y = _numbers(part, axes["x"]), _numbers(part, axes["y"])
        error = _numbers(part, axes["error"]) if "error" in axes else None
        holes = np.flatnonzero(np.diff(x) > 1) + 1
        x, y = np.insert(x, holes, np.nan), np.insert(y, holes, np.nan)
        error = None if error is None else np.insert(error, holes, np.nan)
        place.errorbar(x, y, error, label=name, markersize=3, linewidth=1.1, elinewidth=0.6, **styles[name])
    place.locator_params(axis="x", integer=True, min_n_ticks=1)


def _bars(place: Axes, rows: Sequence[Row], axes: Mapping[str, str], styles: Mapping[str, Any]) -> None:
    """Draw y by category x, a point with its error for each series beside the others, and the line of 0."""
    categories = list(_grouped(rows, axes["x"]))
    series = _grouped(rows, axes.get("series"))
    for number, (name, part) in enumerate(series.items()):
        shift = (number - (len(series) - 1) / 2) * 0.7 / max(len(series), 1)
        x = np.array([categories.index(str(row[axes["x"]])) for row in part]) + shift
        error = _numbers(part, axes["error"]) if "error" in axes else None
        look = {**styles[name], "linestyle": "none"}
        place.errorbar(x, _numbers(part, axes["y"]), error, label=name, markersize=4, capsize=2, **look)
    place.axhline(0, color="0.6", linewidth=0.6, zorder=0)
    crowded = sum(map(len, categories)) > 24
    place.set_xticks(
        range(len(categories)), categories, rotation=30 if crowded else 0, ha="right" if crowded else "center"
    )
    place.set_xlim(-0.6, len(categories) - 0.4)


def _stack(place: Axes, rows: Sequence[Row], axes: Mapping[str, str], styles: Mapping[str, Any]) -> None:
    """Draw a bar at each x from `low` to `high`, the parts of a whole on top of each other; the line of 0."""
    for name, part in _grouped(rows, axes.get("series")).items():
        low, high = _numbers(part, axes["low"]), _numbers(part, axes["high"])
        place.bar(_numbers(part, axes["x"]), high - low, 0.9, low, label=name, color=styles[name]["color"], linewidth=0)
    place.axhline(0, color="0.6", linewidth=0.6)
    place.locator_params(axis="x", integer=True, min_n_ticks=1)


def _fit(place: Axes, rows: Sequence[Row], axes: Mapping[str, str], styles: Mapping[str, Any]) -> None:
    """Draw the models as labelled points, and the line with its band: dashed where it leaves the models."""
    for name, part in _grouped(rows, axes.get("series")).items():
        colour = styles[name]["color"]
        models = [row for row in part if row[axes["label"]] is not None]
        place.plot(
            _numbers(models, axes["x"]), _numbers(models, axes["y"]), label=name, linestyle="none",
            marker=styles[name]["marker"], color=colour, markersize=4,
        )  # fmt: skip
        spots = [(float(row[axes["x"]]), float(row[axes["y"]])) for row in models]
        highest = {x: max(y for other, y in spots if other == x) for x, _ in spots}
        for row, (x, y) in zip(models, spots, strict=True):
            down = 3 if y == highest[x] else -8  # names of models of one size do not cover each other
            place.annotate(str(row[axes["label"]]), (x, y), (3, down), textcoords="offset points", fontsize=6)
        line = sorted((row for row in part if row[axes["label"]] is None), key=lambda row: float(row[axes["x"]]))
        _line(place, line, axes, colour)
    if axes.get("scale") == "log":
        place.set_xscale("log")
    place.margins(x=0.15)
    drawn = _numbers(rows, axes["y"])
    spare = 0.25 * float(np.ptp(drawn)) or 1.0
    place.set_ylim(drawn.min() - spare, drawn.max() + spare)  # a wide band would flatten what was measured


def _line(place: Axes, rows: Sequence[Row], axes: Mapping[str, str], colour: str) -> None:
    x, y = _numbers(rows, axes["x"]), _numbers(rows, axes["y"])
    beyond = np.array([bool(row.get("is_extrapolation")) for row in rows], dtype=bool)
    inside = np.flatnonzero(~beyond)
    place.plot(x, y, color=colour, linewidth=0.9, linestyle=":")
    place.plot(x[inside], y[inside], color=colour, linewidth=1.1)
    for low, high, alpha in (("low", "high", 0.2), ("outer_low", "outer_high", 0.08)):
        if low in axes:
            ends = _numbers(rows, axes[low]), _numbers(rows, axes[high])
            place.fill_between(x, *ends, color=colour, alpha=alpha, lw=0)


def _matrix(place: Axes, rows: Sequence[Row], axes: Mapping[str, str], styles: Mapping[str, Any]) -> None:
    """Draw values by word from (down) and word to (across), with the words; what is not there is white."""
    words = {int(row[axes["y"]]): str(row[axes["label"]]) for row in rows}
    size = max(words) + 1
    values = np.full((size, size), np.nan)
    for row in rows:
        if row[axes["value"]] is not None:
            values[int(row[axes["y"]]), int(row[axes["x"]])] = float(row[axes["value"]])
    shown = place.imshow(values, interpolation="nearest", aspect="equal", **styles)
    names = [words.get(number, "") for number in range(size)]
    place.set_xticks(range(size), names, rotation=90, fontsize=6)
    place.set_yticks(range(size), names, fontsize=6)
    place.figure.colorbar(shown, ax=place, shrink=0.8)


def _colouring(rows: Sequence[Row], axes: Mapping[str, str]) -> dict[str, Any]:
    """Give all panels one scale; white is 0: from white to blue, or to both sides where there are negative values."""
    values = _numbers(rows, axes["value"])
    extreme = float(np.nanmax(np.abs(values), initial=1e-12, where=np.isfinite(values)))
    is_signed = bool(np.any(values < 0))
    return {"cmap": "PuOr" if is_signed else "Blues", "vmin": -extreme if is_signed else 0, "vmax": extreme}


KINDS: Mapping[str, Callable[[Axes, Sequence[Row], Mapping[str, str], Mapping[str, Any]], None]] = {
    "curve": _curve, "bars": _bars, "stack": _stack, "fit": _fit, "matrix": _matrix,
}  # fmt: skip


def _styles() -> list[dict[str, Any]]:
    """Give looks that differ in colour and marker, then in the line too."""
    return [
        {"color": colour, "marker": marker, "linestyle": line}
        for line in LINES
        for colour, marker in zip(COLOURS, MARKERS, strict=True)
    ]


def _grouped(rows: Sequence[Row], column: str | None) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row[column]) if column else "", []).append(row)
    return found


def _numbers(rows: Sequence[Row], column: str) -> np.ndarray:
    return np.array([np.nan if row[column] is None else float(row[column]) for row in rows])


def _legend(figure: Figure, places: Sequence[Axes], columns: int) -> None:
    found = {
        label: handle for place in places
        for handle, label in zip(*place.get_legend_handles_labels(), strict=True) if label
    }  # fmt: skip
    if found:
        figure.legend(list(found.values()), list(found), loc="outside lower center", ncols=columns, frameon=False)


def _written(figure: Figure, form: str) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format=form, bbox_inches="tight", metadata={"Date": None} if form == "svg" else None)
    return file.getvalue()
