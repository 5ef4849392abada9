"""Draws the history of figures as small panels in one SVG: value with spread, run after run, beside the target."""

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

COLUMNS, WIDTH, HEIGHT, GAP, MARGIN = 3, 300, 168, 22, 16
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 44, 30
"""Around the plotting area of a panel, for labels."""
INK, PALE, POINT, TARGET = "#222222", "#777777", "#0072b2", "#b3591b"
STEPS = (1, 2, 5)
LEAST_RANGE = 6.0
"""The axis is logarithmic and spans at least this factor: two ticks are always on it, and noise looks like noise."""
LINE = 40
"""Letters of a title's line."""


@dataclass(frozen=True)
class Point:
    """One run: which commit, the figure, its extremes, and whether the paper's whole size was measured."""

    commit: str
    value: float
    spread: tuple[float, float] | None
    is_whole: bool


@dataclass(frozen=True)
class Panel:
    """One figure's history, the oldest first; `target` is None where nothing is asked for."""

    title: str
    points: Sequence[Point]
    target: float | None
    at_most: bool


def small_multiples(panels: Sequence[Panel]) -> str:
    """Draw panels row by row as SVG on white, with the reader's fonts.

    Parameters
    ----------
    panels : sequence of Panel
        At least one; values above 0.

    Returns
    -------
    str
        An SVG document.
    """
    columns = min(COLUMNS, len(panels))
    width = 2 * MARGIN + columns * WIDTH + (columns - 1) * GAP
    height = 2 * MARGIN + -(-len(panels) // columns) * (HEIGHT + GAP) - GAP
    drawn = [
        f'<g transform="translate({MARGIN + i % columns * (WIDTH + GAP)} {MARGIN + i // columns * (HEIGHT + GAP)})">'
        f"{''.join(_panel(panel))}</g>"
        for i, panel in enumerate(panels)
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="10.5">'
    )
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="white"/>', *drawn, "</svg>"]) + "\n"


def _panel(panel: Panel) -> Iterator[str]:
    scale = _Scale.of(panel)
    yield from _title(panel.title)
    for tick in scale.ticks():
        y = scale.y(tick)
        yield f'<path d="M{LEFT} {y:.1f} H{WIDTH - RIGHT}" stroke="#e4e4e4"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 3.5:.1f}" text-anchor="end" fill="{PALE}">{tick:g}</text>'
    if panel.target is not None:
        yield from _target(panel, scale)
    places = _places(len(panel.points))
    line = " L".join(
        f"{x:.1f} {scale.y(point.value):.1f}" for x, point in zip(places, panel.points, strict=True) if point.is_whole
    )
    if " L" in line:
        yield f'<path d="M{line}" fill="none" stroke="{POINT}" stroke-opacity="0.45"/>'
    for x, point in zip(places, panel.points, strict=True):
        yield from _point(x, point, scale)
    yield from _commits(panel.points, places)


def _title(title: str) -> Iterator[str]:
    for number, line in enumerate(textwrap.wrap(title, LINE)[:2]):
        yield f'<text x="0" y="{12 + 14 * number}" font-size="12" font-weight="bold" fill="{INK}">{escape(line)}</text>'


def _target(panel: Panel, scale: "_Scale") -> Iterator[str]:
    y = scale.y(panel.target or 1)
    told = f"{'at most' if panel.at_most else 'at least'} {panel.target:.3g}"
    yield f'<path d="M{LEFT} {y:.1f} H{WIDTH - RIGHT}" stroke="{TARGET}" stroke-dasharray="5 3"/>'
    above = y - 4 if y > TOP + 14 else y + 12
    yield f'<text x="{WIDTH - RIGHT}" y="{above:.1f}" text-anchor="end" fill="{TARGET}">{told}</text>'


def _point(x: float, point: Point, scale: "_Scale") -> Iterator[str]:
    if point.spread:
        least, most = map(scale.y, point.spread)
        yield f'<path d="M{x:.1f} {least:.1f} V{most:.1f}" stroke="{POINT}" stroke-opacity="0.55" stroke-width="2.5"/>'
    fill = POINT if point.is_whole else "white"
    yield (
        f'<circle cx="{x:.1f}" cy="{scale.y(point.value):.1f}" r="3.4" fill="{fill}" stroke="{POINT}">'
        f"<title>{escape(point.commit)}: {point.value:.4g}</title></circle>"
    )


def _places(count: int) -> list[float]:
    """Spread runs over the width; one alone stands in the middle."""
    first, last = LEFT + 14, WIDTH - RIGHT - 14
    return [first + (last - first) * i / (count - 1) for i in range(count)] if count > 1 else [(first + last) / 2]


def _commits(points: Sequence[Point], places: Sequence[float]) -> Iterator[str]:
    ends = {0: "start", len(points) - 1: "end"} if len(points) > 1 else {0: "middle"}
    for number, anchor in ends.items():
        x = places[number] + {"start": -14, "middle": 0, "end": 14}[anchor]
        commit = escape(points[number].commit)
        yield f'<text x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="{anchor}" fill="{PALE}">{commit}</text>'


@dataclass(frozen=True)
class _Scale:
    """A logarithmic axis from `least` at the bottom to `most` at the top."""

    least: float
    most: float

    @classmethod
    def of(cls, panel: Panel) -> "_Scale":
        values = [value for point in panel.points for value in (point.value, *(point.spread or ()))]
        wanted = [value for value in (*values, panel.target) if value]
        least, most = min(wanted) / 1.15, max(wanted) * 1.15
        missing = max(1.0, math.sqrt(LEAST_RANGE * least / most))
        return cls(least / missing, most * missing)

    def y(self, value: float) -> float:
        share = math.log(value / self.least) / math.log(self.most / self.least)
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)

    def ticks(self) -> list[float]:
        """Give 1, 2 and 5 times powers of ten, or the powers alone where those are many."""
        decades = range(math.floor(math.log10(self.least)), math.ceil(math.log10(self.most)) + 1)
        steps = STEPS if self.most / self.least < 100 else STEPS[:1]
        return [step * 10.0**d for d in decades for step in steps if self.least <= step * 10.0**d <= self.most]
