"""Small TOML files that people write, read without trust: in bounds of size, depth and numbers."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warehouse.errors import BadInput, MissingInput

SIZE_LIMIT = 256 * 2**10
"""Bytes of a file."""
DOTS = 100
"""Dots in a line: a dotted key takes memory by the square of its parts."""
WHOLE = 2**63
"""Whole numbers are smaller, as in the database."""


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """Read a TOML file whose texts and numbers the database can hold.

    Parameters
    ----------
    path : Path
        Where it is.
    what : str
        What it should be, for the error message.

    Raises
    ------
    MissingInput
        If there is no such file.
    BadInput
        If it cannot be read, is too large, is not TOML, or holds a number or a character beyond all bounds.
    """
    text = _text(path, what)
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
        raise BadInput(f"is not TOML: {reason}", path, "correct it") from error
    for value in _leaves(told):
        if isinstance(value, int) and not -WHOLE < value < WHOLE:
            raise BadInput("holds a whole number of more than 64 bits", path, "correct it")
        if isinstance(value, str) and "\0" in value:
            raise BadInput("holds the character U+0000, which no text has", path, "correct it")
    return told


def _text(path: Path, what: str) -> str:
    try:
        if not path.is_file():
            raise MissingInput(path, what)
        if path.stat().st_size > SIZE_LIMIT:
            raise BadInput(f"is larger than {SIZE_LIMIT // 2**10} KiB", path, f"give a {what}")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})", path, "check the path and its permissions") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"is not TOML: byte {error.start} is not UTF-8", path, "convert it to UTF-8") from None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.count(".") > DOTS:
            raise BadInput(f"has more than {DOTS} dots", f"{path}, line {number}", "break the line")
    return text


def _leaves(value: Any) -> Iterator[Any]:
    """Yield keys and values, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        else:
            yield one
