"""`warehouse dictionary [TABLE]`: what tables, views and columns mean."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import click

from warehouse.cli.commands import example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import ROWS, Form, printing
from warehouse.cli.output import print_rows, say
from warehouse.cli.tables import folded, terminal_width
from warehouse.schema import dbt, migrations
from warehouse.schema.dictionary import relation_named, relations

COLUMNS = {
    "column": "column", "type": "type", "unit": "unit", "meaning": "meaning", "example": "example", "source": "source"
}  # fmt: skip
DOCUMENTS: Mapping[str, Callable[[Any], str]] = {
    "yaml": dbt.as_yaml,
    "json": partial(json.dumps, indent=2, ensure_ascii=False),
}
"""Formats of the dictionary as a file of dbt sources."""


@click.command(epilog=example("warehouse dictionary model_summary"))
@click.argument("table", required=False)
@printing((*ROWS, "yaml"))
@click.pass_obj
def dictionary(command: CommandContext, table: str | None, form: Form) -> None:
    """Print what a TABLE or view holds, column by column; without it, list all there are.

    The same texts are in psql (\\d+ mart.model_summary) and in the descriptions of BI tools. As yaml or json it is a
    file of dbt sources, with the columns, keys and relations of all views of mart, or of the TABLE:

    \b
    warehouse dictionary --format yaml > sources.yml
    """
    database = command.database()
    migrations.check(database)
    with database.connect(read_only=True) as connection:
        found = relations(connection)
    if form.name in DOCUMENTS:
        chosen = [each for each in found if each.schema == "mart"] if table is None else [relation_named(found, table)]
        say(DOCUMENTS[form.name](dbt.document(chosen)).rstrip())
        return
    if table is None:
        found.sort(key=lambda relation: relation.schema != "mart")
        rows = [{"name": relation.name, "kind": relation.kind, "holds": relation.summary} for relation in found]
        print_rows(rows, form)
        return
    relation = relation_named(found, table)
    entries = [asdict(entry) for entry in relation.entries]
    if form.is_table:
        lines = relation.description.splitlines()
        say(
            "\n".join([f"{relation.kind} {relation.name}", "", *(folded(line, terminal_width()) for line in lines), ""])
        )
    print_rows(entries, form, COLUMNS, may_go=("source", "example"))
