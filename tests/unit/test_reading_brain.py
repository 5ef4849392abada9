"""What the Reading Brain source yields, from small data sets made here."""

import csv
import gzip
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from ingest.reading_brain import reading_brain
from ingest.reading_brain.events import COLUMNS, RECORDING, SHOWN
from ingest.reading_brain.files import SIZE_LIMIT, read_table
from warehouse.errors import BadInput, MissingInput, WarehouseError
from warehouse.plugin.contents import Rejection, Unit

TEXT = "One two three.\nFour five.\n\nSix seven eight nine.\n"
WORDS = {
    "t.01.01": ["One", "two", "three."],
    "t.01.02": ["Four", "five."],
    "t.02.01": ["Six", "seven", "eight", "nine."],
}
DEMOGRAPHICS = {
    "L1": "ID\tGender (M=1)\tGender\tAge(Year)\tMajor/field\r\n0001\t2\tF\t18\tBiology \r\n0002\t1\tM\tn/a\tn/a\r\n",
    "L2": "ID\tOpenNeuroID\tGroup_label\tGender\tGender\tAge(Year;Month)\tMajor/field\r\n"
    '3101\t1\tL2_PSU\t1\tM\t21\t"Law, and order"\r\n3016\t16\tL2_PSU\t2\tF\t30\tHistory\r\n',
}


class Rules:
    """The rules of the warehouse, without one."""

    known: ClassVar = {"consecutive": 1, "first_three": 2}

    def ids(self, _table: str, _column: str) -> dict[str, int]:
        return dict(self.known)

    def stimulus(self, _corpus: str) -> SimpleNamespace:
        return SimpleNamespace(
            corpus=_corpus, corpus_id=100, label=("t.01.01", "t.01.02", "t.02.01"), sentence_id=[103, 104, 105]
        )


def fixation(
    sentence: str, word: int | str, start: int, duration: int = 100, text: str = "n/a", time: int = 900
) -> str:
    words = WORDS.get(sentence, [])
    shown = words[word - 1] if isinstance(word, int) and 0 < word <= len(words) else text
    return "\t".join([sentence, str(time), str(word), str(start), str(duration), shown])


RUN_1 = [
    fixation(".", ".", 3),
    fixation("t.01.01", 1, 0, 80),
    fixation("t.01.01", ".", 100, 90),
    fixation(".", 2, 150),
    fixation("t.01.01", 3, 190, 110),
    fixation("t.01.01", 4, 300, 120),
    fixation("UNDEFINEDnull", ".", 7),
    fixation("t.01.02", 2, 5),
]
RUN_2 = [fixation("t.02.01", 4, 10, 250, time=1200), fixation("t.02.01", 4, 300, time=1200)]


def write(directory: Path, group: str = "L1", recording: str = "", **readers: list[list[str]]) -> Path:
    """Write a data set; the readers' names are sub_01, ..., and the recording is told where it is given."""
    directory.mkdir(exist_ok=True)
    (directory / f"{group}_adults_demographics.tsv").write_text(DEMOGRAPHICS[group])
    for name, runs in readers.items():
        label = name.replace("_", "-")
        (directory / label / "func").mkdir(parents=True)
        for number, rows in enumerate(runs, 1):
            path = directory / label / "func" / f"{label}_task-read_run-{number}_events.tsv"
            header = "\t".join([*COLUMNS, *([RECORDING] if recording else [])])
            told = [f"{row}\t{recording}_{number}" if recording else row for row in rows]
            path.write_text("\n".join([header, *told, ""]))
    return directory


@pytest.fixture
def sentences(tmp_path: Path) -> Path:
    path = tmp_path / "sentences.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write(tmp_path / "study", sub_02=[RUN_2, RUN_1])


def load(*directories: Path, sentences: Path) -> list[Unit]:
    return list(reading_brain(*directories, sentences=sentences, stored=Rules()))  # type: ignore[arg-type]


def drive(unit: Unit) -> dict[str, dict[str, list[Any]]]:
    """Hand out ids from 100, and give the rows by table and column."""
    numbers, tables = count(100), {}
    rows = unit.rows()
    item = next(rows)
    try:
        while True:
            if isinstance(item, Rejection):
                item = next(rows)
                continue
            table, columns = item
            lengths = {len(values) for values in columns.values()}
            assert len(lengths) == 1, f"{table} has columns of different lengths"
            kept = tables.setdefault(table.fullname, {name: [] for name in columns})
            for name, values in columns.items():
                assert name in table.c
                kept[name].extend(values)
            item = rows.send([next(numbers) for _ in range(lengths.pop())])
    except StopIteration:
        return tables


def test_the_text_comes_first_and_then_one_unit_a_reader(tmp_path: Path, sentences: Path) -> None:
    first = write(tmp_path / "a", "L1", sub_01=[RUN_1, RUN_2], sub_02=[RUN_2, RUN_1])
    second = write(tmp_path / "b", "L2", sub_01=[RUN_1, RUN_2])
    keys = [unit.key for unit in load(first, second, sentences=sentences)]
    assert keys == ["stimulus", "L1/sub-01", "L1/sub-02", "L2/sub-01"]


def test_the_text_becomes_articles_sentences_and_words(study: Path, sentences: Path) -> None:
    tables = drive(load(study, sentences=sentences)[0])
    assert tables["stimulus.corpus"]["corpus"] == ["reading_brain"]
    assert tables["stimulus.article"] == {"corpus_id": [100, 100], "article_position": [0, 1]}
    assert tables["stimulus.sentence"]["article_id"] == [101, 101, 102]
    assert tables["stimulus.sentence"]["sentence_label"] == ["t.01.01", "t.01.02", "t.02.01"]
    assert tables["stimulus.sentence"]["word_count"] == [3, 2, 4]
    assert tables["stimulus.word"]["word_text"] == TEXT.split()
    assert tables["stimulus.word"]["word_position"] == [0, 1, 2, 0, 1, 0, 1, 2, 3]
    assert "ops.usage_warning_on" not in tables


def test_word_pairs_are_the_full_square_with_the_lower_triangle_first(study: Path, sentences: Path) -> None:
    pair = drive(load(study, sentences=sentences)[0])["stimulus.word_pair"]
    cells = list(zip(pair["from_word"], pair["to_word"], pair["is_causal"], strict=True))
    assert cells[9:13] == [(0, 0, True), (1, 0, True), (1, 1, True), (0, 1, False)]
    assert pair["pair_ordinal"][:10] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 0]
    assert len(cells) == 9 + 4 + 16


ODD = "1,2 ,3 and 3,2 , 1 are different permutations of these three numbers."


def test_a_sentence_whose_words_differ_from_the_screen_carries_a_warning(tmp_path: Path, study: Path) -> None:
    sentences = tmp_path / "long.txt"
    sentences.write_text(TEXT + "\n" + "\n".join(["A sentence."] * 16))
    assert "ops.usage_warning_on" not in drive(load(study, sentences=sentences)[0])
    sentences.write_text(TEXT + "\n" + "\n".join(["A sentence."] * 15 + [ODD]))
    warning = drive(load(study, sentences=sentences)[0])["ops.usage_warning_on"]
    assert warning["usage_warning"] == ["words_differ_from_screen"]
    assert warning["entity"] == ["sentence"]
    assert warning["entity_id"] == [103 + 3 + 16]


def test_fixations_keep_their_order_and_words_count_from_0(study: Path, sentences: Path) -> None:
    fixations = drive(load(study, sentences=sentences)[1])["human.fixation"]
    assert fixations["sentence_id"] == [105, 105, 103, 103, 103, 103, 104]
    assert fixations["fixation_ordinal"] == [0, 1, 0, 1, 2, 3, 0]
    assert fixations["word_position"] == [3, 3, 0, None, 2, None, 1]
    assert fixations["start_ms"] == [10, 300, 0, 100, 190, 300, 5]
    assert fixations["duration_ms"] == [250, 100, 80, 90, 110, 120, 100]


def test_sentences_are_numbered_in_the_order_in_which_they_were_shown(study: Path, sentences: Path) -> None:
    reading = drive(load(study, sentences=sentences)[1])["human.reading"]
    assert reading["sentence_id"] == [105, 103, 104]
    assert reading["presentation_order"] == [0, 1, 2]
    assert reading["reading_time_ms"] == [1200, 900, 900]


def shown(row: str, onset: str, offset: str) -> str:
    return f"{row}\t{onset}\t{offset}"


def with_times(directory: Path, *rows: str) -> Path:
    study = write(directory, sub_02=[[]])
    events(study).write_text("\n".join(["\t".join([*COLUMNS, *SHOWN]), *rows, ""]))
    return study


def test_a_reading_that_timed_out_has_no_time_but_a_reason_and_the_time_on_display(
    tmp_path: Path, sentences: Path
) -> None:
    study = with_times(
        tmp_path / "study",
        shown(fixation("t.01.01", 1, 0, time=0), "9519.0", "17519"),
        shown(fixation("t.01.01", 2, 200, time=0), "9519.0", "17519"),
        shown(fixation("t.01.02", 1, 0, time=1922), "20000", "21922.4"),
        shown(fixation("t.02.01", 1, 0).replace("900", "."), "n/a", "."),
    )
    reading = drive(load(study, sentences=sentences)[1])["human.reading"]
    assert reading["reading_time_ms"] == [None, 1922, None]
    assert reading["display_time_ms"] == [8000, 1922, None]
    assert reading["missing_because"] == [
        "no key was pressed before the sentence left the screen", None, "the source tells no reading time",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("second", "message"),
    [
        pytest.param(("9519", "17518"), "line 3, column TRUEOffset: '17518' differs from the rows", id="another time"),
        pytest.param(("9519", "9519"), "column TRUEOffset: '9519' is not after the onset, 9519", id="no time"),
        pytest.param(("9519", "late"), "column TRUEOffset: 'late' is not a time in ms", id="no number"),
    ],
)
def test_times_on_display_that_cannot_be_are_refused(
    tmp_path: Path, sentences: Path, second: tuple[str, str], message: str
) -> None:
    rows = [shown(fixation("t.01.01", 1, 0), "9519", "17519"), shown(fixation("t.01.01", 2, 200), *second)]
    with pytest.raises(BadInput, match=message):
        load(with_times(tmp_path / "study", *rows), sentences=sentences)


def test_runs_follow_their_number_and_not_their_name(tmp_path: Path, sentences: Path) -> None:
    study = write(tmp_path / "study", sub_02=[RUN_2, RUN_1])
    func = study / "sub-02" / "func"
    (func / "sub-02_task-read_run-1_events.tsv").rename(func / "sub-02_task-read_run-10_events.tsv")
    reading = drive(load(study, sentences=sentences)[1])["human.reading"]
    assert reading["sentence_id"] == [103, 104, 105]


def test_saccades_are_asked_for_last_and_left_to_the_database(study: Path, sentences: Path) -> None:
    tables = drive(load(study, sentences=sentences)[1])
    assert list(tables)[-1] == "human.saccade"
    assert tables["human.saccade"] == {"subject_id": [100]}


@pytest.mark.parametrize(
    ("group", "reader", "told"),
    [
        pytest.param("L1", "sub_01", {"gender": "F", "age_years": 18, "field_of_study": "Biology"}, id="native"),
        pytest.param("L1", "sub_02", {"gender": "M"}, id="what is not told is left out"),
        pytest.param("L2", "sub_01", {"gender": "M", "age_years": 21, "field_of_study": "Law, and order"}, id="quoted"),
    ],
)
def test_demographics_get_common_names(
    tmp_path: Path, sentences: Path, group: str, reader: str, told: dict[str, Any]
) -> None:
    study = write(tmp_path / "study", group, **{reader: [RUN_1, RUN_2]})
    subject = drive(load(study, sentences=sentences)[1])["human.subject"]
    assert subject["demographics"] == [told]
    assert subject["language_group"] == [group]


def test_a_reader_who_has_read_everything_is_not_left_out(study: Path, sentences: Path) -> None:
    assert "human.exclusion" not in drive(load(study, sentences=sentences)[1])


def test_a_reader_without_events_for_a_sentence_is_left_out_with_the_reason(tmp_path: Path, sentences: Path) -> None:
    study = write(tmp_path / "study", sub_02=[RUN_1])
    exclusion = drive(load(study, sentences=sentences)[1])["human.exclusion"]
    assert exclusion["excluded_because"] == ["no events for 1 of 3 sentences, t.02.01 the first of them"]
    assert exclusion["saccade_rule_id"] == [None]


def test_a_reader_whom_the_study_left_out_is_left_out_once(tmp_path: Path, sentences: Path) -> None:
    study = write(tmp_path / "study", recording="S201", sub_01=[RUN_1])
    exclusion = drive(load(study, sentences=sentences)[1])["human.exclusion"]
    assert exclusion["excluded_because"] == ["left out by the study as problematic"]
    assert "S201" in exclusion["source"][0]


def test_a_reader_of_another_study_is_not_left_out_for_a_label(tmp_path: Path, sentences: Path) -> None:
    study = write(tmp_path / "study", recording="S301", sub_01=[RUN_1, RUN_2])
    assert "human.exclusion" not in drive(load(study, sentences=sentences)[1])


def test_a_reader_may_be_left_out_of_one_rule_only(tmp_path: Path, sentences: Path) -> None:
    study = write(tmp_path / "study", "L2", "S3016", sub_16=[RUN_1, RUN_2])
    exclusion = drive(load(study, sentences=sentences)[1])["human.exclusion"]
    assert exclusion["saccade_rule_id"] == [Rules.known["first_three"]]


def test_the_same_files_have_the_same_digests(study: Path, sentences: Path) -> None:
    first, second = load(study, sentences=sentences), load(study, sentences=sentences)
    assert [unit.digest for unit in first] == [unit.digest for unit in second]
    assert list(first[1].files) == [f"L1/sub-02/func/sub-02_task-read_run-{run}_events.tsv" for run in (1, 2)]


def test_a_changed_file_changes_the_digest_of_its_reader_alone(tmp_path: Path, sentences: Path) -> None:
    study = write(tmp_path / "study", sub_01=[RUN_1, RUN_2], sub_02=[RUN_2, RUN_1])
    before = [unit.digest for unit in load(study, sentences=sentences)]
    change(events(study), "\t110\t", "\t109\t")
    after = [unit.digest for unit in load(study, sentences=sentences)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, True, False]


def events(study: Path) -> Path:
    return study / "sub-02" / "func" / "sub-02_task-read_run-2_events.tsv"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def remove_readers(study: Path) -> None:
    events(study).parent.parent.rename(study / "elsewhere")


def remove_events(study: Path) -> None:
    for path in events(study).parent.iterdir():
        path.unlink()


def show_twice(study: Path) -> None:
    (events(study).parent / "sub-02_task-read_run-3_events.tsv").write_bytes(events(study).read_bytes())


def describe_as(text: str) -> Callable[[Path], object]:
    return lambda study: (study / "dataset_description.json").write_text(text)


def edit(old: str, new: str) -> Callable[[Path], object]:
    return lambda study: change(events(study), old, new)


def edit_demographics(old: str, new: str) -> Callable[[Path], object]:
    return lambda study: change(study / "L1_adults_demographics.tsv", old, new)


def dangle(study: Path) -> None:
    events(study).unlink()
    events(study).symlink_to("../../.git/annex/objects/Xx/Yy/MD5E-s44354--00")


def unlocked(study: Path) -> None:
    events(study).write_text("/annex/objects/MD5E-s44354--0123456789abcdef.tsv\n")


BAD = [
    pytest.param(remove_readers, "study: holds no reader", id="empty directory"),
    pytest.param(remove_events, "sub-02: holds no event file", id="reader without files"),
    pytest.param(lambda study: (study / "L1_adults_demographics.tsv").unlink(), "which tell the group", id="no group"),
    pytest.param(
        lambda study: (study / "L2_Adults_demographics.tsv").write_text(""), "group .* is not clear", id="two groups"
    ),
    pytest.param(describe_as('{"Name": "Project L2 Adults"}'), "group .* is not clear: .*, L2;", id="other group"),
    pytest.param(describe_as("[]"), r"description\.json: is not a JSON object with a Name", id="bad description"),
    pytest.param(edit("\t", ","), r"run-2_events\.tsv: the first line, 'SentenceID,.* tabs", id="commas"),
    pytest.param(edit("CURRENT_FIX_DURATION", "X"), "line 1: has no column 'CURRENT_FIX_DURATION'", id="column"),
    pytest.param(
        edit("\t110\t", "\tlong\t"), "line 6, column CURRENT_FIX_DURATION: 'long' is not a whole number", id="duration"
    ),
    pytest.param(edit("\t110\t", "\t-110\t"), "line 6, .*'-110' is not a whole number", id="negative duration"),
    pytest.param(edit("\t4\t300", "\t5\t300"), "line 7, .*'5' is outside the sentence t.01.01; .* 1 to 3", id="word"),
    pytest.param(edit("\t4\t300", "\t0\t300"), "line 7, .*'0' is outside the sentence", id="word 0"),
    pytest.param(edit("\t4\t300", "\t4.5\t300"), "line 7, .*'4.5' is not a whole number", id="half a word"),
    pytest.param(
        edit("\t4\t300\t120\tn/a", "\t4\t300\t120\tfour."),
        "line 7, .*'four.' is word 4 of t.01.01, which has 3 words",
        id="a word more than the text has",
    ),
    pytest.param(
        edit("\t190\t", "\t100\t"), "line 6, .*'100' is the start of the fixation before it too", id="the same start"
    ),
    pytest.param(edit("\t190\t", "\t189\t"), "line 6, .*'189' is before the end of .*, 190", id="overlap"),
    pytest.param(edit("\t120\t", "\t901\t"), "line 7, .*'901' is longer than .* shown, 900 ms", id="longer than shown"),
    pytest.param(edit("\tWords", "\tWords\tWords"), "line 1: has the column 'Words' twice", id="a column twice"),
    pytest.param(
        edit("\tWords", "\tWords\tTRUEOnset\tTRUEOnset"), "has the column 'TRUEOnset' twice", id="another column twice"
    ),
    pytest.param(
        edit_demographics("Age(Year)", "ID"), "line 1: has the column 'ID' twice", id="a column of demographics twice"
    ),
    pytest.param(
        edit_demographics("Biology", '"Bio\tlogy"'),
        r"line 2: .* holds the control character U\+0009",
        id="a tab in quotes",
    ),
    pytest.param(
        edit_demographics("Biology", '"Bio\nlogy"'), r"line 3: .* control character U\+000A", id="a line end in quotes"
    ),
    pytest.param(
        edit_demographics("Biology", "Bio\u2028logy"), r"line 2: .* control character U\+2028", id="a line separator"
    ),
    pytest.param(
        dangle, r"run-2_events\.tsv: .* content was not fetched; run `git annex get`", id="a link of git-annex"
    ),
    pytest.param(unlocked, r"run-2_events\.tsv: .* content was not fetched", id="an unlocked file of git-annex"),
    pytest.param(
        describe_as('{"Name": "Another Study of L1 Adults"}'),
        "study: is 'Another Study of L1 Adults', which is not the Reading Brain project; give --corpus",
        id="another study",
    ),
    pytest.param(edit("t.01.02", "t.01.03"), "line 9, column SentenceID: 't.01.03' is not a sentence", id="sentence"),
    pytest.param(edit("three.", "tree."), "line 6, column Words: 'tree.' is not word 3 of t.01.01", id="other text"),
    pytest.param(edit("\t190\t", "\t99\t"), "line 6, .*'99' is earlier than the fixation before", id="order"),
    pytest.param(edit("\tthree.", ""), "line 6: holds 5 values where the header names 6", id="short row"),
    pytest.param(edit("900\t3", "901\t3"), "line 6, column SentenceRT: '901' differs", id="two reading times"),
    pytest.param(show_twice, r"run-3_events\.tsv: the sentence t.01.01 is shown a second time", id="sentence twice"),
    pytest.param(edit_demographics("0002", "0001"), "line 3: the reader sub-01 comes a second time", id="line twice"),
    pytest.param(edit_demographics("0002", "0003"), "has no line for the reader sub-02", id="unknown reader"),
    pytest.param(edit_demographics("0002", "two"), "line 3: 'two' in column ID is not a number", id="reader's number"),
    pytest.param(edit_demographics("\t18\t", "\told\t"), r"line 2: 'old' in column Age\(Year\)", id="age"),
    pytest.param(edit_demographics("Age(Year)", "Age"), r"has no column 'Age\(Year\)'", id="demographics column"),
    pytest.param(
        lambda study: events(study).write_bytes(b"\xff\xfe\x00"), "byte 0 is not UTF-8", id="not a text at all"
    ),
    pytest.param(
        lambda study: events(study).rename(events(study).with_name("a_events.tsv")), "name tells no run", id="no run"
    ),
]


@pytest.mark.parametrize(("spoil", "message"), BAD)
def test_bad_input_is_refused_in_one_sentence_before_anything_is_loaded(
    study: Path, sentences: Path, spoil: Callable[[Path], object], message: str
) -> None:
    spoil(study)
    with pytest.raises(BadInput, match=message) as refusal:
        next(reading_brain(study, sentences=sentences, stored=Rules()))  # type: ignore[call-overload,arg-type]
    assert "\n" not in str(refusal.value)


def test_the_same_reader_twice_is_refused(study: Path, sentences: Path) -> None:
    with pytest.raises(BadInput, match="the reader L1/sub-02 comes a second time"):
        load(study, study, sentences=sentences)


def test_a_missing_directory_is_refused(tmp_path: Path, sentences: Path) -> None:
    with pytest.raises(MissingInput, match="nowhere: no such file or directory"):
        load(tmp_path / "nowhere", sentences=sentences)


@pytest.mark.parametrize("text", ["", "\n \n"], ids=["empty", "blank"])
def test_a_sentences_file_without_sentences_is_refused(study: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "none.txt"
    path.write_text(text)
    with pytest.raises(MissingInput, match="holds no sentences"):
        load(study, sentences=path)


def test_a_missing_sentences_file_is_refused(study: Path, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match=r"nowhere\.txt"):
        load(study, sentences=tmp_path / "nowhere.txt")


def test_a_value_too_long_for_a_table_is_refused() -> None:
    content = b"a\tb\n" + b"x" * (csv.field_size_limit() + 1) + b"\t1\n"
    with pytest.raises(BadInput, match="cannot be read as a table"):
        list(read_table(Path("long.tsv"), content, ("a", "b")))


def test_control_characters_within_a_sentence_are_refused(study: Path, tmp_path: Path) -> None:
    path = tmp_path / "tabs.txt"
    path.write_text("One\ttwo three.\n")
    with pytest.raises(BadInput, match=r"tabs\.txt, line 1: .* holds the control character U\+0009"):
        load(study, sentences=path)


# What is told, read in another form, or told apart


def rejections(unit: Unit) -> list[Rejection]:
    found, rows = [], unit.rows()
    item = next(rows, None)
    while item is not None:
        found += [item] if isinstance(item, Rejection) else []
        try:
            item = next(rows) if isinstance(item, Rejection) else rows.send([0])
        except StopIteration:
            break
    return found


def test_a_sentence_that_another_interrupts_is_refused_and_rows_outside_sentences_interrupt_nothing(
    tmp_path: Path, sentences: Path
) -> None:
    apart = [fixation("t.01.01", 1, 0), fixation("UNDEFINEDnull", 1, 0), fixation("t.01.01", 3, 500, 90)]
    study = write(tmp_path / "whole", sub_02=[apart, RUN_2])
    assert drive(load(study, sentences=sentences)[1])["human.fixation"]["fixation_ordinal"] == [0, 1, 0, 1]
    visited = [apart[0], fixation("t.01.02", 1, 0), apart[2]]
    study = write(tmp_path / "study", sub_02=[visited, RUN_2])
    with pytest.raises(BadInput, match=r"line 4, column SentenceID: 't\.01\.01' goes on after rows of t\.01\.02"):
        load(study, sentences=sentences)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("\t190\t110\t", "\t190.0\t110.0\t", id="numbers with a point"),
        pytest.param("\t.\t100\t90\tn/a", "\tNaN\t100\t90\tNaN", id="NaN for no word"),
        pytest.param("\t.\t100\t90\tn/a", "\tNA\t100\t90\tNA", id="NA for no word"),
        pytest.param("\t900\t3\t", "\t900.0\t3.0\t", id="a word with a point"),
    ],
)
def test_a_round_trip_through_pandas_changes_nothing(study: Path, sentences: Path, old: str, new: str) -> None:
    before = drive(load(study, sentences=sentences)[1])
    change(events(study), old, new)
    assert drive(load(study, sentences=sentences)[1]) == before


@pytest.mark.parametrize("name", ["sub-02_task-read_run-2_events.tsv.gz", "SUB-02_task-read_run-2_EVENTS.TSV.GZ"])
def test_a_compressed_file_is_read(study: Path, sentences: Path, name: str) -> None:
    before = drive(load(study, sentences=sentences)[1])
    path = events(study).with_name(name)
    path.write_bytes(gzip.compress(events(study).read_bytes()))
    events(study).unlink()
    assert drive(load(study, sentences=sentences)[1]) == before


def test_a_compressed_file_that_unpacks_to_too_much_or_is_damaged_is_refused(study: Path, sentences: Path) -> None:
    path = events(study).with_name("sub-02_task-read_run-2_events.tsv.gz")
    events(study).unlink()
    path.write_bytes(gzip.compress(b" " * (SIZE_LIMIT + 1)))
    with pytest.raises(BadInput, match="larger than 64 MiB"):
        load(study, sentences=sentences)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match="cannot be unpacked"):
        load(study, sentences=sentences)


def test_what_looks_like_data_and_is_not_read_is_told(study: Path, sentences: Path) -> None:
    (events(study).with_name("._sub-02_task-read_run-2_events.tsv")).write_bytes(b"\0\5\x16\7")
    (study / "sub-02" / "ses-1" / "func").mkdir(parents=True)
    (study / "sub-02" / "ses-1" / "func" / "sub-02_ses-1_task-read_run-9_events.tsv").write_text("")
    told = {rejection.place: rejection.reason for rejection in rejections(load(study, sentences=sentences)[1])}
    assert told == {
        "L1/sub-02, func/._sub-02_task-read_run-2_events.tsv": "not read: a file of macOS that holds no events",
        "L1/sub-02, ses-1/func/sub-02_ses-1_task-read_run-9_events.tsv": "not read: event files are read in func/",
        "L1, L1_adults_demographics.tsv": "not read: there is no folder of sub-01",
    }


def test_another_study_is_stored_under_its_own_name_and_licence(study: Path, sentences: Path) -> None:
    describe_as('{"Name": "Another Study"}')(study)
    given = {"corpus": "another", "language": "nl", "licence": "CC-BY-4.0", "citation": "Somebody (2020)"}
    units = list(reading_brain(study, sentences=sentences, stored=Rules(), **given))  # type: ignore[arg-type]
    corpus = drive(units[0])["stimulus.corpus"]
    assert {name: values[0] for name, values in corpus.items()} == given
    assert units[0].key == "another/stimulus" and units[1].key == "another/L1/sub-02"


@pytest.mark.parametrize(
    ("described", "licence"),
    [
        pytest.param('{"Name": "The Reading Brain Project L1 Adults"}', "CC0-1.0", id="by its name"),
        pytest.param(
            '{"Name": "x", "DatasetDOI": "doi:10.18112/openneuro.ds003974.v3.0.0"}', "CC0-1.0", id="by its DOI"
        ),
        pytest.param(None, "not stated", id="not at all"),
    ],
)
def test_the_licence_is_that_of_the_project_only_where_the_data_are(
    study: Path, sentences: Path, described: str | None, licence: str
) -> None:
    if described:
        describe_as(described)(study)
    assert drive(load(study, sentences=sentences)[0])["stimulus.corpus"]["licence"] == [licence]


def test_who_is_left_out_is_told_and_that_nobody_is_left(
    tmp_path: Path, sentences: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    load(write(tmp_path / "study", sub_02=[RUN_1]), sentences=sentences)
    assert "L1/sub-02 is left out: no events for 1 of 3 sentences, t.02.01 the first of them." in caplog.messages
    assert caplog.messages[-1].startswith("Nobody is left: every reader is left out")
