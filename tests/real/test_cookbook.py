"""Every question of the cookbook is answered on the published readers, for a reader, within the time a reader has."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import cloned
from tests.real.conftest import DATA
from tools.pages import QUESTIONS
from warehouse import pipeline
from warehouse.access import roles
from warehouse.database.server import EmbeddedServer
from warehouse.progress import Progress

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (DATA / "reading_brain").is_dir(), reason=f"no published data in {DATA}"),
]
PUBLISHED = {"'simulated'": "'reading_brain'", "simulated-large": "gpt2-large", "layer = 5": "layer = 3",
             "sim-": "sub-", "'s.": "'t."}  # fmt: skip
"""What the published study has in place of the simulated one."""
UNANSWERED = {
    "21_layers_moved_by_tuning",
    "22_heads_moved_by_tuning",
    "23_what_tuning_cost",
    "30_what_heads_add_by_depth",
}
"""Of tuned models, and of what takes minutes to compute."""


@pytest.fixture(scope="module")
def reader(cluster: EmbeddedServer, gpt2_template: str) -> Iterator[psycopg.Connection]:
    with cloned(cluster, gpt2_template) as database:
        chosen = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
        for analysis in ("human_resemblance", "reader_reliance"):
            pipeline.compute(database, analysis, chosen, progress=Progress(quiet=True))
        with psycopg.connect(roles.grant(database, "cook", "reader"), autocommit=True) as connection:
            yield connection
        roles.revoke(database, "cook")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_is_answered_on_published_data_within_the_time_of_a_reader(reader: psycopg.Connection, question):
    query = question.read_text()
    for name, published in PUBLISHED.items():
        query = query.replace(name, published)
    assert reader.execute(query).fetchall() or question.stem in UNANSWERED
