"""The digest of the code that makes an analysis's numbers."""

import ast
import hashlib
import importlib.util
import inspect
from functools import cache
from pathlib import Path

from warehouse.plugin.registry import Analysis

NUMERICS = "analytics._stats"
"""Shared by all analyses, also those of other packages."""


def code_digest(analysis: Analysis) -> str:
    """SHA-256 over an analysis's module, and what it uses of its own package and of the numerics, comments apart."""
    module = inspect.getmodule(analysis.function)
    package = (module.__name__ if module else "").partition(".")[0]
    waiting, digests = [Path(inspect.getfile(analysis.function))], {}
    while waiting:
        path = waiting.pop()
        if path not in digests:
            digests[path], imported = _read_code(path)
            waiting += [found for name in imported if (found := _file_of(name, package))]
    return hashlib.sha256("".join(digests[path] for path in sorted(digests)).encode()).hexdigest()


@cache
def _read_code(path: Path) -> tuple[str, list[str]]:
    """Give the digest of a module's code without docstrings, and the names that it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            imported += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
        elif isinstance(node, ast.Import):
            imported += [name.name for name in node.names]
        elif isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), imported


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
