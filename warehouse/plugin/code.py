"""The digest of the code that makes an analysis's numbers."""

import hashlib
import importlib.util
import inspect
import marshal
import py_compile
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import CodeType

from warehouse.plugin.registry import Analysis

NUMERICS = "analytics._stats"
"""Shared by all analyses, also those of other packages."""
MOST = 0xFFFFFFFF
"""Times and sizes stand in four bytes in compiled files."""


def code_digest(analysis: Analysis) -> str:
    """SHA-256 over an analysis's module, and what it uses of its own package and of the numerics.

    What comments and docstrings say does not count.
    """
    module = inspect.getmodule(analysis.function)
    package = (module.__name__ if module else "").partition(".")[0]
    waiting, digests = [Path(inspect.getfile(analysis.function))], {}
    while waiting:
        path = waiting.pop()
        if path not in digests:
            digests[path], names = _read_code(path)
            waiting += _files_of(names, package)
    return hashlib.sha256("".join(digests[path] for path in sorted(digests)).encode()).hexdigest()


@cache
def _read_code(path: Path) -> tuple[str, set[str]]:
    """Give the digest of a module as it is compiled, and the names in it, those of the modules that it imports too."""
    code = _compiled(path)
    written = marshal.dumps(_without_places(code), 2)  # this version writes the same in every process
    return hashlib.sha256(written).hexdigest(), set(_names(code))


def _compiled(path: Path) -> CodeType:
    """Compile a module without its docstrings; what comes of it is kept as Python keeps what it imports."""
    facts, kept = path.stat(), Path(importlib.util.cache_from_source(path, optimization=2))
    header = importlib.util.MAGIC_NUMBER + struct.pack("<3L", 0, int(facts.st_mtime) & MOST, facts.st_size & MOST)
    with suppress(OSError):
        if not (kept.is_file() and kept.read_bytes().startswith(header)) and not sys.dont_write_bytecode:
            py_compile.compile(str(path), doraise=True, optimize=2)
        if (found := kept.read_bytes()).startswith(header):
            code: CodeType = marshal.loads(found[len(header) :])
            return code
    return compile(path.read_bytes(), "", "exec", dont_inherit=True, optimize=2)


def _without_places(code: CodeType) -> CodeType:
    """Leave out where code stands: comments move it in its file, and the file may be anywhere."""
    constants = tuple(_without_places(each) if isinstance(each, CodeType) else each for each in code.co_consts)
    return code.replace(co_filename="", co_firstlineno=1, co_linetable=b"", co_consts=constants)


def _names(code: CodeType) -> Iterator[str]:
    """Give the names in some code, those of the modules that it imports among them."""
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names(each)


def _files_of(names: set[str], package: str) -> Iterator[Path]:
    """Give the files of the modules among some names; what is imported from a package may be a module too."""
    for name in names:
        if path := _file_of(name, package):
            yield path
            if path.name == "__init__.py":
                yield from filter(None, (_file_of(f"{name}.{inner}", package) for inner in names))


@cache
def _file_of(name: str, package: str) -> Path | None:
    """Give the file of a module whose code decides numbers; None for other modules and for what is not a module."""
    if not (name.startswith(f"{NUMERICS}.") or name.partition(".")[0] == package):
        return None
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:  # a name within a module
        return None
    return Path(spec.origin) if spec and spec.origin and spec.has_location else None
