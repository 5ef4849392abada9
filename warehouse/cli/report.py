"""`warehouse report`: every table and figure as one page and as files."""

from pathlib import Path

import click

from warehouse.cli.commands import example
from warehouse.cli.context import CommandContext
from warehouse.report.page import missing
from warehouse.report.writing import write_report


@click.command(epilog=example("warehouse report --out report"))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder; made if it is not there."
)
@click.option("--corpus", multiple=True, help="Only this corpus; may be repeated.")
@click.pass_obj
def report(command: CommandContext, out: Path, corpus: tuple[str, ...]) -> None:
    """Write every table and figure: index.html in one piece, and each as CSV, Markdown, SVG and PNG.

    Each names its runs, n, exclusions and warnings, and shows the SQL of its numbers (sql/report/). What cannot be
    shown yet says what to compute.
    """
    filled = write_report(command.database(), out, corpus, command.progress)
    shown = [one for one in filled if one.pages]
    click.echo(f"{out / 'index.html'}: {len(shown)} of {len(filled)} exhibits have data.")
    for one in filled:
        if not one.pages:
            command.warn(f"{one.exhibit.name}: {missing(one)}", exhibit=one.exhibit.name)
