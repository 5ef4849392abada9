"""The command line in this process, and all that it offers."""

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import click

from warehouse.cli import cli, main


class Said(NamedTuple):
    """What a command answered; `events` are its lines on standard error as programs read them."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.err.splitlines()]


Warehouse = Callable[..., Said]


def said(*words: str) -> Said:
    """Run a command."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(list(words))
        except SystemExit as error:
            code = int(error.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


def commands(
    command: click.Command = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command and every group of commands by its path."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, (*path, name))
