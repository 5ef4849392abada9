"""`warehouse explain`: from a number back to its run, inputs, exclusions and files."""

import re

import click

from warehouse.cli.commands import example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import DOCUMENT, Form, printing
from warehouse.cli.output import print_document
from warehouse.cli.tables import facts
from warehouse.errors import BadInput
from warehouse.ledger.lookup import Number, writers_of
from warehouse.ledger.provenance import explain as explained
from warehouse.report.provenance import lines
from warehouse.schema import migrations


@click.command(epilog=example("warehouse explain mart.model_summary model=gpt2-large language_group=L1"))
@click.argument("row")
@click.argument("values", nargs=-1, metavar="[COLUMN=VALUE]...")
@printing(DOCUMENT, has_tables=False)
@click.pass_obj
def explain(command: CommandContext, row: str, values: tuple[str, ...], form: Form) -> None:
    """Show where a number comes from: run, code, inputs, who was left out, source files with digests.

    ROW is a run (7), a unit of it (7/31), or a table or view; then copy the columns that name the row.
    """
    database = command.database()
    migrations.check(database)
    with database.connect(read_only=True) as connection:
        if handle := re.fullmatch(r"([0-9]{1,18})(?:/([0-9]{1,18}))?", row):
            numbers = [Number(int(handle[1]), int(handle[2]) if handle[2] else None)]
        else:
            numbers = writers_of(connection, row, dict(_taken_apart(value) for value in values))
        told = [explained(connection, number) for number in numbers]
    print_document(told, form, lambda: ["\n\n".join(facts(lines(each)) for each in told)])


def _taken_apart(value: str) -> tuple[str, str]:
    column, sign, wanted = value.partition("=")
    if not sign:
        raise BadInput("is not COLUMN=VALUE", repr(value), "write for instance model=gpt2-large")
    return column, wanted
