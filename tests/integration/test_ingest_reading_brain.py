"""The Reading Brain through the real database: loaded once, refused when it changes, nothing left of bad input."""

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.reading_brain.events import COLUMNS, SHOWN
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.errors import BadInput, StoredDiffers, UnknownName
from warehouse.load.tally import Tally
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.schema import migrations

WORDS = {"t.01.01": ["One", "two", "three."], "t.02.01": ["Four", "five."]}
DEMOGRAPHICS = "ID\tGender (M=1)\tGender\tAge(Year)\tMajor/field\n" + "".join(
    f"000{number}\t2\tF\t2{number}\tBiology\n" for number in (2, 3, 4)
)
TABLES = [
    "stimulus.corpus", "stimulus.sentence", "stimulus.word_pair", "human.subject", "human.reading", "human.fixation",
    "human.saccade", "human.exclusion", "human.roi_coverage", "human.roi_value",
]  # fmt: skip


def fixation(sentence: str, word: int | str, start: int, duration: int) -> str:
    text = WORDS[sentence][word - 1] if isinstance(word, int) else "n/a"
    return "\t".join([sentence, "900", str(word), str(start), str(duration), text])


RUNS = [
    [fixation("t.01.01", word, 100 * n, 50 + n) for n, word in enumerate([1, 2, ".", 1, 1, 3])],
    [fixation("t.02.01", 2, 0, 80), fixation("t.02.01", 1, 90, 85)],
]


def add_reader(study: Path, number: int, runs: list[list[str]]) -> None:
    func = study / f"sub-0{number}" / "func"
    func.mkdir(parents=True)
    for run, rows in enumerate(runs, 1):
        path = func / f"sub-0{number}_task-read_run-{run}_events.tsv"
        path.write_text("\n".join(["\t".join(COLUMNS), *rows, ""]))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    study = tmp_path / "study"
    add_reader(study, 2, RUNS)
    add_reader(study, 3, RUNS[:1])
    (study / "L1_Adults_demographics.tsv").write_text(DEMOGRAPHICS)
    (tmp_path / "sentences.txt").write_text("One two three.\n\nFour five.\n")
    return study


@pytest.fixture
def warehouse(new_database: Database) -> Database:
    migrations.upgrade(new_database)
    return new_database


def ingest(warehouse: Database, *directories: Path) -> Tally:
    parameters = {"sentences": directories[0].parent / "sentences.txt"}
    return pipeline.ingest(warehouse, sources()["reading_brain"], directories, parameters, Progress(quiet=True))


def ingest_region(warehouse: Database, directory: Path, *records: Any) -> Tally:
    path = directory / "region.pkl"
    path.write_bytes(pickle.dumps(list(records), 4))
    parameters = {"region": "angular", "group": "L1", "corpus": "reading_brain"}
    return pipeline.ingest(warehouse, sources()["roi_values"], [path], parameters, Progress(quiet=True))


def rows(warehouse: Database, query: str) -> list[tuple[Any, ...]]:
    with warehouse.connect() as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def counts(warehouse: Database) -> dict[str, int]:
    return {table: rows(warehouse, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def edit(study: Path, old: str, new: str) -> None:
    path = study / "sub-02" / "func" / "sub-02_task-read_run-1_events.tsv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


SACCADES = """
    SELECT saccade_rule, from_word, to_word, saccade_count, landing_duration_ms
    FROM human.saccade JOIN human.saccade_rule USING (saccade_rule_id)
    JOIN human.subject USING (subject_id) JOIN stimulus.sentence USING (sentence_id)
    WHERE subject_label = 'sub-02' AND sentence_label = 't.01.01'
    ORDER BY saccade_rule, from_word, to_word
"""
REJECTED = "SELECT place, reason FROM ops.rejection"
LEFT_OUT = "SELECT subject_label, excluded_because FROM human.exclusion JOIN human.subject USING (subject_id)"


def test_fixations_come_in_and_saccades_are_made_of_them_by_every_rule(warehouse: Database, study: Path) -> None:
    tally = ingest(warehouse, study)
    assert (tally.unchanged, tally.rejected) == (0, 1)
    assert rows(warehouse, REJECTED) == [("L1, L1_Adults_demographics.tsv", "not read: there is no folder of sub-04")]
    assert rows(warehouse, SACCADES) == [
        ("consecutive", 0, 0, 1, 54),
        ("consecutive", 0, 1, 1, 51),
        ("consecutive", 0, 2, 1, 55),
        ("first_three", 0, 0, 1, 54),
        ("first_three", 0, 1, 1, 51),
        ("first_three", 0, 2, 1, 55),
        ("first_three", 1, 0, 1, 53),
    ]
    assert rows(warehouse, LEFT_OUT) == [("sub-03", "no events for 1 of 2 sentences, t.02.01 the first of them")]
    assert rows(warehouse, "SELECT demographics FROM human.subject WHERE subject_label = 'sub-02'") == [
        ({"gender": "F", "age_years": 22, "field_of_study": "Biology"},)
    ]


def test_loading_again_changes_nothing(warehouse: Database, study: Path) -> None:
    first, before = ingest(warehouse, study), counts(warehouse)
    second = ingest(warehouse, study)
    assert (second.inserted, second.unchanged) == (0, first.inserted + first.unchanged)
    assert counts(warehouse) == before


def test_a_reader_who_comes_later_is_added(warehouse: Database, study: Path) -> None:
    ingest(warehouse, study)
    add_reader(study, 4, RUNS)
    assert ingest(warehouse, study).inserted > 0
    assert rows(warehouse, "SELECT subject_label FROM human.subject ORDER BY 1") == [
        ("sub-02",), ("sub-03",), ("sub-04",)
    ]  # fmt: skip


def test_a_changed_fixation_is_refused_and_the_stored_one_kept(warehouse: Database, study: Path) -> None:
    ingest(warehouse, study)
    before = rows(warehouse, "SELECT * FROM human.fixation ORDER BY 1, 2, 3")
    edit(study, "\t51\t", "\t52\t")
    with pytest.raises(StoredDiffers, match="duration_ms 51, offered is duration_ms 52"):
        ingest(warehouse, study)
    assert rows(warehouse, "SELECT * FROM human.fixation ORDER BY 1, 2, 3") == before


BAD: list[Any] = [
    pytest.param(lambda study: edit(study, "\t", ","), "not separated by tabs", id="commas"),
    pytest.param(lambda study: edit(study, "\t51\t", "\tlong\t"), "line 3, .* is not a whole number", id="duration"),
    pytest.param(lambda study: edit(study, "\t2\t100", "\t9\t100"), "is outside the sentence", id="word"),
    pytest.param(lambda study: edit(study, "t.01.01", "t.07.01"), "is not a sentence of", id="sentence"),
    pytest.param(lambda study: edit(study, "CURRENT_FIX_START", "START"), "has no column", id="column"),
]


@pytest.mark.parametrize(("spoil", "message"), BAD)
def test_bad_input_leaves_nothing_behind(
    warehouse: Database, study: Path, spoil: Callable[[Path], None], message: str
) -> None:
    before = counts(warehouse)
    spoil(study)
    with pytest.raises(BadInput, match=message):
        ingest(warehouse, study)
    assert set(before.values()) == {0}
    assert counts(warehouse) == before
    assert rows(warehouse, "SELECT run_status, count(*) FROM ops.run GROUP BY 1") == [("failed", 1)]


def test_region_values_come_in_and_what_does_not_fit_is_rejected(warehouse: Database, study: Path) -> None:
    ingest(warehouse, study)
    one = [[[[0, 0, 0.25], [-1.5, 0, 0], [0, 0, 0]]], [[[1.0]]]]
    tally = ingest_region(warehouse, study, one, [[], []])
    assert tally.rejected == 1
    assert rows(warehouse, "SELECT from_word, to_word, roi_value FROM human.roi_value ORDER BY 1") == [
        (0, 2, 0.25), (1, 0, -1.5)
    ]  # fmt: skip
    assert rows(warehouse, f"{REJECTED} WHERE unit_key LIKE '%/angular/%'") == [
        ("L1/sub-02, sentence t.02.01", "the matrix is 1 x 1 where the sentence has 2 words")
    ]
    assert rows(warehouse, f"{LEFT_OUT} WHERE region_id IS NOT NULL") == [("sub-03", "record 1 of region.pkl is empty")]
    assert ingest_region(warehouse, study, one, [[], []]).inserted == 0


def test_region_values_want_their_readers_first(warehouse: Database, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="no such corpus"):
        ingest_region(warehouse, tmp_path, [])


@pytest.mark.parametrize("change", ["a fixation less", "a fixation more"])
def test_a_reader_whose_file_lost_or_gained_fixations_is_refused(warehouse: Database, study: Path, change: str) -> None:
    ingest(warehouse, study)
    path = next(study.rglob("*run-1_events.tsv"))
    lines, more = path.read_text().splitlines(), fixation("t.01.01", 3, 600, 55)
    path.write_text("\n".join([*(lines[:-1] if change == "a fixation less" else [*lines, more]), ""]))
    with pytest.raises(StoredDiffers, match="rows"):
        ingest(warehouse, study)


TIMES = """
    SELECT reading_time_ms, display_time_ms, missing_because, usage_warnings::text
    FROM mart.reader_sentence WHERE saccade_rule = 'consecutive' ORDER BY presentation_order
"""
TIMED_OUT = "no key was pressed before the sentence left the screen"


def time_out(study: Path) -> None:
    """Let the only reader time out in the second sentence, with the times on display."""
    shutil.rmtree(study / "sub-03")
    for run, (time, offset) in enumerate((("900", "10900"), ("0", "18000")), 1):
        path = study / "sub-02" / "func" / f"sub-02_task-read_run-{run}_events.tsv"
        header, *rows = path.read_text().splitlines()
        told = [row.replace("\t900\t", f"\t{time}\t") + f"\t10000.0\t{offset}" for row in rows]
        path.write_text("\n".join(["\t".join([header, *SHOWN]), *told, ""]))


def test_a_time_out_is_null_with_its_reason_and_left_out_of_means(warehouse: Database, study: Path) -> None:
    time_out(study)
    ingest(warehouse, study)
    assert rows(warehouse, TIMES) == [
        (900, 900, None, "{}"), (None, 8000, TIMED_OUT, "{reading_time_missing}"),
    ]  # fmt: skip
    reader = "SELECT mean_reading_time_ms, time_missing_count, usage_warnings::text FROM mart.reader"
    assert rows(warehouse, reader) == [(900, 1, "{reading_time_missing}")]
    told = "SELECT usage_warning, entity, entity_name, reason FROM mart.usage_warning"
    assert rows(warehouse, told) == [
        ("reading_time_missing", "reader", "L1/sub-02", "1 of 2 reading times are not known")
    ]


def test_a_warehouse_of_an_earlier_revision_is_corrected_and_completed_by_the_same_ingest(
    warehouse: Database, study: Path
) -> None:
    time_out(study)
    ingest(warehouse, study)
    before, counted = rows(warehouse, TIMES), counts(warehouse)
    migrations.downgrade(warehouse, "0017")
    assert rows(warehouse, "SELECT reading_time_ms FROM human.reading ORDER BY 1") == [(0,), (900,)]
    with warehouse.connect() as connection:  # as a version without the column left it
        connection.execute("UPDATE ops.unit SET fingerprint = 'of an earlier version' WHERE unit_key = 'L1/sub-02'")
    migrations.upgrade(warehouse)
    assert rows(warehouse, TIMES) == [(900, None, None, "{}"), (None, None, TIMED_OUT, "{reading_time_missing}")]
    tally = ingest(warehouse, study)
    assert (tally.inserted, tally.rejected) == (0, 1)  # the rejection of the reader without a folder, again
    assert (rows(warehouse, TIMES), counts(warehouse)) == (before, counted)


def test_a_time_on_display_that_differs_from_the_stored_one_is_refused(warehouse: Database, study: Path) -> None:
    time_out(study)
    ingest(warehouse, study)
    edit(study, "10900", "10901")
    with pytest.raises(StoredDiffers, match="display_time_ms 900"):
        ingest(warehouse, study)
