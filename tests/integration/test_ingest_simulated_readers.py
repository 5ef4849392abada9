"""The simulated study through the whole warehouse: files are not needed, and what was planted comes out."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from ingest.simulated_readers.truth import BY_RESEMBLANCE, GROUPS, MODELS
from tests.asking import rows
from tests.conftest import cloned
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput, StoredDiffers
from warehouse.load import source_items
from warehouse.load.tally import Tally
from warehouse.plugin.registry import sources
from warehouse.progress import Progress

READERS = 6


@pytest.fixture(scope="module")
def database(cluster: EmbeddedServer, template: str) -> Iterator[Database]:
    """The study, loaded once: no test takes anything away from it."""
    with cloned(cluster, template) as found:
        ingest(found)
        yield found


def ingest(database: Database, **parameters: Any) -> Tally:
    given = {"readers": READERS, **parameters}
    return pipeline.ingest(database, sources()["simulated_readers"], [], given, Progress(quiet=True))


def test_the_study_comes_in_once(database: Database) -> None:
    again = ingest(database)
    assert (again.inserted, again.rejected) == (0, 0)
    assert again.unchanged > 0
    assert rows(database, "SELECT count(*) FROM human.subject") == [(2 * READERS,)]
    assert rows(database, "SELECT count(*) FROM model.extraction WHERE extraction_status = 'complete'") == [
        (len(MODELS),)
    ]
    with pytest.raises(StoredDiffers):
        ingest(database, seed=1)


def test_saccades_are_derived_from_fixations_by_each_rule(database: Database) -> None:
    ((counted,),) = rows(
        database,
        "SELECT sum(saccade_count) FROM human.saccade JOIN human.saccade_rule USING (saccade_rule_id) "
        "WHERE saccade_rule = 'consecutive'",
    )
    fixations = rows(
        database,
        "SELECT subject_id, sentence_id, word_position FROM human.fixation "
        "ORDER BY subject_id, sentence_id, fixation_ordinal",
    )
    assert counted == sum(a[:2] == b[:2] and None not in (a[2], b[2]) for a, b in pairwise(fixations))


def test_what_was_planted_comes_out(database: Database) -> None:
    pipeline.compute(database, "human_resemblance", {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]})
    found = rows(
        database,
        "SELECT model, language_group, layer, avg(r2), avg(cv_r2), count(*) FROM mart.human_resemblance "
        "GROUP BY model, language_group, layer",
    )
    readers = {"L1": READERS - 1, "L2": READERS}  # one of L1 is excluded
    assert {(group, count) for _, group, _, _, _, count in found} == set(readers.items())
    for group in (group.language_group for group in GROUPS):
        for score in (3, 4):
            best = [max(row[score] for row in found if row[:2] == (name, group)) for name in BY_RESEMBLANCE]
            assert best == sorted(best)
        for model in MODELS:
            layers = {row[2]: row[3] for row in found if row[:2] == (model.name, group)}
            assert max(layers, key=layers.__getitem__) == model.best_layer


def test_a_dry_run_counts_the_same_and_writes_nothing(new_database: Database) -> None:
    given = {"readers": 3}
    expected = source_items.preview(
        new_database, source_items.Call(sources()["simulated_readers"], [], given), Progress(quiet=True)
    )
    assert rows(new_database, "SELECT count(*) FROM stimulus.corpus") == [(0,)]
    assert ingest(new_database, **given) == expected


def test_too_few_readers_are_refused(new_database: Database) -> None:
    with pytest.raises(BadInput, match="--readers: 2 is too small; give 3 to 10,000"):
        ingest(new_database, readers=2)
