"""Word by word in small, for many side by side: the same cells as a matrix, without words at the sides."""

from collections.abc import Sequence
from typing import Any

from warehouse.charts.frame import Frame
from warehouse.charts.points import Point

CELL, LEAST, MOST = 6, 72, 132
"""How large a cell is, and the least and largest side of a panel [px]."""


def layers(frame: Frame, found: Sequence[Point]) -> list[dict[str, Any]]:
    """Give the marks of a panel."""
    words = {int(point["y"]): str(point["label"]) for point in found}
    places = list(range(max(words) + 1))
    for point in found:
        point["at"] = f"{words.get(int(point['y']), '')} → {words.get(int(point['x']), '')}"
        point["name"] = point["panel"]

    def side(key: str) -> dict[str, Any]:
        return {"field": key, "type": "ordinal", "scale": {"domain": places, "paddingInner": 0}, "axis": None}

    colour = {"field": "value", "type": "quantitative", "scale": frame.shades, "legend": None}
    cell = {"mark": {"type": "rect"}, "transform": [{"filter": "isValid(datum.value)"}],
            "encoding": {"x": side("x"), "y": side("y"), "color": colour, "tooltip": frame.tooltip}}  # fmt: skip
    return [cell]


def size(found: Sequence[Point]) -> dict[str, Any]:
    """Give the size of a panel: it grows with the sentence, up to what many beside each other leave."""
    side = min(max(LEAST, CELL * (1 + int(max(point["y"] for point in found)))), MOST)
    return {"width": side, "height": side}
