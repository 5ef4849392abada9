"""The page of commands: what each says of itself under `--help`, with its example."""

from collections.abc import Iterator

import click

from warehouse.cli import cli

PAGE = "docs/commands.md"
WIDTH = 100
HEAD = """# Commands

Every command with its help and an example, as `warehouse COMMAND --help` prints them. What a command answers with:
[exit codes](exit-codes.md).

This page is generated from the commands (`python -m tools.pages`).
"""


def page() -> str:
    """Print the help of every command."""
    return "\n".join([HEAD, *(_section(path, command) for path, command in commands())])


def commands(
    command: click.Command = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command by its path, groups before what is in them."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if found := command.get_command(context, name):
                yield from commands(found, (*path, name))


def _section(path: tuple[str, ...], command: click.Command) -> str:
    name = " ".join(["warehouse", *path])
    context = click.Context(command, info_name=name, **{**cli.context_settings, "terminal_width": WIDTH})
    return f"{'#' * min(len(path) + 2, 4)} {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
