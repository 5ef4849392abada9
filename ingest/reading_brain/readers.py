"""The readers of a dataset: who they are, which group they belong to, and how they read."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.reading_brain.events import MISSING, Reading, read_events
from ingest.reading_brain.files import read_bytes, read_table, sha256
from ingest.reading_brain.sentences import Sentence
from warehouse.errors import BadInput, MissingInput

DEMOGRAPHICS = {"L1": ("ID", "Gender", "Age(Year)", "Major/field"),
                "L2": ("OpenNeuroID", "Gender", "Age(Year;Month)", "Major/field")}  # fmt: skip
"""Columns of the two groups' demographics: number of the reader, gender, age, field of study."""


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
    """

    language_group: str
    subject_label: str
    demographics: dict[str, Any]
    readings: dict[str, Reading]
    files: dict[str, str]

    @property
    def key(self) -> str:
        """Name within the source, e.g. ``L1/sub-02``."""
        return f"{self.language_group}/{self.subject_label}"


def read_readers(directories: Sequence[Path], sentences: Sequence[Sentence]) -> list[Reader]:
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


def group_of(directory: Path) -> tuple[str, Path]:
    """Recognise the group of a dataset's readers by its demographics file, and hold it against its description.

    Returns
    -------
    group, demographics : str, Path
        ``L1`` or ``L2``, and the demographics file.

    Raises
    ------
    MissingInput
        If there is no demographics file.
    BadInput
        If there are several, or the dataset's description names another group.
    """
    files = [
        path for path in sorted(directory.iterdir()) if re.fullmatch(r"(?i)L[12]_adults_demographics\.tsv", path.name)
    ]
    if not files:
        raise MissingInput(directory, "L1_Adults_demographics.tsv or L2_adults_demographics.tsv, which tell the group")
    group = files[0].name[:2].upper()
    description = directory / "dataset_description.json"
    named = re.findall(r"\bL[12]\b", _name(description)) if description.is_file() else []
    if len(files) > 1 or (named and named != [group]):
        seen = ", ".join([path.name for path in files] + named)
        raise BadInput(f"the group of its readers is not clear: {seen}", directory, "give one group a directory")
    return group, files[0]


def _name(description: Path) -> str:
    content = read_bytes(description, "description of the dataset")
    try:
        return str(json.loads(content)["Name"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadInput("is no JSON object with a Name", description, "repair or fetch the file again") from None


def _dataset(directory: Path, words: Mapping[str, Sequence[str]]) -> list[Reader]:
    if not directory.is_dir():
        raise MissingInput(directory, "dataset (no such directory)")
    folders = sorted(path for path in directory.glob("sub-*") if path.is_dir())
    if not folders:
        raise MissingInput(directory, "reader (sub-*/func/*_events.tsv)")
    group, path = group_of(directory)
    demographics = _demographics(path, DEMOGRAPHICS[group])
    return [_reader(folder, group, path, demographics, words) for folder in folders]


def _demographics(path: Path, columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read who the readers are, by label."""
    found: dict[str, dict[str, Any]] = {}
    content = read_bytes(path, "demographics")
    for line, (number, *told) in read_table(path, content, columns, quoting=csv.QUOTE_MINIMAL):
        where = f"{path}, line {line}"
        if not re.fullmatch("[0-9]{1,9}", number):
            what = f"{number[:60]!r} in column {columns[0]} is no number of a reader"
            raise BadInput(what, where, "repair the file")
        label = f"sub-{int(number):02}"
        if label in found:
            raise BadInput(f"the reader {label} comes a second time", where, "keep one line a reader")
        found[label] = _common(where, columns[2], *told)
    return found


def _common(where: str, age_column: str, gender: str, age: str, field: str) -> dict[str, Any]:
    if age not in MISSING and not re.fullmatch("[0-9]{1,3}", age):
        raise BadInput(f"{age[:60]!r} in column {age_column} is no age in years", where, "repair the file")
    told = {"gender": gender.strip(), "age_years": age, "field_of_study": field.strip()}
    known = {name: value for name, value in told.items() if value and value not in MISSING}
    return {name: int(value) if name == "age_years" else value for name, value in known.items()}


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
    files = sorted(folder.glob("func/*_events.tsv"), key=_run)
    if not files:
        raise MissingInput(folder, "event file (func/*_events.tsv)")
    readings: dict[str, Reading] = {}
    digests: dict[str, str] = {}
    for path in files:
        content = read_bytes(path, "events")
        digests[f"{group}/{path.relative_to(folder.parent).as_posix()}"] = sha256(content)
        _join(readings, read_events(path, content, words))
    return Reader(group, label, known[label], readings, digests)


def _run(path: Path) -> int:
    """Give the number of the run, by which files are in the order of reading."""
    number = re.fullmatch(r"[\w.-]*_run-([0-9]{1,4})_events\.tsv", path.name, re.ASCII)
    if number is None:
        raise BadInput("its name tells no run", path, "name it sub-XX_task-read_run-N_events.tsv")
    return int(number[1])


def _join(readings: dict[str, Reading], more: dict[str, Reading]) -> None:
    for label, reading in more.items():
        if label in readings:
            what = f"the sentence {label} is shown a second time, after {readings[label].file.name}"
            raise BadInput(what, reading.file, "keep one run a reader and article")
        readings[label] = reading
