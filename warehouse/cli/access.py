"""`warehouse access`: who may enter, and what is under embargo."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click

from warehouse.access import embargoes as hidden
from warehouse.access import roles as entrance
from warehouse.cli.commands import Group, example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import Form, printing
from warehouse.cli.output import print_rows, say
from warehouse.errors import BadInput

NAMES = click.argument("name")
KIND = click.argument("kind", type=click.Choice(list(hidden.COLUMNS)))


@click.group(cls=Group, epilog=example("warehouse access grant anna --role reader"))
def access() -> None:
    """Manage database users (readers, writers, owners) and embargoes."""


@access.command(epilog=example("warehouse access grant anna --role reader --scratch"))
@NAMES
@click.option("--role", type=click.Choice(entrance.ROLES), required=True, help="What they may do.")
@click.option("--scratch", is_flag=True, help="Give a reader a schema scratch_NAME of their own to write in.")
@click.option("--password-stdin", is_flag=True, help="Take their password from standard input, and do not print it.")
@click.pass_obj
def grant(command: CommandContext, name: str, role: str, scratch: bool, password_stdin: bool) -> None:
    """Grant NAME access, and print the address to connect with once, with a new login's password.

    A reader looks at everything that is under no embargo; a writer ingests and computes; an owner upgrades the schema
    and sets embargoes too. Repeat it with another role to change what they may do.
    """
    password = _password() if password_stdin else None
    url = entrance.grant(command.database(), name, role, password=password, scratch=scratch)
    say(url)
    command.remark(f"{name} is {role}; the address above is for them, and is not shown again.")


@access.command(epilog=example("warehouse access revoke anna"))
@NAMES
@click.option("--drop-scratch", is_flag=True, help="Drop their scratch schema with everything in it.")
@click.pass_obj
def revoke(command: CommandContext, name: str, drop_scratch: bool) -> None:
    """Revoke NAME's access at once, and end their sessions."""
    say(entrance.revoke(command.database(), name, drop_scratch=drop_scratch))


@access.command("list", epilog=example("warehouse access list"))
@printing()
@click.pass_obj
def list_(command: CommandContext, form: Form) -> None:
    """List database users and their roles."""
    _print(
        entrance.list_people(command.database()),
        form,
        "No database user was granted access yet: `warehouse access grant NAME --role reader`.",
    )


@access.command(epilog=example("warehouse access embargo corpus my_study --until 2027-01-01"))
@KIND
@NAMES
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day, of UTC, everyone sees it.")
@click.option("--visible-to", multiple=True, metavar="ROLE", help="Who sees it before; may be repeated.")
@click.pass_obj
def embargo(command: CommandContext, kind: str, name: str, until: datetime, visible_to: tuple[str, ...]) -> None:
    """Hide a corpus, a group of readers or an extraction from readers, with all that is derived from it.

    Owners and writers see everything. An extraction is named by its number, or by MODEL, MODEL/CONDITION or
    MODEL/CONDITION/METHOD as far as that says which.
    """
    hidden.impose(command.database(), kind, name, until.date(), visible_to)
    who = ", ".join(("owners", "writers", *visible_to))
    say(f"The {kind} {name} is seen until {until:%Y-%m-%d} by {who} only.")


@access.command(epilog=example("warehouse access lift corpus my_study"))
@KIND
@NAMES
@click.pass_obj
def lift(command: CommandContext, kind: str, name: str) -> None:
    """Lift the embargo on a corpus, a group of readers or an extraction."""
    hidden.lift(command.database(), kind, name)
    say(f"Everyone sees the {kind} {name}.")


@access.command(epilog=example("warehouse access embargoes"))
@printing()
@click.pass_obj
def embargoes(command: CommandContext, form: Form) -> None:
    """List the embargoes, and whether they hold today."""
    _print(hidden.list_embargoes(command.database()), form, "Nothing is under embargo.")


def _print(found: Sequence[Any], form: Form, none: str) -> None:
    rows = [{key: str(value) if isinstance(value, date) else value for key, value in asdict(each).items()}
            for each in found]  # fmt: skip
    print_rows(rows, form, none=none)


def _password() -> str:
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < 12:
        raise BadInput("is shorter than 12 characters", "password on standard input", "give a longer one")
    return password
