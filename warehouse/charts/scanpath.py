"""One reading of a sentence: fixations from the first (above) to the last (below), the larger the longer."""

import json
from collections.abc import Sequence
from typing import Any

from warehouse.charts.frame import Frame
from warehouse.charts.points import Point

WORD, LINE = 46, 13
"""What a word takes across and a fixation down [px]."""


def layers(frame: Frame, found: Sequence[Point]) -> list[dict[str, Any]]:
    """Give the marks of a panel."""
    words = {int(point["x"]): str(point["label"]) for point in found if point["label"] is not None}
    x = {"field": "x", "type": "quantitative", "title": frame.x, "axis": word_axis(words),
         "scale": {"domain": [-0.5, max(words) + 0.5], "nice": False}}  # fmt: skip
    y = {"field": "y", "type": "quantitative", "title": frame.y, "axis": {"tickMinStep": 1, "format": "d"},
         "scale": {"reverse": True, "nice": False, "zero": False, "padding": 8}}  # fmt: skip
    order = {"field": "y", "type": "quantitative"}
    shown = {"transform": [{"filter": "isValid(datum.y)"}]}
    line = {
        **shown,
        "mark": {"type": "line", "strokeWidth": 1, "color": "#8a929b"},
        "encoding": {"x": x, "y": y, "order": order},
    }
    size = {"field": "value", "type": "quantitative", "scale": {"domainMin": 0, "range": [10, 420]}, "legend": None}
    dots = {**shown, "mark": {"type": "point", "filled": True, "opacity": 0.65, "color": "#0072B2"},
            "encoding": {"x": x, "y": y, "size": size, "tooltip": frame.tooltip}}  # fmt: skip
    return [line, dots]


def word_axis(words: dict[int, str]) -> dict[str, Any]:
    """Give an axis with the words at their places, from 0."""
    told = json.dumps([words.get(place, "") for place in range(max(words) + 1)])
    return {"values": sorted(words), "labelExpr": f"{told}[datum.value]", "labelAngle": -50, "labelOverlap": False,
            "labelFontSize": 10, "grid": False}  # fmt: skip


def size(found: Sequence[Point]) -> dict[str, Any]:
    """Give the size of a panel: as many words wide and fixations high as there are."""
    words = 1 + int(max(point["x"] for point in found))
    fixations = max((int(point["y"]) for point in found if point["y"] is not None), default=0)
    return {"width": max(WORD * words, 240), "height": max(LINE * (fixations + 2), 120)}
