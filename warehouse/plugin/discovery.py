"""Where sources and analyses are found: in `ingest` and `analytics`, in installed packages, and in single files.

A package of one's own names its modules as entry points of the groups `attention_warehouse.sources` and
`attention_warehouse.analyses`; a single file is given by name (``--plugin FILE``). What is found and cannot be imported
is named and left out, so that it does not stop the rest; a file that was asked for by name must work.
"""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from types import ModuleType

from warehouse import logs
from warehouse.errors import BadInput, MissingInput, WarehouseError

GROUPS = {"ingest": "attention_warehouse.sources", "analytics": "attention_warehouse.analyses"}
"""The entry points that are looked for beside the modules of each of our packages."""
MARK = "IS_OF_ATTENTION_WAREHOUSE"
"""Stands in our packages: other distributions have an `analytics` or `ingest` of their own."""
_files: list[Path] = []


@cache
def discover(package_name: str) -> None:
    """Import every module that may declare something of a kind, once.

    Parameters
    ----------
    package_name : str
        ``ingest`` for sources, ``analytics`` for analyses.

    Raises
    ------
    BadInput
        If another distribution's package of that name is found instead of ours.
    """
    package = _our_package(package_name)
    for where, load in _candidates(package, GROUPS[package_name]):
        try:
            load()
        except Exception as error:
            logs.remark(f"Left out: {where} cannot be imported ({_told(error)}); correct or uninstall it.")


def discover_module(package_name: str, name: str) -> None:
    """Import one module of `ingest` or `analytics`, if there is such a one that can be imported."""
    module = f"{_our_package(package_name).__name__}.{name}"
    if name.isidentifier() and not name.startswith("_") and importlib.util.find_spec(module):
        with suppress(Exception):  # `discover` tells of it
            importlib.import_module(module)


def load_file(path: Path) -> None:
    """Import a file that declares sources or analyses.

    Raises
    ------
    BadInput
        If it is not there or cannot be imported.
    """
    path = path.resolve()
    if not path.exists():
        raise MissingInput(path, "Python file")
    name = f"warehouse_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if path.suffix != ".py" or not path.is_file() or spec is None or spec.loader is None:
        raise BadInput("is not a Python file", path, "give a file that ends in .py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise BadInput(f"cannot be imported ({_told(error)})", path, "correct it") from error
    _files.append(path)


def loaded_files() -> tuple[Path, ...]:
    """Give the files that were loaded by name: processes started beside this one load them too."""
    return tuple(_files)


def _our_package(package_name: str) -> ModuleType:
    package = importlib.import_module(package_name)
    if not hasattr(package, MARK):
        raise BadInput(
            f"is not the {package_name} of the attention warehouse but another distribution's",
            package.__file__ or package_name, "install the attention warehouse in an environment of its own",
        )  # fmt: skip
    return package


def _candidates(package: ModuleType, group: str) -> Iterator[tuple[str, Callable[[], object]]]:
    from importlib.metadata import entry_points  # it takes longer than most commands have

    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            name = f"{package.__name__}.{module.name}"
            yield name, partial(importlib.import_module, name)
    for point in sorted(entry_points(group=group)):
        origin = f" of {point.dist.name}" if point.dist else ""
        yield f"{point.value}{origin}", point.load


def _told(error: Exception) -> str:
    """Give an error in one line, with the line of the plugin where it is known."""
    if isinstance(error, WarehouseError):
        return str(error).rstrip(".")
    where = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {' '.join(text.split())}{where}"
