"""Charts are valid Vega-Lite, hold every row with what is told of it, and draw without a browser."""

import json
import math
from itertools import combinations

import numpy as np
import pytest

from warehouse.charts import KINDS, figure, looks, rendering
from warehouse.charts.arcs import MOST
from warehouse.charts.fit import MOST_NAMED, STEPS
from warehouse.charts.labels import LETTER, LINE, offsets

CURVE = [
    {"layer": layer, "percent": value, "error": None if layer == 1 else 1.0, "model": model, "group": group,
     "run_id": 7, "subject_count": 11, "cell_count": 1925, "usage_warnings": ["not_word_aligned"]}
    for group in ("L1", "L2") for model in ("a", "b") for layer, value in ((0, 3.0), (1, 5.0), (7, None), (8, 4.0))
]  # fmt: skip
FIT = [
    {"x": x, "y": y, "low": y - 1 - x, "high": y + 1 + x, "name": name, "stage": stage, "is_extrapolation": x > 5}
    for x, y, name, stage in (
        (1, 2.0, "a", "pretrained"), (2, 4.0, "b", "tuned"),
        (1, 2.0, None, None), (2, 4.0, None, None), (9, 18.0, None, None),
    )
]  # fmt: skip
MATRIX = [{"to": j, "from": i, "value": (i - j) * 1.0, "word": f"w\"{i}'"} for i in range(3) for j in range(3)]
PATH = [
    {"word": word, "fixation": number, "ms": ms, "text": f"w{word}"}
    for word, number, ms in ((0, 0, 100), (2, 1, 300), (0, 2, 200), (1, None, None))
]
STACK = [
    {"x": x, "low": low, "high": low + size, "part": part, "error": 2.0 if part == "unique" else None}
    for x in (0, 1) for part, low, size in (("unique", 0.0, -1.0), ("common", 0.0, 30.0), ("rest", 30.0, 70.0))
]  # fmt: skip
AXES = {"x": "layer", "y": "percent", "error": "error", "series": "model", "panel": "group"}
DRAWN = {
    "curve": (CURVE, AXES),
    "bars": (CURVE, AXES),
    "fit": (FIT, {"x": "x", "y": "y", "low": "low", "high": "high", "label": "name", "stage": "stage", "scale": "log"}),
    "stack": (STACK, {"x": "x", "y": "high", "low": "low", "high": "high", "error": "error", "series": "part"}),
    "matrix": (MATRIX, {"x": "to", "y": "from", "value": "value", "label": "word"}),
    "thumbnail": (MATRIX, {"x": "to", "y": "from", "value": "value", "label": "word"}),
    "arcs": (MATRIX, {"x": "to", "y": "from", "value": "value", "label": "word"}),
    "scanpath": (PATH, {"x": "word", "y": "fixation", "value": "ms", "label": "text"}),
}
LABELS = {"x": "Layer", "y": "R2"}


def drawn(kind: str):
    rows, axes = DRAWN[kind]
    return figure(kind, rows, axes, LABELS, {"3": "a reference"})


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_of_chart_is_valid_and_drawn_the_same_each_time(kind: str) -> None:
    altair = pytest.importorskip("altair", reason="the extra [notebook] is not installed")
    spec = drawn(kind).spec
    altair.Chart.from_dict(spec)  # validates against the schema
    for alone in drawn(kind).alone():
        altair.Chart.from_dict(alone)
    first, second = rendering.pictures(spec), rendering.pictures(json.loads(json.dumps(drawn(kind).spec)))
    assert first["png"].startswith(b"\x89PNG")
    assert first["svg"].startswith(b"<svg")
    assert first["svg"] == second["svg"]


def values(chart) -> list[dict[str, object]]:
    return [point for panel in chart.panels for point in panel["data"]["values"]]


def test_every_row_is_a_point_with_its_interval_n_warnings_and_run() -> None:
    point = values(drawn("curve"))[0]
    assert (point["x"], point["y"], point["low"], point["high"]) == (0.0, 3.0, 2.0, 4.0)
    told = {key: point[key] for key in ("name", "at", "told", "interval", "n", "warnings", "run")}
    assert told == {
        "name": "L1, a", "at": "Layer: 0", "told": "3", "interval": "2 to 4 (± standard error)",
        "n": "11 readers, 1,925 word pairs", "warnings": "not_word_aligned", "run": "7",
    }  # fmt: skip
    titles = [one["title"] for one in drawn("curve").panels[0]["layer"][-1]["encoding"]["tooltip"]]
    assert titles == ["Series", "At", "Value", "Interval", "n", "Warnings", "Run"]
    assert len(values(drawn("curve"))) == len(CURVE)


def test_a_layer_that_is_missing_is_a_gap() -> None:
    points = [point for point in drawn("curve").panels[0]["data"]["values"] if point["series"] == "a"]
    assert [point["segment"] for point in points] == [0, 0, 1, 2]


def test_panels_side_by_side_share_their_scale_and_series_their_look() -> None:
    rows = [{"x": 0, "y": y, "s": s, "p": p} for s, p, y in (("a", 1, 9), ("b", 2, 90), ("a", 2, 20), ("a", 3, 5))]
    chart = figure("curve", rows, {"x": "x", "y": "y", "series": "s", "panel": "p"}, {})
    first, second, third = (panel["layer"][-1]["encoding"]["y"]["scale"]["domain"] for panel in chart.panels)
    assert first == second != third
    assert len({json.dumps(panel["layer"][-1]["encoding"]["color"]["scale"]) for panel in chart.panels}) == 1
    assert chart.spec["columns"] == 2


def test_series_that_share_a_colour_differ_in_their_line() -> None:
    found = looks([f"model {n}" for n in range(28)])
    assert len({(one.colour, one.marker, one.dash) for one in found}) == 28
    assert len({(one.colour, one.marker) for one in found[:7]}) == 7


def test_what_others_are_compared_with_is_grey_and_takes_no_colour() -> None:
    rows = [{"x": x, "y": 1.0 * x, "s": s, "is_reference": s == "r"} for s in ("r", "a") for x in range(3)]
    chart = figure("curve", rows, {"x": "x", "y": "y", "series": "s", "reference": "is_reference"}, {})
    assert [(one.name, one.colour) for one in chart.series] == [("a", looks(["a"])[0].colour), ("r", "#767676")]


def test_a_reference_line_is_drawn_where_the_axis_reaches_it() -> None:
    rows, axes = DRAWN["curve"]
    lines = [figure("curve", rows, axes, {}, {at: "it"}).panels[0]["layer"][0]["mark"]["type"] for at in ("3", "100")]
    assert lines[0] == "rule"
    told = [figure("curve", rows, axes, {}, {at: "it"}).panels[0]["layer"] for at in ("3", "100")]
    assert len(told[0]) - len(told[1]) == 2


def test_the_name_of_a_reference_line_stands_where_fewer_points_are() -> None:
    rows = [{"x": float(x), "y": 9.0 - x} for x in range(10)]
    (_, told, *_) = figure("curve", rows, {"x": "x", "y": "y"}, {}, {"0": "nothing"}).panels[0]["layer"]
    assert (told["mark"]["align"], told["encoding"]["x"]["value"]) == ("left", 2)
    (_, told, *_) = figure("curve", rows, {"x": "x", "y": "y"}, {}, {"9": "all"}).panels[0]["layer"]
    assert told["mark"]["align"] == "right"


@pytest.mark.parametrize("kind", ["curve", "bars", "stack"])
def test_a_whole_figure_and_each_part_of_it_have_a_legend(kind: str) -> None:
    chart = drawn(kind)
    for spec in (chart.spec, *chart.parts(1)):
        told = rendering.svg(spec)
        assert all(f">{look.name}</text>" in told for look in chart.series if look.name), kind


def test_a_part_below_nothing_is_open_and_hangs_from_the_part_before_it() -> None:
    parts = (("baseline", 0.0, 40.0), ("common", 40.0, 60.0), ("attention", 60.0, 50.0), ("rest", 50.0, 100.0))
    rows = [{"x": 0, "low": low, "high": high, "part": part} for part, low, high in parts]
    chart = figure("stack", rows, {"x": "x", "y": "high", "low": "low", "high": "high", "series": "part"}, {})
    assert [(point["base"], point["high"], point["is_loss"]) for point in values(chart)] == [
        (0.0, 40.0, False), (40.0, 60.0, False), (60.0, 50.0, True), (60.0, 100.0, False),
    ]  # fmt: skip


def test_what_is_compared_with_nothing_is_shown_beside_it() -> None:
    rows = [{"x": x, "y": 5.0 + x} for x in range(3)]
    chart = figure("bars", rows, {"x": "x", "y": "y"}, {}, {"0": "no effect"})
    assert chart.panels[0]["layer"][-1]["encoding"]["y"]["scale"]["domain"][0] == 0


def test_the_band_is_smooth_and_passes_what_was_computed() -> None:
    x = np.log(np.array([0.1, 1.0, 10.0, 70.0]))
    half = np.sqrt(2 + 0.3 * (x - x.mean()) ** 2)
    rows = [
        {"x": math.exp(at), "y": 5 + 2 * at, "low": 5 + 2 * at - h, "high": 5 + 2 * at + h, "name": None}
        for at, h in zip(x.tolist(), half.tolist(), strict=True)
    ]
    chart = figure("fit", rows, {"x": "x", "y": "y", "low": "low", "high": "high", "label": "name", "scale": "log"}, {})
    band = values(chart)
    assert len(band) >= STEPS
    at = np.log([point["x"] for point in band])
    width = np.array([point["high"] - point["low"] for point in band])
    np.testing.assert_allclose(width / 2, np.sqrt(2 + 0.3 * (at - x.mean()) ** 2), rtol=1e-9)
    np.testing.assert_allclose([point["y"] for point in band], 5 + 2 * at, rtol=1e-9)


def test_models_without_a_line_are_shown_with_their_whole_intervals() -> None:
    rows = [{"x": x, "y": 5.0, "low": 1.0, "high": 9.0, "name": f"m{x}"} for x in (1.0, 2.0)]
    chart = figure("fit", rows, {"x": "x", "y": "y", "low": "low", "high": "high", "label": "name"}, {})
    low, high = chart.panels[0]["layer"][-1]["encoding"]["y"]["scale"]["domain"]
    assert (low < 1.0, high > 9.0) == (True, True)


def test_a_model_that_was_not_fitted_is_open_and_named_so() -> None:
    models = [point for point in values(drawn("fit")) if "is_line" not in point]
    assert [(point["shown"], point["is_open"]) for point in models] == [("a", False), ("b (tuned)", True)]
    line = [point for point in values(drawn("fit")) if "is_line" in point]
    assert [point["is_beyond"] for point in line if point["x"] > 2.0001] == [True] * sum(p["x"] > 2.0001 for p in line)


def test_of_many_models_those_farthest_from_the_line_are_named() -> None:
    rows = [{"x": 1.0 + n, "y": 5.0 + (n % 50 == 0) * n, "name": f"m{n}", "stage": "pretrained"} for n in range(200)]
    rows += [{"x": x, "y": 5.0, "name": None, "stage": None} for x in (1.0, 100.0, 200.0)]
    chart = figure("fit", rows, {"x": "x", "y": "y", "label": "name", "stage": "stage"}, {})
    models = [point for point in values(chart) if "is_line" not in point]
    assert len(models) == 200
    assert {"m50", "m100", "m150"} <= {point["label"] for point in models if "dx" in point}
    assert sum("dx" in point for point in models) <= MOST_NAMED


def test_labels_do_not_cover_each_other_nor_leave_the_frame() -> None:
    rng = np.random.default_rng(3)
    places = [tuple(place) for place in rng.uniform((0, 0), (330, 210), (60, 2)).tolist()]
    texts = [f"model-{n}-instruct" for n in range(60)]
    found = offsets(places, texts, 330, 210)
    boxes = [
        (x + dx - len(text) * LETTER / 2, y + dy - LINE / 2, x + dx + len(text) * LETTER / 2, y + dy + LINE / 2)
        for (x, y), text, offset in zip(places, texts, found, strict=True) if offset for dx, dy in [offset]
    ]  # fmt: skip
    assert len(boxes) > 10
    assert not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for a, b in combinations(boxes, 2))
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= 330 and box[3] <= 210 for box in boxes)


def test_words_stand_at_their_places_and_a_word_that_was_not_looked_at_too() -> None:
    axis = drawn("scanpath").panels[0]["layer"][0]["encoding"]["x"]["axis"]
    assert axis["values"] == [0, 1, 2]
    assert axis["labelExpr"] == '["w0", "w1", "w2"][datum.value]'
    rows = [{"x": x, "y": 1.0, "word": f"w{x}"} for x in range(2)]
    curve = figure("curve", rows, {"x": "x", "y": "y", "label": "word"}, {})
    assert curve.panels[0]["layer"][0]["encoding"]["x"]["axis"]["labelExpr"] == '["w0", "w1"][datum.value]'


def test_the_thickest_arcs_are_drawn_and_staying_is_a_point() -> None:
    rows = [{"x": j, "y": i, "value": float(i + 1), "word": f"w{i}"} for i in range(15) for j in range(i + 1)]
    panel = figure("arcs", rows, {"x": "x", "y": "y", "value": "value", "label": "word"}, {}).panels[0]
    assert [layer["mark"]["type"] for layer in panel["layer"]] == ["line", "point"]
    weights = [point["weight"] for point in panel["data"]["values"] if "weight" in point]
    assert len(weights) == MOST
    assert max(weights) == 1.0
    assert panel["data"]["values"][-1]["at"] == "w14 → w14"


def test_white_is_zero_and_both_sides_of_it_have_a_colour() -> None:
    scale = drawn("matrix").panels[0]["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == [-2.0, 2.0]
    rows = [row for row in MATRIX if row["value"] >= 0]
    chart = figure("matrix", rows, DRAWN["matrix"][1], {})
    assert chart.panels[0]["layer"][0]["encoding"]["color"]["scale"]["domain"] == [0, 2.0]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("curve", "R2 by Layer. L1: highest 5 (a at 1), lowest 3 (a at 0). L2: highest 5 (a at 1), lowest 3 (a at 0)."),
        ("fit", "R2 by Layer. 2 models, the highest b with 4; the line goes from 2 to 4."),
        ("stack", "R2 by Layer. Unique is at most -1 (0). Common is at most 30 (0). Rest is at most 70 (0)."),
        ("matrix", "Most from w\"0' to w\"2', -2."),
        ("scanpath", "3 fixations on 2 of 3 words, 1 times to an earlier word; the longest on w2, 300 ms."),
    ],
)
def test_a_figure_says_its_finding(kind: str, told: str) -> None:
    assert drawn(kind).finding == told
    assert drawn(kind).spec["description"] == told


def test_a_figure_of_many_panels_comes_in_parts_for_paper() -> None:
    rows = [{"x": x, "y": 1.0, "p": p} for p in range(10) for x in range(2)]
    chart = figure("curve", rows, {"x": "x", "y": "y", "panel": "p"}, {})
    assert [len(part.get("concat", [part])) for part in chart.parts(4)] == [4, 4, 2]
    assert len(chart.spec["concat"]) == len(chart.alone()) == 10


@pytest.mark.parametrize("letter", ["\x1b", "\x00", "\uffff", r"\u001b"])
def test_a_text_with_what_no_drawing_may_hold_is_drawn_without_it(letter: str) -> None:
    spec = {"data": {"values": [{"a": f"b{letter}c", "n": 1}]}, "mark": "bar",
            "encoding": {"x": {"field": "a"}, "y": {"field": "n", "type": "quantitative"}}}  # fmt: skip
    assert "b\N{REPLACEMENT CHARACTER}c" in rendering.svg(spec)
