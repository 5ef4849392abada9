"""The page of commands: what each says of itself under `--help`, and an example of it from the other pages."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click

from warehouse.cli import cli

ROOT = Path(__file__).resolve().parents[1]
PAGE = "docs/commands.md"
WIDTH = 100
_BLOCK = re.compile(r"^ *```console\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
HEAD = """# Commands

Every command with its help and an example. `warehouse COMMAND --help` prints the same. What a command answers with:
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


def example(path: tuple[str, ...], command: click.Command) -> str:
    """Give the first call of a command in a page; where there is none, the least that it takes."""
    context = click.Context(command)
    needed = [each.make_metavar(context) for each in command.params if each.required]
    for call in _calls():
        words = _words(call)
        if words[: len(path)] == list(path) and len(words) >= len(path) + len(needed):
            return call
    return " ".join(["warehouse", *path, *needed])


@cache
def _calls() -> list[str]:
    """Find what the pages call, in blocks first and in sentences after that."""
    pages = [path for path in [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))] if path != ROOT / PAGE]
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    blocks = re.findall(r"^ *(warehouse \S.*?)(?: +#.*)?$", "\n".join(_BLOCK.findall(text)), re.MULTILINE)
    return [*blocks, *re.findall(r"`(warehouse [^`\n]+)`", text)]


def _words(call: str) -> list[str]:
    try:
        words = shlex.split(call)[1:]
    except ValueError:  # a sentence's quotation mark
        return []
    while words and words[0].startswith("--"):  # of the program itself
        words = words[1 if words[0] == "--quiet" or "=" in words[0] else 2 :]
    return words


def _section(path: tuple[str, ...], command: click.Command) -> str:
    name = " ".join(["warehouse", *path])
    context = click.Context(command, info_name=name, **{**cli.context_settings, "terminal_width": WIDTH})
    text = f"{'#' * min(len(path) + 2, 4)} {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
    if isinstance(command, click.Group):
        return text
    return text + f"\nFor example:\n\n```console\n{example(path, command)}\n```\n"
