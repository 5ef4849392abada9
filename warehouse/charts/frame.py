"""What the panels of a figure have in common: axes, scale, looks of series; and the interval that every point has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from warehouse.charts.looks import REFERENCE, Look, scales
from warehouse.charts.points import Point

WIDTH, HEIGHT = 330, 210
"""The plotting area of a panel [px]: two side by side, with their axes, fit on A4 within its margins."""


@dataclass(frozen=True)
class Frame:
    """One panel's frame.

    Attributes
    ----------
    x, y : str
        What is written at the axes.
    series : sequence of Look
        All of the figure, so that a series looks the same in every panel.
    domain : (float, float) or None
        What the vertical axis spans.
    shades : mapping
        The scale of colours, of a matrix.
    tooltip : list of mapping
        What is told of a point.
    is_log : bool
        Whether x is shown by its logarithm.
    """

    x: str
    y: str
    series: Sequence[Look]
    domain: tuple[float, float] | None
    shades: Mapping[str, Any]
    tooltip: list[dict[str, str]]
    is_log: bool = False

    @property
    def scale(self) -> dict[str, Any]:
        """The vertical scale."""
        return {"domain": list(self.domain), "nice": False, "zero": False} if self.domain else {"zero": False}

    @cached_property
    def _scales(self) -> dict[str, Any]:
        return scales(self.series)

    @property
    def stroke(self) -> dict[str, Any]:
        """How lines of a series look."""
        return {key: self._scales[key] for key in ("color", "strokeDash")}

    @property
    def marker(self) -> dict[str, Any]:
        """How points of a series look."""
        return {key: self._scales[key] for key in ("color", "shape")}


def interval(frame: Frame, x: Mapping[str, Any], found: Sequence[Point]) -> list[dict[str, Any]]:
    """Give a bar from low to high for each point; nothing where no point has an interval."""
    if not any(point.get("low") is not None for point in found):
        return []
    y = {"field": "low", "type": "quantitative", "title": frame.y, "scale": frame.scale}
    return [{
        "mark": {"type": "rule", "strokeWidth": 1, "clip": True},
        "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}],
        "encoding": {**x_only(x), "y": y, "y2": {"field": "high"}, "color": frame.marker["color"]},
    }]  # fmt: skip


def x_only(x: Mapping[str, Any]) -> dict[str, Any]:
    """Give the encodings of a place on the x axis: x, and the shift beside it where there is one."""
    own = {key: value for key, value in x.items() if key != "xOffset"}
    return {"x": own, **({"xOffset": x["xOffset"]} if "xOffset" in x else {})}


def reference_lines(frame: Frame, references: Mapping[str, str], found: Sequence[Point] = ()) -> list[dict[str, Any]]:
    """Give a named line for each value that the vertical axis reaches; the name stands where fewer points are."""
    low, high = frame.domain or (1.0, 0.0)
    lines: list[dict[str, Any]] = [
        {"at": float(value), "called": name} for value, name in references.items() if low <= float(value) <= high
    ]
    if not lines:
        return []
    y = {"field": "at", "type": "quantitative", "title": frame.y, "scale": frame.scale}
    is_left = _is_freer_at_the_left(found, [line["at"] for line in lines], (high - low) / 6)
    side, x = ("left", 2) if is_left else ("right", WIDTH)
    text = {"type": "text", "align": side, "baseline": "bottom", "dy": -2, "fontSize": 10, "fontStyle": "italic"}
    return [
        {"data": {"values": lines}, "mark": {"type": "rule", "color": REFERENCE, "strokeDash": [4, 3]},
         "encoding": {"y": y}},
        {"data": {"values": lines}, "mark": {**text, "color": "#5c6269"},
         "encoding": {"y": y, "x": {"value": x}, "text": {"field": "called", "type": "nominal"}}},
    ]  # fmt: skip


def _is_freer_at_the_left(found: Sequence[Point], lines: Sequence[float], reach: float) -> bool:
    """Say whether fewer points stand in the left third than in the right third, just above lines or on them."""
    numeric = [point for point in found if isinstance(point["x"], float)]
    places: list[float] = [point["x"] for point in numeric]
    near: list[float] = [
        point["x"] for point in numeric
        if point.get("y") is not None and any(-reach / 3 <= point["y"] - line <= reach for line in lines)
    ]  # fmt: skip
    if not near:
        return False
    first, last = min(places), max(places)
    third = (last - first) / 3
    return sum(x <= first + third for x in near) < sum(x >= last - third for x in near)
