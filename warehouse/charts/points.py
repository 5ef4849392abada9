"""Rows of an exhibit as the points of a chart: numbers by their part in it, and what is told when one is pointed at."""

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Point = dict[str, Any]
"""``x``, ``y``, ``low``, ``high``, ``series``, ... with the texts of `TOLD`."""
Axes = Mapping[str, str]
NUMBERS = ("y", "low", "high", "outer_low", "outer_high", "value")
TOLD = {
    "name": "Series",
    "at": "At",
    "told": "Value",
    "interval": "Interval",
    "n": "n",
    "warnings": "Warnings",
    "run": "Run",
}


def points(rows: Sequence[Row], axes: Axes, labels: Mapping[str, str]) -> list[Point]:
    """Give a point for each row, in their order.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of an exhibit, or of a view.
    axes : mapping of str to str
        The column of ``x``, ``y``, ``error`` (or ``low`` and ``high``), ``series``, ``panel``, ``label``, ``stage``,
        ``link`` (the address that a point leads to).
    labels : mapping of str to str
        What is written at the axes.
    """
    return [_point(row, axes, labels) for row in rows]


def grouped(found: Sequence[Point], key: str) -> dict[str, list[Point]]:
    """Give the points by what they have at a key, in their order."""
    groups: dict[str, list[Point]] = {}
    for point in found:
        groups.setdefault(point[key], []).append(point)
    return groups


def tooltip(found: Sequence[Point]) -> list[dict[str, str]]:
    """Name what is told of a point: what no point has is left out."""
    return [
        {"field": key, "type": "nominal", "title": title}
        for key, title in TOLD.items()
        if any(point.get(key) for point in found)
    ]


def _point(row: Row, axes: Axes, labels: Mapping[str, str]) -> Point:
    point: Point = {
        "panel": _text(row, axes.get("panel")),
        "series": _text(row, axes.get("series")),
        **{key: _number(row[axes[key]]) for key in NUMBERS if key in axes},
        **{key: row[axes[key]] for key in ("label", "stage", "reference", "link") if key in axes},
        "x": _number(row[axes["x"]]),
        "is_beyond": bool(row.get("is_extrapolation")),
        "error": _number(row[axes["error"]]) if "error" in axes else None,
    }
    if point["error"] is not None and point["y"] is not None and "low" not in axes:
        point |= {"low": point["y"] - point["error"], "high": point["y"] + point["error"]}
    return {**point, **_told(row, point, labels)}


def _told(row: Row, point: Point, labels: Mapping[str, str]) -> dict[str, str]:
    x, value = point["x"], point.get("value", point.get("y"))
    return {
        "name": ", ".join(str(part) for part in (point["panel"], point["series"], point.get("label")) if part),
        "at": f"{labels.get('x', 'x')}: {x if isinstance(x, str) else f'{x:g}'}" if x is not None else "",
        "told": "–" if value is None else f"{value:.4g}",
        "interval": _interval(point),
        "n": counts(row),
        "warnings": ", ".join(row.get("usage_warnings") or ()),
        "run": ", ".join(map(str, row.get("run_ids") or filter(None, [row.get("run_id")]))),
    }


def _interval(point: Point) -> str:
    low, high = point.get("low"), point.get("high")
    if low is None or high is None:
        return ""
    return f"{low:.4g} to {high:.4g}" + (" (± standard error)" if point["error"] is not None else "")


def counts(row: Row) -> str:
    """Say how many readers, word pairs and sentences a row is of."""
    kinds = {
        "subject_count": "readers",
        "cell_count": "word pairs",
        "sentence_count": "sentences",
        "head_count": "heads",
    }
    return ", ".join(f"{row[key]:,} {name}" for key, name in kinds.items() if row.get(key) is not None)


def _number(value: Any) -> Any:
    """Give a number as JSON has it; names stay names."""
    return value if value is None or isinstance(value, str | bool) else float(value)


def _text(row: Row, column: str | None) -> str:
    return str(row[column]) if column and row[column] is not None else ""
