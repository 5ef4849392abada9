"""The Reading Brain as published: counts, totals recomputed in plain Python, and whose region record is whose."""

import csv
import os
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ingest.reading_brain import reading_brain
from ingest.reading_brain.oddities import oddities
from ingest.reading_brain.pickles import load
from warehouse.plugin.contents import Unit
from warehouse.schema.tables import human

DATA = Path(os.environ.get("WAREHOUSE_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
GROUPS = {"L1": "ds003974", "L2": "ds003988"}
FIXATIONS_PER_WORD = {"consecutive": None, "first_three": 3}
Fixations = dict[int, list[tuple[int | None, int]]]

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (DATA / "golden").is_dir(), reason=f"no real data at {DATA} (set WAREHOUSE_REAL_DATA)"),
]


class Rules:
    def ids(self, _table: str, _column: str) -> dict[str, int]:
        return {"consecutive": 1, "first_three": 2}

    def stimulus(self, _corpus: str) -> SimpleNamespace:
        sizes = enumerate((31, 31, 28, 28, 30), 1)
        labels = [f"t.{article:02}.{place:02}" for article, size in sizes for place in range(1, size + 1)]
        return SimpleNamespace(corpus="reading_brain", corpus_id=0, label=labels, sentence_id=range(148))


@pytest.fixture(scope="module")
def units() -> dict[str, Unit]:
    datasets = [DATA / "reading_brain" / name for name in GROUPS.values()]
    text: Any = {"sentences": DATA / "sentences" / "reading_brain.txt", "stored": Rules()}
    return {unit.key: unit for unit in reading_brain(*datasets, **text)}


@pytest.fixture(scope="module")
def rows(units: dict[str, Unit]) -> dict[str, dict[str, Any]]:
    """The tables that each unit yields; ids count from 0 in every table, so sentence 0 is the first of the corpus."""
    return {key: dict(_tables(unit)) for key, unit in units.items()}


def _tables(unit: Unit) -> Iterator[tuple[str, Any]]:
    generator, ids = unit.rows(), None
    try:
        while True:
            table, columns = generator.send(ids)  # type: ignore[misc]
            yield table.fullname, columns
            ids = list(range(len(next(iter(columns.values())))))
    except StopIteration:
        return


def fixations(columns: dict[str, list[Any]]) -> Fixations:
    found: Fixations = {}
    for sentence, word, duration in zip(
        columns["sentence_id"], columns["word_position"], columns["duration_ms"], strict=True
    ):
        found.setdefault(sentence, []).append((word, duration))
    return found


def saccades(path: list[tuple[int | None, int]], rule: str) -> Iterator[tuple[int, int, int]]:
    """(from word, to word, duration of the fixation arrived at) of one sentence."""
    if limit := FIXATIONS_PER_WORD[rule]:
        seen: Counter[int] = Counter()
        kept: list[tuple[int | None, int]] = []
        for word, duration in path:
            if word is not None and seen[word] < limit:
                seen[word] += 1
                kept.append((word, duration))
        path = kept
    for (start, _), (end, duration) in pairwise(path):
        if start is not None and end is not None:
            yield start, end, duration


def test_the_corpus_has_its_published_size(rows: dict[str, dict[str, Any]]) -> None:
    sizes = {table: len(next(iter(columns.values()))) for table, columns in rows["stimulus"].items()}
    assert sizes == {
        "stimulus.corpus": 1, "stimulus.article": 5, "stimulus.sentence": 148, "stimulus.word": 1_532,
        "stimulus.word_pair": 16_374, "ops.usage_warning_on": 1,
    }  # fmt: skip
    assert rows["stimulus"]["stimulus.word_pair"]["is_causal"].sum() == 8_953
    warned = rows["stimulus"]["ops.usage_warning_on"]["entity_id"][0]
    assert rows["stimulus"]["stimulus.sentence"]["sentence_text"][warned].startswith("1,2 ,3 and 3,2 , 1 are")


def test_there_are_52_native_and_56_other_readers_in_539_files(units: dict[str, Unit]) -> None:
    assert Counter(key[:2] for key in units if key != "stimulus") == {"L1": 52, "L2": 56}
    assert sum(len(unit.files) for key, unit in units.items() if key != "stimulus") == 539


def test_three_readers_are_left_out_and_one_of_them_of_one_rule(rows: dict[str, dict[str, Any]]) -> None:
    left_out = {key: tables["human.exclusion"] for key, tables in rows.items() if "human.exclusion" in tables}
    assert {key: columns["saccade_rule_id"] for key, columns in left_out.items()} == {
        "L1/sub-01": [None], "L2/sub-16": [2], "L2/sub-42": [None]
    }  # fmt: skip
    reason = "no events for 31 of 148 sentences, t.01.01 the first of them"
    assert left_out["L2/sub-42"]["excluded_because"] == [reason]


def test_articles_come_in_the_readers_own_order(rows: dict[str, dict[str, Any]]) -> None:
    orders = set()
    for key, tables in rows.items():
        if key != "stimulus":
            reading = tables["human.reading"]
            assert reading["presentation_order"] == list(range(117 if key == "L2/sub-42" else 148))
            orders.add(tuple(reading["sentence_id"]))
    assert len(orders) > 20


def test_readings_that_timed_out_have_no_time_and_were_shown_for_eight_seconds(
    rows: dict[str, dict[str, Any]],
) -> None:
    left_out = {"L1/sub-01", "L2/sub-42"}
    readings = [
        (key[:2], time, shown)
        for key, tables in rows.items()
        if key != "stimulus" and key not in left_out
        for time, shown in zip(
            tables["human.reading"]["reading_time_ms"], tables["human.reading"]["display_time_ms"], strict=True
        )
    ]
    timed_out = Counter(shown for _, time, shown in readings if time is None)
    assert (len(readings), timed_out) == (15_688, {8000: 1837, 8172: 1, 9570: 1})
    means = {group: np.mean([time for of, time, _ in readings if of == group and time]) for group in GROUPS}
    assert {group: round(mean) for group, mean in means.items()} == {"L1": 3247, "L2": 4041}
    assert all(abs(shown - time) <= 5 for _, time, shown in readings if time)


@pytest.mark.parametrize("rule", FIXATIONS_PER_WORD)
@pytest.mark.parametrize("group", GROUPS)
def test_saccades_made_from_the_fixations_have_the_golden_totals(
    rows: dict[str, dict[str, Any]], group: str, rule: str
) -> None:
    suffix = "" if rule == "consecutive" else f"_{rule}"
    with (DATA / "golden" / f"saccade_totals_{group}{suffix}.csv").open(newline="") as file:
        golden = list(csv.DictReader(file))
    assert len(golden) == {"L1": 51, "L2": 55 if rule == "consecutive" else 54}[group]
    for line in golden:
        found = fixations(rows[f"{group}/{line['bids_subject']}"]["human.fixation"])
        moves = [move for path in found.values() for move in saccades(path, rule)]
        assert len(moves) == int(line["transitions_all"])
        assert sum(end <= start for start, end, _ in moves) == int(line["transitions_lower_triangle"])
        assert sum(end == start for start, end, _ in moves) == int(line["diagonal"])
        duration = sum(duration for start, end, duration in moves if end <= start)
        assert duration == int(line["duration_ms_lower_triangle"])


@pytest.mark.parametrize("group", GROUPS)
def test_each_region_record_is_the_reader_whose_saccades_it_shows(rows: dict[str, dict[str, Any]], group: str) -> None:
    """The share of common cells is high with one reader and low with all others."""
    number = group[1]
    folder = DATA / "published" / "golden_attention" / "roi_activations" / group
    records = load(folder / f"activations_angular_p{number}.pkl")
    silent = {label for of_group, label in oddities().no_roi_record if of_group == group}
    labels = [key[3:] for key in rows if key.startswith(group) and key[3:] not in silent]
    assert len(records) == len(labels)
    moved = {label: _moved(rows[f"{group}/{label}"]["human.fixation"]) for label in labels}
    for label, record in zip(labels, records, strict=True):
        matrices = [np.asarray(matrix) for article in record for matrix in article]
        cells = {(s, i, j) for s, matrix in enumerate(matrices) for i, j in np.argwhere(matrix).tolist()}
        shares = {other: len(cells & seen) / len(cells | seen) for other, seen in moved.items()}
        own = shares.pop(label)
        assert (own > 0.7 and max(shares.values()) < 0.4) or not cells


def _moved(columns: dict[str, list[Any]]) -> set[tuple[int, int, int]]:
    paths = fixations(columns).items()
    return {(sentence, i, j) for sentence, path in paths for i, j, _ in saccades(path, "first_three")}


def test_every_yielded_table_is_the_schemas(rows: dict[str, dict[str, Any]]) -> None:
    tables = ["human.subject", "human.reading", "human.fixation", "human.saccade"]
    for key, yielded in rows.items():
        if key != "stimulus":
            assert [name for name in yielded if name.startswith("human.") and name != "human.exclusion"] == tables
            columns = set(human.fixation.c.keys()) - {"reading_ordinal"}  # the first, by default
            assert set(yielded["human.fixation"]) == columns
