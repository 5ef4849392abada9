"""Files that are there in name only: links of git-annex, datalad and Git LFS whose content was never fetched."""

import os
import re
from pathlib import Path

from warehouse.errors import BadInput

POINTER = re.compile(rb"(\.\./)*(\.git)?/annex/objects/|version https://git-lfs")
"""How a file begins that stands for its content, where the disk has no links."""


def refuse_unfetched(path: Path, start: bytes | None = None) -> None:
    """Refuse a file whose content was not fetched; one that is not there at all is not among these.

    Parameters
    ----------
    path : Path
        The file.
    start : bytes, optional
        How it begins, where it has been opened; else it is looked at as a link only.

    Raises
    ------
    BadInput
        If it is a link to nothing or to itself, or holds what stands for the content.
    """
    target = os.fsencode(path.readlink()) if path.is_symlink() and not path.exists() else None
    if target is not None and not POINTER.search(target):
        raise BadInput("is a link to what is not there", path, "repair it, or give the file itself")
    if target is not None or (start is not None and POINTER.match(start)):
        what = "is a link of git-annex, datalad or Git LFS whose content was not fetched"
        raise BadInput(what, path, "run `git annex get` or `git lfs pull` on it")
