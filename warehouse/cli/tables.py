"""Lays rows out as a table that fits a terminal: headings and texts are folded, then columns left out and named."""

import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Row = Mapping[str, Any]
NARROW = 80
"""Columns of a page, of a pipe, and of most terminals."""
GAP = "  "
ABOUT = "  parameters "
LEAST_TEXT, LONGEST_WORD = 12, 30
"""A column of text is not folded narrower, nor for longer words."""
NUMBER = re.compile(r"-?[\d,.]+( of [\d,]+| k?B| [MG]B)?|-?")


def terminal_width() -> int:
    """Give the columns of the terminal, and those of a page where the output goes elsewhere."""
    return shutil.get_terminal_size((NARROW, 24)).columns if sys.stdout.isatty() else NARROW


def folded(text: str, width: int | None, indent: int = 0) -> str:
    """Fold a sentence into lines of a width, all but the first indented; None leaves it as it is."""
    if width is None:
        return text
    more = " " * indent
    return textwrap.fill(text, width, subsequent_indent=more, break_long_words=False, break_on_hyphens=False)


@dataclass(frozen=True)
class _Column:
    heading: str
    cells: Sequence[str]

    @cached_property
    def is_number(self) -> bool:
        return all(map(NUMBER.fullmatch, self.cells)) and any(cell.strip("-") for cell in self.cells)

    @cached_property
    def of_cells(self) -> int:
        return max((_width(cell) for cell in self.cells), default=0)

    @cached_property
    def natural(self) -> int:
        return max(self.of_cells, _width(self.heading))

    @cached_property
    def whole(self) -> int:
        """How wide it is when its heading is folded, and its cells are not."""
        return max(self.of_cells, *map(_width, re.split(r"\s|(?<=[-/])", self.heading)))

    def least(self, least_text: int) -> int:
        """How narrow it may be: numbers stay whole, and so do words that are not too long."""
        if self.is_number:
            return self.whole
        longest = max((_width(word) for cell in self.cells for word in cell.split()), default=0)
        return min(self.whole, max(least_text, min(longest, LONGEST_WORD)))


def table(
    rows: Sequence[Row],
    columns: Mapping[str, str],
    *,
    may_go: Sequence[str] = (),
    width: int | None = None,
    groups: Sequence[str] = (),
    least_text: int = LEAST_TEXT,
) -> str:
    """Lay the named columns out under their headings.

    Parameters
    ----------
    rows : sequence of mapping
        Texts by column, as they are to be shown.
    columns : mapping
        Headings by column.
    may_go : sequence of str
        Columns that may be left out where the table is too wide, the first first; a line below says which were.
    width : int or None
        Columns of the terminal; None: as wide as it gets.
    groups : sequence of str
        A line stands above the first row of each group, of the texts by these names, which are no columns.
    least_text : int
        How narrow a column of texts may become before a column is left out; narrower only where none is left to go.

    Returns
    -------
    str
        Lines without an end of the last one.
    """
    parts = {name: _Column(heading, [row[name] for row in rows]) for name, heading in columns.items()}
    going = list(dict.fromkeys(name for name in may_go if name in parts))
    while (widths := _widths(list(parts.values()), width, least_text)) is None and going:
        parts.pop(going.pop(0))
    widths = (
        widths
        or _widths(list(parts.values()), width, LEAST_TEXT)
        or [part.least(least_text) for part in parts.values()]
    )
    left_out = [heading for name, heading in columns.items() if name not in parts]
    lines = list(_lines(list(parts.values()), widths, [[row[name] for name in groups] for row in rows]))
    if left_out:
        lines.append(folded(f"Not shown: {', '.join(left_out)} (--wide shows all).", width))
    return "\n".join(lines)


def fits(rows: Sequence[Row], columns: Mapping[str, str], width: int | None) -> bool:
    """Tell whether a table has room for all columns when its headings are folded."""
    parts = [_Column(heading, [row[name] for row in rows]) for name, heading in columns.items()]
    return width is None or _total([part.whole for part in parts]) <= width


def record(pairs: Sequence[tuple[str, str]], width: int | None = None) -> str:
    """Lay headings and values out, a line each, long values folded beside their heading."""
    first = max((_width(heading) for heading, _ in pairs), default=0)
    room = None if width is None else max(width - first - len(GAP), LEAST_TEXT)
    lines = []
    for heading, value in pairs:
        begin, *more = _fold(value, room) if room else [value]
        lines += [f"{_pad(heading, first)}{GAP}{begin}".rstrip(), *(f"{'':{first}}{GAP}{line}" for line in more)]
    return "\n".join(lines)


def facts(lines: Iterable[str], width: int | None = None) -> str:
    """Fold lines that begin with what they are about, such as ``  status     done``, below what they say of it."""
    return "\n".join(folded(line, width or terminal_width(), len(ABOUT)) for line in lines)


def _widths(parts: Sequence[_Column], width: int | None, least_text: int) -> list[int] | None:
    """Give each column's width: natural, or with folded headings, or with folded texts; None where none of it fits."""
    for found in ([part.natural for part in parts], [part.whole for part in parts]):
        if width is None or _total(found) <= width:
            return found
    while width is not None and _total(found) > width:
        spare = [have - part.least(least_text) for have, part in zip(found, parts, strict=True)]
        if not any(spare):
            return None
        widest = max((have, at) for at, have in enumerate(found) if spare[at])[1]
        found[widest] -= 1
    return found


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _lines(parts: Sequence[_Column], widths: Sequence[int], groups: Sequence[Sequence[str]]) -> Iterator[str]:
    headings = [_fold_heading(part.heading, width) for part, width in zip(parts, widths, strict=True)]
    height = max(map(len, headings), default=0)
    yield from _row(parts, widths, [[""] * (height - len(lines)) + lines for lines in headings])
    yield GAP.join("-" * width for width in widths)
    before: Sequence[str] | None = None
    for at, group in enumerate(groups):
        if group and group != before:
            yield from ([""] if before is not None else [])
            yield ", ".join(group)
        before = group
        yield from _row(parts, widths, [_fold(p.cells[at], width) for p, width in zip(parts, widths, strict=True)])


def _row(parts: Sequence[_Column], widths: Sequence[int], cells: Sequence[Sequence[str]]) -> Iterator[str]:
    """Give the lines of a row whose cells have one line each, or more."""
    for number in range(max(map(len, cells), default=0)):
        texts = [lines[number] if number < len(lines) else "" for lines in cells]
        yield GAP.join(
            _pad(text, width, part.is_number) for text, width, part in zip(texts, widths, parts, strict=True)
        ).rstrip()


def _fold(text: str, width: int) -> list[str]:
    if _width(text) <= width:
        return [text]
    return textwrap.wrap(text, width, break_on_hyphens=False)


def _fold_heading(text: str, width: int) -> list[str]:
    """Fold after hyphens and slashes, too."""
    if _width(text) <= width:
        return [text]
    return [line.replace("/ ", "/") for line in textwrap.wrap(text.replace("/", "/ "), width)]


def _pad(text: str, width: int, to_the_right: bool = False) -> str:
    blank = " " * (width - _width(text))
    return blank + text if to_the_right else text + blank


def _width(text: str) -> int:
    """Count the columns that a terminal gives a text."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
