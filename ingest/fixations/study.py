"""A study: its mapping, its files, its text, and each reader put together from them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.fixations.collecting import Collection, Person
from ingest.fixations.mapping import Mapping as Meaning
from ingest.fixations.mapping import read_mapping
from ingest.fixations.seen_words import words_looked_at
from ingest.fixations.tables import Table
from ingest.fixations.text import Text
from ingest.fixations.totals import refuse_totals
from ingest.fixations.trials import Read, Trial, read
from ingest.fixations.words import read_words
from warehouse.errors import BadInput, MissingInput

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
        if not files:
            raise MissingInput("The command", "file of fixations")
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
        digests = {path.name: _sha256(path) for path in [*files, *words]}
        return cls(meaning, tables, text, digests)

    def readers(self, collection: Collection) -> Iterator[tuple[Person, Read]]:
        """Yield each reader with what they read; one at a time is in memory."""
        pages, ordinals = self.text.pages, reading_ordinals(name for _, name in collection.trials)
        trials = [Trial(pages.get(page, -1), ordinals[name], page) for page, name in collection.trials]
        for person in collection.people.values():
            yield person, read(collection.records(person), trials.__getitem__, self.text, person.label)


def reading_ordinals(names: Iterator[str]) -> dict[str, int]:
    """Give which time a page was read, from 1, by the name of the reading: numbers, or whether it is a repeated one.

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
        raise BadInput(f"readings are named {told}", "[columns] reading", "name a column of numbers") from None
    least = min(numbers.values())
    return {name: number - least + 1 for name, number in numbers.items()}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
