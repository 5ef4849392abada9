"""A data set as it lies on disk: whose it is, the event files of each reader, and what is not read."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.reading_brain.files import read_bytes
from warehouse.errors import BadInput, MissingInput
from warehouse.plugin.contents import Rejection

PROJECT = re.compile(r"\bReading Brain Project\b|openneuro\.ds00(3974|3988)\b")
"""What the name or the DOI of the project's own data sets holds."""
EVENTS = re.compile(r"[\w.-]*_run-([0-9]{1,4})_events\.tsv(\.gz)?", re.ASCII | re.IGNORECASE)
LOOKS_LIKE_EVENTS = re.compile(r"events?\.(tsv|csv|txt|xlsx?|parquet)", re.IGNORECASE)
DEMOGRAPHICS = re.compile(r"L[12]_adults_demographics\.tsv", re.IGNORECASE)


@dataclass(frozen=True)
class Description:
    """What ``dataset_description.json`` says; empty where there is none."""

    name: str = ""
    doi: str = ""

    @property
    def is_missing(self) -> bool:
        """True where a data set does not say whose it is."""
        return not (self.name or self.doi)

    @property
    def is_of_the_project(self) -> bool:
        """True for the Reading Brain project's own data sets."""
        return bool(PROJECT.search(self.name) or PROJECT.search(self.doi))


def description(directory: Path) -> Description:
    """Read the description of a data set.

    Raises
    ------
    BadInput
        If it is not a JSON object with a name.
    """
    path = directory / "dataset_description.json"
    if not path.is_file():
        return Description()
    content = read_bytes(path, "description of the dataset")
    try:
        told = json.loads(content)
        return Description(str(told["Name"]), str(told.get("DatasetDOI", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInput("is not a JSON object with a Name", path, "repair or fetch the file again") from None


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
    files = [path for path in sorted(directory.iterdir()) if DEMOGRAPHICS.fullmatch(path.name)]
    if not files:
        raise MissingInput(directory, "L1_Adults_demographics.tsv or L2_adults_demographics.tsv, which tell the group")
    group = files[0].name[:2].upper()
    named = re.findall(r"\bL[12]\b", description(directory).name)
    if len(files) > 1 or (named and named != [group]):
        seen = ", ".join([path.name for path in files] + named)
        raise BadInput(f"the group of its readers is not clear: {seen}", directory, "give one group a directory")
    return group, files[0]


def reader_folders(directory: Path) -> list[Path]:
    """Find the folders of the readers.

    Raises
    ------
    MissingInput
        If there is no such directory, or no reader in it.
    """
    if not directory.is_dir():
        raise MissingInput(directory, "dataset")
    folders = sorted(path for path in directory.glob("sub-*") if path.is_dir())
    if not folders:
        raise MissingInput(directory, "reader (sub-*/func/*_events.tsv)")
    return folders


def event_files(folder: Path) -> list[Path]:
    """Find a reader's event files, in the order of the runs; they may be compressed, and written in capitals.

    Raises
    ------
    MissingInput
        If there is none.
    BadInput
        If the name of one does not say which run it is.
    """
    func = folder / "func"
    entries = sorted(func.iterdir()) if func.is_dir() else []
    files = [path for path in entries if LOOKS_LIKE_EVENTS.search(path.name) and not _is_of_macos(path)]
    for path in files:
        if not EVENTS.fullmatch(path.name):
            raise BadInput("its name tells no run", path, "name it sub-XX_task-read_run-N_events.tsv")
    if not files:
        raise MissingInput(folder, "event file (func/*_events.tsv)")
    return sorted(files, key=_run)


def unread(folder: Path, read: Sequence[Path], key: str) -> Iterator[Rejection]:
    """Name the files below a reader's folder that look like events and are not read."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for path in (Path(place) / name for name in sorted(names)):
            if path not in read and LOOKS_LIKE_EVENTS.search(path.name):
                reason = (
                    "a file of macOS that holds no events" if _is_of_macos(path) else "event files are read in func/"
                )
                yield Rejection(f"{key}, {path.relative_to(folder).as_posix()}", f"not read: {reason}")


def _is_of_macos(path: Path) -> bool:
    """Recognise the resource forks that macOS lays beside files on other disks."""
    return path.name.startswith("._")


def _run(path: Path) -> int:
    """Give the number of the run, by which files are in the order of reading."""
    number = EVENTS.fullmatch(path.name)
    return int(number[1]) if number else 0
