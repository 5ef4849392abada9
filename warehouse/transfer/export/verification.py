"""The manifest of an export and its files, read without trust: nothing is opened that is not a plain file of it."""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from warehouse.errors import BadInput, MissingInput
from warehouse.transfer.export.manifest import FORMAT, NAME, own_digest, sha256
from warehouse.transfer.strict_json import Between, Matches, NotAsDeclared, parse, printable

MOST_BYTES = 16 * 2**20
"""Of a manifest; a file takes about 200."""
MOST_FILES = 20_000
WITH_CONTENT = "0024"
"""The schema revision from which on every export has the checksum of its attention's rows."""
Line = Annotated[str, printable]
Count = Annotated[int, Between(0, 2**62)]
Hash = Annotated[str, Matches(r"[0-9a-f]{64}")]


@dataclass(frozen=True)
class _File:
    """A file of an export."""

    path: Annotated[str, Matches(r"([a-z][a-z_]*/){1,2}[a-z][a-z0-9_]*\.(parquet|sql)")]
    bytes: Count
    sha256: Hash
    table: Line | None
    rows: Count | None


@dataclass(frozen=True)
class _Chosen:
    """What was asked for."""

    runs: tuple[Count, ...]
    corpora: tuple[Line, ...]


@dataclass(frozen=True)
class _Citation:
    """Whom to cite for a corpus."""

    corpus: Line
    licence: str
    citation: str


@dataclass(frozen=True)
class _Source:
    """Whom to cite for a source."""

    source: Line
    licence: str
    citation: str


@dataclass(frozen=True)
class _Extraction:
    """What an extraction was made of."""

    extraction_id: Count
    digest: Line
    files: dict[Line, Line]
    content: Line | None = None


@dataclass(frozen=True)
class _Manifest:
    """All that an export says of itself."""

    format: Line
    version: Line
    schema_revision: Annotated[str, Matches(r"[0-9]{4}")]
    chosen: _Chosen
    citations: tuple[_Citation, ...]
    sources: tuple[_Source, ...]
    extractions: tuple[_Extraction, ...]
    files: tuple[_File, ...]
    sha256: Hash


def read(directory: Path) -> dict[str, Any]:
    """Read a manifest and check every file that it names, and that there is no other.

    Raises
    ------
    MissingInput
        If there is none.
    BadInput
        If it is not one of ours, it or a file was changed or cut short, or the folder holds links, other kinds of
        files, or files that it does not name.
    """
    path = directory / NAME
    if not path.is_file() or path.is_symlink():
        raise MissingInput(directory, f"{NAME}, which an export writes last")
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(f"is larger than {MOST_BYTES // 2**20} MiB", path, "give the folder that the export made")
    told = _told(path)
    there = dict(_plain_files(directory))
    for file in told["files"]:
        _require_size(directory / file["path"], file, there)
    if others := sorted(there.keys() - {file["path"] for file in told["files"]}):
        raise BadInput(f"is not named in {NAME}", directory / others[0], "take it out, or copy or export it again")
    for file in told["files"]:
        if sha256(directory / file["path"]) != file["sha256"]:
            raise _changed(directory / file["path"])
    return told


def _told(path: Path) -> dict[str, Any]:
    raw = path.read_bytes()
    try:
        made = parse(raw, _Manifest)
    except NotAsDeclared as error:
        _refuse_other_format(raw, path)
        what = f"is not a manifest of an export: {error}"
        raise BadInput(what, path, "give the folder that the export made") from error
    _refuse_other_format(raw, path)
    if len({file.path for file in made.files}) < len(made.files):
        raise BadInput("names a file twice", path, "copy or export it again")
    told: dict[str, Any] = json.loads(raw)
    if made.schema_revision >= WITH_CONTENT and None in (each.content for each in made.extractions):
        raise BadInput("does not say what its attention holds", path, "export it again")
    said = told.pop("sha256")
    if said != own_digest(told):
        raise BadInput("is not as it was written", path, "copy or export it again")
    return {**told, "sha256": said}


def _refuse_other_format(raw: bytes, path: Path) -> None:
    """Tell what a later version wrote from what is none."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return
    found = told.get("format") if isinstance(told, dict) else FORMAT
    if isinstance(found, str) and found != FORMAT:
        raise BadInput(f"is of the format {found[:60]!r}", path, "import it with the version that wrote it")


def _plain_files(directory: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files below a folder by their paths; no link is followed."""
    count = 0
    for place, folders, names in os.walk(directory):
        for name in (*folders, *names):
            path = Path(place) / name
            found = path.lstat()
            count += 1
            if not stat.S_ISREG(found.st_mode) and not (stat.S_ISDIR(found.st_mode) and name in folders):
                raise BadInput("is not a plain file", path, "copy the export whole, with its files and without links")
            if count > MOST_FILES:
                raise BadInput(f"holds more than {MOST_FILES:,} files", directory, "give the folder of one export")
            if stat.S_ISREG(found.st_mode) and path != directory / NAME:
                yield path.relative_to(directory).as_posix(), found


def _require_size(path: Path, file: Mapping[str, Any], there: Mapping[str, os.stat_result]) -> None:
    if file["path"] not in there:
        raise BadInput("is missing", path, "copy or export it again")
    if there[file["path"]].st_size != file["bytes"]:
        raise _changed(path)


def _changed(path: Path) -> BadInput:
    return BadInput("is not as it was written: its checksum differs", path, "copy or export it again")
