"""Exhibits say what they show, and figures draw it."""

from pathlib import Path

import pytest

from warehouse.plugin.registry import analyses
from warehouse.report.exhibits import Exhibit, exhibits
from warehouse.report.figures import KINDS, draw
from warehouse.report.tables import as_csv, as_html, as_markdown

CURVE = [
    {"layer": layer, "percent": value, "error": None if layer == 1 else 1.0, "model": model}
    for model in ("a", "b")
    for layer, value in ((0, 3.0), (1, 5.0), (7, None))
]
FIT = [
    {"x": x, "y": y, "low": y - 1, "high": y + 1, "name": name, "is_extrapolation": x > 5}
    for x, y, name in ((1, 2.0, "a"), (2, 4.0, "b"), (1, 2.0, None), (2, 4.0, None), (9, 18.0, None))
]
MATRIX = [{"to": j, "from": i, "value": (i - j) * 1.0, "word": f"w{i}"} for i in range(3) for j in range(3)]
STACK = [
    {"x": x, "low": low, "high": low + size, "part": part}
    for x in (0, 1) for part, low, size in (("unique", 0.0, -1.0), ("common", 0.0, 30.0), ("rest", 30.0, 70.0))
]  # fmt: skip
DRAWN = {
    "curve": (CURVE, {"x": "layer", "y": "percent", "error": "error", "series": "model"}),
    "bars": (CURVE, {"x": "layer", "y": "percent", "error": "error", "series": "model"}),
    "fit": (FIT, {"x": "x", "y": "y", "low": "low", "high": "high", "label": "name", "scale": "log"}),
    "stack": (STACK, {"x": "x", "y": "high", "low": "low", "high": "high", "series": "part"}),
    "matrix": (MATRIX, {"x": "to", "y": "from", "value": "value", "label": "word"}),
}


@pytest.mark.parametrize("exhibit", exhibits(), ids=lambda exhibit: exhibit.name)
def test_every_exhibit_is_declared_in_full(exhibit: Exhibit) -> None:
    assert exhibit.title and exhibit.caption
    assert exhibit.figure is None or exhibit.figure in KINDS
    assert exhibit.compute.replace("-", "_") in ("", "all", *analyses())
    columns = [*exhibit.page, *(column for axis, column in exhibit.axes.items() if axis != "scale")]
    assert all(column in exhibit.sql.partition("\nSELECT")[2] for column in columns)


def test_a_header_is_read_over_lines(tmp_path: Path) -> None:
    path = tmp_path / "07_name_of_it.sql"
    path.write_text(
        "-- Title\n--\n-- Caption: One,\n-- and on.\n-- Axes: x=a, y=b\n-- Labels: x=A, from 0, y=B\n"
        "-- Page: p, q\nSELECT 1 AS a;\n"
    )
    exhibit = Exhibit(path)
    assert (exhibit.name, exhibit.title, exhibit.caption) == ("name_of_it", "Title", "One, and on.")
    assert exhibit.axes == {"x": "a", "y": "b"}
    assert exhibit.labels == {"x": "A, from 0", "y": "B"}
    assert exhibit.page == ("p", "q")
    assert exhibit.figure is None


@pytest.mark.parametrize("kind", list(DRAWN))
def test_every_kind_of_figure_is_drawn_the_same_each_time(kind: str) -> None:
    rows, axes = DRAWN[kind]
    first, second = (draw(kind, rows, axes, {"x": "x", "y": "y"}) for _ in range(2))
    assert first["png"].startswith(b"\x89PNG")
    assert b"<svg" in first["svg"]
    assert first["svg"] == second["svg"]


def test_tables_leave_provenance_to_the_caption_and_the_csv() -> None:
    rows = [{"model": "a|b", "r2": 0.123456789, "gone": None, "run_id": 7, "usage_warnings": ["x", "y"]}]
    assert as_csv(rows) == 'model,r2,gone,run_id,usage_warnings\na|b,0.123456789,,7,"x, y"\n'
    assert "run" not in as_markdown(rows)
    assert "0.1235" in as_markdown(rows)
    assert r"a\|b" in as_markdown(rows)
    assert "<td" in as_html([{"model": "<b>"}])
    assert "&lt;b&gt;" in as_html([{"model": "<b>"}])
