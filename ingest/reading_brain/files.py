"""Files as they lie on disk: their bytes, their text, their digests, and tables of tab-separated values."""

import csv
import gzip
import hashlib
import io
import json
import re
import unicodedata
import zlib
from collections.abc import Collection, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Literal, cast

from warehouse.errors import BadInput, MissingInput
from warehouse.plugin.fetched import refuse_unfetched

SIZE_LIMIT = 64 * 2**20
"""Bytes that a text may have, which is read whole; an event file of one run has less than 1 million."""
PIECE = 1 << 18
CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
"""Control characters other than tabs and line ends: no text has them, and the database cannot store the first."""
NO_TEXT = {"Cc", "Zl", "Zp"}
"""Unicode's categories of control characters and of separators of lines: no value of a table has them."""
MARKS = 30
"""Combining marks that may follow each other, as in Unicode's stream-safe text: ordering them takes time squared."""
MISSING = {"", ".", "n/a", "NA", "N/A", "NaN", "nan", "None", "null"}
"""How a table says that it has no value: as published, and as pandas and R write it."""
ABSENT = "n/a"
"""What stands in a column that a file lacks and need not have."""


def read_bytes(path: Path, what: str) -> bytes:
    """Read a file whole; `what` names what it should be, for the error message.

    Raises
    ------
    MissingInput
        If there is no such file.
    BadInput
        If it is too large or cannot be read.
    """
    if not path.is_file():
        refuse_unfetched(path)
        raise MissingInput(path, what)
    try:
        content = _unpacked(path, what) if path.suffix.lower() == ".gz" else _bounded(path, path.open("rb"), what)
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror or error})", path, "check its permissions") from None
    refuse_unfetched(path, content)
    return content


def _bounded(path: Path, opened: IO[bytes], what: str) -> bytes:
    content = bytearray()
    with opened as file:
        while piece := file.read(PIECE):
            content += piece
            if len(content) > SIZE_LIMIT:
                raise BadInput(f"is larger than {SIZE_LIMIT // 2**20} MiB", path, f"give {what}")
    return bytes(content)


def _unpacked(path: Path, what: str) -> bytes:
    try:
        return _bounded(path, cast(IO[bytes], gzip.open(path)), what)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInput("cannot be unpacked", path, "compress it with gzip again, or unpack it") from error


def decode(path: Path, content: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark, to Unicode NFC.

    Raises
    ------
    BadInput
        If it is not UTF-8, holds control characters, or piles combining marks upon each other.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"byte {error.start} is not UTF-8", path, "convert the file to UTF-8") from None
    if control := CONTROL.search(text):
        what = f"character {control.start()} is the control character U+{ord(control[0]):04X}"
        raise BadInput(what, path, "convert the file to UTF-8, or remove it")
    if text.isascii():
        return text
    if _most_marks(text) > MARKS:
        raise BadInput(f"more than {MARKS} combining marks follow each other", path, "repair or fetch the file again")
    return unicodedata.normalize("NFC", text)


def refuse_control(text: str, where: str) -> None:
    """Refuse control characters in a value: what a tab or a line end within quotes leaves in it.

    Raises
    ------
    BadInput
        Naming the first.
    """
    if text.isprintable():
        return
    for letter in text:
        if unicodedata.category(letter) in NO_TEXT:
            what = f"{text[:60]!r} holds the control character U+{ord(letter):04X}"
            raise BadInput(what, where, "take it out of the file")


def _most_marks(text: str) -> int:
    """Count the longest run of combining marks."""
    run = most = 0
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) else 0
        most = max(most, run)
    return most


def sha256(content: bytes) -> str:
    """Digest of a file's content, hex."""
    return hashlib.sha256(content).hexdigest()


def digest(*parts: Any) -> str:
    """Digest of values by their JSON, in which no two different lists of values read the same."""
    return sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode())


def whole_number(text: str) -> int | None:
    """Read a whole number of at most nine digits, also as pandas writes it (``150.0``); None where it is none."""
    found = re.fullmatch(r"([0-9]{1,9})(\.0{1,6})?", text, re.ASCII)
    return int(found[1]) if found else None


def read_table(
    path: Path,
    content: bytes,
    columns: Sequence[str],
    *,
    optional: Sequence[str] = (),
    quoting: Literal[0, 3] = csv.QUOTE_NONE,
    may_repeat: Collection[str] = (),
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Read the named columns of tab-separated values with a header.

    Parameters
    ----------
    path : Path
        Named in error messages.
    content : bytes
        The file's content.
    columns : sequence of str
        At least two.
    optional : sequence of str
        Columns that a file may lack; their values are then `ABSENT`.
    quoting : int
        ``csv.QUOTE_NONE`` or ``csv.QUOTE_MINIMAL``.
    may_repeat : collection of str
        Those of which the last counts where they stand twice.

    Yields
    ------
    line, values : int, tuple of str
        The line in the file, counted from 1, and the row's values in the order of `columns` and `optional`.

    Raises
    ------
    BadInput
        If a column is missing or stands twice, the values are not separated by tabs, a row is shorter or longer than
        the header, or a value holds a control character.
    """
    reader = csv.reader(io.StringIO(decode(path, content), newline=""), delimiter="\t", quoting=quoting)
    try:
        header = next(reader, [])
        present = [name for name in optional if name in header]
        place = dict(zip(present, _positions(path, header, present, may_repeat), strict=True))
        # what is absent is taken from behind the last column
        more = (place.get(name, len(header)) for name in optional)
        pick = itemgetter(*_positions(path, header, columns, may_repeat), *more)
        for row in reader:
            if len(row) == len(header):
                values = pick([*row, ABSENT])
                refuse_control("".join(values), f"{path}, line {reader.line_num}")
                yield reader.line_num, values
            elif row:
                what = f"holds {len(row)} values where the header names {len(header)}"
                raise BadInput(what, f"{path}, line {reader.line_num}", "repair or fetch the file again")
    except csv.Error as error:
        where = f"{path}, line {reader.line_num}"
        raise BadInput(f"cannot be read as a table: {error}", where, "repair or fetch the file again") from None


def _positions(path: Path, header: list[str], columns: Sequence[str], may_repeat: Collection[str]) -> list[int]:
    if len(header) < 2:
        found = "".join(header)[:60]
        raise BadInput(f"the first line, {found!r}, is not separated by tabs", path, "give tab-separated values")
    position = {name: place for place, name in enumerate(header)}
    for column in columns:
        if column not in position:
            told = ", ".join(header)[:600]
            raise BadInput(f"has no column {column!r}", f"{path}, line 1", f"its columns are {told}")
        if header.count(column) > 1 and column not in may_repeat:
            raise BadInput(f"has the column {column!r} twice", f"{path}, line 1", "keep the one that is right")
    return [position[column] for column in columns]
