"""How series look: colours that the colour-blind tell apart (Okabe and Ito 2008), a marker and a line of its own each.

Markers are outlines within -1 to 1, as Vega takes them and as SVG draws them in the dashboard's legend.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

INK = "#000000"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", INK)
MARKERS = (
    "M-.85,0a.85,.85 0 1,0 1.7,0a.85,.85 0 1,0 -1.7,0Z", "M-.8,-.8H.8V.8H-.8Z", "M0,-1L.95,.75H-.95Z",
    "M0,-1.1L.95,0L0,1.1L-.95,0Z", "M0,1L.95,-.75H-.95Z", "M-.3,-1H.3V-.3H1V.3H.3V1H-.3V.3H-1V-.3H-.3Z",
    "M-1,-.7L-.7,-1L0,-.3L.7,-1L1,-.7L.3,0L1,.7L.7,1L0,.3L-.7,1L-1,.7L-.3,0Z",
)  # fmt: skip
"""Circle, square, triangle, diamond, triangle down, plus, cross."""
FLAT = "M-1,0H1Z"
"""No marker: a line says it all."""
DASHES: tuple[tuple[int, ...], ...] = ((), (6, 3), (8, 3, 2, 3), (2, 3))
REFERENCE = "#767676"
"""Of what others are compared with."""
CONFIG: dict[str, Any] = {
    "aria": False,
    "font": "Helvetica, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {"gridColor": "#e2e5e9", "domainColor": "#8a929b", "tickColor": "#8a929b", "labelColor": "#3c4149",
             "titleColor": "#16191d", "titleFontWeight": "normal", "labelFontSize": 11, "titleFontSize": 12},
    "title": {"fontSize": 12, "fontWeight": "bold", "anchor": "start", "color": "#16191d"},
    "legend": {"title": None, "orient": "bottom", "columns": 2, "labelLimit": 360, "labelFontSize": 11,
               "symbolStrokeWidth": 1.6, "labelColor": "#16191d"},
}  # fmt: skip
"""Of every chart; the dashboard's style sheet takes over what has to change in the dark."""


@dataclass(frozen=True)
class Look:
    """One series: its name, and how it looks in every panel of a figure."""

    name: str
    colour: str
    marker: str
    dash: tuple[int, ...]


def looks(names: Sequence[str]) -> list[Look]:
    """Give each series a look: they differ in colour and marker, and then in the line too."""
    count = len(COLOURS)
    return [
        Look(name, COLOURS[place % count], MARKERS[place % count], DASHES[place // count % len(DASHES)])
        for place, name in enumerate(names)
    ]


def scales(series: Sequence[Look]) -> dict[str, Any]:
    """Give the encodings of colour, marker and line that the series have in common, without a legend."""
    names = [one.name for one in series]

    def by_name(values: list[Any]) -> dict[str, Any]:
        return {"field": "series", "type": "nominal", "scale": {"domain": names, "range": values}, "legend": None}

    return {
        "color": by_name([one.colour for one in series]),
        "shape": by_name([one.marker for one in series]),
        "strokeDash": by_name([list(one.dash) for one in series]),
    }
