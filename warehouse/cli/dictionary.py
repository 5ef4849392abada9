"""`warehouse dictionary [TABLE]`: what tables, views and columns mean."""

from dataclasses import asdict

import click

from warehouse.cli.context import CommandContext
from warehouse.cli.output import print_json, print_table
from warehouse.schema import migrations
from warehouse.schema.dictionary import relation_named, relations

COLUMNS = {
    "column": "column", "type": "type", "unit": "unit", "meaning": "meaning", "example": "example", "source": "source"
}  # fmt: skip


@click.command()
@click.argument("table", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def dictionary(command: CommandContext, table: str | None, as_json: bool) -> None:
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
        print_json(rows) if as_json else print_table(rows, {"name": "name", "kind": "kind", "holds": "holds"})
        return
    relation = relation_named(found, table)
    if as_json:
        print_json([{**asdict(relation), "entries": [asdict(entry) for entry in relation.entries]}])
        return
    click.echo(f"{relation.kind} {relation.name}\n\n{relation.description}\n")
    print_table([asdict(entry) for entry in relation.entries], COLUMNS)
