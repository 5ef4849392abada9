"""The words file: one row a word, or one row a character with the word that it is of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from unicodedata import normalize

from ingest.fixations.fields import Field
from ingest.fixations.mapping import MISSING, WORDS_FIELDS
from ingest.fixations.mapping import Mapping as Meaning
from ingest.fixations.names import Names
from ingest.fixations.places import refuse_characters_of_two, refuse_overlap
from ingest.fixations.tables import Piece, Table
from ingest.fixations.text import WORDS, Text, Word
from warehouse.errors import BadInput

OWN_COLUMNS = {name: Field((name,)) for name in WORDS_FIELDS}
"""Those of a words file that needs no section [words]."""
BOX = ("left", "top", "right", "bottom")
NUMBER = re.compile(r"(\d{1,9})(?:\.0+)?(?![\d.])")


@dataclass(frozen=True)
class _Row:
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
        try:
            return float(value.replace(",", "."))
        except ValueError:
            raise BadInput(f"{value[:60]!r} is not a number", f"{self.line}, {name}", "repair the words file") from None

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


def read_words(paths: Sequence[Path], mapping: Meaning) -> Text:
    """Read the words of a corpus.

    Raises
    ------
    BadInput
        If a column is not there, a word has no text or no place that fixations could be on, words of a sentence have
        one position, or boxes or characters of two words overlap.
    """
    rows = [row for path in paths for row in _rows(Table(path, mapping.words_form), mapping)]
    of_words = [row for row in rows if not _is_between(row)]
    words = [word for group in _sentences(of_words) for word in _words(group, mapping)]
    between = ((row.values["page"], row.values.get("sentence", ""), number) for row in rows if _is_between(row)
               for number in row.characters)  # fmt: skip
    text = Text(_by_page(words), mapping.corpus.pairs, frozenset(between))
    for label, found in text.rows.items():
        if len(found) > WORDS:
            what = f"{label} has {len(found):,} words, and at most {WORDS:,} are paired"
            raise BadInput(what, paths[0], "name the column of its sentences: [words] sentence")
    refuse_overlap(text, paths[0])
    refuse_characters_of_two(text, mapping.word, paths[0])
    return text


def _rows(table: Table, mapping: Meaning) -> Iterator[_Row]:
    own = {name: one for name, one in OWN_COLUMNS.items() if name in table.header} if not mapping.words else {}
    meant: Mapping[str, Field] = mapping.words or own
    if "page" not in meant and "page" not in table.of_name:
        raise _lacks(table, "page")
    if "text" not in meant and "letter" not in meant:
        raise _lacks(table, "text")
    wanted = list(dict.fromkeys(column for one in meant.values() for column in one.columns))
    for piece in table.pieces(wanted):
        yield from _piece_rows(table, piece, meant)


def _piece_rows(table: Table, piece: Piece, meant: Mapping[str, Field]) -> Iterator[_Row]:
    columns = {name: one.values(piece.columns, piece.count) for name, one in meant.items()}
    names = Names()
    columns |= {name: [names[value] for value in columns[name]] for name in ("page", "sentence") if name in columns}
    for place in range(piece.count):
        values = {name: values[place] for name, values in columns.items()}
        yield _Row(f"{table.path}, line {piece.first + place}", {**table.of_name, **values})


def _is_between(row: _Row) -> bool:
    """Tell whether a row is a character that belongs to no word, such as a blank."""
    return "character" in row.values and "position" in row.values and row.number("position") is None


def _lacks(table: Table, name: str) -> BadInput:
    remedy = f"its columns are {', '.join(table.header)[:600]}; say which it is in [words]"
    return BadInput(f"has no column {name!r}", f"{table.path}, line 1", remedy)


def _sentences(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Yield the rows of each sentence, in the order of the sentences' first rows."""
    found: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        found.setdefault((row.values["page"], row.values.get("sentence", "")), []).append(row)
    yield from found.values()


def _words(rows: list[_Row], mapping: Meaning) -> Iterator[Word]:
    """Yield the words of a sentence in their order; rows of characters are joined to words."""
    positions = [row.number("position") for row in rows]
    if any(position is not None for position in positions):
        if None in positions:
            row = rows[positions.index(None)]
            raise BadInput("has no position", row.line, "repair the words file")
        order = sorted(range(len(rows)), key=lambda place: (positions[place] or 0.0, place))
        groups = [[rows[i] for i in some] for _, some in groupby(order, key=positions.__getitem__)]
    else:
        groups = [[row] for row in rows]
    for group in groups:
        if len(group) > 1 and "character" not in group[0].values:
            what = f"two words have the position {group[0].values['position']} of one sentence"
            raise BadInput(what, group[1].line, "repair the words file, or say in [words] which column is the sentence")
        yield _word(group, mapping)


def _word(group: Sequence[_Row], mapping: Meaning) -> Word:
    row = group[0]
    text = "".join(one.values["letter"] for one in group) if "letter" in row.values else row.values["text"]
    if not text:
        raise BadInput("has no text", row.line, "repair the words file")
    characters = [number for one in group for number in one.characters]
    first = min(characters) if characters else row.whole("first")
    last = max(characters) if characters else row.whole("last")
    if mapping.word.counts == "character" and (first is None or last is None or last < first):
        raise BadInput(
            f"the word {text!r} has no characters", row.line, "give first and last, or character, in [words]"
        )
    box = [row.number(side) for side in BOX]
    if mapping.word.counts == "place" and (None in box or box[0] >= box[2] or box[1] >= box[3]):  # type: ignore[operator]
        raise BadInput(f"the word {text!r} has no box", row.line, "give left, top, right and bottom in pixels")
    page = row.values["page"]
    of = (row.values.get("article") or page, page, row.values.get("sentence", ""))
    return Word(*of, normalize("NFC", text), first, last, tuple(box) if None not in box else None)  # type: ignore[arg-type]


def _by_page(words: Sequence[Word]) -> list[Word]:
    """Put the pages of an article together, and the sentences of a page."""
    pages = {page: place for place, page in enumerate(dict.fromkeys(word.page for word in words))}
    articles = {article: place for place, article in enumerate(dict.fromkeys(word.article for word in words))}
    return sorted(words, key=lambda word: (articles[word.article], pages[word.page]))
