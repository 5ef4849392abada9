"""Bars by layer, the parts of a whole on top of each other; a part below 0 is open and hangs from the part below it."""

from collections.abc import Sequence
from typing import Any

from warehouse.charts.frame import Frame
from warehouse.charts.points import Point, grouped


def layers(frame: Frame, found: Sequence[Point]) -> list[dict[str, Any]]:
    """Give the marks of a panel."""
    for point in found:
        size, error = point["high"] - point["low"], point["error"]
        point["told"] = f"{size:.4g}"
        point["interval"] = f"{size - error:.4g} to {size + error:.4g} (± standard error)" if error is not None else ""
        point["ends"] = [point["high"] - error, point["high"] + error] if error is not None else None
    _part(found)
    x = {
        "field": "x",
        "type": "ordinal",
        "title": frame.x,
        "axis": {"labelAngle": 0, "labelOverlap": True, "format": "d"},
    }
    y = {"field": "low", "type": "quantitative", "title": frame.y, "scale": frame.scale}
    bar = {"mark": {"type": "bar", "strokeWidth": 1.5},
           "encoding": {"x": x, "y": {**y, "field": "base"}, "y2": {"field": "high"}, "color": frame.marker["color"],
                        "fillOpacity": {"condition": {"test": "datum.is_loss", "value": 0.15}, "value": 0.75},
                        "stroke": {"condition": {"test": "datum.is_loss", **frame.marker["color"]}, "value": None},
                        "tooltip": frame.tooltip}}  # fmt: skip
    ends = {"transform": [{"filter": "isValid(datum.ends)"}], "mark": {"type": "rule", "strokeWidth": 1.3},
            "encoding": {"x": x, "y": {**y, "field": "ends[0]"}, "y2": {"field": "ends[1]"}}}  # fmt: skip
    return [bar, ends] if any(point["ends"] for point in found) else [bar]


def _part(found: Sequence[Point]) -> None:
    """Say where each part begins: above the highest before it, but one below 0, which hangs from there."""
    for column in grouped(found, "x").values():
        top = 0.0
        for point in column:
            point["is_loss"] = point["high"] < point["low"]
            point["base"] = point["low"] if point["is_loss"] else min(max(point["low"], top), point["high"])
            top = max(top, point["high"], point["low"])
