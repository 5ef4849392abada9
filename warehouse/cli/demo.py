"""`warehouse demo`: the whole way once, on a small simulated study."""

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import click

from warehouse import pipeline
from warehouse.cli.commands import Command, Option, example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import Form
from warehouse.cli.output import print_tally
from warehouse.cli.show import show
from warehouse.database.connection import Database
from warehouse.plugin.registry import sources
from warehouse.schema import migrations

CHOICE = {"corpus": ["simulated"], "quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
NEXT = """
Next:
  {program} show human-resemblance --layers --model simulated-large --measure count
  {program} compute human-resemblance --corpus simulated --measure duration
  {program} db psql -- -c "SELECT model, language_group, resemblance FROM mart.model_summary"
  {program} dashboard
"""


@click.command(cls=Command, epilog=example("warehouse demo"))
@click.option(
    "--checkpoint", metavar="NAME|FOLDER", cls=Option, formerly="--model",
    help="A model of the hub (e.g. HuggingFaceTB/SmolLM2-135M) or a folder, too.",
)  # fmt: skip
@click.pass_obj
def demo(command: CommandContext, checkpoint: str | None) -> None:
    """Run everything once: server, schema, a simulated study, human resemblance, the table.

    The study has two groups of readers and four models with a planted truth (docs/simulated-study.md); a fifth model,
    untrained, is run here where the extra for it is installed. It may be repeated: nothing is loaded or computed twice.

    With --checkpoint, a real model reads the study's made-up sentences as well: its size, memory and time are told
    before it is fetched and loaded, and a name that is not a folder needs the network.
    """
    database = command.database()
    migrations.upgrade(database)
    source = sources()["simulated_readers"]
    print_tally(source.name, pipeline.ingest(database, source, [], {}, command.progress), Form())
    _extract(command, database)
    if checkpoint:
        given = {"checkpoint": checkpoint, "corpus": "simulated"}
        attention = sources()["attention"]
        print_tally(attention.name, pipeline.ingest(database, attention, [], given, command.progress), Form())
    for name, tally in pipeline.compute(database, "human_resemblance", CHOICE, progress=command.progress).items():
        print_tally(name, tally, Form())
    click.echo("\nHuman resemblance: R2 of readers' saccades on the heads, over the noise ceiling\n")
    show(database, "human_resemblance", "mart.model_summary", CHOICE, Form())
    click.echo("\nNoise ceilings\n")
    show(database, "noise_ceiling", "mart.noise_ceiling", CHOICE, Form())
    click.echo(NEXT.format(program=_program()), nl=False)


def _program() -> str:
    """Give this program as the user called it, for a shell: by its place where it is not found by its name."""
    called = Path(sys.argv[0])
    if called.parts[-2:] == ("warehouse", "__main__.py"):
        return f"{shlex.quote(sys.executable)} -m warehouse"
    found = which("warehouse")
    is_found = called.name != "warehouse" or (found is not None and Path(found).samefile(called))
    return "warehouse" if is_found else shlex.quote(str(called))


def _extract(command: CommandContext, database: Database) -> None:
    """Take the attention of one more model here and now, where the extra for it is installed."""
    if find_spec("torch") is None:
        command.remark("(The fifth model needs the extra: pip install 'attention-warehouse[extract]'.)")
        return
    with database.connect(read_only=True) as connection:
        if connection.execute("SELECT 1 FROM model.language_model WHERE stage = 'untrained'").fetchone():
            return  # loading torch takes longer than all the rest
    source = sources()["untrained_model"]
    print_tally(source.name, pipeline.ingest(database, source, [], {}, command.progress), Form())
