"""The published readers and the attention of GPT-2, loaded once for all tests that need them in a database."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import becoming_template
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.plugin.registry import sources
from warehouse.progress import Progress

CHECKOUT = Path(__file__).parents[2]
DATA = Path(os.environ.get("WAREHOUSE_REAL_DATA", CHECKOUT.parent / "shared" / "data"))
PUBLISHED = DATA / "published"
GPT2 = {"model": "gpt2-large", "family": "gpt2", "parameters": 774_000_000, "stage": "pretrained", "layer_count": 36}
QUIET = Progress(quiet=True)


def ingest(database: Database, source: str, *arguments: Any, **parameters: Any) -> None:
    pipeline.ingest(database, sources()[source], arguments, parameters, QUIET)


@pytest.fixture(scope="session")
def readers_template(cluster: EmbeddedServer, template: str) -> str:
    """The name of a database that holds the text and the readers of the Reading Brain project."""
    folders = [DATA / "reading_brain" / name for name in ("ds003974", "ds003988")]
    sentences = {"sentences": DATA / "sentences" / "reading_brain.txt"}
    with becoming_template(cluster, "template_readers", template) as database:
        pipeline.ingest(database, sources()["reading_brain"], folders, sentences, QUIET)
    return database.name


@pytest.fixture(scope="session")
def gpt2_template(cluster: EmbeddedServer, readers_template: str) -> str:
    """The name of a database that holds the readers and all layers of GPT-2 as published."""
    with becoming_template(cluster, "template_gpt2", readers_template) as database:
        ingest(database, "attention_arrays", PUBLISHED / "model_attention/gpt2/large", as_published=True, **GPT2)
    return database.name
