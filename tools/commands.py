"""The page of commands: what each says of itself under `--help`, with its example."""

from collections.abc import Iterator

import click

from warehouse.cli import cli

PAGE = "docs/commands.md"
WIDTH = 100
HEAD = """# Commands

Every command with its help and an example, as `warehouse COMMAND --help` prints them. What a command answers with:
[exit codes](exit-codes.md).

Tables fit the terminal, or 80 columns where the output goes elsewhere: headings are folded, what rows are grouped by
stands above them, and a line below says which columns had no room (`--wide` prints all). `--format csv`, `json`,
`markdown` or `parquet` prints the rows for other programs, CSV, JSON and Parquet with all columns of their view:

```console
warehouse show human-resemblance --layers --format parquet > curve.parquet
```

A name that is not known is answered with those near it, whatever their case. Options that were called otherwise before
are understood under their former names in this version.

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
