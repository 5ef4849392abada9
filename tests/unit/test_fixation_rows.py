"""What the rows of a table of fixations are read as, before anything is stored."""

import bz2
import gzip
import lzma
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import mkdtemp

import pytest

from ingest.fixations.collecting import collect
from ingest.fixations.patience import limited
from ingest.fixations.study import Study
from ingest.fixations.suggestion import suggest_mapping
from tests.small_corpus import COLUMNS, FACTS, ONE_TRIAL, WORDS, table
from warehouse.errors import BadInput
from warehouse.load.texts import written

Reading = Callable[..., dict[str, list[tuple[int, int, int]]]]


@pytest.fixture
def read(tmp_path: Path) -> Reading:
    """Give page, reading and word of each fixation, reader by reader."""

    def give(fixations: str | bytes, mapping: str, words: str = WORDS) -> dict[str, list[tuple[int, int, int]]]:
        texts: Mapping[str, str | bytes] = {
            "fixations.tsv": fixations, "words.tsv": words, "mapping.toml": FACTS.format(name="mine") + mapping
        }  # fmt: skip
        for name, text in texts.items():
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        study = Study.opened([tmp_path / "fixations.tsv"], str(tmp_path / "mapping.toml"), [tmp_path / "words.tsv"])
        collection = collect(study.tables, study.mapping, study.text, Path(mkdtemp(dir=tmp_path)))
        return {
            person.label: list(zip(*(column.tolist() for column in columns), strict=True))
            for person, found in study.readers(collection)
            for columns in [(found.ordinal, found.reading, found.duration)]
        }

    return give


def test_rows_that_are_no_fixations_are_passed_over_and_break_no_chain(read: Reading):
    fixations = table("""
        reader page event    index ms  word
        a      p1   Fixation 1     100 1
        a      p1   Saccade  1     20  .
        a      p1   Fixation 2     110 2
        a      p1   Blink    1     .   .
        a      p1   Fixation 3     120 3
    """)
    assert read(fixations, COLUMNS + '[only]\nevent = ["Fixation"]')["a"] == [(0, 1, 100), (1, 1, 110), (2, 1, 120)]


def test_times_may_be_in_other_units(read: Reading):
    fixations = "reader\tpage\tt\ts\tword\na\tp1\t100000\t.2\t1\na\tp1\t350000\t0.2505\t2\n"
    mapping = COLUMNS.replace('order = "index"', 'start_ms = {column = "t", unit = "us"}')
    mapping = mapping.replace('"ms"', '{column = "s", unit = "s"}')
    assert read(fixations, mapping)["a"] == [(0, 1, 200), (1, 1, 250)]


def test_a_column_may_be_called_row(read: Reading):
    by_row = COLUMNS.replace('"page"', '"row"').replace('"index"', '"row"')
    assert len(read(ONE_TRIAL.replace("page", "row"), by_row)["anna"]) == 7


def test_few_trials_in_different_orders_are_no_readings(read: Reading):
    fixations = table("""
        reader page trial index ms  word
        a      p1   1     1     100 1
        a      p2   2     1     100 1
        b      p2   1     1     100 1
        b      p1   2     1     100 1
    """)
    assert read(fixations, COLUMNS + 'reading = "trial"') == {name: [(0, 1, 100)] * 2 for name in "ab"}


def test_readings_that_count_from_one_are_readings(read: Reading):
    fixations = table("""
        reader page time index ms  word
        a      p1   2    1     110 1
        a      p1   1    1     100 1
        b      p1   1    1     100 1
    """)
    assert read(fixations, COLUMNS + 'reading = "time"')["a"] == [(0, 2, 110), (0, 1, 100)]


def test_skip_and_alias_take_names_as_they_are_written_elsewhere(read: Reading):
    fixations = table("""
        reader   page   index ms  word
        21.0     p1     1     100 1
        0        1327.0 1     100 1
        0        p1     2     100 2
    """)
    mapping = COLUMNS + '[skip]\npage = ["1327"]\n[readers]\nalias = {"21.0" = "0"}\n'
    assert list(read(fixations, mapping)) == ["0"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_files_are_known_by_how_they_begin(read: Reading, pack: Callable[[bytes], bytes]):
    assert len(read(pack(ONE_TRIAL.encode()), COLUMNS)["anna"]) == 7


def test_columns_may_be_aligned_by_blanks(read: Reading):
    lines = [line.split("\t") for line in ONE_TRIAL.splitlines()]
    aligned = "\n".join("".join(f"{value:>9}" for value in line) + " " for line in lines)
    assert read(aligned, COLUMNS) == read(ONE_TRIAL, COLUMNS)


def test_what_words_does_not_name_and_must_be_there_has_its_own_name(read: Reading):
    words = WORDS.replace("text", "word", 1)
    mapping = COLUMNS + '[words]\ntext = "word"\nsentence = "sentence"\n'
    assert read(ONE_TRIAL, mapping, words) == read(ONE_TRIAL, COLUMNS)


def test_a_value_of_several_lines_is_one_where_the_lines_are_no_rows(read: Reading):
    fixations = ONE_TRIAL.replace("reader\t", "reader\tnote\t").replace("anna\t", 'anna\t"a note\nof two lines"\t')
    assert len(read(fixations, COLUMNS)["anna"]) == 7


def test_a_regular_expression_that_does_not_end_is_stopped():
    with (
        pytest.raises(BadInput, match=r"a column: matching '\(a\+\)\+\$' does not end within 0\.2 s"),
        limited("(a+)+$", "a column", 0.2),
    ):
        re.match("(a+)+$", "a" * 60 + "!")


@pytest.mark.parametrize(
    ("language", "words", "text"),
    [
        ("zh-Hans", ["我", "用", "GPT", "four", "读书。"], "我用GPT four读书。"),
        ("ja", ["私", "は", "読む"], "私は読む"),
        ("zh-Latn", ["wo", "du"], "wo du"),
        ("ko", ["나는", "읽는다"], "나는 읽는다"),
    ],
)
def test_words_are_joined_as_their_language_writes_them(language: str, words: list[str], text: str):
    assert written(words, language) == text


def test_a_mapping_is_suggested_that_names_fixations_and_units_and_is_toml(tmp_path: Path):
    path = tmp_path / "events.csv"
    path.write_text(
        'Subject,Stimulus,Event Type,"Start\n[ns]",Duration [s],AOI Name,area\n'
        "a,p1,Saccade L,5,0.02,,\na,p1,Fixation L,7,0.2,one,1\n"
    )
    told = suggest_mapping(path)
    mapping = tomllib.loads(told)
    assert mapping["only"] == {"Event Type": ["Fixation L"]}
    assert {name: mapping["columns"][name] for name in ("start_ms", "duration_ms", "word")} == {
        "start_ms": {"column": "Start\n[ns]", "unit": "ns"},
        "duration_ms": {"column": "Duration [s]", "unit": "s"},
        "word": "area",
    }
