"""Commands as they are here: each with an example, former names of options, and names near a wrong one."""

from collections.abc import Sequence
from typing import Any

import click

from warehouse import logs
from warehouse.suggestions import near_names


def example(call: str, also: str = "") -> str:
    """Give the end of a help page: an example that can be copied, and what else is to be said.

    Parameters
    ----------
    call : str
        The command as it is typed.
    also : str
        A paragraph below it.
    """
    return f"\b\nExample:\n  {call}" + (f"\n\n{also}" if also else "")


def shortest_call(path: Sequence[str], parameters: Sequence[click.Parameter]) -> str:
    """Give a command with what it cannot do without, in capitals where it is to be replaced."""
    words = ["warehouse", *path]
    for parameter in parameters:
        name = (parameter.name or "").upper()
        if isinstance(parameter, click.Argument):
            words.append(name)
        elif parameter.required:
            words += [parameter.opts[0], name]
    return " ".join(words)


class Option(click.Option):
    """An option that may have had another name, which is understood for one more version and not shown."""

    def __init__(self, *names: Any, formerly: str | None = None, **facts: Any) -> None:
        super().__init__(*names, **facts)
        self.formerly = formerly


class Command(click.Command):
    """A command that understands former names of its options, and says what they are called now."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Put the names that options have now in the place of former ones."""
        options = [option for option in self.get_params(context) if isinstance(option, Option)]
        now = {option.formerly: option.opts[0] for option in options if _may_be_former(option, options, args)}
        return super().parse_args(context, [_renamed(word, now) for word in args])


class Group(click.Group):
    """A group that tells the names near one that it does not have."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; `UsageError` names those that may have been meant."""
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            near = near_names(name, self.list_commands(ctx))
            raise click.UsageError(
                f"No such command {name!r}." + (f" Did you mean {' or '.join(map(repr, near))}?" if near else ""), ctx
            )
        return super().resolve_command(ctx, args)


Group.group_class = Group


def _may_be_former(option: Option, options: Sequence[Option], args: Sequence[str]) -> bool:
    """Tell whether an option's former name can mean it: not where another has that name now and it is given itself."""
    is_anothers = any(option.formerly in other.opts for other in options)
    return not (is_anothers and any(word.partition("=")[0] in option.opts for word in args))


def _renamed(word: str, now: dict[str | None, str]) -> str:
    name, sign, value = word.partition("=")
    if name not in now:
        return word
    logs.remark(f"{name} is called {now[name]} now; its former name is understood in this version only.")
    return f"{now[name]}{sign}{value}"
