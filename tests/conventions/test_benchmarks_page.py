"""The page of the benchmarks is that of the kept results, and its pictures show what they should."""

import json
import re
from xml.etree import ElementTree

import pytest

from tests.command_line import Warehouse
from tools import capacity, costs, measurements
from tools.results import RESULTS, ROOT, history
from tools.small_multiples import HEIGHT, LEFT, RIGHT, WIDTH, Panel, Point, small_multiples
from warehouse.plugin.registry import analyses
from warehouse.report.capacity import (
    CELL,
    LAYER,
    PAIR_CELL,
    PAIR_LAYER,
    READ,
    Constants,
    Cost,
    Study,
    bytes_of,
    reckoned,
    time_of,
)


def test_the_page_and_its_pictures_are_up_to_date_and_none_is_left_over():
    made = measurements.pages()
    for path, text in made.items():
        assert (ROOT / path).read_text() == text, "run `python -m tools.pages`"
    pictures = {f"docs/benchmarks/{path.name}" for path in (ROOT / "docs/benchmarks").iterdir()}
    assert pictures == {path for path in made if path.endswith(".svg")}


def test_every_run_says_when_on_what_at_what_size_and_under_what_load_it_was_measured():
    asked = {"date", "commit", "processor", "cores", "load_at_the_end", "scale", "figures", "details"}
    for path in RESULTS.glob("*.jsonl"):
        for run in history(path.stem):
            assert asked <= run.keys(), path.name
            for figure in run["figures"]:
                least, most = figure["spread"] or (figure["value"], figure["value"])
                assert least <= figure["value"] <= most, (path.name, figure["what"])


def test_every_benchmark_whose_figures_are_kept_can_be_run_and_says_what_it_is_for():
    for path in RESULTS.iterdir():
        module = (ROOT / "benchmarks" / f"{path.stem}.py").read_text()
        assert re.match(rf'"""[A-Z][^"]*``python -m benchmarks\.{path.stem}', module), path.name


def run(value: float, scale: float = 1.0, what: str = "cells/s") -> dict[str, object]:
    figure = {"what": what, "value": value, "spread": [value / 2, value * 2], "target": 3, "at_most": False}
    return {"commit": "abc1234", "scale": scale, "figures": [figure]}


def test_a_panel_holds_a_figures_runs_in_order_and_tells_parts_from_the_whole():
    (panel,) = measurements.panels([run(1, 0.1), run(2), run(4, what="another"), run(5)])
    assert [(point.value, point.is_whole) for point in panel.points] == [(1, False), (2, True), (5, True)]
    assert panel.target == 3


@pytest.mark.parametrize(
    ("value", "spread"), [(1e-6, None), (2.0, (1.9, 2.1)), (7e8, (1.0, 8e9))], ids=["tiny", "near", "wide"]
)
def test_points_spread_target_and_ticks_are_inside_the_panel(value: float, spread: tuple[float, float] | None):
    panel = Panel("A figure", [Point("abc1234", value, spread, True)] * 3, 3.0, at_most=True)
    drawing = ElementTree.fromstring(small_multiples([panel]))
    (group,) = drawing.findall("{*}g")
    for circle in group.findall("{*}circle"):
        assert LEFT < float(circle.get("cx")) < WIDTH - RIGHT and 0 < float(circle.get("cy")) < HEIGHT
    heights = [float(text.get("y")) for text in group.findall("{*}text")]
    assert all(0 < y < HEIGHT for y in heights)
    ticks = [text for text in group.findall("{*}text") if re.fullmatch(r"[\d.e+-]+", text.text or "")]
    assert len(ticks) >= 2


def test_a_higher_value_is_drawn_higher_and_no_title_is_wider_than_its_panel():
    points = [Point("abc1234", value, None, True) for value in (1.0, 10.0)]
    title = "A very long name of a figure that goes on and on until it must be broken into two lines"
    text = small_multiples([Panel(title, points, None, at_most=False)])
    low, high = [float(y) for y in re.findall(r'cy="([\d.]+)"', text)]
    assert high < low
    assert max(len(line) for line in re.findall(r'font-weight="bold"[^>]*>([^<]*)<', text)) <= 40


def test_results_are_lines_of_json_that_any_program_reads():
    for path in RESULTS.iterdir():
        assert path.suffix == ".jsonl"
        assert all(isinstance(json.loads(line), dict) for line in path.read_text().splitlines())


def test_every_place_of_the_page_of_capacity_is_filled_with_a_figure():
    text = measurements.pages()["docs/capacity.md"]
    assert "[[" not in text and "nan" not in text
    tables = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(tables) > 40 and all(re.search(r"\d|what|study|resource|sum|figure|MiB", line) for line in tables)


def test_a_study_takes_time_and_disk_in_proportion_to_its_cells():
    constants = Constants.shipped()
    small, large = (Study(models, 32, 32, 14_800, capacity.WORDS, readers=0) for models in (10, 100))
    assert large.cells == 10 * small.cells
    for study in (small, large):
        wanted = bytes_of(study.models * 1024 * 895_300 * constants.bytes_per_cell)
        assert capacity._row("a study", study, constants)[2] == wanted
    assert bytes_of(2.5e12) == "2.5 TB" and time_of(7200) == "2 h" and time_of(30) == "30 s"


def test_all_pairs_of_n_models_take_n_minus_1_times_one_comparison_of_all():
    constants, study = Constants.shipped(), Study(1_000, 32, 32, 1_000_000, capacity.WORDS, 20)
    one = constants.analyses["attention_divergence"].seconds * study.cells
    assert study.analysis_s("attention_divergence", constants) == pytest.approx(999 * one)


def test_sums_are_the_products_of_heads_and_of_heads_with_readers_and_predictors():
    assert 8 * Study(1, 1, 32, 1, 11, readers=105).sums("sentence") == 8 * (33 * 34 / 2 + 33 * 105) == 32_208
    # by hand: 6 layers; 561 numbers of heads a sentence; 33 x (10 x 4 + 50) = 2,970 beside them, of 148 sentences or of
    # 5 articles (four of 30 sentences and one of 28)
    study = Study(2, 3, 32, 148, 10, readers=10, measures=4, predictors=50)
    assert study.cells == 2 * 3 * 32 * 148 * 55 == 1_562_880
    assert study.sums("sentence") == 6 * 148 * (561 + 2_970) == 3_135_528
    assert study.sums("article") == 6 * (148 * 561 + 5 * 2_970) == 587_268


def test_a_study_is_reckoned_as_by_hand():
    """50 models of 32 layers by 32 heads, 20,000 sentences of 25 words, 300 readers, one measure of each."""
    given = {
        "of_cells": Cost(CELL, 1e-7, True, "article"), "of_sentences": Cost(CELL, 2e-7, True, "sentence"),
        "of_pairs": Cost(PAIR_CELL, 1e-8, False, ""), "of_people": Cost(READ, 1e-5, True, ""),
        "of_results": Cost(LAYER, 0.01, True, ""),
    }  # fmt: skip
    largest = dict.fromkeys((CELL, PAIR_CELL, READ, LAYER, PAIR_LAYER), 1e7)
    constants = Constants(given, 7.5, 3e-7, 6e-7, 1.25, 8e3, 1e-3, 2.5e3, 6e-4, 200, 150, largest, "a machine")
    study = Study(50, 32, 32, 20_000, 25, 300, measures=2)
    assert study.cells == 332_800_000_000  # 50 x 32 x 32 x 20,000 x 325
    rows = {row.pop("what"): row for row in reckoned(study, constants)}
    disk = 8 * 1.25 * 50 * 32 * (20_000 * 561 + 667 * 33 * 600)  # 667 articles
    assert rows["attention on disk"]["cells"] == bytes_of(332.8e9 * 7.5) == "2.5 TB"
    assert rows["attention on disk"]["article"] == bytes_of(disk) == "391 GB"
    assert rows["attention stored as half"]["cells"] == bytes_of(332.8e9 * 7.5 * 0.69) == "1.72 TB"
    assert rows["loading"]["cells"] == time_of(99_840 + 20 + 3_600) == "28.7 h"  # cells, sentences, 6 million read
    of_cells, of_sentences, of_pairs, of_people, of_results = 66_560, 133_120, 49 * 3_328, 120, 32
    assert [rows[name]["cells"] for name in given if name != "of_pairs"] == [
        time_of(seconds) for seconds in (of_cells, of_sentences, of_people, of_results)
    ]
    assert rows["of_pairs"] == {
        "cells": time_of(of_pairs), "sentence": "cells", "article": "cells", "is_extrapolated": True
    }  # fmt: skip
    whole = rows["compute all"]
    assert whole["cells"] == time_of(of_cells + of_sentences + of_pairs + of_people + of_results)
    assert whole["sentence"] == time_of(of_cells + of_sentences + of_people + of_results)
    assert whole["article"] == time_of(of_cells + of_people + of_results)
    assert [rows[name]["is_extrapolated"] for name in ("of_cells", "of_people", "of_results")] == [True, False, False]


def test_time_of_one_more_is_told_from_two_sizes_without_what_starting_takes():
    sizes = {1: {"step": {"processor_s": 3.0}}, 4: {"step": {"processor_s": 6.0}}}
    assert costs.marginal(sizes, "step", {1: 100, 4: 400}) == pytest.approx(0.01)  # and 2 s to start
    assert costs.marginal(sizes, "step", {1: 6, 4: 6}) == 1.0  # what does not grow shares all
    of = {name: costs.per_of(analysis) for name, analysis in analyses().items()}
    assert (of["unique_variance"], of["exchanged_null"], of["attention_divergence"]) == (CELL, CELL, PAIR_CELL)
    assert (of["noise_ceiling"], of["reader_reliance"], of["layer_choice"]) == (READ, READ, LAYER)
    assert of["reliance_difference"] == PAIR_LAYER


def test_what_a_study_needs_is_printed_and_says_what_is_extrapolated(warehouse: Warehouse):
    asked = ("capacity", "--models", "50", "--sentences", "20000", "--words", "25", "--readers", "300")
    done = warehouse(*asked)
    assert done.code == 0
    assert all(len(line) <= 80 for line in done.out.splitlines())
    assert re.search(r"attention on disk +\d[\d.]* TB +\d[\d.]* ", done.out)
    assert re.search(r"attention_divergence .* cells +cells +projected", done.out)
    assert re.search(r"compute all +\d", done.out)
    assert "it is extrapolated" in done.err
    small = warehouse("capacity", "--sentences", "100", "--layers", "2", "--json")
    assert {row["is_extrapolated"] for row in json.loads(small.out)} == {False, None}
    assert "extrapolated" not in small.err
