"""One pass over the files of fixations: what each row says, kept on disk reader by reader.

However many fixations there are, only some rows of the files, or one reader's, are in memory.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ingest.fixations.agreement import Agreement
from ingest.fixations.mapping import Mapping as Meaning
from ingest.fixations.names import Names
from ingest.fixations.numbers import Areas, decimals
from ingest.fixations.pieces import Piece
from ingest.fixations.places import BEYOND, OFF, Places
from ingest.fixations.row_checks import refuse_nameless, refuse_unknown_pages, refuse_what_is_no_number
from ingest.fixations.selection import Selection
from ingest.fixations.tables import Table
from ingest.fixations.text import Text
from warehouse.errors import BadInput

RECORD = np.dtype([
    ("trial", "<i4"), ("word", "<i4"), ("order", "<f8"), ("start", "<f8"), ("duration", "<f8"), ("is_skipped", "?"),
])  # fmt: skip
"""A row of the files; `order` is nan where that of the rows counts."""
NAMES = ("reader", "group", "page", "sentence")
NUMBERS = ("order", "start_ms", "end_ms", "duration_ms", "x", "y")


@dataclass
class Person:
    """A reader: number, label, group, how many rows are theirs, and the numbers of their trials."""

    number: int
    label: str
    group: str
    rows: int = 0
    on_word: int = 0
    trials: set[int] = field(default_factory=set)


@dataclass
class Collection:
    """What the files hold.

    Attributes
    ----------
    directory : Path
        Where the records of each reader are.
    people : dict of str to Person
        The readers, in the order of their first rows.
    trials : dict of (str, str) to int
        Each page with the name of its reading, to its number.
    unknown : Counter
        Pages that are not in the text, with their rows.
    """

    directory: Path
    people: dict[str, Person] = field(default_factory=dict)
    trials: dict[tuple[str, str], int] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)

    def records(self, person: Person) -> np.ndarray:
        """Give the rows of a reader, in the order of the files."""
        path = self._path(person)
        return np.fromfile(path, dtype=RECORD) if path.exists() else np.empty(0, dtype=RECORD)

    def add(self, person: Person, records: np.ndarray) -> None:
        """Keep some rows of a reader."""
        with self._path(person).open("ab") as file:
            file.write(records.tobytes())  # tofile does not say that the disk is full
        person.rows += int((~records["is_skipped"]).sum())
        person.trials.update(np.unique(records["trial"][~records["is_skipped"]]).tolist())
        person.on_word += int(((records["word"] >= 0) & ~records["is_skipped"]).sum())

    def _path(self, person: Person) -> Path:
        return self.directory / f"{person.number}.records"


def wanted_columns(mapping: Meaning) -> list[str]:
    """Name the columns that a mapping needs."""
    of_fields = [name for one in mapping.columns.values() for name in one.columns]
    names = [*of_fields, *mapping.only, *mapping.skip, mapping.word_text]
    return [name for name in dict.fromkeys(names) if name]


def collect(tables: Sequence[Table], mapping: Meaning, text: Text, directory: Path) -> Collection:
    """Read the files of fixations.

    Raises
    ------
    BadInput
        If they hold what cannot be used, or pages that the text lacks, or words that differ from it.
    """
    collection, reading = Collection(directory), _Reading(mapping, text)
    wanted = wanted_columns(mapping)
    for table in tables:
        for piece in table.pieces(wanted):
            reading.add(table, piece, collection)
    refuse_unknown_pages(collection.unknown, {page for page, _ in collection.trials}, text)
    reading.agreement.refuse_what_differs()
    if not collection.people:
        raise BadInput("hold no fixations", "the files", "give files with rows below the header, or check [only]")
    if not any(person.rows for person in collection.people.values()):
        raise BadInput("hold only fixations that are skipped", "the files", "check [skip] in the mapping")
    return collection


class _Reading:
    """What is known while the files are read."""

    def __init__(self, mapping: Meaning, text: Text) -> None:
        self._mapping, self._text = mapping, text
        self._places = Places(text, mapping.word)
        self._areas, self._names, self._selection = Areas(mapping), Names(), Selection(mapping)
        self.agreement = Agreement(text)

    def add(self, table: Table, piece: Piece, collection: Collection) -> None:
        """Read some rows, and keep them with their readers."""
        piece = self._selection.fixations(piece)
        if not piece.count:
            return
        values = {name: one.values(piece.columns, piece.count) for name, one in self._mapping.columns.items()}
        values |= {name: [value] * piece.count for name, value in table.of_name.items()}
        values |= {name: [self._names[value] for value in values[name]] for name in NAMES if name in values}
        pages = values["page"]
        skipped = self._selection.is_skipped(piece)
        page = np.array([self._text.pages.get(name, OFF) for name in pages], dtype=np.int64)
        missing = (page == OFF) & ~skipped
        if missing.any():
            collection.unknown.update(pages[i] for i in np.flatnonzero(missing).tolist())
        known = (page != OFF) & ~skipped
        told, numbers = self._mapping.files.missing, self._numbers(values)
        refuse_nameless(piece, values, known, told)
        refuse_what_is_no_number(piece, values, numbers, known, told)
        rows = np.zeros(piece.count, dtype=RECORD)
        rows["is_skipped"] = ~known
        rows["trial"] = self._trials(pages, values, collection)
        rows["word"] = self._words(piece, page, known, values, numbers)
        for name, of in (("order", "order"), ("start", "start_ms"), ("duration", "duration_ms")):
            rows[name] = numbers.get(of, np.nan)
        self._keep(values, rows, collection, piece.path)

    def _trials(self, pages: Sequence[str], values: Mapping[str, Sequence[str]], collection: Collection) -> list[int]:
        readings = values.get("reading") or [""] * len(pages)
        trials = collection.trials
        return [trials.setdefault(key, len(trials)) for key in zip(pages, readings, strict=True)]

    def _words(
        self,
        piece: Piece,
        page: np.ndarray,
        known: np.ndarray,
        values: Mapping[str, Sequence[str]],
        numbers: Mapping[str, np.ndarray],
    ) -> np.ndarray:
        """Give the word of each row: by its place in the text, or `OFF`."""
        found = np.full(piece.count, OFF, dtype=np.int64)
        if self._mapping.word.counts == "place":
            found[known] = self._places.at(page[known], numbers["x"][known], numbers["y"][known])
            return found
        number = self._areas.numbers(values["word"], known, piece.place)
        group = page if self._mapping.word.within == "page" else self._sentence(piece, page, known, values)
        found[known] = self._places.numbered(group[known], number[known])
        if self._mapping.word_text:
            self.agreement.compare(found, piece.columns[self._mapping.word_text])
        beyond = np.flatnonzero(found == BEYOND)
        if len(beyond):
            self.agreement.refuse_what_differs()  # says more, where a text is out of step
            raise self._beyond(piece.place(int(beyond[0])), values, int(beyond[0]), len(beyond))
        return found

    def _sentence(
        self, piece: Piece, page: np.ndarray, known: np.ndarray, values: Mapping[str, Sequence[str]]
    ) -> np.ndarray:
        told = values.get("sentence") or [""] * piece.count
        found = np.array([
            self._text.sentences.get(key, OFF) for key in zip(values["page"], told, strict=True)
        ])  # fmt: skip
        # an off-word fixation need not say a sentence
        is_off = np.array([self._areas.is_off(value) for value in values["word"]])
        lacking = np.flatnonzero(known & (found == OFF) & ~is_off)
        if len(lacking):
            row = int(lacking[0])
            what = f"page {values['page'][row]} has no sentence {told[row]!r} in the words file"
            raise BadInput(what, piece.place(row), "give the words file that belongs")
        return np.where(found == OFF, 0, found)

    def _beyond(self, where: str, values: Mapping[str, Sequence[str]], row: int, count: int) -> BadInput:
        number, page, areas = values["word"][row], values["page"][row], self._mapping.word
        if areas.counts == "character":
            what = f"the character {number[:20]!r} of page {page} belongs to no word"
            remedy = "give the map that belongs, or list the character in [word] off"
            return BadInput(what, where, remedy)
        place = self._text.pages[page]
        size = int(np.diff(self._text.first_of_page[place : place + 2])[0])
        last = areas.base + size - 1
        what = f"word {number[:20]!r} is not on page {page}, whose words are {areas.base} to {last} ({count} such rows)"
        if areas.within == "sentence":
            what = f"word {number[:20]!r} of page {page} is not in its sentence ({count} such rows)"
        return BadInput(what, where, "give the words file that belongs, correct base, or list it in [word] off")

    def _numbers(self, values: Mapping[str, Sequence[str]]) -> dict[str, np.ndarray]:
        """Give orders, times [ms] and places on the screen, (n,) each, nan where there is no number."""
        columns, decimal = self._mapping.columns, self._mapping.files.decimal
        found = {
            name: decimals(values[name], decimal) * (columns[name].milliseconds if name in columns else 1)
            for name in NUMBERS if name in values
        }  # fmt: skip
        if "duration_ms" not in found:
            found["duration_ms"] = found["end_ms"] - found["start_ms"]
        return found

    def _keep(self, values: Mapping[str, Sequence[str]], rows: np.ndarray, collection: Collection, path: Path) -> None:
        labels, alias = values["reader"], self._mapping.alias
        labels = [alias.get(label, label) for label in labels] if alias else labels
        groups = values.get("group") or ["readers"] * len(labels)
        people = collection.people
        for label, group in dict.fromkeys(zip(labels, groups, strict=True)):
            person = people.setdefault(label, Person(len(people), label, group))
            if person.group != group:
                what = f"the reader {label} is of the group {group!r} here, and of {person.group!r} before"
                raise BadInput(what, path, "name a column that tells groups of readers apart")
        number = np.array([people[label].number for label in labels])
        order = np.argsort(number, kind="stable")
        starts = np.flatnonzero(np.diff(number[order], prepend=-1))
        for some in np.split(order, starts[1:]):
            collection.add(people[labels[some[0]]], rows[some])
