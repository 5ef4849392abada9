"""The readers of a dataset: who they are, which group they belong to, and how they read."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.reading_brain.data_set import event_files, group_of, reader_folders, unread
from ingest.reading_brain.events import Reading, read_events
from ingest.reading_brain.files import MISSING, read_bytes, read_table, sha256, whole_number
from ingest.reading_brain.sentences import StimulusSentence
from warehouse.errors import BadInput, MissingInput
from warehouse.plugin.contents import Rejection

DEMOGRAPHICS = {"L1": ("ID", "Gender", "Age(Year)", "Major/field"),
                "L2": ("OpenNeuroID", "Gender", "Age(Year;Month)", "Major/field")}  # fmt: skip
"""Columns of the two groups' demographics: number of the reader, gender, age, field of study."""
REPEATED = ("Gender",)
"""The published file of L2 has this column twice, the first time as a number."""
OLDEST = 999
"""Years."""


@dataclass(frozen=True)
class Reader:
    """A reader with all that was read.

    Attributes
    ----------
    language_group, subject_label : str
        ``L1`` or ``L2``; ``sub-02``.
    demographics : dict
        ``gender``, ``age_years``, ``field_of_study``, those that are told.
    readings : dict of str to Reading
        By label of the sentence, in the order in which they were shown.
    files : dict of str to str
        Event files: name in the dataset to SHA-256.
    recordings : frozenset of str
        The labels of the recording sessions, e.g. ``S201_1``; empty where the files have no such column.
    unread : list of Rejection
        Files of the reader that look like data and are not read.
    """

    language_group: str
    subject_label: str
    demographics: dict[str, Any]
    readings: dict[str, Reading]
    files: dict[str, str]
    recordings: frozenset[str] = frozenset()
    unread: list[Rejection] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Name within the source, e.g. ``L1/sub-02``."""
        return f"{self.language_group}/{self.subject_label}"


def read_readers(directories: Sequence[Path], sentences: Sequence[StimulusSentence]) -> list[Reader]:
    """Read the readers of all datasets, checking everything.

    Raises
    ------
    MissingInput
        If a directory, its readers, their event files or its demographics are not there.
    BadInput
        If anything in them cannot be used, or a reader comes twice.
    """
    if not directories:
        raise MissingInput("The command", "directory of a dataset")
    words = {sentence.label: sentence.words for sentence in sentences}
    readers: dict[str, Reader] = {}
    for directory in directories:
        for reader in _dataset(directory, words):
            if reader.key in readers:
                raise BadInput(f"the reader {reader.key} comes a second time", directory, "give each dataset once")
            readers[reader.key] = reader
    return list(readers.values())


def _dataset(directory: Path, words: Mapping[str, Sequence[str]]) -> list[Reader]:
    folders = reader_folders(directory)
    group, path = group_of(directory)
    demographics = _demographics(path, DEMOGRAPHICS[group])
    readers = [_reader(folder, group, path, demographics, words) for folder in folders]
    absent = sorted(demographics.keys() - {reader.subject_label for reader in readers})
    if absent:
        reason = f"not read: there is no folder of {', '.join(absent[:9])}{', ...' if len(absent) > 9 else ''}"
        readers[0].unread.append(Rejection(f"{group}, {path.name}", reason))
    return readers


def _demographics(path: Path, columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read who the readers are, by label."""
    found: dict[str, dict[str, Any]] = {}
    content = read_bytes(path, "demographics")
    for line, (number, *told) in read_table(path, content, columns, quoting=csv.QUOTE_MINIMAL, may_repeat=REPEATED):
        where = f"{path}, line {line}"
        if (which := whole_number(number)) is None:
            what = f"{number[:60]!r} in column {columns[0]} is not a number of a reader"
            raise BadInput(what, where, "repair the file")
        label = f"sub-{which:02}"
        if label in found:
            raise BadInput(f"the reader {label} comes a second time", where, "keep one line a reader")
        found[label] = _common(where, columns[2], *told)
    return found


def _common(where: str, age_column: str, gender: str, age: str, field: str) -> dict[str, Any]:
    years = whole_number(age)
    if age not in MISSING and (years is None or years > OLDEST):
        raise BadInput(f"{age[:60]!r} in column {age_column} is not an age in years", where, "repair the file")
    told = {"gender": gender.strip(), "age_years": years, "field_of_study": field.strip()}
    return {name: value for name, value in told.items() if value is not None and value not in MISSING}


def _reader(
    folder: Path,
    group: str,
    demographics: Path,
    known: Mapping[str, dict[str, Any]],
    words: Mapping[str, Sequence[str]],
) -> Reader:
    label = folder.name
    if label not in known:
        raise BadInput(
            f"has no line for the reader {label}", demographics, "add the line or remove the reader's folder"
        )
    files, readings = event_files(folder), dict[str, Reading]()
    digests, recordings = dict[str, str](), set[str]()
    for path in files:
        content = read_bytes(path, "events")
        digests[f"{group}/{path.relative_to(folder.parent).as_posix()}"] = sha256(content)
        more, recording = read_events(path, content, words)
        _join(readings, more)
        recordings |= recording
    left = list(unread(folder, files, f"{group}/{label}"))
    return Reader(group, label, known[label], readings, digests, frozenset(recordings), left)


def _join(readings: dict[str, Reading], more: dict[str, Reading]) -> None:
    for label, reading in more.items():
        if label in readings:
            what = f"the sentence {label} is shown a second time, after {readings[label].file.name}"
            raise BadInput(what, reading.file, "keep one run a reader and article")
        readings[label] = reading
