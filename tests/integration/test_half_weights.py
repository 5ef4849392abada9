"""Attention stored as half: the same numbers as single wherever they are read, in fewer bytes, or refused."""

import functools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.asking import rows
from tests.conftest import STUDY, cloned
from warehouse import pipeline
from warehouse.access import embargoes, roles
from warehouse.client import cells
from warehouse.database.connection import Database
from warehouse.database.content import attention_checksum
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput
from warehouse.load.source_items import Call, preview
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Block, Extraction
from warehouse.plugin.registry import Source, sources
from warehouse.progress import Progress
from warehouse.transfer import checksums
from warehouse.transfer.export import attention

QUIET = Progress(quiet=True)
MODELS = ("simulated-large", "simulated-small")
COMPUTED: dict[str, dict[str, list[str]]] = {"human_resemblance": STUDY, "trivial_reliance": {}}


class Stores(NamedTuple):
    """The same study twice: all its weights are numbers of float16."""

    single: Database
    half: Database


@pytest.fixture(scope="module")
def stores(cluster: EmbeddedServer, study_template: str) -> Iterator[Stores]:
    """Both ways of storing, with results; nothing of them is changed for good."""
    with cloned(cluster, study_template) as single, cloned(cluster, study_template) as half:
        for stored_as, database in zip(Stores._fields, (single, half), strict=True):
            pipeline.ingest(database, source(stored_as), [], {"readers": 4}, QUIET)
            for name, chosen in COMPUTED.items():
                pipeline.compute(database, name, {**chosen, "model": list(MODELS)}, progress=QUIET)
        yield Stores(single, half)


def source(stored_as: str, *, is_rounded: bool = True) -> Source:
    """The simulated study, its weights rounded to float16 as those of the published arrays are."""
    original = sources()["simulated_readers"]

    def contents(piece: Any) -> Iterator[Any]:
        for item in piece.contents():
            if isinstance(item, Block) and is_rounded:
                yield replace(item, weights=item.weights.astype(np.float16).astype(np.float32))
            else:
                yield item

    @functools.wraps(original.function)
    def again(*, stored: Stored, **given: Any) -> Iterator[Any]:
        for item in original.function(stored=stored, **given):
            if isinstance(item, Extraction) and item.model["model"] in MODELS:
                pieces = [replace(piece, contents=functools.partial(contents, piece)) for piece in item.pieces]
                told = {"digest": f"float16 of {item.digest}", "dtype": "float16"} if is_rounded else {}
                yield replace(item, **told, stored_as=stored_as, pieces=pieces)

    return replace(original, function=again)


def number_of(database: Database, model: str) -> int:
    ((number,),) = rows(database, "SELECT extraction_id FROM mart.extraction WHERE model = %s", model)
    return int(number)


SAME = {
    "slice.layer_attention": """
        SELECT model, layer, sentence_id, from_word, to_word, weights
        FROM slice.layer_attention JOIN slice.extraction USING (extraction_id) ORDER BY 1, 2, 3, 4, 5
    """,
    "mart.attention_cell": """
        SELECT model, layer, head, sentence_label, from_word, to_word, weight FROM mart.attention_cell
        WHERE layer = 1 ORDER BY 1, 2, 3, 4, 5, 6
    """,
    "mart.sink_mass": "SELECT model, layer, mean_sink_mass FROM mart.sink_mass ORDER BY 1, 2",
}


@pytest.mark.parametrize("view", SAME)
def test_a_view_shows_the_same_numbers_however_they_are_stored(stores: Stores, view: str):
    found = rows(stores.half, SAME[view])
    assert found == rows(stores.single, SAME[view]) and found


def test_a_notebook_gets_the_same_attention_of_a_sentence(stores: Stores):
    found = []
    for database in stores:
        with database.connect(read_only=True) as connection:
            found.append(cells.attention(connection, {"model": "simulated-large"}, "s.01.01"))
    assert found[0].any()
    np.testing.assert_array_equal(*found)


def test_weights_are_in_one_place_and_take_half_the_bytes(stores: Stores):
    where = "SELECT DISTINCT stored_as, weights IS NULL, octet_length(half_weights) / head_count FROM model.attention "
    where += "JOIN mart.extraction USING (extraction_id) WHERE dtype = 'float16'"
    assert rows(stores.half, where) == [("half", True, 2)]
    assert rows(stores.single, where) == [("single", False, None)]
    size = "SELECT sum(pg_column_size(attention.*)) FROM model.attention WHERE extraction_id = %s"
    sizes = [rows(each, size, number_of(each, "simulated-large"))[0][0] for each in stores]
    assert sizes[1] < 0.75 * sizes[0]  # keys and headers of rows stay, and these models have few heads


def test_no_statistics_are_kept_of_weights(stores: Stores):
    kept = "SELECT attname FROM pg_stats WHERE tablename LIKE 'attention\\_%' AND attname LIKE '%weights'"
    assert rows(stores.half, kept) == []


def test_the_same_numbers_have_the_same_checksums_and_the_same_results(stores: Stores):
    single, half = map(sums, stores)
    assert single[0] == half[0]
    assert checksums.differing(single[1], half[1]) == []  # results included, to the last bit
    assert not half[1]["result.head_reliance"].startswith("0-")


def test_how_weights_are_stored_is_in_no_fingerprint(stores: Stores):
    prints = "SELECT unit_key, fingerprint FROM ops.unit JOIN ops.run USING (run_id) WHERE job LIKE 'compute %' "
    prints += "ORDER BY 1, 2"
    assert rows(stores.single, prints) == rows(stores.half, prints)


def sums(database: Database) -> tuple[str, dict[str, str]]:
    number = number_of(database, "simulated-large")
    with database.connect() as connection:
        return attention_checksum(connection, number), checksums.of(connection, values_only=True)


def test_an_export_has_the_same_weights(stores: Stores, tmp_path: Path):
    files = []
    for database, folder in zip(stores, (tmp_path / "single", tmp_path / "half"), strict=True):
        with database.connect() as connection:
            (folder / attention.FOLDER).mkdir(parents=True)
            (stored,) = attention.write(connection, folder, [number_of(database, "simulated-large")], QUIET)
        files.append(pq.read_table(folder / stored.path))
    assert files[0].num_rows and files[0].equals(files[1])


def test_an_embargo_hides_it_from_a_reader(stores: Stores):
    reader = Database(roles.grant(stores.half, "hanna", "reader"))
    seen = "SELECT count(*) FROM mart.attention_cell WHERE model = 'simulated-large'"
    try:
        assert rows(reader, seen) == rows(stores.half, seen) != [(0,)]
        embargoes.impose(stores.half, "extraction", "simulated-large", date.today() + timedelta(days=2), [])
        assert rows(reader, seen) == [(0,)]
        assert rows(reader, "SELECT count(half_weights) > 0 FROM slice.layer_attention") == [(True,)]  # of others
        embargoes.lift(stores.half, "extraction", "simulated-large")
    finally:
        roles.revoke(stores.half, "hanna")


def test_what_float16_does_not_hold_is_refused_and_leaves_no_trace(stores: Stores):
    facts = "SELECT count(*), sum(extraction_id) FROM model.extraction"
    before = rows(stores.half, facts)
    refused = r"holds [\d,]+ weights that float16 does not hold exactly, e\.g\. 0\.\d+.*store them as single"
    exact = source("half", is_rounded=False)
    with pytest.raises(BadInput, match=refused):
        preview(stores.half, Call(exact, [], {"readers": 4}), QUIET, None)
    with pytest.raises(BadInput, match=refused):
        pipeline.ingest(stores.half, exact, [], {"readers": 4}, QUIET)
    assert rows(stores.half, facts) == before
