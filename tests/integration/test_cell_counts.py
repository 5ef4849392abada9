"""Cells counted while they are written are those that the server would count in the partition."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.conftest import cloned
from warehouse.database.server import EmbeddedServer
from warehouse.database.types import Connection
from warehouse.load.cell_counts import CellCounts
from warehouse.load.consistency import Cells, cells_of
from warehouse.plugin.contents import Block, Pairs


@pytest.fixture(scope="module")
def connection(cluster: EmbeddedServer, study_template: str) -> Iterator[Connection]:
    """Of a study that these tests share, since they only read."""
    with cloned(cluster, study_template) as database, database.connect(autocommit=True, read_only=True) as found:
        yield found


@pytest.fixture
def extraction(connection: Connection) -> tuple[int, int]:
    """Give the number of a causal extraction, and of its corpus."""
    row = connection.execute(
        "SELECT extraction_id, corpus_id FROM model.extraction WHERE extraction_status = 'complete' AND is_causal "
        "ORDER BY 1 LIMIT 1"
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def blocks(connection: Connection, extraction_id: int) -> list[Block]:
    """Give the stored cells, each layer in two blocks that cut a sentence."""
    found = connection.execute(
        "SELECT layer, sentence_id, from_word, to_word, cardinality(weights) FROM model.attention "
        "WHERE extraction_id = %s ORDER BY 1, 2, 3, 4",
        [extraction_id],
    ).fetchall()
    cells = np.array(found)
    halves = [half for layer in np.unique(cells[:, 0]) for half in np.array_split(cells[cells[:, 0] == layer], 2)]
    return [Block(int(half[0, 0]), Pairs(*half.T[1:4]), np.zeros((len(half), half[0, 4]))) for half in halves]


def counted(connection: Connection, corpus_id: int, written: list[Block], **kind: bool) -> Cells:
    counts = CellCounts()
    for block in written:
        counts.add(block)
    return counts.cells(connection, corpus_id, **({"is_causal": True, "is_partial": False} | kind))


def without(block: Block, is_gone: np.ndarray) -> Block:
    pairs = Pairs(*(column[~is_gone] for column in vars(block.pairs).values()))
    return Block(block.layer, pairs, block.weights[~is_gone])


def test_they_are_what_the_server_counts(connection: Connection, extraction: tuple[int, int]) -> None:
    extraction_id, corpus_id = extraction
    written = blocks(connection, extraction_id)
    for is_causal in (True, False):  # as of a model that looks ahead, cells are lacking
        stored = cells_of(connection, f"attention_{extraction_id}", corpus_id, is_causal=is_causal, is_partial=False)
        assert counted(connection, corpus_id, written, is_causal=is_causal) == stored
        assert (stored.broken is None) == is_causal


def test_a_cell_that_lacks_is_told_with_its_layer_and_sentence(
    connection: Connection, extraction: tuple[int, int]
) -> None:
    extraction_id, corpus_id = extraction
    *written, last = blocks(connection, extraction_id)
    lacking = without(last, np.arange(len(last.pairs)) == len(last.pairs) - 1)
    (label, words) = connection.execute(
        "SELECT sentence_label, word_count FROM stimulus.sentence WHERE sentence_id = %s",
        [int(last.pairs.sentence_id[-1])],
    ).fetchone() or ("", 0)
    wanted = words * (words + 1) // 2
    assert counted(connection, corpus_id, [*written, lacking]).broken == (last.layer, label, wanted - 1, wanted)


def test_only_of_part_of_a_corpus_a_sentence_may_lack(connection: Connection, extraction: tuple[int, int]) -> None:
    extraction_id, corpus_id = extraction
    written = blocks(connection, extraction_id)
    gone = int(written[0].pairs.sentence_id[0])
    fewer = [without(block, block.pairs.sentence_id == gone) for block in written]
    broken = counted(connection, corpus_id, fewer).broken
    assert broken is not None and (broken[0], broken[2]) == (written[0].layer, None)
    assert counted(connection, corpus_id, fewer, is_partial=True).broken is None


def test_a_word_that_looks_ahead_and_a_sentence_of_another_corpus_are_found(
    connection: Connection, extraction: tuple[int, int]
) -> None:
    extraction_id, corpus_id = extraction
    first, *rest = blocks(connection, extraction_id)
    pairs = first.pairs
    turned = Block(first.layer, Pairs(pairs.sentence_id, pairs.to_word, pairs.from_word), first.weights)
    assert counted(connection, corpus_id, [turned, *rest]).broken is not None
    away = Block(first.layer, Pairs(np.full(1, -7), np.zeros(1, int), np.zeros(1, int)), first.weights[:1])
    assert counted(connection, corpus_id, [away, first, *rest]).broken == (first.layer, "-7", 1, None)
