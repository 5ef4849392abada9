"""Lines over layers: a point with its interval for each, a line through neighbours; missing layers are gaps."""

from collections.abc import Sequence
from typing import Any

from warehouse.charts.frame import Frame, interval
from warehouse.charts.points import Point, grouped
from warehouse.charts.scanpath import word_axis


def layers(frame: Frame, found: Sequence[Point]) -> list[dict[str, Any]]:
    """Give the marks of a panel."""
    _part_at_gaps(found)
    scale = {"nice": False, "zero": False, "padding": 8}
    words = {int(point["x"]): str(point["label"]) for point in found if point.get("label") is not None}
    axis = word_axis(words) if words else {"tickMinStep": 1, "grid": False}
    x = {"field": "x", "type": "quantitative", "title": frame.x, "scale": scale, "axis": axis}
    y = {"field": "y", "type": "quantitative", "title": frame.y, "scale": frame.scale}
    detail = [{"field": "segment", "type": "nominal"}]
    line = {
        "mark": {"type": "line", "strokeWidth": 1.6},
        "encoding": {"x": x, "y": y, "detail": detail, **frame.stroke},
    }
    dots = {"mark": {"type": "point", "filled": True, "opacity": 1, "size": 42},
            "encoding": {"x": x, "y": y, **frame.marker, "tooltip": frame.tooltip}}  # fmt: skip
    return [*interval(frame, x, found), line, dots]


def _part_at_gaps(found: Sequence[Point]) -> None:
    for part in grouped(found, "series").values():
        segment = 0
        for before, point in zip([part[0], *part], part, strict=False):
            segment += point["x"] - before["x"] > 1 or before["y"] is None
            point["segment"] = int(segment)
