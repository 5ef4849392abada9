"""Attention from a model into PostgreSQL: whole or not at all, once, and taken up where it stopped."""

import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Timer
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import safetensors.torch

from ingest.attention.attestation import AGREEMENT
from ingest.attention.batches import PIECE_TOKENS
from tests.asking import rows
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.errors import BadInput, Busy, StoredDiffers
from warehouse.load.stored import Stored
from warehouse.load.tally import Tally
from warehouse.load.texts import text_rows
from warehouse.plugin.contents import Extraction, Piece, Rows, Unit
from warehouse.plugin.registry import Source, sources
from warehouse.progress import Progress

CORPUS = {"corpus": "toy", "language": "en", "licence": "CC0-1.0", "citation": "Made for this test"}
Saved = Callable[[str], Path]


@pytest.fixture
def database(new_database: Database, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database that holds six sentences, which make several pieces."""
    monkeypatch.setattr("ingest.attention.extraction.PIECE_TOKENS", 40)
    sentences = [{f"s.1.{i}": text for i, text in enumerate(tiny.sentences)}]

    def rows() -> Rows:
        yield from text_rows(CORPUS, sentences)

    text = Source("toy_text", lambda: iter([Unit("text", "0", rows)]), CORPUS["licence"], CORPUS["citation"])
    pipeline.ingest(new_database, text, [], {}, Progress(quiet=True))
    return new_database


def ingest(database: Database, **parameters: Any) -> Tally:
    given = {"corpus": "toy", "device": "cpu"} | {name: _plain(value) for name, value in parameters.items()}
    return pipeline.ingest(database, sources()["attention"], [], given, Progress(quiet=True))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def stored_attention(database: Database) -> dict[tuple[int, ...], np.ndarray]:
    query = """
        SELECT layer, sentence_label, from_word, to_word, weights
        FROM model.attention JOIN stimulus.sentence USING (sentence_id)
    """
    return {tuple(cell): np.array(weights) for *cell, weights in rows(database, query)}


def test_what_is_stored_is_what_the_engine_gives(database: Database, tiny: SimpleNamespace, saved: Saved) -> None:
    tally = ingest(database, checkpoint=saved("llama-2"))
    engine, sentences = tiny.engine_of("llama-2"), tiny.encoded("llama-2")
    wanted, _ = tiny.arrays(engine, sentences)
    found = stored_attention(database)
    assert tally.inserted == len(found) == 3 * sum(n * (n + 1) // 2 for n in (s.word_count for s in sentences))
    for (layer, label, i, j), weights in found.items():
        number = 10 + int(str(label).rpartition(".")[2])
        np.testing.assert_allclose(weights, wanted[layer, number][:, i, j], atol=2e-5)


def test_attention_and_what_left_the_sentence_sum_to_one(database: Database, saved: Saved) -> None:
    ingest(database, checkpoint=saved("bert"), condition=("noise",))
    query = """
        SELECT min(total), max(total), count(*)
        FROM (
            SELECT sum(weight) + min(sink) + min(outside) AS total
            FROM model.attention
            JOIN model.attention_sink USING (extraction_id, layer, sentence_id, from_word)
            CROSS JOIN LATERAL unnest(weights, sink_mass, outside_mass) WITH ORDINALITY AS u (weight, sink, outside, h)
            GROUP BY layer, sentence_id, from_word, h
        )
    """
    ((lowest, highest, count),) = rows(database, query)
    assert count == 3 * 4 * rows(database, "SELECT count(*) FROM stimulus.word")[0][0]
    assert lowest == pytest.approx(1, abs=1e-5)
    assert highest == pytest.approx(1, abs=1e-5)


def test_losses_and_surprisals_stand_beside_raw_attention_of_decoders(database: Database, saved: Saved) -> None:
    ingest(database, checkpoint=saved("llama-2"), method=("raw", "norm"))
    query = """
        SELECT method, count(DISTINCT sentence_loss.sentence_id), count(*)
        FROM model.sentence_loss
        JOIN model.word_surprisal USING (extraction_id, sentence_id)
        JOIN model.extraction USING (extraction_id)
        GROUP BY method
    """
    assert rows(database, query) == [("raw", 6, rows(database, "SELECT count(*) FROM stimulus.word")[0][0])]


def test_every_condition_and_method_is_an_extraction_with_its_attestation(database: Database, saved: Saved) -> None:
    methods = ("raw", "rollout", "norm", "value-zeroing")
    ingest(database, checkpoint=saved("gpt-2"), condition=("plain", "ask=What is this?"), method=methods)
    query = """
        SELECT condition, prefix, method, attestation -> 'float32_reference' ->> 'max_abs_difference'
        FROM model.extraction JOIN model.condition USING (condition_id)
        WHERE extraction_status = 'complete'
    """
    found = rows(database, query)
    assert {row[:3] for row in found} == {
        (name, text, method) for name, text in (("plain", ""), ("ask", "What is this?")) for method in methods
    }
    assert all(float(difference) < 1e-4 for *_, difference in found)


def test_a_second_ingest_writes_nothing(database: Database, saved: Saved) -> None:
    first = ingest(database, checkpoint=saved("gpt-2"))
    second = ingest(database, checkpoint=saved("gpt-2"))
    assert (second.inserted, second.unchanged) == (0, first.inserted)


def test_a_study_file_runs_what_is_missing(database: Database, saved: Saved, tmp_path: Path) -> None:
    ingest(database, checkpoint=saved("gpt-2"))
    text = 'corpus = "toy"\ndevice = "cpu"\n' + "".join(
        f'[[model]]\ncheckpoint = "{saved(style)}"\n' for style in ("gpt-2", "bert")
    )
    path = tmp_path / "study.toml"
    path.write_text(text)
    tally = pipeline.ingest(database, sources()["attention"], [], {"study": path}, Progress(quiet=True))
    assert tally.inserted == 3 * rows(database, "SELECT sum(word_count * word_count) FROM stimulus.sentence")[0][0]
    assert rows(database, "SELECT model FROM model.language_model ORDER BY 1") == [("tiny-bert",), ("tiny-gpt-2",)]


SUMMED = """
WITH
by_word AS (
    SELECT extraction_id, layer, head, sentence_id, from_word, sum(weight) AS given
    FROM model.attention CROSS JOIN LATERAL unnest(weights) WITH ORDINALITY AS w (weight, head)
    GROUP BY extraction_id, layer, head, sentence_id, from_word
),
by_head AS (
    SELECT extraction_id, layer, head, count(*) AS words, sum(given) AS given, sum(sink_mass[head]) AS sink,
        sum(outside_mass[head]) AS outside
    FROM by_word JOIN model.attention_sink USING (extraction_id, layer, sentence_id, from_word)
    GROUP BY extraction_id, layer, head
)
SELECT bool_and(word_total = words), bool_and(abs(weight_sums[head] - given) < 1e-4),
    bool_and(abs(sink_sums[head] - sink) < 1e-4), bool_and(abs(outside_sums[head] - outside) < 1e-4)
FROM model.layer_sink JOIN by_head USING (extraction_id, layer) GROUP BY extraction_id, layer
"""
"""Whether what each layer gives to no word, summed piece by piece, is the sum of what is stored by word."""


def test_an_interrupted_extraction_is_taken_up_at_the_missing_pieces(database: Database, saved: Saved) -> None:
    begun: list[str] = []

    def run(stop_at: int) -> None:
        pipeline.ingest(database, _stopping(saved("gpt-2"), begun, stop_at), [], {}, Progress(quiet=True))

    with pytest.raises(KeyboardInterrupt):
        run(stop_at=3)
    assert rows(database, "SELECT count(*) FROM model.attention") == [(0,)]  # nobody sees half of it
    written = rows(database, "SELECT unit_key FROM ops.unit WHERE unit_key LIKE 'extraction%'")
    assert 1 <= len(written) <= 3
    begun.clear()
    run(stop_at=-1)
    assert not {key for (unit,) in written for key in begun if unit.endswith(f"/{key}")}
    assert rows(database, SUMMED) == [(True,) * 4] * rows(database, "SELECT count(*) FROM model.layer_sink")[0][0] != []
    again = stored_attention(database)
    ingest(database, checkpoint=saved("gpt-2"), model="anew")
    query = "SELECT count(*), count(DISTINCT extraction_id) FROM model.attention"
    assert rows(database, query) == [(2 * len(again), 2)]


def _stopping(model: Path, begun: list[str], stop_at: int) -> Source:
    """The source, which notes the pieces that are begun and is interrupted at one of them."""

    def attention(*, stored: Stored) -> Iterator[Extraction]:
        for extraction in sources()["attention"].function(
            stored=stored, checkpoint=str(model), corpus="toy", device="cpu"
        ):
            assert isinstance(extraction, Extraction)
            pieces = [_noted(piece, begun, n == stop_at) for n, piece in enumerate(extraction.pieces)]
            yield replace(extraction, pieces=pieces)

    return Source("attention", attention, "", "")


def _noted(piece: Piece, begun: list[str], stops: bool) -> Piece:
    def contents() -> Iterator[Any]:
        begun.append(piece.key)
        if stops:
            raise KeyboardInterrupt
        yield from piece.contents()

    return replace(piece, contents=contents)


def test_a_model_that_fails_leaves_nothing_behind(database: Database, saved: Saved, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    shutil.copytree(saved("gpt-2"), path)
    weights = safetensors.torch.load_file(path / "model.safetensors")
    weights["transformer.h.1.attn.c_attn.weight"][0, 0] = float("nan")
    safetensors.torch.save_file(weights, path / "model.safetensors", {"format": "pt"})
    with pytest.raises(BadInput, match="attention is not finite"):
        ingest(database, checkpoint=path)
    for table in ("extraction", "language_model", "attention_sink", "sentence_loss", "word_surprisal"):
        assert rows(database, f"SELECT count(*) FROM model.{table}") == [(0,)]


def test_an_attestation_that_fails_leaves_nothing_behind(
    database: Database, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(AGREEMENT, "float32", -1.0)
    with pytest.raises(BadInput, match=r"differs by .* from a float32 pass"):
        ingest(database, checkpoint=saved("llama-2"))
    for table in ("extraction", "attention_sink", "sentence_loss", "word_surprisal"):
        assert rows(database, f"SELECT count(*) FROM model.{table}") == [(0,)]


def test_a_model_stored_with_another_revision_is_refused(database: Database, saved: Saved) -> None:
    ingest(database, checkpoint=saved("gpt-2"), model="mine")
    with pytest.raises(StoredDiffers, match="revision"):
        ingest(database, checkpoint=saved("llama-2"), model="mine")


def load_slowly(dsn: str, model: Path, begun: Any, goes_on: Any) -> None:
    """Be another process that loads a model, and waits where its first piece is begun."""

    def attention(*, stored: Stored) -> Iterator[Extraction]:
        for extraction in sources()["attention"].function(
            stored=stored, checkpoint=str(model), corpus="toy", device="cpu"
        ):
            assert isinstance(extraction, Extraction)
            first, *others = extraction.pieces
            yield replace(extraction, pieces=[_waiting(first, begun, goes_on), *others])

    pipeline.ingest(Database(dsn), Source("attention", attention, "", ""), [], {}, Progress(quiet=True))


def _waiting(piece: Piece, begun: Any, goes_on: Any) -> Piece:
    def contents() -> Iterator[Any]:
        begun.set()
        assert goes_on.wait(120)
        yield from piece.contents()

    return replace(piece, contents=contents)


@pytest.mark.slow
def test_two_models_load_side_by_side_and_of_the_same_one_waits_or_is_told(
    database: Database, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.attention.extraction.PIECE_TOKENS", PIECE_TOKENS)  # as the other process has it
    context = multiprocessing.get_context("spawn")
    begun, goes_on = context.Event(), context.Event()
    other = context.Process(target=load_slowly, args=(database.dsn, saved("gpt-2"), begun, goes_on))
    other.start()
    try:
        assert begun.wait(120)
        assert ingest(database, checkpoint=saved("llama-2")).inserted > 0  # while the other has not ended
        with pytest.raises(Busy, match=r"Another process does `load attention` .* `--wait SECONDS`"):
            ingest(database, checkpoint=saved("gpt-2"))
        Timer(0.5, goes_on.set).start()
        given = {"corpus": "toy", "device": "cpu", "checkpoint": str(saved("gpt-2"))}
        tally = pipeline.ingest(database, sources()["attention"], [], given, Progress(quiet=True), wait_s=60)
    finally:
        goes_on.set()
        other.join(120)
    assert (other.exitcode, tally.inserted, tally.unchanged > 0) == (0, 0, True)
    assert rows(database, "SELECT model FROM mart.extraction ORDER BY 1") == [("tiny-gpt-2",), ("tiny-llama-2",)]


def test_sums_are_kept_in_place_of_cells_as_the_model_gives_them(database: Database, saved: Saved) -> None:
    ingest(database, checkpoint=saved("llama-2"))
    wanted = [
        (layer, label, [1.0, *weights])
        for (layer, label, _, _), weights in sorted(stored_attention(database).items(), key=lambda item: item[0])
    ]
    sums: dict[tuple[int, str], Any] = {}
    for layer, label, z in wanted:
        sums[layer, label] = sums.get((layer, label), 0.0) + np.outer(z, z)
    sinks = rows(database, "SELECT count(*) FROM model.attention_sink")
    ingest(database, checkpoint=saved("llama-2"), keep="sums")
    found = rows(database, "SELECT layer, sentence_label, head_products FROM slice.head_sums "
                 "JOIN stimulus.sentence USING (sentence_id) ORDER BY 1, 2")  # fmt: skip
    assert [(layer, label) for layer, label, _ in found] == sorted(sums)
    for layer, label, products in found:
        matrix = sums[layer, label]
        np.testing.assert_allclose(products, matrix[np.triu_indices(len(matrix))], rtol=1e-6)  # batched anew
    assert rows(database, "SELECT count(*) FROM slice.layer_attention") == [(0,)]
    assert sinks > rows(
        database, "SELECT count(*) FROM model.attention_sink JOIN slice.extraction USING (extraction_id)"
    )
    assert rows(database, "SELECT count(*) FROM mart.sentence_loss WHERE loss_mean_nats > 0") > [(0,)]
    assert ingest(database, checkpoint=saved("llama-2"), keep="sums").inserted == 0


@pytest.mark.parametrize(
    ("given", "why"),
    [
        pytest.param(
            {"keep": "sums", "sums_by": "1000"}, "leave no article or sentence that can be held out", id="too large"
        ),
        pytest.param({"sums_by": "article"}, "no sums are to be kept", id="of cells"),
    ],
)
def test_sums_that_serve_nothing_are_refused(database: Database, saved: Saved, given: dict[str, str], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        ingest(database, checkpoint=saved("llama-2"), **given)
