"""`warehouse demo`: the whole way once, on a small simulated study."""

from importlib.util import find_spec

import click

from warehouse import pipeline
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
  warehouse db psql -- -c "SELECT * FROM mart.model_summary"
  warehouse compute human-resemblance --corpus simulated --measure duration
  warehouse ingest reading-brain DIRECTORY --sentences FILE
"""


@click.command()
@click.option(
    "--model", metavar="NAME|FOLDER", help="A model of the hub (e.g. HuggingFaceTB/SmolLM2-135M) or a folder, too."
)
@click.pass_obj
def demo(command: CommandContext, model: str | None) -> None:
    """Run everything once: server, schema, a simulated study, human resemblance, the table.

    The study has two groups of readers and four models with a planted truth (docs/simulated-study.md); a fifth model,
    untrained, is run here where the extra for it is installed. It may be repeated: nothing is loaded or computed twice.

    With --model, a real model reads the study's made-up sentences as well: its size, memory and time are told before it
    is fetched and loaded, and a name that is not a folder needs the network.
    """
    database = command.database()
    migrations.upgrade(database)
    source = sources()["simulated_readers"]
    print_tally(source.name, pipeline.ingest(database, source, [], {}, command.progress), Form())
    _extract(command, database)
    if model:
        given = {"model": model, "corpus": "simulated"}
        attention = sources()["attention"]
        print_tally(attention.name, pipeline.ingest(database, attention, [], given, command.progress), Form())
    for name, tally in pipeline.compute(database, "human_resemblance", CHOICE, progress=command.progress).items():
        print_tally(name, tally, Form())
    click.echo("\nHuman resemblance: R2 of readers' saccades on a layer's heads, over the readers' noise ceiling\n")
    show(database, "human_resemblance", "mart.model_summary", CHOICE, Form())
    click.echo("\nNoise ceilings\n")
    show(database, "noise_ceiling", "mart.noise_ceiling", CHOICE, Form())
    click.echo(NEXT, nl=False)


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
