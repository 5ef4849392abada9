"""A corpus that comes in parts is the same as one that comes at once, and grows exactly in proportion."""

from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks import growth, streamed
from benchmarks.made import ARTICLES, N_CELLS, QUIET, articles
from tests.conftest import cloned
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.errors import UnknownName
from warehouse.load.stored import Stored
from warehouse.plugin.registry import Source

COPIES, SENTENCES = 3, 148
SOURCES = (streamed.text(COPIES), streamed.people(COPIES, "L1", 1), streamed.model(COPIES, "small", 2, 2))


def loaded(database: Database, source: Source) -> tuple[int, int]:
    tally = pipeline.ingest(database, source, [], {}, QUIET)
    return tally.inserted, tally.unchanged


@pytest.fixture(scope="module")
def corpus(cluster, template) -> Iterator[Database]:
    with cloned(cluster, template) as database:
        for source in SOURCES:
            loaded(database, source)
        yield database


def test_every_copy_has_the_paper_s_cells_and_articles_go_on_counting(corpus: Database):
    with corpus.connect(autocommit=True, read_only=True) as connection:
        whole = Stored(connection).stimulus("made")
        (last,) = connection.execute("SELECT max(article_position) FROM stimulus.article").fetchone()
    assert len(whole.causal_pairs) == COPIES * N_CELLS
    assert len(whole) == COPIES * SENTENCES and last == COPIES * len(ARTICLES) - 1
    texts = [text for copy in range(COPIES) for article in articles(copy) for text in article.values()]
    assert list(whole.text) == texts


def test_parts_of_a_corpus_put_together_are_the_corpus(corpus: Database):
    with corpus.connect(autocommit=True, read_only=True) as connection:
        stored = Stored(connection)
        whole = stored.stimulus("made")
        parts = [stored.stimulus("made", (first, first + 4)) for first in range(0, COPIES * len(ARTICLES), 5)]
        with pytest.raises(UnknownName):
            stored.stimulus("made", (COPIES * len(ARTICLES), COPIES * len(ARTICLES)))
    np.testing.assert_array_equal(np.concatenate([part.sentence_id for part in parts]), whole.sentence_id)
    assert sum((part.words for part in parts), ()) == whole.words


def test_a_reader_reads_every_sentence_once_in_order_and_attention_has_every_cell(corpus: Database):
    with corpus.connect(read_only=True) as connection:
        read = connection.execute("SELECT presentation_order FROM human.reading ORDER BY sentence_id").fetchall()
        (rows,) = connection.execute("SELECT count(*) FROM model.attention").fetchone()
    assert [order for (order,) in read] == list(range(COPIES * SENTENCES))
    assert rows == 2 * COPIES * N_CELLS


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_what_was_streamed_once_is_not_written_again(corpus: Database, source: Source):
    inserted, unchanged = loaded(corpus, source)
    assert inserted == 0 and unchanged > 0


def test_time_in_proportion_to_cells_has_the_exponent_one_and_its_square_two():
    def size(copies: int, power: int) -> dict[str, dict[str, float]]:
        return {name: {"seconds": float(copies**power), "peak_mib": 90.0} for name in growth.STEPS}

    for power, holds in ((1, True), (2, False)):
        found = growth.findings({str(copies): size(copies, power) for copies in (1, 10, 100)})
        exponents = [finding for finding in found if "exponent" in finding.what]
        assert len(exponents) == len(growth.STEPS)
        for finding in exponents:
            assert finding.value == pytest.approx(power) and finding.holds is holds
