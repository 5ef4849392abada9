"""Means of groups beside those published: the rule first_three comes close to them, cell by cell."""

import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.conftest import cloned
from tests.real.conftest import DATA, PUBLISHED
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer

MEANS = PUBLISHED / "golden_attention"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not MEANS.is_dir(), reason=f"no published means at {MEANS}: {DATA} is not there"),
]
COLUMNS = {"num": "mean_saccade_count", "dur": "mean_landing_duration_ms"}
QUESTION = """
SELECT article_position, sentence_position, from_word, to_word, {}
FROM mart.group_mean_saccade JOIN mart.sentence USING (sentence_id)
WHERE measure = 'saccade_count/first_three' AND language_group = %s
"""


class ArraysOnly(pickle.Unpickler):
    """Knows lists and numpy arrays, and nothing else that would have to be looked up."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in {("numpy.core.multiarray", "_reconstruct"), ("numpy", "ndarray"), ("numpy", "dtype")}:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


@pytest.fixture(scope="module")
def readers(cluster: EmbeddedServer, readers_template: str) -> Iterator[Database]:
    with cloned(cluster, readers_template) as database:
        yield database


@pytest.mark.parametrize("file", ["num_p1", "dur_p1", "num_p2", "dur_p2"])
def test_group_means_are_those_published_but_for_small_differences(readers: Database, file: str):
    """t.03.16, whose screen had other words, is compared where both have a cell."""
    what, group = file.split("_p")
    with (MEANS / f"mean_saccade_{file}.pkl").open("rb") as pickled:
        articles = ArraysOnly(pickled).load()
    with readers.connect(read_only=True) as connection:
        rows = connection.execute(QUESTION.format(COLUMNS[what]), [f"L{group}"]).fetchall()
    pairs = []
    for article, sentence, from_word, to_word, mean in rows:
        published = np.asarray(articles[article][sentence])
        if max(from_word, to_word) < len(published):
            pairs.append((published[from_word, to_word], mean))
    published, ours = np.array(pairs, dtype=float).T
    assert len(pairs) > 16_000
    assert np.corrcoef(published, ours)[0, 1] > 0.997
    assert ours.mean() == pytest.approx(published.mean(), rel=0.05)
