"""`warehouse dictionary [TABLE]`: what tables, views and columns mean."""

from dataclasses import asdict

import click

from warehouse.cli.context import CommandContext
from warehouse.cli.formats import Form, printing
from warehouse.cli.output import print_json, print_rows, say
from warehouse.cli.tables import folded, terminal_width
from warehouse.schema import migrations
from warehouse.schema.dictionary import relation_named, relations

COLUMNS = {
    "column": "column", "type": "type", "unit": "unit", "meaning": "meaning", "example": "example", "source": "source"
}  # fmt: skip


@click.command()
@click.argument("table", required=False)
@printing()
@click.pass_obj
def dictionary(command: CommandContext, table: str | None, form: Form) -> None:
    """Print what a TABLE or view holds, column by column; without it, list all there are.

    The same texts are in psql (\\d+ mart.model_summary) and in the descriptions of BI tools.
    """
    database = command.database()
    migrations.check(database)
    with database.connect(read_only=True) as connection:
        found = relations(connection)
    if table is None:
        found.sort(key=lambda relation: relation.schema != "mart")
        rows = [{"name": relation.name, "kind": relation.kind, "holds": relation.summary} for relation in found]
        print_rows(rows, form)
        return
    relation = relation_named(found, table)
    entries = [asdict(entry) for entry in relation.entries]
    if form.name == "json":
        print_json([{**asdict(relation), "entries": entries}])
        return
    if form.is_table:
        lines = relation.description.splitlines()
        say(
            "\n".join([f"{relation.kind} {relation.name}", "", *(folded(line, terminal_width()) for line in lines), ""])
        )
    print_rows(entries, form, COLUMNS, may_go=("source", "example"))
