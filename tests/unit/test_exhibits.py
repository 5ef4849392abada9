"""Exhibits say what they show, and tables how."""

from pathlib import Path

import pytest

from warehouse.charts import KINDS
from warehouse.plugin.registry import analyses
from warehouse.report.exhibits import Exhibit, Narrowed, exhibits
from warehouse.report.tables import MOST_LETTERS, as_csv, as_html, as_markdown, folded


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


def test_tables_leave_provenance_to_the_caption_and_the_csv() -> None:
    rows = [{"model": "a|b", "r2": 0.123456789, "gone": None, "run_id": 7, "usage_warnings": ["x", "y"]}]
    assert as_csv(rows) == 'model,r2,gone,run_id,usage_warnings\na|b,0.123456789,,7,"x, y"\n'
    assert "run" not in as_markdown(rows)
    assert "0.1235" in as_markdown(rows)
    assert r"a\|b" in as_markdown(rows)
    assert "<td" in as_html([{"model": "<b>"}])
    assert "&lt;b&gt;" in as_html([{"model": "<b>"}])


def test_a_wide_table_is_folded_and_no_column_is_lost() -> None:
    rows = [
        {"model": f"model-{n}", "group": "L1", **{f"a_quantity_{k}": n / 7 + k for k in range(30)}} for n in range(3)
    ]
    parts = folded(rows, list(rows[0]))
    assert len(parts) > 1
    assert all(part[:2] == ["model", "group"] for part in parts)
    assert [name for part in parts for name in part[2:]] == list(rows[0])[2:]
    assert all(sum(max(map(len, name.split("_"))) for name in part) <= MOST_LETTERS for part in parts)
    assert as_html(rows).count("<table") == len(parts)


def test_each_part_of_a_folded_table_names_its_rows_in_full() -> None:
    rows = [
        {"measure": "saccade_duration/consecutive", "model": "m" * 30, "score": "nested_resemblance", "group": "L1"}
        | {f"value_{k}": k / 7 for k in range(12)}
    ]
    parts = folded(rows, list(rows[0]))
    assert len(parts) > 1
    assert all(part[:4] == ["measure", "model", "score", "group"] for part in parts)


def test_runs_are_linked_to_in_each_row_or_once_for_all() -> None:
    rows = [{"model": "a", "r2": 0.1, "run_id": 7}, {"model": "b", "r2": 0.2, "run_id": 8}]
    links = {"run": lambda run, row: f"#run-{run}"}
    assert '<a href="#run-7">7</a>' in as_html(rows, links)
    shared = as_html([row | {"run_id": 9} for row in rows], links)
    assert 'In every row: run <a href="#run-9">9</a>.' in shared
    assert shared.count("#run-9") == 1
    assert "run" not in as_html(rows)


def test_panels_of_models_that_differ_in_depth_stand_group_by_group():
    """Row by row of each extraction, the second group of the deeper one would come last."""
    (parts,) = [one for one in exhibits() if one.name == "explained_parts"]
    layers = {1: 4, 2: 2}
    rows = [
        {"extraction_id": extraction, "panel": f"{group}, model {extraction}", "part": "common", "layer": layer}
        for extraction, count in layers.items() for group in ("L1", "L2") for layer in range(count)
    ]  # fmt: skip
    ranked = sorted(rows, key=lambda row: row["layer"] + (row["panel"][1] == "2") * layers[row["extraction_id"]])
    found = Narrowed(parts.path, extractions=(1, 2)).ordered(ranked)
    assert list(dict.fromkeys(row["panel"] for row in ranked))[-1] == "L2, model 1"
    assert list(dict.fromkeys(row["panel"] for row in found)) == [
        "L1, model 1", "L1, model 2", "L2, model 1", "L2, model 2"
    ]  # fmt: skip
