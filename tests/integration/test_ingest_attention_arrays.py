"""Attention arrays into the database and back: the very values, once, whole or not at all."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.asking import rows
from tests.conftest import cloned
from warehouse import pipeline
from warehouse.access import erasure
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput, StoredDiffers, UnknownName
from warehouse.load.attention_copy import KEYS
from warehouse.load.tally import Tally
from warehouse.load.texts import text_rows
from warehouse.plugin.contents import Rows, Unit
from warehouse.plugin.registry import Source, sources
from warehouse.progress import Progress
from warehouse.schema import migrations
from warehouse.transfer import export

SENTENCES = ({"s.1.1": "One two three", "s.1.2": "Four five"}, {"s.2.1": "Six seven eight nine"})
CORPUS = {"corpus": "toy", "language": "en", "licence": "CC0-1.0", "citation": "Made for this test"}
HEADS, SIZE = 3, 5
FACTS = {"family": "toy", "stage": "pretrained", "layer_count": 2, "corpus": "toy", "model": "toy-2"}


@pytest.fixture
def database(new_database: Database) -> Database:
    """A database of the current schema that holds a text of three sentences."""
    migrations.upgrade(new_database)
    text = Source("toy_text", lambda: iter([Unit("text", "0", _rows)]), CORPUS["licence"], CORPUS["citation"])
    pipeline.ingest(new_database, text, [], {}, Progress(quiet=True))
    return new_database


def _rows() -> Rows:
    yield from text_rows(CORPUS, SENTENCES)


def ingest(database: Database, folder: Path, **parameters: Any) -> Tally:
    return pipeline.ingest(database, sources()["attention_arrays"], [folder], parameters, Progress(quiet=True))


def attention(seed: int, extra_rows: int = 0, dtype: str = "float32") -> np.ndarray:
    rng = np.random.default_rng(seed)
    array = np.zeros((2, 2, HEADS, SIZE, SIZE), dtype=dtype)
    for article, sentences in enumerate(SENTENCES):
        for position, text in enumerate(sentences.values()):
            n = len(text.split()) + extra_rows
            triangle = np.tril(rng.uniform(0.1, 1.0, size=(HEADS, n, n)))
            array[article, position, :, :n, :n] = triangle / triangle.sum(axis=-1, keepdims=True)
    return array


def save(folder: Path, *layers: np.ndarray) -> Path:
    for layer, array in enumerate(layers):
        np.save(folder / f"rb_p1_layer{layer}.npy", array)
    return folder


CELLS = """
SELECT layer, article_position, sentence_position, from_word, to_word, weights
FROM model.attention
JOIN stimulus.sentence USING (sentence_id)
JOIN stimulus.article USING (article_id)
ORDER BY layer, attention.sentence_id, from_word, to_word
"""
TRACES = """
SELECT
    (SELECT count(*) FROM model.extraction), (SELECT count(*) FROM model.attention),
    (SELECT count(*) FROM model.language_model),
    (SELECT count(*) FROM ops.unit JOIN ops.run USING (run_id) WHERE job = 'ingest attention_arrays'),
    (SELECT count(*) FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
     WHERE n.nspname = 'model' AND relname ~ '^attention_[0-9]+$')
"""


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_what_is_read_back_is_every_cell_of_the_arrays(database: Database, tmp_path: Path, dtype: str) -> None:
    layers = [attention(seed, dtype=dtype) for seed in range(2)]
    ingest(database, save(tmp_path, *layers), **FACTS)
    found = rows(database, CELLS)
    assert len(found) == 2 * (6 + 3 + 10)
    for layer, article, position, from_word, to_word, weights in found:
        cell = layers[layer][article, position, :, from_word, to_word]
        np.testing.assert_array_equal(np.array(weights, dtype=np.float32), cell.astype(np.float32))


CELLS_AS_HALF = CELLS.replace("weights", "fn.single_weights(half_weights)")


def test_float16_arrays_are_stored_as_half_to_the_last_bit(database: Database, tmp_path: Path) -> None:
    layers = [attention(seed, dtype="float16") for seed in range(2)]
    layers[0][1, 0, :, 2, :2] = 2**-24, 3 * 2**-20  # smaller than float16's smallest normal number
    layers[1][1, 0, 1, 3, 0] = -0.0
    folder = save(tmp_path, *layers)
    assert ingest(database, folder, store="half", **FACTS).inserted == 38
    found = rows(database, CELLS_AS_HALF)
    for layer, article, position, from_word, to_word, weights in found:
        np.testing.assert_array_equal(np.float16(weights), layers[layer][article, position, :, from_word, to_word])
    shown = "SELECT array_agg(weight ORDER BY layer, sentence_id, from_word, to_word, head) FROM mart.attention_cell"
    assert rows(database, shown) == [([weight for *_, weights in found for weight in weights],)]
    assert len(found) == 38 and ingest(database, folder, store="half", **FACTS).unchanged == 38


def test_what_is_stored_stays_as_it_is_stored(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is the same extraction: loaded anew it would leave the results of the other behind."""
    caplog.set_level("INFO", "warehouse")
    folder = save(tmp_path, attention(0, dtype="float16"), attention(1, dtype="float16"))
    for first, second in (("single", "half"), ("half", "single")):
        assert ingest(database, folder, store=first, **FACTS).inserted == 38
        assert ingest(database, folder, store=second, **FACTS).unchanged == 38
        assert rows(database, "SELECT stored_as FROM mart.extraction") == [(first,)]
        erasure.forget(database, "extraction", ["toy-2"], Progress(quiet=True))
    assert caplog.text.count("toy-2/plain/raw is stored as single and stays so: to store it as half, forget it") == 1


def test_float32_arrays_are_not_rounded_to_half(database: Database, tmp_path: Path) -> None:
    layers = [attention(0, dtype="float16").astype("float32"), attention(1)]  # the first is exact
    with pytest.raises(
        BadInput, match=r"layer 1: holds \d+ weights that float16 does not hold exactly.*nothing is rounded"
    ):
        ingest(database, save(tmp_path, *layers), store="half", **FACTS)
    assert rows(database, TRACES) == [(0, 0, 0, 0, 0)]
    with pytest.raises(BadInput, match="--keep sums keeps none"):
        ingest(database, tmp_path, store="half", keep="sums", **FACTS)


def test_an_export_has_half_weights_as_numbers_and_is_imported_as_half(
    database: Database, cluster: EmbeddedServer, template: str, tmp_path: Path
) -> None:
    arrays, out = tmp_path / "arrays", tmp_path / "out"
    arrays.mkdir()
    ingest(database, save(arrays, attention(0, dtype="float16"), attention(1, dtype="float16")), store="half", **FACTS)
    before = rows(database, CELLS_AS_HALF)
    export.export(database, out, (), (), Progress(quiet=True))
    assert pq.read_table(out / "model" / "attention" / "extraction_1.parquet").column_names == [*KEYS, "weights"]
    with cloned(cluster, template) as elsewhere:
        pipeline.ingest(elsewhere, sources()["parquet"], [out], {}, Progress(quiet=True))
        assert rows(elsewhere, CELLS_AS_HALF) == before
        assert rows(elsewhere, "SELECT stored_as, dtype FROM mart.extraction") == [("half", "float16")]
        erasure.forget(elsewhere, "extraction", ["toy-2"], Progress(quiet=True))
        assert rows(elsewhere, CELLS_AS_HALF) == []


def test_the_same_files_again_change_nothing(database: Database, tmp_path: Path) -> None:
    folder = save(tmp_path, attention(0), attention(1))
    first = ingest(database, folder, **FACTS)
    before = rows(database, CELLS), rows(database, TRACES)
    again = ingest(database, folder, **FACTS)
    assert (first.inserted, first.unchanged) == (38, 0)
    assert (again.inserted, again.unchanged) == (0, 38)
    assert (rows(database, CELLS), rows(database, TRACES)) == before


@pytest.mark.parametrize("bad_layer", [0, 1])
def test_a_bad_layer_leaves_nothing(database: Database, tmp_path: Path, bad_layer: int) -> None:
    layers = [attention(0), attention(1)]
    layers[bad_layer][1, 0, 2, 3, 1] = np.nan
    with pytest.raises(BadInput, match="not a finite number"):
        ingest(database, save(tmp_path, *layers), **FACTS)
    assert rows(database, TRACES) == [(0, 0, 0, 0, 0)]


def test_after_a_bad_layer_the_mended_files_come_in(database: Database, tmp_path: Path) -> None:
    layers = [attention(0), -attention(1)]
    with pytest.raises(BadInput, match="is negative"):
        ingest(database, save(tmp_path, *layers), **FACTS)
    ingest(database, save(tmp_path, layers[0], -layers[1]), **FACTS)
    assert rows(database, "SELECT extraction_status, layers FROM model.extraction") == [("complete", [0, 1])]


def test_a_model_with_other_facts_is_refused(database: Database, tmp_path: Path) -> None:
    folder = save(tmp_path, attention(0), attention(1))
    ingest(database, folder, **FACTS)
    before = rows(database, TRACES)
    with pytest.raises(StoredDiffers, match="toy-2"):
        ingest(database, folder, **{**FACTS, "layer_count": 3})
    assert rows(database, TRACES) == before


def test_token_level_arrays_are_refused_and_leave_nothing(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="3 of 3 sentences have more rows than words"):
        ingest(database, save(tmp_path, attention(0, extra_rows=1)), **FACTS)
    assert rows(database, TRACES) == [(0, 0, 0, 0, 0)]


def test_as_published_marks_the_extraction(database: Database, tmp_path: Path) -> None:
    folder = save(tmp_path, attention(0, extra_rows=1))
    ingest(database, folder, as_published=True, **FACTS)
    assert rows(database, "SELECT alignment, layers FROM model.extraction") == [("as published", [0])]
    warnings = dict(rows(database, "SELECT usage_warning, reason FROM ops.usage_warning_on"))
    assert warnings["partial_coverage"] == "1 of 2 layers: 0"
    assert warnings["not_word_aligned"].startswith("3 of 3 sentences have more rows than words (s.1.1 has 4 rows for 3")


def test_new_files_take_the_place_of_the_old(database: Database, tmp_path: Path) -> None:
    ingest(database, save(tmp_path, attention(0)), **FACTS)
    ingest(database, save(tmp_path, attention(0), attention(1)), **FACTS)
    statuses = "SELECT extraction_status, layers FROM model.extraction ORDER BY extraction_id"
    assert rows(database, statuses) == [("retired", [0]), ("complete", [0, 1])]
    assert len(rows(database, CELLS)) == 38


def test_the_files_and_what_was_checked_are_on_record(database: Database, tmp_path: Path) -> None:
    ingest(database, save(tmp_path, attention(0), attention(1)), **FACTS)
    ((attestation,),) = rows(database, "SELECT attestation FROM model.extraction")
    assert attestation["array_shape"] == [2, 2, HEADS, SIZE, SIZE]
    inputs = rows(
        database, "SELECT input_name, length(digest) FROM ops.run_input WHERE input_name LIKE 'rb%' ORDER BY 1"
    )
    assert inputs == [("rb_p1_layer0.npy", 64), ("rb_p1_layer1.npy", 64)]


@pytest.mark.parametrize(("name", "value"), [("corpus", "toi"), ("condition", "plane")])
def test_an_unknown_name_is_told_with_those_that_are_known(
    database: Database, tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(UnknownName, match="did you mean"):
        ingest(database, save(tmp_path, attention(0)), **{**FACTS, name: value})


def test_another_condition_reads_the_files_of_its_prefix(database: Database, tmp_path: Path) -> None:
    np.save(tmp_path / "instr_rb_p1_layer0.npy", attention(0))
    ingest(database, tmp_path, condition="translate", **FACTS)
    query = "SELECT condition FROM model.extraction JOIN model.condition USING (condition_id)"
    assert rows(database, query) == [("translate",)]


def test_rows_of_zeros_are_counted_over_all_layers_and_warned_of(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    layers = [attention(0, dtype="float16"), attention(1, dtype="float16")]
    layers[0][0, 0, 1, 0] = layers[1][1, 0, :, 2] = 0
    caplog.set_level("INFO", "warehouse")
    ingest(database, save(tmp_path, *layers), **FACTS)
    ((attestation,),) = rows(database, "SELECT attestation FROM model.extraction")
    assert (attestation["rows_checked"], attestation["zero_row_count"]) == (2 * HEADS * (3 + 2 + 4), 1 + HEADS)
    assert "row_sum_error" not in attestation
    warnings = dict(rows(database, "SELECT usage_warning, reason FROM mart.usage_warning"))
    assert warnings == {"zero_attention_rows": "4 of 54 rows of attention are all zero"}
    assert "4 of 54 rows of attention are all zero: they are kept" in caplog.text


def test_the_least_sum_of_a_row_over_all_layers_is_attested(database: Database, tmp_path: Path) -> None:
    layers = [attention(0), attention(1)]
    layers[1][1, 0, 1, 2] *= 2**-10
    ingest(database, save(tmp_path, *layers), **FACTS)
    ((attestation,),) = rows(database, "SELECT attestation FROM model.extraction")
    assert attestation["least_row_sum"] == pytest.approx(layers[1][1, 0, 1, 2].sum(), rel=1e-6)


def test_layers_with_the_same_numbers_are_kept_and_warned_of(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "warehouse")
    ingest(
        database, save(tmp_path, attention(0), attention(1), attention(0), attention(1)), **{**FACTS, "layer_count": 4}
    )
    told = "layers 0, 2 hold the same numbers; layers 1, 3 hold the same numbers"
    assert rows(database, "SELECT reason FROM mart.usage_warning WHERE usage_warning = 'identical_layers'") == [(told,)]
    assert "Layers 0, 2 hold the same numbers; layers 1, 3 hold the same numbers: they are kept" in caplog.text


def test_without_rows_of_zeros_there_is_no_warning(database: Database, tmp_path: Path) -> None:
    ingest(database, save(tmp_path, attention(0), attention(1)), **FACTS)
    assert rows(database, "SELECT attestation -> 'zero_row_count' FROM model.extraction") == [(0,)]
    assert rows(database, "SELECT * FROM mart.usage_warning") == []
