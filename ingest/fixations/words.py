"""The words file: one row a word, a character with the word that it is of, or a sentence whose words are to be split.

Several files may divide the columns between them, e.g. a text and a map of its characters.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeVar
from unicodedata import category, normalize

from ingest.fixations.mapping import Mapping as Meaning
from ingest.fixations.places import refuse_characters_of_two, refuse_overlap
from ingest.fixations.text import WORDS, Text, Word
from ingest.fixations.word_rows import Row, word_rows
from warehouse.errors import BadInput

Number = TypeVar("Number", int, float)
INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}
"""Kinds of letters that leave no mark on a screen: blanks and what only controls how others are written."""
BOX = ("left", "top", "right", "bottom")


def read_words(paths: Sequence[Path], mapping: Meaning) -> Text:
    """Read the words of a corpus.

    Raises
    ------
    BadInput
        If a column is not there, a word has no text or no place that fixations could be on, words of a sentence have
        one position, or boxes or characters of two words overlap.
    """
    rows = word_rows(paths, mapping)
    of_words = [row for row in rows if not row.is_between]
    words = [word for group in _sentences(of_words) for word in _words(group, mapping)]
    between = ((row.values["page"], row.values.get("sentence", ""), number) for row in rows if row.is_between
               for number in row.characters)  # fmt: skip
    text = Text(_by_page(words), mapping.corpus.pairs, frozenset(between))
    for label, found in text.rows.items():
        if len(found) > WORDS:
            what = f"{label} has {len(found):,} words, and at most {WORDS:,} are paired"
            raise BadInput(what, paths[0], "name the column of its sentences: [words] sentence")
    refuse_overlap(text, paths[0])
    refuse_characters_of_two(text, mapping.word, paths[0])
    return text


def _sentences(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the rows of each sentence, in the order of the sentences' first rows."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.values["page"], row.values.get("sentence", "")), []).append(row)
    yield from found.values()


def _words(rows: list[Row], mapping: Meaning) -> Iterator[Word]:
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
        if sum("text" in row.values and "character" not in row.values for row in group) > 1:
            what = f"two words have the position {group[0].values['position']} of one sentence"
            raise BadInput(what, group[1].line, "repair the words file, or say in [words] which column is the sentence")
        yield _word(group, mapping)


def _word(group: Sequence[Row], mapping: Meaning) -> Word:
    row = next((one for one in group if one.values.get("text")), group[0])
    text = row.values.get("text") or "".join(one.values.get("letter", "") for one in group)
    if not row.values["page"]:
        raise BadInput("has no page", row.line, "repair the words file")
    if all(category(letter) in INVISIBLE for letter in text):
        raise BadInput("has no text that is seen", row.line, "repair the words file")
    characters = [number for one in group for number in one.characters]
    first = min(characters) if characters else next(_known(row.whole("first") for row in group), None)
    last = max(characters) if characters else next(_known(row.whole("last") for row in group), None)
    if mapping.word.counts == "character" and (first is None or last is None or last < first):
        raise BadInput(
            f"the word {text!r} has no characters", row.line, "give first and last, or character, in [words]"
        )
    box = [next(_known(row.number(side) for row in group), None) for side in BOX]
    if mapping.word.counts == "place" and (None in box or box[0] >= box[2] or box[1] >= box[3]):  # type: ignore[operator]
        raise BadInput(f"the word {text!r} has no box", row.line, "give left, top, right and bottom in pixels")
    page = row.values["page"]
    of = (row.values.get("article") or page, page, row.values.get("sentence", ""))
    return Word(*of, normalize("NFC", text), first, last, tuple(box) if None not in box else None)  # type: ignore[arg-type]


def _known(values: Iterable[Number | None]) -> Iterator[Number]:
    return (value for value in values if value is not None)


def _by_page(words: Sequence[Word]) -> list[Word]:
    """Put the pages of an article together, and the sentences of a page."""
    pages = {page: place for place, page in enumerate(dict.fromkeys(word.page for word in words))}
    articles = {article: place for place, article in enumerate(dict.fromkeys(word.article for word in words))}
    return sorted(words, key=lambda word: (articles[word.article], pages[word.page]))
