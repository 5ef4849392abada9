"""The file of a backup: written whole or not at all, and refused where it is damaged."""

import errno
import fcntl
import json
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from warehouse.errors import BadInput, Busy, MissingInput, OutOfSpace
from warehouse.transfer.backup.manifest import MOST_BYTES, Manifest, read
from warehouse.transfer.strict_json import NotAsDeclared

FORMAT = "attention-warehouse backup 2"
OLDER = ("attention-warehouse backup 1",)
"""Formats that are read too: in the first, the one dump held the whole database, scratch schemas included."""
MANIFEST, DUMP = "manifest.json", "database.dump"
CHUNK = 1 << 20  # bytes
LEAST_SHARE = 0.2
"""Of a database's size: no dump measured here was smaller. With less room than that, none is begun."""
_OF_SCRATCH = re.compile(r"(scratch_[a-z][a-z0-9_]{0,39})\.dump")
_BEGINNING = b"PK\x03\x04"
_DUMP_BEGINNING = b"PGDMP"
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError,
)  # fmt: skip


@contextmanager
def write_archive(path: Path, *, force: bool = False) -> Iterator[zipfile.ZipFile]:
    """Make a file that gets its name when the block has ended; if it fails, an older one of the name is untouched.

    Raises
    ------
    BadInput
        There is a file of the name already (unless `force`), or the folder cannot be written to.
    Busy
        Another process writes the same file now.
    OutOfSpace
        The disk is full.
    """
    _refuse(path, force)
    partial = path.with_name(f".{path.name}.unfinished")
    try:
        with os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            _hold(file, path)
            try:
                file.truncate()
                with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                    yield archive
                file.flush()
                os.fsync(file.fileno())
                partial.replace(path)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutOfSpace.of_file(path) from error
        raise BadInput(f"cannot be written ({error.strerror})", path, "name a file in a folder of yours") from error
    _sync(path.parent)


def require_room(path: Path, database_bytes: int) -> None:
    """Refuse to begin where the disk has less room than any backup of the database would take."""
    if path.parent.is_dir() and shutil.disk_usage(path.parent).free < LEAST_SHARE * database_bytes:
        raise OutOfSpace.of_file(path)


def add_manifest(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Write the manifest, which makes the archive a backup."""
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))


def verify_archive(path: Path) -> Manifest:
    """Read a backup from beginning to end, comparing checksums; give its manifest.

    Raises
    ------
    BadInput
        It is not there, not a backup, of a later format, cut off, or damaged, or its manifest is not that of a backup.
    """
    try:
        with path.open("rb") as file:
            begins_well = file.read(len(_BEGINNING)) == _BEGINNING
    except FileNotFoundError:
        raise MissingInput(path, "backup") from None
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})", path, "name the file of a backup") from error
    if not begins_well:
        raise BadInput("is not a backup", path, "name a file that `warehouse backup` made")
    try:
        raw, size, scratch = _read_through(path)
    except _DAMAGE as error:
        raise BadInput("is cut off or damaged", path, "take another copy of it; nothing was restored") from error
    _require_format(raw, path)
    try:
        told = read(raw)
    except NotAsDeclared as error:
        raise BadInput(
            f"its manifest is not that of a backup: {error}", path, "take a copy that nobody changed"
        ) from error
    if told.dump_bytes != size:
        what = f"its dump has {size:,} bytes where its manifest says {told.dump_bytes:,}"
        raise BadInput(what, path, "take another copy of it; nothing was restored")
    if sorted(told.scratch) != scratch:
        raise BadInput("its scratch schemas are not those of its manifest", path, "take another copy of it")
    return told


def _require_format(raw: bytes, path: Path) -> None:
    """Tell what a later version wrote from what is damaged."""
    with suppress(ValueError, RecursionError):
        told = json.loads(raw)
        if isinstance(told, dict) and isinstance(told.get("format"), str) and told["format"] not in (FORMAT, *OLDER):
            raise BadInput(
                f"is {told['format'][:60]!r}, and this program reads {FORMAT!r}", path,
                "install the version of attention-warehouse that made it",
            )  # fmt: skip


@contextmanager
def dump_of(path: Path, name: str = DUMP) -> Iterator[IO[bytes]]:
    """Open a dump of a backup for reading."""
    with zipfile.ZipFile(path) as archive, archive.open(name) as dump:
        yield dump


def size_of(path: Path, name: str) -> int:
    """Say how long a dump of a backup is [bytes]."""
    with zipfile.ZipFile(path) as archive:
        return archive.getinfo(name).file_size


def _read_through(path: Path) -> tuple[bytes, int, list[str]]:
    """Give the manifest, the size of the dump, and the scratch schemas of which there are dumps.

    All of them lie in the archive as they are, and nothing else.
    """
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        found = [_OF_SCRATCH.fullmatch(one.filename) for one in entries]
        scratch = sorted(name[1] for name in found if name)
        wanted = sorted((DUMP, MANIFEST, *(f"{name}.dump" for name in scratch)))
        is_plain = all(one.compress_type == zipfile.ZIP_STORED and not one.flag_bits & 1 for one in entries)
        if sorted(one.filename for one in entries) != wanted or not is_plain:
            raise zipfile.BadZipFile
        if archive.getinfo(MANIFEST).file_size > MOST_BYTES or archive.testzip() is not None:
            raise zipfile.BadZipFile
        for name in wanted:
            with archive.open(name) as dump:
                if name != MANIFEST and dump.read(len(_DUMP_BEGINNING)) != _DUMP_BEGINNING:
                    raise zipfile.BadZipFile
        return archive.read(MANIFEST), archive.getinfo(DUMP).file_size, scratch


def _refuse(path: Path, force: bool) -> None:
    if path.is_dir():
        raise BadInput("is a folder", path, "give the name of a file")
    if path.exists() and not force:
        raise BadInput("is there already", path, "give another name, or --force to put a new backup in its place")


def _hold(file: IO[bytes], path: Path) -> None:
    """Hold the unfinished file; the lock of a killed process is gone with it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy(f"Another process writes {path} at this moment: wait until it has ended.") from None


def _sync(folder: Path) -> None:
    """Let the new name survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
