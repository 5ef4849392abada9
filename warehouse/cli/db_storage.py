"""`warehouse db checksums|distribute`: what is stored, in a form that can be compared, and on how many machines."""

import click

from warehouse.cli.commands import example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import Form, printing
from warehouse.cli.output import print_document, print_rows


@click.command(epilog=example("warehouse db checksums --values-only"))
@click.option(
    "--values-only", is_flag=True, help="What two loads of the same input must agree in: no times, no ledger."
)
@printing(has_tables=False)
@click.pass_obj
def checksums(command: CommandContext, values_only: bool, form: Form) -> None:
    """Print the number of rows and a checksum of every table, all as of one moment.

    Two databases that print the same hold the same, on whichever server and in whatever order the rows are kept.
    """
    from warehouse.schema import foreign_code
    from warehouse.transfer import checksums

    with command.database().connect(read_only=True) as connection:
        foreign_code.refuse(connection, functions=False)
        found = checksums.of(connection, values_only=values_only)
    if form.is_table or form.name == "json":
        width = max(map(len, found), default=0)
        print_document(found, form, lambda: [f"{name:<{width}}  {checksum}" for name, checksum in found.items()])
    else:
        print_rows([{"table": name, "checksum": checksum} for name, checksum in found.items()], form)


@click.command(epilog=example("warehouse db distribute --by sentence --dry-run"))
@click.option(
    "--by",
    type=click.Choice(["extraction", "sentence"]),
    default="extraction",
    show_default=True,
    help="Keep each model on one machine, or spread each over all.",
)
@click.option("--dry-run", is_flag=True, help="Print the statements, on any server, and run none.")
@click.pass_obj
def distribute(command: CommandContext, by: str, dry_run: bool) -> None:
    """Spread attention and sums over it to the machines of a Citus cluster, in one transaction.

    By sentence, readings, saccades, words and word pairs go with it. Everything else stays on the coordinator, or is
    copied to each machine where attention refers to it. What is distributed already is left as it is.
    docs/how-to/distribute.md says what was tried and what was not.
    """
    from warehouse.schema import distribution

    database = command.database()
    done = distribution.plan_statements(database, by) if dry_run else distribution.distribute(database, by)
    for statement in done:
        click.echo(f"{statement};")
    command.remark(f"{len(done)} statements{', none of them run' if dry_run else ''}." if done else "Nothing to do.")
