"""Files as they lie on disk: their bytes, their text, their digests, and tables of tab-separated values."""

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

from warehouse.errors import BadInput, MissingInput

SIZE_LIMIT = 64 * 2**20
"""Bytes that a text may have, which is read whole; an event file of one run has less than 1 million."""
CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
"""Control characters other than tabs and line ends: no text has them, and the database cannot store the first."""
MARKS = 30
"""Combining marks that may follow each other, as in Unicode's stream-safe text: ordering them takes time squared."""

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
        raise MissingInput(path, what)
    if path.stat().st_size > SIZE_LIMIT:
        raise BadInput(f"is larger than {SIZE_LIMIT // 2**20} MiB", path, f"give {what}")
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})", path, "check its permissions") from None


def decode(path: Path, content: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark, to Unicode NFC.

    Raises
    ------
    BadInput
        If it is no UTF-8, holds control characters, or piles combining marks upon each other.
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


def read_table(
    path: Path,
    content: bytes,
    columns: Sequence[str],
    *,
    optional: Sequence[str] = (),
    quoting: Literal[0, 3] = csv.QUOTE_NONE,
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Read the named columns of tab-separated values with a header.

    Parameters
    ----------
    path : Path
        Named in error messages.
    content : bytes
        The file's content.
    columns : sequence of str
        At least two; where two columns bear one name, the last counts.
    optional : sequence of str
        Columns that a file may lack; their values are then `ABSENT`.
    quoting : int
        ``csv.QUOTE_NONE`` or ``csv.QUOTE_MINIMAL``.

    Yields
    ------
    line, values : int, tuple of str
        The line in the file, counted from 1, and the row's values in the order of `columns` and `optional`.

    Raises
    ------
    BadInput
        If a column is missing, the values are not separated by tabs, or a row is shorter or longer than the header.
    """
    reader = csv.reader(io.StringIO(decode(path, content), newline=""), delimiter="\t", quoting=quoting)
    try:
        header = next(reader, [])
        pick = itemgetter(*_positions(path, header, columns), *(_position(header, name) for name in optional))
        for row in reader:
            if len(row) == len(header):
                yield reader.line_num, pick([*row, ABSENT])
            elif row:
                what = f"holds {len(row)} values where the header names {len(header)}"
                raise BadInput(what, f"{path}, line {reader.line_num}", "repair or fetch the file again")
    except csv.Error as error:
        where = f"{path}, line {reader.line_num}"
        raise BadInput(f"cannot be read as a table: {error}", where, "repair or fetch the file again") from None


def _positions(path: Path, header: list[str], columns: Sequence[str]) -> list[int]:
    if len(header) < 2:
        found = "".join(header)[:60]
        raise BadInput(f"the first line, {found!r}, is not separated by tabs", path, "give tab-separated values")
    position = {name: place for place, name in enumerate(header)}
    for column in columns:
        if column not in position:
            told = ", ".join(header)[:600]
            raise BadInput(f"has no column {column!r}", f"{path}, line 1", f"its columns are {told}")
    return [position[column] for column in columns]


def _position(header: list[str], column: str) -> int:
    """Find a column that may be absent: it is then taken from behind the last one."""
    return header.index(column) if column in header else len(header)
