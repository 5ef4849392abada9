"""Points with their intervals by category, the series beside each other."""

from collections.abc import Sequence
from typing import Any

from warehouse.charts.frame import Frame, interval
from warehouse.charts.points import Point


def layers(frame: Frame, found: Sequence[Point]) -> list[dict[str, Any]]:
    """Give the marks of a panel."""
    for point in found:
        point["x"] = point["x"] if isinstance(point["x"], str) else f"{point['x']:g}"
    names = list(dict.fromkeys(point["x"] for point in found))
    is_crowded = sum(map(len, names)) > 40
    x: dict[str, Any] = {
        "field": "x", "type": "nominal", "title": frame.x, "sort": names,
        "axis": {"labelAngle": -30 if is_crowded else 0, "labelLimit": 200, "grid": False},
    }  # fmt: skip
    y = {"field": "y", "type": "quantitative", "title": frame.y, "scale": frame.scale}
    beside = {"xOffset": {"field": "series", "type": "nominal", "sort": [one.name for one in frame.series]}}
    dots = {"mark": {"type": "point", "filled": True, "opacity": 1, "size": 55},
            "encoding": {"x": x, "y": y, **beside, **frame.marker, "tooltip": frame.tooltip}}  # fmt: skip
    return [*interval(frame, x | beside, found), dots]
