"""JSON of others, read into dataclasses: every key is known, every value is of its type and in its bounds."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

Made = TypeVar("Made")


class NotAsDeclared(ValueError):
    """What is wrong, with its place in the document, e.g. ``roles[3].connection_limit is '1 SUPERUSER'``."""


@dataclass(frozen=True)
class Between:
    """Numbers from `least` to `most`."""

    least: int
    most: int

    def __call__(self, value: int) -> bool:
        """Tell whether a number is in bounds."""
        return self.least <= value <= self.most


@dataclass(frozen=True)
class Matches:
    """Texts that a regular expression matches whole."""

    pattern: str

    def __call__(self, value: str) -> bool:
        """Tell whether a text matches."""
        return re.fullmatch(self.pattern, value) is not None


def printable(value: str) -> bool:
    """Texts of one line, without control characters."""
    return value.isprintable() and len(value) <= 2000


def parse(raw: bytes, kind: type[Made]) -> Made:
    """Read a document as a dataclass.

    Parameters
    ----------
    raw : bytes
        JSON in UTF-8.
    kind : type
        A dataclass; its fields are of scalars, dataclasses, ``tuple[X, ...]``, ``dict[str, X]``, ``X | None`` and
        ``Annotated[X, rule, ...]``, where a rule tells whether a value may be.

    Raises
    ------
    NotAsDeclared
        If it is not JSON, or anything in it is not declared so.
    """
    try:
        value = json.loads(raw, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:100]
        raise NotAsDeclared(f"it is not JSON ({reason})") from error
    made: Made = _made(kind, value, "")
    return made


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _made(kind: Any, value: Any, place: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        made = _made(inner[0], value, place)
        _require(all(rule(made) for rule in inner[1:]), value, place)
        return made
    if origin in (Union, UnionType):
        return None if value is None else _made(next(one for one in inner if one is not type(None)), value, place)
    if origin is tuple:
        _require(isinstance(value, list), value, place)
        return tuple(_made(inner[0], one, f"{place}[{number}]") for number, one in enumerate(value))
    if origin is dict:
        _require(isinstance(value, dict), value, place)
        return {_made(inner[0], name, f"a key of {place}"): _made(inner[1], one, f"{place}.{name}")
                for name, one in value.items()}  # fmt: skip
    if is_dataclass(kind):
        return _dataclass(kind, value, place)
    _require(type(value) is kind, value, place)
    return value


def _dataclass(kind: Any, value: Any, place: str) -> Any:
    _require(isinstance(value, Mapping), value, place)
    declared = {one.name: one for one in fields(kind)}
    for name in value:
        if name not in declared:
            raise NotAsDeclared(f"{_named(place, name)} is not known")
    for name, one in declared.items():
        if name not in value and one.default is MISSING:
            raise NotAsDeclared(f"{_named(place, name)} is missing")
    hints: Mapping[str, Callable[..., Any]] = get_type_hints(kind, include_extras=True)
    return kind(**{name: _made(hints[name], one, _named(place, name)) for name, one in value.items()})


def _named(place: str, name: str) -> str:
    return f"{place}.{name[:40]}" if place else name[:40]


def _require(is_right: bool, value: Any, place: str) -> None:
    if not is_right:
        shown = f"a {type(value).__name__}" if isinstance(value, list | dict) else repr(value)[:80]
        raise NotAsDeclared(f"{place[:120] or 'the document'} is {shown}")
