"""Word by word: from the word at the left to the word below, the darker the more; what has no value has no cell."""

import json
from collections.abc import Sequence
from typing import Any

from warehouse.charts.frame import Frame
from warehouse.charts.points import Point

CELL, LEAST = 18, 120
"""How large a cell and the least side of a panel are [px]."""


def layers(frame: Frame, found: Sequence[Point]) -> list[dict[str, Any]]:
    """Give the marks of a panel."""
    words = {int(point["y"]): str(point["label"]) for point in found}
    places = list(range(max(words) + 1))
    told = json.dumps([words.get(place, "") for place in places])
    for point in found:
        point["at"] = f"{words.get(int(point['y']), '')} → {words.get(int(point['x']), '')}"
        point["name"] = point["panel"]

    def side(key: str, title: str, angle: int) -> dict[str, Any]:
        axis = {
            "labelExpr": f"{told}[datum.value]",
            "labelAngle": angle,
            "labelFontSize": 10,
            "domain": False,
            "ticks": False,
        }
        return {"field": key, "type": "ordinal", "title": title, "scale": {"domain": places}, "axis": axis}

    colour = {"field": "value", "type": "quantitative", "scale": frame.shades,
              "legend": {"orient": "right", "gradientLength": 100, "title": None}}  # fmt: skip
    cell = {"mark": {"type": "rect", "stroke": "#8a929b", "strokeWidth": 0.3},
            "transform": [{"filter": "isValid(datum.value)"}],
            "encoding": {"x": side("x", frame.x, -90), "y": side("y", frame.y, 0), "color": colour,
                         "tooltip": frame.tooltip}}  # fmt: skip
    return [cell]


def size(found: Sequence[Point]) -> dict[str, Any]:
    """Give the size of a panel: it grows with the sentence."""
    side = max(LEAST, CELL * (1 + int(max(point["y"] for point in found))))
    return {"width": side, "height": side}


def shades(found: Sequence[Point]) -> dict[str, Any]:
    """Give all panels one scale; white is 0: from white to blue, or to both sides where there are negative values."""
    values = [point["value"] for point in found if point["value"] is not None] or [0.0]
    extreme = max(map(abs, values)) or 1e-12
    if min(values) < 0:
        return {"scheme": "purpleorange", "reverse": True, "domain": [-extreme, extreme]}
    return {"range": ["#ffffff", "#9ecae1", "#3182bd", "#08306b"], "domain": [0, extreme], "interpolate": "rgb"}
