"""`warehouse export parquet` and `warehouse import`: data that leaves, and comes back in another warehouse."""

from pathlib import Path

import click

from warehouse.cli.commands import Group, example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import DOCUMENT, Form, printing
from warehouse.cli.output import print_document, print_tally
from warehouse.cli.waiting import WAIT


@click.group("export", cls=Group, epilog=example("warehouse export parquet results --run 7"))
def export_group() -> None:
    """Write data and results for other programs and other warehouses."""


@export_group.command("parquet", epilog=example("warehouse export parquet results --run 7"))
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--run", "run_ids", type=int, multiple=True, help="Results of this run, with all that they depend on.")
@click.option("--corpus", "corpora", multiple=True, help="This corpus, its readers, attention and results.")
@printing(DOCUMENT, has_tables=False)
@click.pass_obj
def export_parquet(
    command: CommandContext, directory: Path, run_ids: tuple[int, ...], corpora: tuple[str, ...], form: Form
) -> None:
    """Write everything, or what chosen results depend on, as Parquet files into DIRECTORY, which must be new.

    DuckDB, R (arrow) and pandas read the files; `warehouse import DIRECTORY` loads them into another warehouse.
    manifest.json says what is there, under which licences, whom to cite, and the checksum of every file. Options may be
    repeated; run numbers are those of `warehouse explain`.
    """
    from warehouse.transfer.export import export

    told = export(command.database(), directory, run_ids, corpora, command.progress)
    tables = [file for file in told["files"] if file["table"]]
    size = sum(file["bytes"] for file in told["files"]) / 1e6
    counts = f"{sum(file['rows'] for file in tables):,} rows in {len(tables)} files, {size:,.1f} MB"
    print_document(told, form, lambda: [f"{directory}: {counts}."])
    for cited in told["citations"] if form.is_table else ():
        command.remark(f"cite for {cited['corpus']} ({cited['licence']}): {cited['citation']}")


@click.command("import", epilog=example("warehouse import results"))
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--wait", "wait_s", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help=WAIT)
@printing(has_tables=False)
@click.pass_obj
def import_parquet(command: CommandContext, directory: Path, wait_s: float, form: Form) -> None:
    """Load what `warehouse export parquet` wrote; the same as `warehouse ingest parquet DIRECTORY`.

    Every checksum is verified first. Existing rows are kept, conflicting rows are rejected, and numbers keep their
    fingerprints: nothing is to be computed again. If it was interrupted, repeat it: it continues where it stopped.
    """
    from warehouse import pipeline
    from warehouse.plugin.registry import sources

    tally = pipeline.ingest(command.database(), sources()["parquet"], [directory], {}, command.progress, wait_s)
    print_tally("import", tally, form)
