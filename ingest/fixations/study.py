"""A study: its mapping, its files, its text, and each reader put together from them."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ingest.fixations.collecting import Collection, Person
from ingest.fixations.library import fixation_files
from ingest.fixations.mapping import Mapping as Meaning
from ingest.fixations.mapping import read_mapping, shipped
from ingest.fixations.seen_words import words_looked_at
from ingest.fixations.tables import Table
from ingest.fixations.text import Text
from ingest.fixations.totals import refuse_totals
from ingest.fixations.trials import Read, Trial, read
from ingest.fixations.words import read_words
from warehouse import logs
from warehouse.errors import BadInput

READINGS = 9
"""Nobody reads a page more often."""
YES_OR_NO = {"false": 1, "true": 2, "no": 1, "yes": 2}
"""Names of readings that are answers to: is it a repeated one?"""


@dataclass(frozen=True)
class Study:
    """What the files and their mapping say, before the fixations are read."""

    mapping: Meaning
    tables: Sequence[Table]
    text: Text
    digests: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def opened(cls, files: Sequence[Path], mapping: str | None, words: Sequence[Path]) -> "Study":
        """Read a mapping and the words.

        Raises
        ------
        BadInput
            If one is not given or cannot be used, or the files hold totals by word.
        """
        files = _without_shadows(files)
        if not files:
            raise BadInput("was given nothing to read", "ingest fixations", "name files of fixations")
        if mapping is None:
            remedy = "give --mapping FILE, or --suggest to get one to start from"
            raise BadInput("has no mapping that says what its columns mean", files[0], remedy)
        meaning = read_mapping(mapping)
        tables = [Table(path, meaning.files) for path in files]
        refuse_totals(tables[0], meaning)
        if meaning.words_are_in_fixations:
            text = words_looked_at(tables, meaning)
        elif words:
            text = read_words(words, meaning)
        else:
            raise BadInput("says nothing of the words that were read", mapping, "give --words FILE, one row a word")
        text.refuse_names_of_two()
        digests = _digests(files) | _digests(words)
        return cls(meaning, tables, text, digests)

    def readers(self, collection: Collection) -> Iterator[tuple[Person, Read]]:
        """Yield each reader with what they read; one at a time is in memory."""
        shown, pages = list(collection.trials), self.text.pages
        numbers = reading_numbers(name for page, name in shown if page in pages)
        are_ordinals = _are_ordinals(collection, numbers)
        for person in collection.people.values():
            records = collection.records(person)
            those = [(number, *shown[number]) for number in np.unique(records["trial"])]
            trials = self._trials(those, numbers, are_ordinals)
            yield person, read(records, trials.__getitem__, self.text, person.label)

    def _trials(
        self, shown: Sequence[tuple[int, str, str]], numbers: Mapping[str, int], are_ordinals: bool
    ) -> dict[int, Trial]:
        """Give a reader's trials by their number: which page, and which reading of it."""
        seen: Counter[str] = Counter()
        found = {}
        for number, page, name in sorted(shown, key=lambda one: numbers.get(one[2], 1)):
            seen[page] += 1
            reading = numbers.get(name, 1) if are_ordinals else seen[page]
            found[number] = Trial(self.text.pages.get(page, -1), reading, page)
        return found


def given(
    files: Sequence[Path], mapping: str | None, dataset: str | None, directory: Path | None
) -> tuple[Sequence[Path], str | None]:
    """Give the files and the mapping that a command names; those of a dataset are fetched, its mapping may be shipped.

    Raises
    ------
    BadInput
        If there are files and a dataset, or neither, or it cannot be fetched.
    """
    if dataset is None and not files:
        raise BadInput(
            "was given nothing to read", "ingest fixations", "name files of fixations, or a corpus with --dataset"
        )
    if dataset is None:
        return files, mapping
    if files:
        raise BadInput("is given beside files", f"--dataset {dataset}", "give one of them")
    name = dataset.lower()
    return fixation_files(dataset, directory), mapping or (name if name in shipped() else None)


def reading_numbers(names: Iterator[str]) -> dict[str, int]:
    """Give which time a page was read, from 1, by the name of the reading: numbers, or whether it is a repeated one.

    Numbers above `READINGS` are those of trials, which only tell the order of a page's readings.

    Raises
    ------
    BadInput
        If they are neither.
    """
    different = sorted(set(names))
    if len(different) <= 1:
        return dict.fromkeys(different, 1)
    lower = {name: YES_OR_NO.get(name.lower()) for name in different}
    if all(lower.values()):
        return {name: number or 1 for name, number in lower.items()}
    try:
        numbers = {name: int(float(name)) for name in different}
    except ValueError:
        told = ", ".join(map(repr, different[:5]))
        remedy = "name a column of numbers, or of True and False"
        raise BadInput(f"readings are named {told}", "[columns] reading", remedy) from None
    least = min(numbers.values())
    return {name: number - least + 1 for name, number in numbers.items()}


def _are_ordinals(collection: Collection, numbers: Mapping[str, int]) -> bool:
    """Tell whether readings count from 1 for each page, as `reading_numbers` has them, or are the numbers of trials.

    They are those of trials where one is above `READINGS`, or where most who read a page at a later number read it at
    no first one.
    """
    shown, again, first = list(collection.trials), 0, 0
    for person in collection.people.values():
        read = {(page, numbers.get(name, 1)) for page, name in map(shown.__getitem__, person.trials)}
        later = [page for page, number in read if number > 1]
        again, first = again + len(later), first + sum((page, 1) in read for page in later)
    return max(numbers.values(), default=1) <= READINGS and 2 * first >= again


def _without_shadows(files: Sequence[Path]) -> list[Path]:
    """Leave out what macOS lays beside files on other disks, and tell it."""
    shadows = [path for path in files if path.name.startswith("._")]
    if shadows:
        logs.remark(f"Not read: {len(shadows)} files of macOS that hold no table, the first {shadows[0]}.")
    return [path for path in files if path not in shadows]


def _digests(paths: Sequence[Path]) -> dict[str, str]:
    """Give the digest of each file by its name, with its folder where names are the same.

    Raises
    ------
    BadInput
        If two hold the same.
    """
    found: dict[str, str] = {}
    names = Counter(path.name for path in paths)
    for path in paths:
        digest = _sha256(path)
        if digest in found.values():
            raise BadInput("holds the same as another of the files", path, "give each file once")
        found[path.name if names[path.name] == 1 else path.as_posix()] = digest
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
