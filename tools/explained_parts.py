"""Draws `docs/explained-parts.svg` from the published data: ``python -m tools.explained_parts FOLDER``.

The folder has the readers, the sentences and the published attention of GPT-2 Large and LLaMA-30B, laid out as the
tests on real data have them. They are loaded into a warehouse of the tool's own, and the figure is the report's exhibit
of that name.
"""

import sys
from pathlib import Path

from benchmarks.made import QUIET, empty_server
from tools.pages import exhibit_figure
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.plugin.registry import sources

PICTURE = Path(__file__).parents[1] / "docs" / "explained-parts.svg"
CHOSEN = {"quantity": ["saccade_count"], "saccade_rule": ["first_three"], "condition": ["plain"]}
GPT2 = {"model": "gpt2-large", "family": "gpt2", "parameters": 774_000_000, "layer_count": 36, "as_published": True}
LLAMA = {"model": "llama-30b", "family": "llama", "parameters": 32_528_943_616, "layer_count": 60}


def load(database: Database, data: Path) -> None:
    """Load readers, text and attention, and compute what the figure shows."""
    readers = [data / "reading_brain" / name for name in ("ds003974", "ds003988")]
    text = {"sentences": data / "sentences" / "reading_brain.txt"}
    pipeline.ingest(database, sources()["reading_brain"], readers, text, QUIET)
    for folder, facts in (("gpt2/large", GPT2), ("llama/30B", LLAMA)):
        files = [data / "published" / "model_attention" / folder]
        pipeline.ingest(database, sources()["attention_arrays"], files, {**facts, "stage": "pretrained"}, QUIET)
    pipeline.compute(database, "unique_variance", CHOSEN, progress=QUIET)


def main() -> None:
    """Draw it."""
    if len(sys.argv) != 2 or not Path(sys.argv[1], "published").is_dir():
        sys.exit("name the folder of the published data, which has reading_brain, sentences and published in it")
    with empty_server() as server:
        database = Database(server.dsn())
        load(database, Path(sys.argv[1]))
        PICTURE.write_text(exhibit_figure(database, "explained_parts"), encoding="utf-8")


if __name__ == "__main__":
    main()
