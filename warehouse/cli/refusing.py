"""What no command can use: words that are not text, and paths that the operating system refuses."""

import errno
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from warehouse.errors import BadInput

REFUSED = {
    errno.EACCES, errno.EDQUOT, errno.EFBIG, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOSPC, errno.ENOTDIR,
    errno.EPERM, errno.EROFS,
}  # fmt: skip
"""What the system says of a path that cannot be used; anything else that it says is a bug."""


def require_text(words: Sequence[str]) -> None:
    """Refuse control characters, and bytes that are not UTF-8, which Python hands on in disguise.

    Messages would repeat them to the terminal, and tables cannot hold them. Line ends and tabs are part of SQL.

    Raises
    ------
    click.UsageError
        Naming the first such word.
    """
    for word in words:
        if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in word):
            raise click.UsageError(f"{word[:60]!a} is not text in UTF-8 without control characters.")


@contextmanager
def refused_paths() -> Iterator[None]:
    """Turn what the system refuses into a sentence.

    Raises
    ------
    BadInput
        The path is too long, leads through a file, may not be entered, or the disk is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in REFUSED:
            raise
        reason, place = (error.strerror or "").lower(), error.filename or "a file"
        raise BadInput(f"cannot be used ({reason})", place, "give another path, or change this one") from error
