"""What a figure shows, in words: for those who cannot see it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from warehouse.charts.points import Point, grouped

MOST = 6
"""Panels that are told of; the rows have all."""


def finding(kind: str, panels: Mapping[str, Sequence[Point]], labels: Mapping[str, str]) -> str:
    """Say what is highest and lowest in each panel, how a line goes, or how large a part gets.

    Parameters
    ----------
    kind : str
        The kind of figure.
    panels : mapping of str to sequence of Point
        By title.
    labels : mapping of str to str
        What is written at the axes.
    """
    if kind == "stack":
        told = list(map(_part, grouped([point for part in panels.values() for point in part], "series").values()))
    else:
        say = {"fit": _line, "matrix": _cells, "thumbnail": _cells, "arcs": _cells, "scanpath": _path}.get(kind, _ends)
        told = [(f"{title}: " if title else "") + say(part) for title, part in list(panels.items())[:MOST]]
    rest = f" And {len(panels) - MOST} more panels." if kind != "stack" and len(panels) > MOST else ""
    about = (
        f"{labels.get('y', 'value')} by {labels.get('x', 'x')}. " if kind in ("curve", "bars", "stack", "fit") else ""
    )
    return about + " ".join(f"{one[0].upper()}{one[1:]}." for one in told if one) + rest


def _ends(part: Sequence[Point]) -> str:
    known = [point for point in part if point.get("y") is not None]
    if not known:
        return "no value"
    highest, lowest = max(known, key=lambda point: point["y"]), min(known, key=lambda point: point["y"])
    return f"highest {_value(highest)}, lowest {_value(lowest)}"


def _value(point: Point) -> str:
    x = point["x"] if isinstance(point["x"], str) else f"{point['x']:g}"
    return f"{point['y']:.3g} ({point['series'] + ' at ' if point['series'] else ''}{x})"


def _line(part: Sequence[Point]) -> str:
    models = [point for point in part if point.get("label") is not None and point["y"] is not None]
    line = sorted(
        (point for point in part if point.get("label") is None and point["y"] is not None and not point["is_beyond"]),
        key=lambda point: point["x"],
    )
    told = f"{len(models)} models"
    if models:
        best = max(models, key=lambda point: point["y"])
        told += f", the highest {best['label']} with {best['y']:.3g}"
    return told + (f"; the line goes from {line[0]['y']:.3g} to {line[-1]['y']:.3g}" if len(line) > 1 else "")


def _part(part: Sequence[Point]) -> str:
    sized = [point for point in part if point["high"] is not None and point["low"] is not None]
    if not sized:
        return ""
    most = max(sized, key=lambda point: point["high"] - point["low"])
    place = ", ".join(part for part in (most["panel"], f"{most['x']:g}") if part)
    return f"{most['series']} is at most {most['high'] - most['low']:.3g} ({place})"


def _cells(part: Sequence[Point]) -> str:
    known = [point for point in part if point["value"] is not None]
    if not known:
        return "no value"
    words = {point["y"]: point["label"] for point in part}
    most = max(known, key=lambda point: abs(point["value"]))
    return f"most from {words.get(most['y'])} to {words.get(most['x'])}, {most['value']:.3g}"


def _path(part: Sequence[Point]) -> str:
    fixations = sorted((point for point in part if point["y"] is not None), key=lambda point: point["y"])
    if not fixations:
        return "no fixation"
    back = sum(after["x"] < before["x"] for before, after in pairwise(fixations))
    longest = max(fixations, key=lambda point: point["value"] or 0)
    looked_at, words = ({point["x"] for point in found} for found in (fixations, part))
    return (
        f"{len(fixations)} fixations on {len(looked_at)} of {len(words)} words, {back} times to an earlier word; "
        f"the longest on {longest['label']}, {longest['value']:.0f} ms"
    )
