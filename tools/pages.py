"""Writes the generated pages: ``python -m tools.pages`` (cookbook, dictionary, commands, pictures, benchmarks).

The cookbook asks the simulated study each question of `sql/example/`; the dictionary and the diagram are read from the
catalogue of a fresh warehouse. A test makes them again and compares.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools import commands, measurements, transcripts
from tools.diagram import diagram
from tools.star import star
from warehouse.charts import rendering
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer, find_binaries
from warehouse.report.exhibits import exhibits
from warehouse.report.filling import fill
from warehouse.report.writing import drawn
from warehouse.schema.dictionary import Relation, relations
from warehouse.schema.sqlfiles import SCHEMA_COMMENTS

ROOT = Path(__file__).resolve().parents[1]
PICTURE = "docs/resemblance.svg"
"""The first thing that is seen of the project."""
QUESTIONS = sorted((ROOT / "sql/example").glob("*.sql"))
DEMO = "warehouse demo"
MORE = (
    "warehouse compute attention-divergence --corpus simulated",
    "warehouse compute trivial-reliance --corpus simulated",
    "warehouse compute reader-reliance --corpus simulated --measure count --rule consecutive",
    "warehouse compute tuning-test --corpus simulated --measure count --rule consecutive",
    "warehouse compute unique-variance --corpus simulated --measure count --rule consecutive",
)
"""What the questions are about that the demo does not compute: commands that a user gives."""
SHOWN = ("mart", "stimulus", "human", "model", "result", "ops")
COOKBOOK = """# A cookbook of questions

Thirty questions that collaborators ask, each a file in `sql/example` that runs in any SQL client as it stands,
here with its answer on the [simulated study](simulated-study.md). Put your own corpus, model, layer and reader in place
of `simulated`, `simulated-large`, 5 and `L2/sim-02`. [SQL for collaborators](sql.md) says how to connect and what to
know first; [the data dictionary](data-dictionary.md) what each column means. The answers are those of the warehouse
that these commands make; with the demo alone, questions on divergence, patterns, tuning and baselines find nothing:

```console
{commands}
```

This page is generated (`python -m tools.pages`); a test compares every answer.
"""
DICTIONARY = """# Data dictionary

What every table and view holds. The same texts stand in the database: `\\d+ mart.model_summary` in psql, the
descriptions in a BI tool, `warehouse dictionary mart.model_summary` on the command line. [SQL for
collaborators](sql.md) is the introduction, [the diagram](schema.svg) shows what refers to what.

A number without a unit of measurement has what it counts, or its range; 1 is an id; text and yes-or-no have none. Keys
are in bold. Source is the table that the column refers to (->), the table or view that it is taken from, or what writes
it. Layers, heads and positions count from 0.

This page is generated from the comments of a fresh warehouse (`python -m tools.pages`).
"""


def everything(database: Database) -> dict[str, str]:
    """Make every page with output from an empty database, by the commands that a user gives; text by path."""
    transcripts.command(DEMO, database)
    found = {path: transcripts.transcribed((ROOT / path).read_text(), database) for path in transcripts.OF_THE_DEMO}
    transcripts.command("\n".join(MORE), database)
    found |= pages(database)
    for path in transcripts.GOING_ON:
        found[path] = transcripts.transcribed((ROOT / path).read_text(), database)
    return found


def pages(database: Database) -> Mapping[str, str]:
    """Make every page that is generated whole from a database that holds the simulated study; text by path."""
    with database.connect(read_only=True) as connection:
        found = relations(connection)
    tables = [relation for relation in found if relation.kind == "table"]
    return {
        "docs/cookbook.md": cookbook(database),
        "docs/data-dictionary.md": data_dictionary(found),
        "docs/schema.svg": diagram(tables),
        "docs/star.svg": star([relation for relation in found if relation.schema == "mart"]),
        PICTURE: exhibit_figure(database, "layer_curve"),
        commands.PAGE: commands.page(),
    }


def exhibit_figure(database: Database, name: str) -> str:
    """Draw a figure of the report that has one page, as an SVG."""
    (exhibit,) = [one for one in exhibits() if one.name == name]
    with database.connect(read_only=True) as connection:
        (page,) = fill(connection, exhibit).pages
    return rendering.svg(drawn(exhibit, page.rows).spec) + "\n"


def cookbook(database: Database) -> str:
    """Ask every question and print it with its answer."""
    parts = [_question(path, database) for path in QUESTIONS]
    titles = [part.partition("\n")[0].removeprefix("## ") for part in parts]
    contents = [f"- [{title}](#{_anchor(title)})" for title in titles]
    return "\n".join([COOKBOOK.format(commands="\n".join([DEMO, *MORE])), *contents, "", *parts])


def answer(path: Path, database: Database) -> str:
    """Give what psql prints for a file, as a reader who cannot write.

    Raises
    ------
    CalledProcessError
        If the file does not run.
    """
    told = [find_binaries(os.environ) / "psql", database.dsn, "-X", "-v", "ON_ERROR_STOP=1", "-f", path]
    environment = {**os.environ, "PGOPTIONS": "-c default_transaction_read_only=on", "PAGER": "cat"}
    printed = subprocess.run(told, capture_output=True, text=True, env=environment, check=True).stdout
    return "\n".join(line.rstrip() for line in printed.rstrip().splitlines())


def data_dictionary(found: list[Relation]) -> str:
    """Print the dictionary of the schemas that people look into."""
    parts = [DICTIONARY]
    for schema in SHOWN:
        own = [relation for relation in found if relation.schema == schema]
        listed = [f"- [{relation.name}](#{_anchor(relation.name)}): {relation.summary}" for relation in own]
        parts += [f"## {schema}\n\n{SCHEMA_COMMENTS[schema]}.\n", "\n".join(listed), ""]
        parts += [_relation(relation) for relation in own]
    return "\n".join(parts)


def _question(path: Path, database: Database) -> str:
    header, _, query = path.read_text().partition("\n--\n")
    lines = query.splitlines()
    remarks = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    code = "\n".join(lines[len(remarks) :])
    title = header.removeprefix("-- ")
    number = path.stem.partition("_")[0].lstrip("0")
    return (
        f"## {number}. {title}\n\n{chr(10).join(remarks)}\n\n```sql\n{code}\n```\n\n"
        f"```text\n{answer(path, database)}\n```\n\n[{path.name}](../sql/example/{path.name})\n"
    )


def _relation(relation: Relation) -> str:
    if relation.schema == "mart" and relation.name.endswith("_default"):
        full = relation.name.removesuffix("_default")
        columns = f"Columns: those of [{full}](#{_anchor(full)}).\n"
        return f"### {relation.name}\n\n{_paragraphs(relation.description)}\n\n{columns}"
    head = "| column | type | unit | meaning | example | source |\n| --- | --- | --- | --- | --- | --- |"
    rows = []
    for entry in relation.entries:
        name = f"**{entry.column}**" if entry.is_key else entry.column
        cells = (name, entry.type, entry.unit, entry.meaning, f"`{entry.example}`", entry.source)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return f"### {relation.name}\n\n{_paragraphs(relation.description)}\n\n" + "\n".join([head, *rows]) + "\n"


def _paragraphs(description: str) -> str:
    """Let each part of a header (Grain, Leaves out, ...) begin a line of its own."""
    return re.sub(r"\n(?=(?:Grain|Key|Default|Leaves out|Caveats|Source|Read by): )", "  \n", description.strip())


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _made() -> Iterator[tuple[str, str]]:
    directory = Path(tempfile.mkdtemp(prefix="aw", dir="/tmp"))
    server = EmbeddedServer(directory, find_binaries(os.environ), volatile=True)
    try:
        server.ensure_running()
        database = Database(server.dsn())
        yield from everything(database).items()
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


def main() -> None:
    """Write the pages."""
    measurements.write()
    for path, text in _made():
        (ROOT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
