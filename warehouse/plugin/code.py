"""The digest of the code that makes an analysis's numbers."""

import hashlib
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from warehouse.plugin.registry import Analysis

NUMERICS = "analytics._stats"
"""Shared by all analyses, also those of other packages."""
DOCSTRING = (
    r"(?:\A(?:\#.*\n|\s)*|(?P<opening>^[ \t]*(?:async def|def|class|\)).*:))"  # a module's, or of what is opened there
    r'\s*[rR]?"""(?:[^\\]|\\[\s\S])*?"""[ \t]*$'
)
QUOTED = r"""(?P<quoted>(?P<quotes>["]{3}|'{3}|["'])(?:[^\\]|\\[\s\S])*?(?P=quotes))"""
IDLE = r"^[ \t]*(?:\#.*)?\n|[ \t]*\#.*|[ \t]+$"
PROSE = re.compile("|".join((DOCSTRING, QUOTED, IDLE)), re.MULTILINE)
"""Docstrings, comments and idle white space; what is quoted is matched too, so that nothing is left out of it."""
IMPORT = re.compile(r"(?m)^[ \t]*(?:from +(?P<package>[\w.]+) +)?import +(?P<names>\([^)]*\)|(?:\\\n|.)*)")


def code_digest(analysis: Analysis) -> str:
    """SHA-256 over an analysis's module, and what it uses of its own package and of the numerics.

    What comments and docstrings say does not count, nor which Python runs the code.
    """
    waiting, digests = [analysis.function.__module__], dict[str, str]()
    package = analysis.function.__module__.partition(".")[0]
    while waiting:
        name = waiting.pop()
        if name not in digests and (path := _file_of(name, package)):
            digests[name], imported = _read_code(path, name if path.name == "__init__.py" else name.rpartition(".")[0])
            waiting += imported
    return hashlib.sha256("".join(digests[name] for name in sorted(digests)).encode()).hexdigest()


@cache
def _read_code(path: Path, package: str) -> tuple[str, list[str]]:
    """Give the digest of a module without its prose, and the names that it imports; among them are those of modules."""
    code = PROSE.sub(lambda found: found["opening"] or found["quoted"] or "", path.read_text(encoding="utf-8")).strip()
    return hashlib.sha256(code.encode()).hexdigest(), list(_imported(code, package))


def _imported(code: str, package: str) -> Iterator[str]:
    """Give the names that some code imports; what is imported from a package may be a module too."""
    for found in IMPORT.finditer(code):
        names = re.findall(r"[\w.]+", found["names"])
        if found["package"] is None:
            yield from names
        else:
            start = importlib.util.resolve_name(found["package"], package)
            yield from (start, *(f"{start}.{name}" for name in names))


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
