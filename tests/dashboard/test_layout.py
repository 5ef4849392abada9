"""Scales, charts, matrices and choices by themselves."""

import numpy as np
import pytest

from warehouse.dashboard.charts import BOTTOM, LEFT, RIGHT, TOP, charts
from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.matrix import Matrix, square
from warehouse.dashboard.scales import Scale
from warehouse.errors import BadInput

CURVE = {"x": "layer", "y": "percent", "error": "error", "series": "model", "panel": "group"}


def curve(*points: tuple[str, int, float | None], group: str = "L1") -> list[dict[str, object]]:
    return [{"model": m, "layer": x, "percent": y, "error": 1.0, "group": group} for m, x, y in points]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        pytest.param(0, 10, ["0", "2", "4", "6", "8", "10"], id="tens"),
        pytest.param(0.11, 0.32, ["0.15", "0.2", "0.25", "0.3"], id="fractions"),
        pytest.param(-3, 3, ["-2", "0", "2"], id="both sides"),
    ],
)
def test_ticks_are_round_numbers_within_the_values(low: float, high: float, ticks: list[str]):
    told = [said for _, said in Scale.over([low, high], 0, 100).ticks]
    assert set(told) >= set(ticks)
    assert len(told) <= 7


def test_an_axis_of_layers_has_whole_ticks():
    assert [said for _, said in Scale.over([0, 3], 0, 100, is_whole=True).ticks] == ["0", "1", "2", "3"]


def test_equal_factors_are_equal_steps_on_a_logarithmic_axis():
    scale = Scale.over([0.774, 7, 65], 0, 100, is_log=True)
    assert scale(10) - scale(1) == pytest.approx(scale(50) - scale(5))
    assert [said for _, said in scale.ticks] == ["1", "2", "5", "10", "20", "50"]


def test_a_single_value_has_an_axis_too():
    scale = Scale.over([5.0], 0, 100)
    assert scale(5.0) == pytest.approx(50)


def test_names_stand_in_their_order_with_room_between_them():
    scale = Scale.of_names(["b", "a", "b"], 0, 100)
    assert [said for _, said in scale.ticks] == ["b", "a"]
    assert scale("b") < scale("b", 0.3) < scale("a")


def test_every_row_has_a_mark_within_the_frame():
    (panel,) = charts("curve", curve(("a", 0, 30.0), ("a", 1, 50.0), ("b", 0, 10.0)), CURVE, {})
    marks = [mark for series in panel.series for mark in series.marks]
    assert len(marks) == 3
    assert all(LEFT <= mark.x <= RIGHT and TOP <= min(mark.y, *mark.ends) <= BOTTOM for mark in marks)


def test_a_layer_that_is_missing_is_a_gap():
    (panel,) = charts("curve", curve(*[("a", x, 1.0 * x) for x in (0, 1, 4, 5, 9)]), CURVE, {})
    (series,) = panel.series
    assert [line.path.count("L") + 1 for line in series.lines] == [2, 2, 1]


def test_a_value_that_is_missing_is_no_mark():
    (panel,) = charts("curve", curve(("a", 0, 1.0), ("a", 1, None), ("a", 2, 2.0)), CURVE, {})
    assert len(panel.series[0].marks) == 2


def test_panels_side_by_side_share_their_scale_and_series_their_look():
    rows = curve(("a", 0, 10.0)) + curve(("b", 0, 90.0), ("a", 0, 20.0), group="L2") + curve(("a", 0, 5.0), group="L3")
    first, second, third = charts("curve", rows, CURVE, {})
    assert first.up == second.up != third.up
    assert first.series[0].colour == second.series[1].colour != second.series[0].colour


def test_series_that_share_a_colour_differ_in_their_line():
    (panel,) = charts("curve", curve(*[(f"model {n}", 0, 1.0) for n in range(20)]), CURVE, {})
    assert len({(one.colour, one.marker, one.dash) for one in panel.series}) == 20


def test_a_line_is_thin_where_nothing_was_measured():
    rows = [{"size": 1.0, "score": 10.0, "name": "a", "low": None, "high": None}] + [
        {"size": x, "score": 10 * x, "name": None, "low": 5 * x, "high": 15 * x, "is_extrapolation": x > 2}
        for x in (1.0, 2.0, 3.0)
    ]
    axes = {"x": "size", "y": "score", "low": "low", "high": "high", "label": "name", "scale": "log"}
    (panel,) = charts("fit", rows, axes, {})
    (series,) = panel.series
    assert [(line.is_thin, line.path.count("L") + 1) for line in series.lines] == [(True, 3), (False, 2)]
    assert [mark.label for mark in series.marks] == ["a"]
    assert series.bands[0].endswith("Z")


def test_series_of_a_category_stand_beside_each_other():
    rows = [{"quarter": quarter, "r2": 0.1, "kind": kind} for kind in ("x", "y") for quarter in (0, 1)]
    (panel,) = charts("bars", rows, {"x": "quarter", "y": "r2", "series": "kind"}, {})
    left, right = panel.series
    assert left.marks[0].x < panel.across(0) < right.marks[0].x < panel.across(1)


def test_the_darkest_cell_is_the_largest_and_missing_ones_are_none():
    shown = Matrix("", "", ["a", "b"], square(2, [(0, 0, 0.5), (1, 0, 0.25), (1, 1, None)]))
    assert [[cell.shade for cell in cells] for _, cells in shown.rows()] == [[100, None], [50, None]]
    assert shown.darkest == 0.5


def test_a_matrix_of_nothing_and_one_of_zeros_can_be_shown():
    assert Matrix("", "", ["a"], np.full((1, 1), np.nan)).darkest == 0
    ((_, (cell,)),) = Matrix("", "", ["a"], np.zeros((1, 1))).rows()
    assert (cell.said, cell.shade) == ("0", 0)


def test_a_choice_knows_its_neighbours():
    choices = Choices({"layer": "1"})
    choices.pick("layer", "Layer", range(3))
    (field,) = choices.fields
    assert (field.step(-1), field.step(1), field.step(2)) == ("0", "2", None)
    assert choices.address({"layer": "2"}) == "?layer=2"


def test_options_stand_under_their_headings():
    choices = Choices({})
    assert choices.pick("reader", "Readers", [Option("L1", "all"), Option("L1/a", "a", "L1")]) == "L1"
    assert list(choices.fields[0].groups()) == ["", "L1"]


def test_nothing_to_choose_from_is_told():
    with pytest.raises(BadInput, match="holds no layer yet"):
        Choices({}).pick("layer", "Layer", [])
