"""The published readers, loaded once for all tests that need them in a database."""

import os
from pathlib import Path

import pytest

from tests.conftest import becoming_template
from warehouse import pipeline
from warehouse.database.server import EmbeddedServer
from warehouse.plugin.registry import sources
from warehouse.progress import Progress

CHECKOUT = Path(__file__).parents[2]
DATA = Path(os.environ.get("WAREHOUSE_REAL_DATA", CHECKOUT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def readers_template(cluster: EmbeddedServer, template: str) -> str:
    """The name of a database that holds the text and the readers of the Reading Brain project."""
    folders = [DATA / "reading_brain" / name for name in ("ds003974", "ds003988")]
    sentences = {"sentences": DATA / "sentences" / "reading_brain.txt"}
    with becoming_template(cluster, "template_readers", template) as database:
        pipeline.ingest(database, sources()["reading_brain"], folders, sentences, Progress(quiet=True))
    return database.name
