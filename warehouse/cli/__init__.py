"""The command line: subcommands and options come from the registry; the only place that reads the environment."""

import atexit
import gc
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from warehouse import logs
from warehouse.cli.commands import Group, example
from warehouse.cli.context import CommandContext
from warehouse.cli.ending import exit_code, open_closed_streams, read_by_someone, terminable
from warehouse.cli.refusing import refused_paths, require_text
from warehouse.errors import WarehouseError
from warehouse.plugin.discovery import load_file

BUG = 1
COMMANDS = {
    "access": ("warehouse.cli.access:access", "Manage database users and embargoes."),
    "backup": ("warehouse.cli.backing_up:backup", "Write the whole database into one file, with checksums."),
    "capacity": ("warehouse.cli.capacity:capacity", "Reckon the disk, memory and hours that a study will take."),
    "compute": ("warehouse.cli.compute:compute_group", "Compute missing and stale results; current ones are kept."),
    "dashboard": ("warehouse.cli.dashboard:dashboard", "Show results and attention heads in a browser."),
    "db": ("warehouse.cli.db_server:db", "Manage the server, its schema, and how other programs reach it."),
    "demo": ("warehouse.cli.demo:demo", "Run everything once on a small simulated study."),
    "dictionary": ("warehouse.cli.dictionary:dictionary", "Describe tables, views and columns."),
    "explain": ("warehouse.cli.explain:explain", "Show where a number comes from: run, inputs, exclusions, files."),
    "export": ("warehouse.cli.exporting:export_group", "Export data and results as Parquet, with all they depend on."),
    "forget": ("warehouse.cli.forget:forget", "Delete a person, an extraction or a corpus, and all results of it."),
    "import": ("warehouse.cli.exporting:import_parquet", "Load what another warehouse exported as Parquet."),
    "ingest": ("warehouse.cli.ingest:ingest_group", "Load a source: new rows are inserted, conflicting rows rejected."),
    "plan": ("warehouse.cli.compute_all:plan", "Print what is missing or stale, and why; do nothing."),
    "report": ("warehouse.cli.report:report", "Write every table and figure as a web page and as files."),
    "restore": ("warehouse.cli.backing_up:restore", "Restore a backup into an empty database, and verify it."),
    "runs": ("warehouse.cli.runs:runs", "List runs: who, when, how long, how far, how they ended; follow them."),
    "show": ("warehouse.cli.show:show_group", "Print results as tables, CSV, JSON, Markdown or Parquet."),
    "status": ("warehouse.cli.status:status", "Show what is loaded, computed and stale, and how large it is."),
}
"""Where each command is, and what it does in one line: imported only when it is called."""


class LazyGroup(Group):
    """Imports a command when it is called, so that `--help` answers at once."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the commands."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import a command."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        _collect_garbage_but_of_modules()
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the names of commands from the table, importing none."""
        fitting = [
            CompletionItem(name, help=told) for name, (_, told) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return fitting + click.Command.shell_complete(self, context, incomplete)

    def make_context(self, *arguments: Any, **facts: Any) -> click.Context:
        """Read the words; some ask for help, which may be more than is read."""
        with read_by_someone():
            return super().make_context(*arguments, **facts)

    def invoke(self, context: click.Context) -> None:
        """Run a command; what the server cannot help becomes a sentence, and Ctrl-C leaves no empty line.

        It returns nothing, so that what `main` gets back is an exit code and never a command's value.
        """
        from warehouse.database.translation import translate_errors

        try:
            with read_by_someone(), translate_errors("working"), refused_paths():
                super().invoke(context)
        except KeyboardInterrupt as error:
            raise click.Abort from error


@click.group(
    cls=LazyGroup,
    epilog=example("warehouse demo"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--dsn", metavar="URL", help="Address of a PostgreSQL >= 16 of your own; default: the embedded server.")
@click.option("--quiet", is_flag=True, help="No progress and no remarks on standard error.")
@click.option(
    "--log-format",
    type=click.Choice(logs.FORMATS),
    default="text",
    show_default=True,
    help="Standard error as sentences and bars, or as one JSON object a line.",
)
@click.option(
    "--plugin", "plugins", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
    help="A Python file with sources or analyses of your own; may be repeated.",
)  # fmt: skip
@click.version_option(package_name="attention-warehouse")
@click.pass_context
def cli(context: click.Context, dsn: str | None, quiet: bool, log_format: str, plugins: tuple[Path, ...]) -> None:
    """What language models attend to beside how people read: a PostgreSQL warehouse.

    Data go to standard output, progress and remarks to standard error. Exit codes: 0 done, 1 a bug, 2 a wrong option,
    3 input that cannot be used, 4 no database, 5 the schema is older or newer than this program, 6 stored values
    differ from those offered, 7 another process does the same, 8 the database's disk is full, 9 worker
    processes crashed repeatedly, 10 a run that was followed was not done, 11 the server
    has no room in memory, 130 interrupted, 141 nobody reads the output, 143 terminated.
    """
    if quiet:
        logs.only_warnings()
    for path in plugins:
        load_file(path)
    context.obj = CommandContext(dsn, quiet, dict(os.environ), log_format)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; errors made on purpose are one sentence, anything else is a bug and shows its traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:  # the process is this command's alone
        gc.disable()
        atexit.register(gc.freeze)  # nor is there anything to look for at its end, when all memory goes anyway
        open_closed_streams()
    form = _log_format(words)
    with logs.log_to_stderr(form), terminable(partial(_tell_interrupted, as_json=form == "json")):
        if code := _run(words, form == "json"):
            sys.exit(code)


def _collect_garbage_but_of_modules() -> None:
    """Look for garbage from now on, and never among what modules have made: that took a fifth of short commands."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _run(words: list[str], as_json: bool) -> int:
    """Run a command and give its exit code, however it ended."""
    try:
        require_text(words)
        # not standalone: click then gives back the code of an Exit, also of one that a command raised
        return cli.main(words, prog_name="warehouse", standalone_mode=False) or 0
    except WarehouseError as error:
        logs.failure(error, str(error), error.exit_code)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        return _print(error.message)
    except click.ClickException as error:
        logs.failure(error, error.format_message(), error.exit_code) if as_json else error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        _tell_interrupted(exit_code(error), as_json)
        return exit_code(error)
    except Exception as error:
        if not as_json:
            raise
        logs.failure(error, str(error) or type(error).__name__, BUG, is_bug=True)
        return BUG


def _print(text: str) -> int:
    try:
        with read_by_someone():
            click.echo(text)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return 0


def _tell_interrupted(code: int, as_json: bool) -> None:
    click.echo(err=True, nl=not as_json)  # below the ^C that the terminal shows
    told = "Interrupted: what was done is kept; the same command goes on from there."
    logs.remark(told, level=logging.WARNING, name="interrupted", exit_code=code)


def _log_format(words: Sequence[str]) -> str:
    """Find the format before the words are read: what cannot be read is told in that format too."""
    for word, following in pairwise([*words, ""]):
        name, _, value = word.partition("=")
        if name == "--log-format":
            return value or following
    return "text"
