"""What the columns of a table of fixations may be: by their names, and by what stands in them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.fixations.mapping import MISSING
from ingest.fixations.numbers import WHOLE
from ingest.fixations.tables import Table

LIKELY: Mapping[str, Sequence[str]] = {
    "reader": ("RECORDING_SESSION_LABEL", "participant_id", "subject_id", "reader_id", "Participant_ID", "subject",
               "participant", "reader", "uniform_id", "sub", "pp_nr"),
    "group": ("group", "language_group", "age_group"),
    "page": ("page", "page_name", "page_id", "text_id", "Text_ID", "item_id", "itemid", "sentenceid", "sentence_id",
             "TRIAL_LABEL", "trial", "trialid", "text", "item", "passage_id", "stimulus"),
    "reading": ("repeated_reading_trial", "reading"),
    "order": ("CURRENT_FIX_INDEX", "fixation_index", "fixation_id", "fixid", "index", "fixation"),
    "start_ms": ("CURRENT_FIX_START", "onset", "start_ms", "start", "fixation_start"),
    "end_ms": ("CURRENT_FIX_END", "offset", "end_ms", "stop"),
    "duration_ms": ("CURRENT_FIX_DURATION", "fixation_duration", "duration_ms", "duration", "dur"),
    "word": ("CURRENT_FIX_INTEREST_AREA_ID", "CURRENT_FIX_INTEREST_AREA_INDEX", "word_id", "word_idx", "word_index",
             "ianum", "aoi", "area_id", "word"),
    "x": ("CURRENT_FIX_X", "x", "location_x", "xn"), "y": ("CURRENT_FIX_Y", "y", "location_y", "yn"),
}  # fmt: skip
"""Names under which reports of Data Viewer, pymovements and the published corpora have each thing, the surest first."""
ALIKE = {
    "reader": "subj|partic|reader|proband|person|observer|session",
    "page": "text|page|screen|trial|item|passage|paragr|stim|story|sent",
    "order": "fix.*(id|ind|nr|no|num)|^fix(ation)?$|order|index",
    "duration_ms": "duration|dauer|(^|_)dur(_|$)",
    "start_ms": "start|onset|begin",
    "word": "word|wort|area|aoi|^ia|roi|char",
}
"""Parts of names under which other programs have them; in this order, and each column once."""
LABELS = ("CURRENT_FIX_INTEREST_AREA_LABEL", "word_text", "ia", "IA_LABEL")
UNIT = re.compile(r"[\[(](s|ms|[uµμ]s|ns)[\])]")
"""A unit in the name of a column."""
KIND = re.compile("(event|movement).*type|^type$|^event$", re.IGNORECASE)
"""The names of columns that tell fixations from saccades and blinks."""
COMMA = re.compile(r"-?[0-9]+,[0-9]+")
MARKS = 6
"""Marks of being on no word that a mapping would list."""


@dataclass(frozen=True)
class Guess:
    """What a table may hold.

    Attributes
    ----------
    known, alike : dict of str to str
        Columns that bear a name that is known, and those whose names are like it, by what they are.
    label : str
        A column with the text of the word looked at; empty where there is none.
    decimal : str
        How numbers are written.
    base : int
        The number of the first word.
    off : list of str
        What stands in the column of words and is no number of one.
    only : dict of str to list of str
        A column that tells kinds of events, to those that are fixations.
    """

    known: Mapping[str, str]
    alike: Mapping[str, str]
    label: str
    decimal: str
    base: int
    off: Sequence[str]
    only: Mapping[str, Sequence[str]]

    @property
    def columns(self) -> dict[str, str]:
        """Both."""
        return {**self.known, **self.alike}

    @property
    def is_by_place(self) -> bool:
        """True where fixations have places, and no words."""
        return "word" not in self.columns and {"x", "y"} <= self.columns.keys()

    @property
    def counts_characters(self) -> bool:
        """True where the column of words is one of characters, as its name says."""
        return "char" in self.columns.get("word", "").lower()


def guess(table: Table) -> Guess:
    """Guess from the header and the first rows."""
    lower = {name.lower(): name for name in reversed(table.header)}
    known = {thing: lower[name] for thing, names in LIKELY.items() for name in map(str.lower, reversed(names))
             if name in lower and _may_be(thing, table, lower[name])}  # fmt: skip
    label = next((name for name in LABELS if name in table.header), "")
    free = [name for name in table.header if name not in known.values() and name != label]
    alike = dict[str, str]()
    for thing, pattern in ALIKE.items():
        if thing not in known and (found := _alike(thing, pattern, table, free)):
            alike[thing] = found
            free.remove(found)
    columns = {**known, **alike}
    numbers = _first_values(table, columns.get("duration_ms", ""))
    decimal = "," if any(COMMA.fullmatch(value) for value in numbers) else "."
    return Guess(known, alike, label, decimal, *_of_words(_first_values(table, columns.get("word", ""))),
                 _only(table))  # fmt: skip


def unit(column: str) -> str:
    """Give the unit that the name of a column says, as a mapping writes it; empty where it is milliseconds or none."""
    found = UNIT.search(column)
    said = re.sub("[µμ]", "u", found[1]) if found else ""
    return "" if said == "ms" else said


def _alike(thing: str, pattern: str, table: Table, free: Sequence[str]) -> str:
    return next((one for one in free if re.search(pattern, one.lower()) and _may_be(thing, table, one)), "")


def _may_be(thing: str, table: Table, column: str) -> bool:
    """Tell whether a column may be a thing: that of words has numbers in it, and not their texts."""
    values = _first_values(table, column) if thing == "word" else ()
    return not values or any(WHOLE.fullmatch(value) for value in values) or set(values) <= set(MISSING)


def _only(table: Table) -> dict[str, list[str]]:
    """Find what tells fixations from other events."""
    for column in filter(KIND.search, table.header):
        values = _first_values(table, column)
        if fixations := [value for value in values if "fix" in value.lower()]:
            return {column: fixations}
    return {}


def _first_values(table: Table, column: str) -> Sequence[str]:
    """Give what stands in the first rows of a column, each value once."""
    if not column or table.header.count(column) > 1:
        return ()
    some = next(table.pieces([column]), None)
    return [value.strip() for value in dict.fromkeys(some.columns[column])] if some else ()


def _of_words(values: Sequence[str]) -> tuple[int, list[str]]:
    numbers = [float(value) for value in values if WHOLE.fullmatch(value)]
    base = 0 if 0 in numbers else 1
    off = [value for value in values if value not in MISSING and (not WHOLE.fullmatch(value) or float(value) < 0)]
    return base, off[:MARKS] if len(off) <= MARKS else []
