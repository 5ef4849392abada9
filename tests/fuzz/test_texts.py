"""Event files, sentences, demographics and descriptions: whatever stands in them, the answer is rows or a sentence."""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given

from ingest.reading_brain.events import COLUMNS, read_events
from ingest.reading_brain.files import NO_TEXT
from ingest.reading_brain.readers import read_readers
from ingest.reading_brain.sentences import StimulusSentence, read_sentences
from tests.fuzz.damage import any_bytes
from tests.fuzz.trial import attempt, inputs
from warehouse.errors import WarehouseError

SENTENCES = "One two three.\nFour five.\n\nSix seven eight n\N{LATIN SMALL LETTER I WITH DIAERESIS}ne.\n".encode()
WORDS = {"t.01.01": ["One", "two", "three."], "t.01.02": ["Four", "five."], "t.02.01": ["Six", "seven", "eight"]}
ROWS = (
    (".", "900", ".", "3", "100", "n/a"),
    ("t.01.01", "900", "1", "0", "80", "One"),
    ("t.01.01", "900", ".", "100", "90", "n/a"),
    ("t.01.01", "900", "3", "190", "110", "three."),
    ("t.01.01", "900", "4", "300", "120", "n/a"),
    ("UNDEFINEDnull", "900", ".", "7", "100", "n/a"),
    ("t.01.02", "n/a", "2", "5", "100", "five."),
    ("t.02.01", "1200", "3", "10", "250", "eight"),
)
EVENTS = "\n".join("\t".join(row) for row in (COLUMNS, *ROWS, ("",))).encode()
DEMOGRAPHICS = (
    b"ID\tGender (M=1)\tGender\tAge(Year)\tMajor/field\r\n0001\t2\tF\t18\tBiology \r\n0002\t1\tM\tn/a\tn/a\r\n"
)
DESCRIPTION = b'{"Name": "Reading Brain Project L1 Adults", "BIDSVersion": "1.4.0", "Authors": ["One", "Two"]}'


@inputs(300)
@given(any_bytes(EVENTS))
def test_an_event_file_is_read_or_refused(content: bytes) -> None:
    found = attempt("events", lambda: read_events(Path("some_events.tsv"), content, WORDS))
    for reading in {} if isinstance(found, WarehouseError) else found[0].values():
        assert reading.start_ms == sorted(reading.start_ms)
        assert len(reading.word_position) == len(reading.start_ms) == len(reading.duration_ms)
        assert all(0 <= number < 2**31 for number in (*reading.start_ms, *reading.duration_ms))


@inputs(300)
@given(content=any_bytes(SENTENCES))
@example(content=b"a\0b c")
@example(content=b"a\x1fb c\xc3\xa9")
@example(content=b"one \x1b[31mtwo")
def test_a_sentences_file_is_read_or_refused(place: Path, content: bytes) -> None:
    path = place / "sentences.txt"
    path.write_bytes(content)
    found = attempt("sentences", lambda: read_sentences(path))
    for sentence in [] if isinstance(found, WarehouseError) else found:
        assert sentence.words
        assert not any(unicodedata.category(letter) in NO_TEXT for letter in sentence.text)


@pytest.fixture(scope="module")
def study(place: Path) -> Path:
    """A sound data set of one reader; a test damages one file and puts it back."""
    folder = place / "study" / "sub-01" / "func"
    folder.mkdir(parents=True)
    (folder / "sub-01_task-read_run-1_events.tsv").write_bytes(EVENTS)
    (place / "study" / "L1_adults_demographics.tsv").write_bytes(DEMOGRAPHICS)
    (place / "study" / "dataset_description.json").write_bytes(DESCRIPTION)
    return place / "study"


TEXT = [StimulusSentence(int(label[2:4]) - 1, int(label[5:]) - 1, " ".join(words)) for label, words in WORDS.items()]


def _read(study: Path, parser: str, name: str, content: bytes) -> None:
    path = study / name
    sound = path.read_bytes()
    path.write_bytes(content)
    try:
        found = attempt(parser, lambda: read_readers([study], TEXT))
    finally:
        path.write_bytes(sound)
    for reader in [] if isinstance(found, WarehouseError) else found:
        told = reader.demographics
        assert set(told) <= {"gender", "age_years", "field_of_study"}
        assert 0 <= told.get("age_years", 0) < 1000
        assert not any(unicodedata.category(letter) in NO_TEXT for value in told.values() for letter in str(value))


@inputs(300)
@given(content=any_bytes(DEMOGRAPHICS))
@example(content=DEMOGRAPHICS.replace(b"18", b"9" * 5000))
@example(content=DEMOGRAPHICS.replace(b"18", "\u0661\u0668".encode()))
@example(content=DEMOGRAPHICS.replace(b"Biology", b"\0"))
@example(content=DEMOGRAPHICS.replace(b"Biology", b'"Bio\tlogy"'))
@example(content=DEMOGRAPHICS.replace(b"Biology", b'"Bio\xc2\x85logy"'))
@example(content=DEMOGRAPHICS.replace(b"Biology", b'"Bio\xe2\x80\xa8logy"'))
@example(content=DEMOGRAPHICS.replace(b"0002", b"9" * 5000))
@example(content=DEMOGRAPHICS.replace(b"Major/field", b"x" * 10_000))
def test_demographics_are_read_or_refused(study: Path, content: bytes) -> None:
    _read(study, "demographics", "L1_adults_demographics.tsv", content)


@inputs(300)
@given(content=any_bytes(DESCRIPTION))
@example(content=b"[" * 2_000)
def test_a_description_is_read_or_refused(study: Path, content: bytes) -> None:
    _read(study, "description", "dataset_description.json", content)


NAMES = any_bytes(b"sub-01_task-read_run-1_events.tsv").map(
    lambda name: name.replace(b"/", b"").replace(b"\0", b"")[:200]
)


@inputs(100)
@given(name=NAMES)
@example(name=b"sub-01\xff_run-2_events.tsv")
@example(name=b"sub-01_run-" + b"9" * 200 + b"_events.tsv")
@example(name=b"sub-01_run-2\n_events.tsv")
def test_whatever_a_file_beside_the_others_is_called(study: Path, name: bytes) -> None:
    path = study / "sub-01" / "func" / os.fsdecode(name)
    if path.exists():
        return
    path.write_bytes(EVENTS.split(b"\n")[0])
    try:
        found = attempt("file names", lambda: read_readers([study], TEXT))
    finally:
        path.unlink()
    if not isinstance(found, WarehouseError):
        assert all(file.isprintable() for reader in found for file in reader.files)
