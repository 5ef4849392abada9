"""Runs the commands and the SQL of hand-written pages, and puts what they print into the blocks below them.

A block of output follows its command, or its statement, with nothing between. Commands run in the order of the page on
the warehouse that `warehouse demo` leaves; those that name a place of the reader's (``DATA``, ``FILE``), that only end
or look at the server, are left alone.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
from collections.abc import Callable

from warehouse.cli import main
from warehouse.database.connection import Database
from warehouse.database.server import find_binaries

OF_THE_DEMO = ("docs/sql.md", "docs/where-a-number-comes-from.md")
GOING_ON = ("docs/first-hour.md",)
"""The pages with output of the simulated study: those that only ask, and those whose commands compute more."""
BLOCK = re.compile(r"^( *)```(console|sql|text)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LEFT_ALONE = re.compile(r"\b(DATA|DIRECTORY|FILE|FOLDER)\b|^warehouse (db (stop|url|status|psql)|dashboard)\b")


def transcribed(page: str, database: Database) -> str:
    """Give a page with the output of its commands and statements as it is now."""
    return filled(page, lambda kind, text: command(text, database) if kind == "console" else answer(text, database))


def command(block: str, database: Database) -> str:
    """Run the commands of a block; give what the last one printed, or why it could not be done."""
    printed = ""
    for line in block.splitlines():
        if line.strip().startswith("warehouse ") and not LEFT_ALONE.search(line.strip()):
            printed = said(database, *shlex.split(line)[1:])
    return printed


def said(database: Database, *words: str) -> str:
    """Run a command in this process; give what it printed, or, where it failed, its error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(["--quiet", "--dsn", database.dsn, *words])
        except SystemExit as end:
            return err.getvalue() if end.code else out.getvalue()
    return out.getvalue()


def answer(statement: str, database: Database) -> str:
    """Ask psql, as a reader who cannot write; what it prints, or what it complains of."""
    told = [find_binaries(os.environ) / "psql", database.dsn, "-X", "-v", "ON_ERROR_STOP=1", "-c", statement]
    environment = {**os.environ, "PGOPTIONS": "-c default_transaction_read_only=on", "PAGER": "cat"}
    done = subprocess.run(told, capture_output=True, text=True, env=environment, check=False)
    return done.stderr or done.stdout


def filled(page: str, output: Callable[[str, str], str]) -> str:
    """Put `output` of each block, given its kind and text, into the block of text that follows it at once."""
    parts, end, printed = [], 0, ""
    for block in BLOCK.finditer(page):
        indent, kind, text = block.groups()
        between = page[end : block.start()]
        parts.append(between)
        if kind != "text":
            printed = output(kind, text)
        elif end and not between.strip():
            text = "".join(f"{indent}{line.rstrip()}\n" for line in printed.rstrip().splitlines())
        parts.append(f"{indent}```{kind}\n{text}{indent}```")
        end = block.end()
    return "".join([*parts, page[end:]])
