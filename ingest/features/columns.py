"""Reads features of words and of word pairs from CSV files, and checks them against the corpus."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from warehouse.errors import BadInput, MissingInput
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Rejection

PLACES = ("word_position",), ("from_word", "to_word")
HEADINGS = {"word_position": "word", "from_word": "from", "to_word": "to"}
"""What a place is called in a file."""
DEPENDENT = 1e-10
"""Share of a column's squares that is left where it is a sum of others."""
LARGEST = 1e100
"""Values are smaller: their squares are summed."""
TOLD = 5
"""Sentences that are named where several lack values."""

Place = tuple[int, ...]


@dataclass(frozen=True)
class Features:
    """Values of features at words or word pairs of a corpus.

    Attributes
    ----------
    stimulus : Stimulus
    places : tuple of str
        The columns that name a word or pair within its sentence: ``word_position``, or ``from_word`` and ``to_word``.
    source : str
        Where they are from.
    where : ndarray (n_rows, 1 + n_places) of int
        Row of the sentence among those of the corpus, and the places.
    values : dict of str to ndarray (n_rows,)
        Of each feature; nan where it has none.
    rejections : list of Rejection
        What is not loaded, and why.
    """

    stimulus: Stimulus
    places: tuple[str, ...]
    source: str
    where: np.ndarray
    values: dict[str, np.ndarray]
    rejections: list[Rejection] = field(default_factory=list)


def word_columns(file: Path, stimulus: Stimulus) -> Features:
    """Read features of words."""
    return _checked(_read(file, stimulus, PLACES[0]), stimulus.word_count)


def pair_columns(file: Path, stimulus: Stimulus) -> Features:
    """Read features of word pairs that look back or at the word itself."""
    return _checked(_read(file, stimulus, PLACES[1]), stimulus.word_count * (stimulus.word_count + 1) // 2)


def _read(file: Path, stimulus: Stimulus, places: tuple[str, ...]) -> Features:
    if not file.is_file():
        raise MissingInput(file, "table")
    header, rows = _table(file)
    own = ["sentence", *(HEADINGS[name] for name in places)]
    names = [name for name in header if name not in (*own, "text")]
    if missing := [name for name in own if name not in header]:
        remedy = f"give it the columns {', '.join(own)} and one for each feature, separated by commas"
        raise BadInput(f"has no column {missing[0]!r}", file, remedy)
    if not names:
        raise BadInput("has no column of a feature", file, f"add one beside {', '.join(own)}")
    if twice := [name for name in header if header.count(name) > 1]:
        raise BadInput(f"has the column {twice[0]!r} twice", file, "keep the one that is right")
    return _parsed(file, rows, names, stimulus, places)


def _table(file: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = csv.DictReader(opened)
            return [name for name in rows.fieldnames or () if name], list(rows)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"cannot be read as a table ({error})", file, "save it as CSV in UTF-8") from None


def _parsed(
    file: Path, rows: Sequence[dict[str, str]], names: Sequence[str], stimulus: Stimulus, places: tuple[str, ...]
) -> Features:
    number = {label: row for row, label in enumerate(stimulus.label)}
    where, values, rejections = dict[Place, int](), list[list[float]](), list[Rejection]()
    for line, row in enumerate(rows, 2):
        place = _place(file, line, row, places)
        because = _unknown(row, place, number, stimulus)
        if because:
            rejections.append(Rejection(f"{file.name}, line {line}", because))
            continue
        known = (number[row["sentence"]], *place)
        if known in where:
            raise BadInput("names a word or pair twice", f"{file.name}, line {line}", "keep one of the rows")
        where[known] = line
        values.append([_value(file, line, row, name) for name in names])
    if not where:
        remedy = f"check --corpus, or the labels; one of {stimulus.corpus} is {stimulus.label[0]}"
        raise BadInput(f"none of its {len(rows)} rows is of {stimulus.corpus}", file, remedy)
    columns = dict(zip(names, np.array(values).T, strict=True))
    return Features(stimulus, places, file.name, np.array(list(where)), columns, rejections)


def _place(file: Path, line: int, row: dict[str, str], places: tuple[str, ...]) -> Place:
    headings = [HEADINGS[name] for name in places]
    try:
        return tuple(int(row[name] or "") for name in headings)
    except ValueError:
        found = ", ".join(repr(row[name]) for name in headings)
        where = f"{file.name}, line {line}"
        raise BadInput(f"{' and '.join(headings)}: {found} is not a place", where, "count words from 0") from None


def _unknown(row: dict[str, str], place: Place, number: dict[str, int], stimulus: Stimulus) -> str | None:
    """Say why a row is not of the corpus."""
    label = row["sentence"]
    if label not in number:
        return f"{stimulus.corpus} has no sentence {label!r}"
    words = stimulus.words[number[label]]
    if not all(0 <= each < len(words) for each in place):
        return f"sentence {label} has no word {max(place, key=abs)}: its {len(words)} words count from 0"
    if len(place) > 1 and place[1] > place[0]:
        return "looks ahead: only pairs that look back or at the word itself enter a regression"
    if (text := row.get("text")) and text != words[place[0]]:
        return f"word {place[0]} of sentence {label} is {words[place[0]]!r}, not {text!r}: words count from 0"
    return None


def _value(file: Path, line: int, row: dict[str, str], name: str) -> float:
    """Give a value; nan where there is none."""
    text = (row[name] or "").strip()
    try:
        value = float(text) if text else float("nan")
    except ValueError:
        value = float("inf")
    if abs(value) > LARGEST or (np.isnan(value) and text):
        where = f"{file.name}, line {line}, column {name}"
        what = f"{text!r} is not a number" + (f" up to {LARGEST:g}" if np.isfinite(value) else "")
        raise BadInput(what, where, "give a number, or nothing where there is none")
    return value


def _checked(features: Features, wanted: np.ndarray) -> Features:
    """Leave out columns that cannot explain anything, and tell of sentences that lack values.

    Parameters
    ----------
    features : Features
        As read.
    wanted : ndarray (n_sentences,) of int
        Words or pairs of each sentence.
    """
    rejections = list(features.rejections)
    useless = dict(_useless(features.values))
    rejections += [Rejection(f"{features.source}, column {name}", because) for name, because in useless.items()]
    kept = {name: column for name, column in features.values.items() if name not in useless}
    if not kept:
        what = "no column is left: each is constant, or a sum of others"
        raise BadInput(what, features.source, "give a feature that varies over the words")
    rejections += _incomplete(features, kept, wanted)
    return replace(features, values=kept, rejections=rejections)


def _useless(values: dict[str, np.ndarray]) -> Iterator[tuple[str, str]]:
    """Name the columns that are constant, or sums of the columns before them, over the rows that have all values."""
    whole = ~np.isnan(np.stack(list(values.values()))).any(axis=0)
    before: list[np.ndarray] = []
    for name, column in values.items():
        centred = column[whole] - column[whole].mean() if whole.any() else np.zeros(1)
        left = centred.copy()
        for other in before:
            left = left - other * (other @ left)
        if not np.abs(centred).max() > 1e-12 * np.abs(column[whole]).max(initial=1.0):
            yield name, "is constant where all features have a value, so that it explains nothing"
        elif not left @ left > DEPENDENT * (centred @ centred):
            yield name, "is a sum of the columns before it, so that it adds nothing to them"
        else:
            before.append(left / np.sqrt(left @ left))


def _incomplete(features: Features, kept: dict[str, np.ndarray], wanted: np.ndarray) -> Iterator[Rejection]:
    """Tell which sentences lack a value of a feature; refuse a file in which all do.

    Raises
    ------
    BadInput
        No sentence is whole.
    """
    label, lacking = features.stimulus.label, np.zeros(len(wanted), dtype=bool)
    for name, column in kept.items():
        has = np.bincount(features.where[~np.isnan(column), 0], minlength=len(wanted))
        rows = np.flatnonzero(has < wanted)
        lacking[rows] = True
        if len(rows):
            shown = ", ".join(label[row] for row in rows[:TOLD]) + (", ..." if len(rows) > TOLD else "")
            because = f"{len(rows)} of {len(wanted)} sentences lack values and are left out with it: {shown}"
            yield Rejection(f"{features.source}, column {name}", because)
    if lacking.all():
        what = "no sentence has a value at every word"
        raise BadInput(what, features.source, "give one row for each word, also for punctuation that stands alone")
