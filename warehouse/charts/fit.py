"""Models as named points, and a line through those it was fitted to, with the band of the mean and that of a new model.

A model that no line is fitted to (tuned, untrained) is an open point. The line is dotted where it leaves the models.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from warehouse.charts.frame import HEIGHT, WIDTH, Frame
from warehouse.charts.labels import offsets
from warehouse.charts.points import Point, grouped

STEPS = 60
BANDS = (("outer_low", "outer_high", 0.1), ("low", "high", 0.18))
FITTED = ("pretrained", None)
MOST_NAMED = 25
"""Of more models only those farthest from the line have their names looked after: there is no room for all."""


def layers(frame: Frame, found: list[Point]) -> list[dict[str, Any]]:
    """Give the marks of a panel."""
    models = [point for point in found if point.get("label") is not None]
    line = [point for part in grouped(found, "series").values() for point in _smooth(_line(part), is_log=frame.is_log)]
    x = _x(frame, found)
    y = {"field": "y", "type": "quantitative", "title": frame.y, "scale": frame.scale}
    _label(models, line, x["scale"]["domain"], frame)
    found[:] = [*models, *line]  # what is drawn, once for all marks
    return [*_bands(frame, x, line), *_lines(frame, x, y, line), *_models(frame, x, y)]


def _x(frame: Frame, found: Sequence[Point]) -> dict[str, Any]:
    """Span all sizes, with room for names at the ends."""
    values = [math.log(point["x"]) if frame.is_log else point["x"] for point in found]
    room = 0.14 * (max(values) - min(values)) or 0.1 * abs(values[0]) or 1.0
    ends = [min(values) - room, max(values) + room]
    domain = [math.exp(end) for end in ends] if frame.is_log else ends
    scale = {"domain": domain, "nice": False, **({"type": "log"} if frame.is_log else {"zero": False})}
    axis = {"grid": False, "format": "~g", "tickCount": 5, "labelOverlap": True}
    return {"field": "x", "type": "quantitative", "title": frame.x, "scale": scale, "axis": axis}


def _line(part: Sequence[Point]) -> list[Point]:
    known = [point for point in part if point.get("label") is None and point["y"] is not None]
    return sorted(known, key=lambda point: point["x"])


def _smooth(line: Sequence[Point], *, is_log: bool) -> list[Point]:
    """Give the line at many places.

    The line is straight in the (logarithmic) size, and the square of half a band's width is quadratic in it, whatever
    the data: three places determine both, so that nothing is made up between them.
    """
    if len(line) < 2:
        return []
    place = np.array([math.log(point["x"]) if is_log else point["x"] for point in line])
    at = np.union1d(np.linspace(place[0], place[-1], STEPS), place)
    columns = {"y": np.interp(at, place, _column(line, "y"))}
    for low, high, _ in BANDS:
        if line[0].get(low) is not None:
            half = _half_width(place, (_column(line, high) - _column(line, low)) / 2, at)
            columns |= {low: columns["y"] - half, high: columns["y"] + half}
    inside = [place[n] for n, point in enumerate(line) if not point["is_beyond"]]
    beyond = (at < min(inside, default=-np.inf)) | (at > max(inside, default=np.inf))
    x = np.exp(at) if is_log else at
    return [
        {"series": line[0]["series"], "x": float(x[n]), "is_line": True, "is_beyond": bool(beyond[n]),
         **{name: float(values[n]) for name, values in columns.items()}}
        for n in range(len(at))
    ]  # fmt: skip


def _half_width(place: np.ndarray, half: np.ndarray, at: np.ndarray) -> np.ndarray:
    if len(place) < 3:
        return np.asarray(np.interp(at, place, half))
    middle = place.mean()
    squared = np.polynomial.Polynomial.fit(place - middle, half**2, 2)
    return np.asarray(np.sqrt(np.maximum(squared(at - middle), 0)))


def _column(line: Sequence[Point], key: str) -> np.ndarray:
    return np.array([point[key] for point in line], dtype=float)


def _bands(frame: Frame, x: dict[str, Any], line: list[Point]) -> list[dict[str, Any]]:
    return [
        {"transform": [{"filter": "datum.is_line"}], "mark": {"type": "area", "opacity": opacity, "clip": True},
         "encoding": {"x": x, "y": {"field": low, "type": "quantitative", "title": frame.y, "scale": frame.scale},
                      "y2": {"field": high}, "color": frame.marker["color"]}}
        for low, high, opacity in BANDS if line and low in line[0]
    ]  # fmt: skip


def _lines(frame: Frame, x: dict[str, Any], y: dict[str, Any], line: list[Point]) -> list[dict[str, Any]]:
    if not line:
        return []
    mark = {"type": "line", "clip": True}
    encoding = {"x": x, "y": y, "color": frame.marker["color"]}
    return [
        {"transform": [{"filter": "datum.is_line"}], "mark": {**mark, "strokeWidth": 1, "strokeDash": [2, 3]},
         "encoding": encoding},
        {"transform": [{"filter": "datum.is_line && !datum.is_beyond"}],
         "mark": {**mark, "strokeWidth": 1.8}, "encoding": encoding},
    ]  # fmt: skip


def _models(frame: Frame, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    dot = {"type": "point", "size": 50, "strokeWidth": 1.5, "opacity": 1}
    both = {"x": x, "y": y, "color": frame.marker["color"], "shape": frame.marker["shape"], "tooltip": frame.tooltip}
    low = {"field": "low", "type": "quantitative", "title": frame.y, "scale": frame.scale}
    return [
        {"transform": [{"filter": "!datum.is_line && isValid(datum.low) && isValid(datum.high)"}],
         "mark": {"type": "rule", "strokeWidth": 1, "clip": True},
         "encoding": {"x": x, "y": low, "y2": {"field": "high"}, "color": frame.marker["color"]}},
        {"transform": [{"filter": "!datum.is_line && !datum.is_open"}],
         "mark": {**dot, "filled": True}, "encoding": both},
        {"transform": [{"filter": "datum.is_open"}], "mark": {**dot, "filled": False}, "encoding": both},
        {"transform": [{"filter": "isValid(datum.dx)"}],
         "mark": {"type": "text", "fontSize": 10, "color": "#16191d", "baseline": "middle",
                  "dx": {"expr": "datum.dx"}, "dy": {"expr": "datum.dy"}},
         "encoding": {"x": x, "y": y, "text": {"field": "shown", "type": "nominal"}}},
    ]  # fmt: skip


def _label(models: list[Point], line: list[Point], domain: Sequence[float], frame: Frame) -> None:
    """Say at each model how it was trained where that matters, and find room for its name."""
    left, right = (math.log(end) for end in domain) if frame.is_log else domain
    low, high = frame.domain or (0.0, 1.0)

    def place(point: Point) -> tuple[float, float]:
        across = ((math.log(point["x"]) if frame.is_log else point["x"]) - left) / (right - left)
        return across * WIDTH, (high - point["y"]) / (high - low) * HEIGHT

    for point in models:
        point["is_open"] = point.get("stage") not in FITTED
        point["shown"] = str(point["label"]) + (f" ({point['stage']})" if point["is_open"] else "")
    named = _farthest(models, line)
    texts = [point["shown"] for point in named]
    bars = [
        point | {"y": point[end] + share * (point["y"] - point[end])}
        for point in named for end in ("low", "high") if point.get(end) is not None for share in (0.0, 0.25, 0.5, 0.75)
    ]  # fmt: skip
    others = [point for point in models if point not in named]
    found = offsets(list(map(place, named)), texts, WIDTH, HEIGHT, list(map(place, [*others, *line, *bars])))
    for point, offset in zip(named, found, strict=True):
        point["dx"], point["dy"] = offset or (None, None)


def _farthest(models: list[Point], line: list[Point]) -> list[Point]:
    """Give the models farthest from the line, or from their mean where there is none; all where there are few."""
    known = [point for point in models if point["y"] is not None]
    if len(known) <= MOST_NAMED:
        return known
    x, y = _column(known, "x"), _column(known, "y")
    expected = np.interp(x, _column(line, "x"), _column(line, "y")) if line else np.full(len(y), y.mean())
    order = np.argsort(-np.abs(y - expected), kind="stable")
    return [known[place] for place in order[:MOST_NAMED]]
