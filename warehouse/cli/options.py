"""Makes the command line's arguments and options from the annotated parameters of sources and analyses."""

import inspect
import math
import re
import types
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import click

from warehouse.cli.commands import Option
from warehouse.load.stored import Stored
from warehouse.plugin.registry import Formerly, parameters


class _Number(click.types.FloatParamType):
    """A number that a run can record: JSON has none that is infinite."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        return found if math.isfinite(found) else self.fail(f"{value!r} is not a number.", param, ctx)


TYPES: dict[Any, click.ParamType[Any]] = {
    str: click.STRING, int: click.INT, float: _Number(), bool: click.BOOL, Path: click.Path(path_type=Path),
}  # fmt: skip


def arguments_of(function: Callable[..., Any]) -> list[click.Parameter]:
    """Give a click argument for each positional parameter; whether ``*paths`` may be none, the function decides."""
    hints = get_type_hints(function, include_extras=True)
    made: list[click.Parameter] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            continue
        many = parameter.kind is inspect.Parameter.VAR_POSITIONAL
        kind, _ = _taken_apart(hints[name])
        made.append(click.Argument([name], type=TYPES[kind], nargs=-1 if many else 1, required=not many))
    return made


@cache
def options_of(function: Callable[..., Any]) -> tuple[click.Parameter, ...]:
    """Give a click option for each keyword-only parameter, apart from those that are filled in."""
    hints = get_type_hints(function, include_extras=True)
    return tuple(
        _option(name, hints[name], parameter.default)
        for name, parameter in parameters(function).items()
        if hints[name] is not Stored
    )


def summary_of(function: Callable[..., Any]) -> str:
    """Give the first sentence of a docstring."""
    return (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")


def help_of(function: Callable[..., Any]) -> str:
    """Give the part of a docstring that speaks to users: what stands before its sections."""
    return re.split(r"\n\w+\n-+\n", inspect.getdoc(function) or "")[0].strip()


def example_of(function: Callable[..., Any]) -> str:
    """Give the first line of a docstring's examples; empty where it has none."""
    found = re.search(r"^Examples\n-+\n(.*)$", inspect.getdoc(function) or "", re.MULTILINE)
    return found[1] if found else ""


def _option(name: str, hint: Any, default: Any) -> click.Option:
    kind, told = _taken_apart(hint)
    formerly = next((f"--{one.name.replace('_', '-')}" for one in _remarks(hint) if isinstance(one, Formerly)), None)
    required = default is inspect.Parameter.empty
    shown = {} if required else {"default": default, "show_default": default not in (None, False, ())}
    flag = f"--{name.replace('_', '-')}"
    if kind is bool:
        return Option([flag, name], is_flag=True, help=told, formerly=formerly)
    many = get_origin(kind) is tuple
    return Option(
        [flag, name], type=_click_type(get_args(kind)[0] if many else kind), multiple=many, required=required,
        help=told, formerly=formerly, **shown,
    )  # fmt: skip


def _taken_apart(hint: Any) -> tuple[Any, str]:
    """Split ``Annotated[X | None, "help"]`` into X and the help text."""
    told = ""
    if get_origin(hint) is Annotated:
        hint, told = get_args(hint)[:2]
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(choice for choice in get_args(hint) if choice is not type(None))
    return hint, f"{told[:1].upper()}{told[1:]}." if told and not told.endswith(".") else told


def _remarks(hint: Any) -> tuple[Any, ...]:
    """Give what an annotation says besides the type."""
    return get_args(hint)[1:] if get_origin(hint) is Annotated else ()


def _click_type(kind: Any) -> click.ParamType[Any]:
    return click.Choice(get_args(kind)) if get_origin(kind) is Literal else TYPES[kind]
