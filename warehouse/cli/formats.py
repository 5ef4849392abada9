"""`--format`, which every command that prints data has, with the older flags that stand for one; and `--wide`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])

ROWS = ("table", "csv", "json", "markdown", "parquet")
"""What rows are printed as."""
DOCUMENT = ("table", "json")
"""What is printed as of data that are no rows, such as the facts of one run with all that belongs to it."""
SHORT = {"json": "--json", "csv": "--csv"}
"""Flags that stand for a format."""


@dataclass(frozen=True)
class Form:
    """How data are to be printed: a format, who asked for it, and whether tables may be wider than the terminal."""

    name: str = "table"
    asked_by: str = ""
    is_wide: bool = False

    @property
    def is_table(self) -> bool:
        """Tell whether people read it."""
        return self.name == "table"


def format_options(*, has_tables: bool = True) -> list[click.Parameter]:
    """Give the options for rows; a command gets them as one argument `form`, a `Form`."""
    return [click.Option(names, **facts) for names, facts in _declared(ROWS, has_tables)]


def printing(forms: Sequence[str] = ROWS, *, has_tables: bool = True) -> Callable[[Function], Function]:
    """Add the options to a decorated command, which gets a `Form` as its argument `form`."""

    def decorate(function: Function) -> Function:
        for names, facts in reversed(_declared(forms, has_tables)):
            function = click.option(*names, **facts)(function)
        return function

    return decorate


def _declared(forms: Sequence[str], has_tables: bool) -> list[tuple[list[str], dict[str, Any]]]:
    short = {name: flag for name, flag in SHORT.items() if name in forms}
    common = {"callback": _choose, "expose_value": False}
    told = {
        "type": click.Choice(forms),
        "help": f"How to print, by default as a table; for short: {', '.join(short.values())}.",
    }
    found: list[tuple[list[str], dict[str, Any]]] = [(["--format", "format"], {**told, **common})]
    for name, flag in short.items():
        found.append(([flag, f"as_{name}"], {"flag_value": name, "help": f"Print {name}.", "hidden": True, **common}))
    if has_tables:
        found.append((["--wide"], {"is_flag": True, "help": "Print tables with all columns, however wide.", **common}))
    return found


def _choose(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Put together what the options ask for; `UsageError` where they contradict each other."""
    form: Form = context.params.setdefault("form", Form())
    if option.name == "wide":
        form = replace(form, is_wide=bool(value))
    elif value:
        asked_by = f"--format {value}" if option.name == "format" else option.opts[0]
        if form.asked_by and form.name != value:
            raise click.UsageError(f"{form.asked_by} and {asked_by} contradict each other: give one of them.", context)
        form = replace(form, name=value, asked_by=asked_by)
    if form.is_wide and not form.is_table:
        raise click.UsageError(
            f"--wide is for tables, and {form.asked_by} prints none: leave one of them out.", context
        )
    context.params["form"] = form
