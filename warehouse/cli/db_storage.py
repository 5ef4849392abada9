"""`warehouse db checksums`: what is stored, in a form that can be compared."""

import json

import click

from warehouse.cli.door import Door


@click.command()
@click.option(
    "--values-only", is_flag=True, help="What two loads of the same input must agree in: no times, no ledger."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, table to checksum.")
@click.pass_obj
def checksums(door: Door, values_only: bool, as_json: bool) -> None:
    """Print the number of rows and a checksum of every table, all as of one moment.

    Two databases that print the same hold the same, on whichever server and in whatever order the rows are kept.
    """
    from warehouse import checksums

    with door.database().connect(read_only=True) as connection:
        found = checksums.of(connection, values_only=values_only)
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    width = max(map(len, found), default=0)
    for name, checksum in found.items():
        click.echo(f"{name:<{width}}  {checksum}")
