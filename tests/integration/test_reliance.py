"""Reliance on trivial patterns through the warehouse: a user's own patterns, what becomes stale, what is told."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.trivial_reliance import trivial_reliance
from tests.asking import execute, rows
from tests.conftest import STUDY
from warehouse import pipeline
from warehouse.compute import one_analysis
from warehouse.database.connection import Database
from warehouse.errors import UnknownName
from warehouse.load.tally import Tally
from warehouse.progress import Progress

MODEL = {"model": ["simulated-small"]}
LAYERS, HEADS = 4, 4


def compute(database: Database, name: str, selection: dict[str, list[str]], **given: Any) -> dict[str, Tally]:
    return pipeline.compute(database, name, selection, progress=Progress(quiet=True), **given)


HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "trivial-patterns.md"
(OWN_PATTERNS,) = re.findall(r"```sql\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)


def test_a_user_adds_patterns_without_code(study: Database) -> None:
    assert compute(study, "trivial_reliance", MODEL)["trivial_reliance"].inserted == LAYERS * (HEADS + 1)
    execute(study, OWN_PATTERNS)
    tally = compute(study, "trivial_reliance", MODEL)["trivial_reliance"]
    assert (tally.inserted, tally.unchanged) == (LAYERS * (HEADS + 1), LAYERS)
    found = rows(
        study, "SELECT pattern_set, count(*), min(rank), max(rank) FROM mart.layer_reliance GROUP BY 1 ORDER BY 1"
    )
    assert found == [("mine", LAYERS, 2, 2), ("trivial", LAYERS, 3, 3)]


def test_the_same_numbers_come_from_cells_counted_in_sql(study: Database) -> None:
    compute(study, "trivial_reliance", MODEL)
    cells = rows(
        study,
        "SELECT (to_word = 0)::integer, (to_word = from_word - 1)::integer, (to_word = from_word)::integer, weights, "
        "article_position FROM model.attention JOIN model.extraction USING (extraction_id) "
        "JOIN model.language_model USING (language_model_id) JOIN slice.sentence USING (sentence_id) "
        "WHERE model = 'simulated-small' AND layer = 2 AND to_word <= from_word",
    )
    *patterns, weights, article = zip(*cells, strict=True)
    expected = trivial_reliance(np.array(patterns, dtype=float).T, np.array(weights), np.array(article))
    found = rows(study, "SELECT r2, cv_r2 FROM mart.head_reliance WHERE layer = 2 ORDER BY head")
    heads = expected["head_reliance"]
    np.testing.assert_allclose(found, np.column_stack([heads["r2"], heads["cv_r2"]]), atol=1e-12)
    (pooled,) = expected["layer_reliance"]["pooled_r2"]
    assert rows(study, "SELECT pooled_r2 FROM mart.layer_reliance WHERE layer = 2") == [(pytest.approx(pooled),)]


def test_a_cell_more_makes_just_its_sets_stale(study: Database) -> None:
    execute(study, OWN_PATTERNS)
    compute(study, "trivial_reliance", MODEL)
    execute(
        study,
        "DELETE FROM stimulus.pattern_cell WHERE sentence_id = (SELECT min(sentence_id) FROM stimulus.pattern_cell)",
    )
    (plan,) = one_analysis.plans(study, "trivial_reliance", MODEL)
    assert {(unit.key.rpartition("/")[2], unit.reason) for unit in plan.units} == {
        ("mine", "stale: patterns changed"),
        ("trivial", None),
    }


def test_groups_of_readers_are_compared(study: Database) -> None:
    tallies = compute(study, "reliance_test", STUDY)
    assert {name: tally.inserted for name, tally in tallies.items()} == {"reader_reliance": 7, "reliance_test": 1}
    (row,) = rows(
        study,
        "SELECT left_group, right_group, left_count, right_count, r2_difference, p_greater FROM mart.reliance_test",
    )
    means = dict(rows(study, "SELECT language_group, r2 FROM mart.group_reliance"))
    assert row[:4] == ("L1", "L2", 3, 4)
    assert row[4] == pytest.approx(means["L2"] - means["L1"])
    again = compute(study, "reliance_test", STUDY)
    assert {name: tally.inserted for name, tally in again.items()} == {"reader_reliance": 0, "reliance_test": 0}


def test_an_excluded_reader_makes_the_test_stale(study: Database) -> None:
    compute(study, "reliance_test", STUDY)
    execute(
        study,
        "INSERT INTO human.exclusion (subject_id, excluded_because, source) "
        "SELECT subject_id, 'slept', 'a user' FROM human.subject WHERE language_group = 'L2' LIMIT 1",
    )
    again = compute(study, "reliance_test", STUDY)
    assert {name: tally.inserted for name, tally in again.items()} == {"reader_reliance": 3, "reliance_test": 1}
    assert rows(study, "SELECT left_count, right_count FROM mart.reliance_test") == [(3, 3)]


def test_sentences_left_out_are_compared_among_themselves(study: Database) -> None:
    compute(study, "reliance_test", STUDY)
    compute(study, "reliance_test", STUDY, leave_out=["s.01.01"])
    found = rows(study, "SELECT leave_out, left_r2, left_count FROM current.reliance_test ORDER BY 1")
    assert [leave_out for leave_out, _, _ in found] == [[], ["s.01.01"]]
    assert found[0][1] != found[1][1]
    assert rows(study, "SELECT leave_out FROM mart.reliance_test") == [([],)]
    of_group = (
        "SELECT avg(r2) FROM current.reader_reliance WHERE language_group = 'L1' GROUP BY leave_out ORDER BY leave_out"
    )
    means = rows(study, of_group)
    assert [mean for (mean,) in means] == pytest.approx([left for _, left, _ in found])


def test_models_are_compared_quarter_by_quarter(study: Database) -> None:
    compute(study, "reliance_difference", {})
    found = rows(
        study,
        "SELECT comparison, left_model, right_model, count(*), min(test_kind), max(test_kind) "
        "FROM mart.reliance_difference GROUP BY 1, 2, 3 ORDER BY 1, 2",
    )
    assert found == [
        ("scale", "simulated-medium", "simulated-large", 4, "independent", "independent"),
        ("scale", "simulated-small", "simulated-medium", 4, "independent", "independent"),
        ("tuning", "simulated-medium", "simulated-medium-tuned", 4, "paired", "paired"),
    ]
    by_head = """
        SELECT 4 * layer / layer_count, avg(r2) FROM mart.head_reliance JOIN model.language_model USING (model)
        WHERE model = 'simulated-large' GROUP BY 1 ORDER BY 1
    """
    told = "SELECT quarter, right_r2 FROM mart.reliance_difference WHERE right_model = 'simulated-large' ORDER BY 1"
    np.testing.assert_allclose(rows(study, told), rows(study, by_head), atol=1e-13)


def test_one_set_of_patterns_can_be_chosen(study: Database) -> None:
    execute(study, OWN_PATTERNS)
    tally = compute(study, "trivial_reliance", {**MODEL, "pattern_set": ["mine"]})["trivial_reliance"]
    assert tally.inserted == LAYERS * (HEADS + 1)
    assert rows(study, "SELECT DISTINCT pattern_set FROM mart.head_reliance") == [("mine",)]
    with pytest.raises(UnknownName, match="no such pattern set"):
        compute(study, "trivial_reliance", {"pattern_set": ["mien"]})
