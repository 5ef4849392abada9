"""The rows of words files: what each says of a word; several files may divide the columns between them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.fixations.fields import Field
from ingest.fixations.mapping import MISSING, WORDS_FIELDS
from ingest.fixations.mapping import Mapping as Meaning
from ingest.fixations.names import Names
from ingest.fixations.numbers import decimals
from ingest.fixations.pieces import Piece
from ingest.fixations.tables import Table
from warehouse.errors import BadInput

OWN_COLUMNS = {name: Field((name,)) for name in WORDS_FIELDS}
"""Those of a words file that needs no section [words]."""
TEXTS = ("text", "letter", "words")
"""Columns of which one must be there."""
LARGEST = 2**31
"""More than any place of a word and any character."""
NUMBER = re.compile(r"(\d{1,9})(?:\.0+)?(?![\d.])")


@dataclass(frozen=True)
class Row:
    """A row of a words file."""

    line: str
    values: Mapping[str, str]

    def number(self, name: str) -> float | None:
        """Give a number, None where the row has none.

        Raises
        ------
        BadInput
            It is none.
        """
        value = self.values.get(name, "")
        if value in MISSING:
            return None
        found = decimals([value], ",")[0]
        if not abs(found) < LARGEST:
            raise BadInput(f"{value[:60]!r} is not a number", f"{self.line}, {name}", "repair the words file")
        return float(found)

    @property
    def characters(self) -> list[int]:
        """The numbers of its characters: one, or a list such as ``[4, 5, 6]``."""
        return [int(number) for number in NUMBER.findall(self.values.get("character", ""))]

    def whole(self, name: str) -> int | None:
        """Give a whole number."""
        found = self.number(name)
        if found is not None and found != int(found):
            raise BadInput(f"{found} is not a whole number", f"{self.line}, {name}", "repair the words file")
        return None if found is None else int(found)

    @property
    def is_between(self) -> bool:
        """True for a character that belongs to no word, such as a blank."""
        return "character" in self.values and "position" in self.values and self.number("position") is None


def word_rows(paths: Sequence[Path], mapping: Meaning) -> list[Row]:
    """Read the rows of words files.

    Raises
    ------
    BadInput
        If a column that the mapping names is in none of them, or one of them does not say the page.
    """
    tables = [Table(path, mapping.words_form) for path in paths]
    _refuse_what_lacks(tables, mapping)
    return _with_sentences([row for table in tables for row in _rows(table, mapping)])


def _meant(table: Table, mapping: Meaning) -> dict[str, Field]:
    """Give what a file's columns mean, of those that it has."""
    told = {**_by_default(mapping), **mapping.words} if mapping.words else OWN_COLUMNS
    return {name: one for name, one in told.items() if set(one.columns) <= set(table.header)}


def _by_default(mapping: Meaning) -> dict[str, Field]:
    """Give the columns that must be there and that [words] does not name: they are called so."""
    needed = ("page",) if set(TEXTS) & mapping.words.keys() else ("page", "text")
    return {name: OWN_COLUMNS[name] for name in needed}


def _refuse_what_lacks(tables: Sequence[Table], mapping: Meaning) -> None:
    found = [_meant(table, mapping) for table in tables]
    for table, meant in zip(tables, found, strict=True):
        if "page" not in meant and "page" not in table.of_name:
            raise _lacks(table, _column(mapping, "page"))
    for name in mapping.words:
        if not any(name in meant for meant in found):
            raise _lacks(tables[0], _column(mapping, name))
    if not any(name in meant for meant in found for name in TEXTS):
        raise _lacks(tables[0], "text")


def _column(mapping: Meaning, name: str) -> str:
    return "/".join(mapping.words[name].columns) if name in mapping.words else name


def _with_sentences(rows: list[Row]) -> list[Row]:
    """Give rows of a file that does not tell sentences that of the word of their page and position."""
    known = {(row.values["page"], row.number("position")): row.values["sentence"]
             for row in rows if "sentence" in row.values and "position" in row.values}  # fmt: skip
    if all("sentence" in row.values for row in rows) or not known:
        return rows
    return [Row(row.line, {"sentence": known.get((row.values["page"], row.number("position")), ""), **row.values})
            for row in rows]  # fmt: skip


def _rows(table: Table, mapping: Meaning) -> Iterator[Row]:
    meant = _meant(table, mapping)
    wanted = list(dict.fromkeys(column for one in meant.values() for column in one.columns))
    for piece in table.pieces(wanted):
        yield from _piece_rows(table, piece, meant)


def _piece_rows(table: Table, piece: Piece, meant: Mapping[str, Field]) -> Iterator[Row]:
    columns = {name: one.values(piece.columns, piece.count) for name, one in meant.items()}
    names = Names()
    columns |= {name: [names[value] for value in columns[name]] for name in ("page", "sentence") if name in columns}
    for place in range(piece.count):
        values = {name: values[place] for name, values in columns.items()}
        line, whole = piece.place(place), values.pop("words", None)
        for text in [None] if whole is None else whole.split():
            yield Row(line, {**table.of_name, **values, **({} if text is None else {"text": text})})


def _lacks(table: Table, name: str) -> BadInput:
    remedy = f"its columns are {', '.join(table.header)[:600]}; say which it is in [words]"
    return BadInput(f"has no column {name!r}", f"{table.path}, line 1", remedy)
