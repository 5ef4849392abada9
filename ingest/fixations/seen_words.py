"""The words of a corpus that comes without a words file: those that its fixations name."""

from collections.abc import Sequence
from unicodedata import normalize

from ingest.fixations.collecting import wanted_columns
from ingest.fixations.mapping import Mapping
from ingest.fixations.names import Names
from ingest.fixations.numbers import Areas
from ingest.fixations.pieces import Piece
from ingest.fixations.selection import Selection
from ingest.fixations.tables import Table
from ingest.fixations.text import WORDS, Text, from_looked_at
from warehouse.errors import BadInput

Seen = dict[tuple[str, str], dict[int, str]]
"""Page and sentence, to the place of each word that was looked at, from 0, and its text."""


def words_looked_at(tables: Sequence[Table], mapping: Mapping) -> Text:
    """Gather the words from the fixations.

    Raises
    ------
    BadInput
        If one word has two texts: its number is not that of a place in the text.
    """
    seen: Seen = {}
    areas, selection, wanted = Areas(mapping), Selection(mapping), wanted_columns(mapping)
    for table in tables:
        for piece in table.pieces(wanted):
            _add(seen, table, selection.fixations(piece), mapping, areas, selection)
    return from_looked_at(seen, mapping.corpus.pairs)


def _add(seen: Seen, table: Table, piece: Piece, mapping: Mapping, areas: Areas, selection: Selection) -> None:
    columns = {name: mapping.columns[name].values(piece.columns, piece.count)
               for name in ("page", "sentence", "word") if name in mapping.columns}  # fmt: skip
    pages = columns.get("page") or [table.of_name["page"]] * piece.count
    sentences, names = columns.get("sentence") or [""] * piece.count, Names()
    said, skipped = piece.columns[mapping.word_text], selection.is_skipped(piece).tolist()
    for row, number in enumerate(columns["word"]):
        if skipped[row]:
            continue
        words = seen.setdefault((names[pages[row]], names[sentences[row]]), {})
        text = normalize("NFC", said[row].strip())
        if areas.is_off(number) or not text or (place := areas[number] - mapping.word.base) < 0:
            continue
        if place >= WORDS:
            what = f"word {number} of page {pages[row]} is beyond {WORDS:,} words, and no more are paired"
            raise BadInput(what, piece.place(row), "repair it, or give --words FILE, one row a word")
        if words.setdefault(place, text) != text:
            what = f"word {number} of page {pages[row]} is {words[place]!r} and {text!r}"
            raise BadInput(what, piece.place(row), "give --words FILE, one row a word")
