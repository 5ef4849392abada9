"""Files as they lie on disk: their bytes, their text, their digests, and tables of tab-separated values."""

import csv
import hashlib
import io
import json
import unicodedata
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

from warehouse.errors import BadInput, MissingInput


def read_bytes(path: Path, what: str) -> bytes:
    """Read a file whole; `what` names what it should be, for the error message.

    Raises
    ------
    MissingInput
        If there is no such file.
    """
    if not path.is_file():
        raise MissingInput(path, what)
    return path.read_bytes()


def decode(path: Path, content: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark, to Unicode NFC; anything else is `BadInput`."""
    try:
        return unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInput(f"byte {error.start} is not UTF-8", path, "convert the file to UTF-8") from None


def sha256(content: bytes) -> str:
    """Digest of a file's content, hex."""
    return hashlib.sha256(content).hexdigest()


def digest(*parts: Any) -> str:
    """Digest of values by their JSON, in which no two different lists of values read the same."""
    return sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode())


def read_table(
    path: Path, content: bytes, columns: Sequence[str], *, quoting: Literal[0, 3] = csv.QUOTE_NONE
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
    quoting : int
        ``csv.QUOTE_NONE`` or ``csv.QUOTE_MINIMAL``.

    Yields
    ------
    line, values : int, tuple of str
        The line in the file, counted from 1, and the row's values in the order of `columns`.

    Raises
    ------
    BadInput
        If a column is missing, the values are not separated by tabs, or a row is shorter or longer than the header.
    """
    reader = csv.reader(io.StringIO(decode(path, content), newline=""), delimiter="\t", quoting=quoting)
    try:
        header = next(reader, [])
        pick = itemgetter(*_positions(path, header, columns))
        for row in reader:
            if len(row) == len(header):
                yield reader.line_num, pick(row)
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
            raise BadInput(f"has no column {column!r}", f"{path}, line 1", f"its columns are {', '.join(header)}")
    return [position[column] for column in columns]
