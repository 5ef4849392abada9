"""Bars by layer, the parts of a whole on top of each other; a part below 0 hangs below the line of 0."""

from collections.abc import Sequence
from typing import Any

from warehouse.charts.frame import Frame
from warehouse.charts.points import Point


def layers(frame: Frame, found: Sequence[Point]) -> list[dict[str, Any]]:
    """Give the marks of a panel."""
    for point in found:
        size, error = point["high"] - point["low"], point["error"]
        point["told"] = f"{size:.4g}"
        point["interval"] = f"{size - error:.4g} to {size + error:.4g} (± standard error)" if error is not None else ""
        point["ends"] = [point["high"] - error, point["high"] + error] if error is not None else None
    x = {
        "field": "x",
        "type": "ordinal",
        "title": frame.x,
        "axis": {"labelAngle": 0, "labelOverlap": True, "format": "d"},
    }
    y = {"field": "low", "type": "quantitative", "title": frame.y, "scale": frame.scale}
    bar = {"mark": {"type": "bar", "fillOpacity": 0.75},
           "encoding": {"x": x, "y": y, "y2": {"field": "high"}, "color": frame.marker["color"],
                        "tooltip": frame.tooltip}}  # fmt: skip
    ends = {"transform": [{"filter": "isValid(datum.ends)"}], "mark": {"type": "rule", "strokeWidth": 1.3},
            "encoding": {"x": x, "y": {**y, "field": "ends[0]"}, "y2": {"field": "ends[1]"}}}  # fmt: skip
    return [bar, ends] if any(point["ends"] for point in found) else [bar]
