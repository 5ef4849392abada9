"""A sentence with an arc from each word to the words it goes back to, the thicker the more; forward arcs hang below.

A point under a word is staying on it. Each panel has its own scale: what is shown beside each other differs in kind.
"""

from collections.abc import Sequence
from typing import Any

from warehouse.charts.frame import Frame
from warehouse.charts.points import Point
from warehouse.charts.scanpath import word_axis

MOST = 60
"""So many arcs are drawn in a panel, the thickest; more would be a tangle."""
STEPS = 28
WORD = 34
"""What a word takes across [px]: a sentence of ten fits on a phone."""
COLOUR = "#0072B2"


def layers(frame: Frame, found: Sequence[Point]) -> list[dict[str, Any]]:
    """Give the marks of a panel."""
    words = {int(point["y"]): str(point["label"]) for point in found}
    _weigh(found, words)
    place = {"type": "quantitative", "title": frame.x, "axis": word_axis(words),
             "scale": {"domain": [-0.5, max(words) + 0.5], "nice": False}}  # fmt: skip
    height = {"type": "quantitative", "axis": None, "scale": {"zero": True, "nice": False, "padding": 6}}
    weight = {"field": "weight", "type": "quantitative", "legend": None}
    opacity = {**weight, "scale": {"domain": [0, 1], "range": [0.35, 0.95]}}
    arc = {
        "transform": [
            {"filter": "isValid(datum.weight) && datum.x !== datum.y"},
            {"calculate": f"sequence(0, {STEPS + 1})", "as": "step"},
            {"flatten": ["step"]},
            {"calculate": f"datum.y + (datum.x - datum.y) * (1 - cos(PI * datum.step / {STEPS})) / 2", "as": "across"},
            {"calculate": f"(datum.y - datum.x) * sin(PI * datum.step / {STEPS}) / 2", "as": "up"},
        ],
        "mark": {"type": "line", "strokeCap": "round", "color": COLOUR},
        "encoding": {"x": {"field": "across", **place}, "y": {"field": "up", **height},
                     "detail": [{"field": "x", "type": "nominal"}, {"field": "y", "type": "nominal"}],
                     "order": {"field": "step", "type": "quantitative"}, "opacity": opacity,
                     "strokeWidth": {**weight, "scale": {"domain": [0, 1], "range": [0.5, 7]}},
                     "tooltip": frame.tooltip},
    }  # fmt: skip
    staying = {
        "transform": [{"filter": "isValid(datum.weight) && datum.x === datum.y"}, {"calculate": "0", "as": "up"}],
        "mark": {"type": "point", "filled": True, "color": COLOUR},
        "encoding": {"x": {"field": "x", **place}, "y": {"field": "up", **height}, "opacity": opacity,
                     "size": {**weight, "scale": {"domain": [0, 1], "range": [2, 130]}}, "tooltip": frame.tooltip},
    }  # fmt: skip
    return [arc, staying]


def size(found: Sequence[Point]) -> dict[str, Any]:
    """Give the size of a panel: as wide as its words, as high as its longest arcs need."""
    last = int(max(max(point["x"], point["y"]) for point in found))
    return {"width": max(WORD * (last + 1), 240), "height": min(60 + 8 * last, 200)}


def _weigh(found: Sequence[Point], words: dict[int, str]) -> None:
    """Say how thick the arcs are that are drawn: shares of the largest."""
    known = sorted((point for point in found if point["value"]), key=lambda point: -abs(point["value"]))
    largest = abs(known[0]["value"]) if known else 1.0
    for point in known[:MOST]:
        point["weight"] = abs(point["value"]) / largest
        point["at"] = f"{words.get(int(point['y']), '')} → {words.get(int(point['x']), '')}"
        point["name"] = point["panel"]
