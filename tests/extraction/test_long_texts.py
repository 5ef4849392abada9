"""Long texts, computed in blocks of rows: the same numbers as of whole layers, and no more held than a block."""

import hashlib
import json
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from ingest.attention import long_texts
from ingest.attention.access import find_access
from ingest.attention.attestation import agreement, sample
from ingest.attention.engine import Engine, LayerWords
from ingest.attention.extraction import _digest
from ingest.attention.handover import MOST_WAITING, stream_results
from ingest.attention.long_texts import LongMerging, row_blocks, shorten, word_ends
from ingest.attention.merging import Merging, cells
from ingest.attention.sentences import Sentence
from ingest.attention.tokens import encode_all
from tests.extraction.architectures import tiny_model
from warehouse.load.prepared import prepared
from warehouse.plugin.contents import Block, Pairs, Piece

STYLES = ("llama-2", "mistral", "llama-3", "gpt-2", "opt", "neox", "qwen2", "bert", "t5")
ROUNDING = {"t5": 2e-4}
"""Its scores are not scaled, so that its softmax makes much of how sums are rounded."""


def in_blocks(monkeypatch: pytest.MonkeyPatch, rows: int = 3, tokens: int = 20, heads: int = 4) -> None:
    """Let texts of usual length be cut into blocks of a few rows."""
    monkeypatch.setattr(long_texts, "LONG", rows + 1)
    monkeypatch.setattr(long_texts, "BLOCK_BYTES", 4 * heads * tokens * rows)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("condition", ["plain", "noise"])
def test_blocks_of_rows_give_the_numbers_of_whole_layers(
    tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, style: str, condition: str
) -> None:
    engine, sentences = tiny.engine_of(style), tiny.encoded(style, getattr(tiny, condition))[:3]
    wanted, wanted_predictions = tiny.arrays(engine, sentences)
    in_blocks(monkeypatch)
    assert all(len(engine.row_blocks(sentence)) > 1 for sentence in sentences)
    found, predictions = tiny.arrays(engine, sentences)
    assert found.keys() == wanted.keys()
    for key in wanted:
        np.testing.assert_allclose(found[key], wanted[key], atol=ROUNDING.get(style, 1e-6))
    for sentence_id, rows in wanted_predictions.items():
        np.testing.assert_allclose(predictions[sentence_id], rows, atol=1e-5)


@pytest.mark.parametrize(("kind", "part"), [("bart", "encoder"), ("bart", "decoder"), ("bart", "cross"),
                                            ("t5", "decoder"), ("t5", "cross"), ("gpt_oss", "")])  # fmt: skip
def test_blocks_hold_for_parts_and_for_learned_sinks(
    tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, kind: str, part: str
) -> None:
    model = tiny_model(kind, is_language_model=not part)
    model = model.double() if kind == "t5" else model  # see `ROUNDING`
    model = model.get_encoder() if part == "encoder" else model
    tokenizer = tiny.tokenizer_of("bert" if part else "gpt-2")
    access = find_access(model, tokenizer, kind, part)
    assert access.has_rows
    engine = Engine(
        model, tokenizer, kind, part in ("", "decoder"), "raw", access.layers, 512, access, predicts=False,
        has_learned_sinks=kind == "gpt_oss",
    )  # fmt: skip
    start = 0 if part in ("decoder", "cross") else None
    sentences, _ = encode_all(tiny.stimulus_of(), tiny.noise, tokenizer, None, start)
    wanted, _ = tiny.arrays(engine, sentences)
    in_blocks(monkeypatch)
    assert len(engine.row_blocks(sentences[0])) > 1
    found, _ = tiny.arrays(engine, sentences)
    assert found.keys() == wanted.keys()
    assert max(float(np.abs(found[key] - wanted[key]).max()) for key in wanted) < 1e-6


def test_blocks_of_t5_differ_by_rounding_only(tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, sentences = tiny.engine_of("t5"), tiny.encoded("t5", tiny.noise)[:2]
    engine.model.double()
    try:
        wanted, _ = tiny.arrays(engine, sentences)
        in_blocks(monkeypatch)
        found, _ = tiny.arrays(engine, sentences)
    finally:
        engine.model.float()
    assert max(float(np.abs(found[key] - wanted[key]).max()) for key in wanted) < 1e-6


@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("has_sinks", [True, False])
def test_blocks_are_merged_as_layers_are_where_tokens_belong_to_two_words(is_causal: bool, has_sinks: bool) -> None:
    shares = np.zeros((9, 7), dtype=np.float32)
    for token, word in [(0, 5), (1, 6), (2, 0), (3, 0), (5, 2), (6, 3), (7, 4), (8, 4)]:
        shares[token, word] = 1
    shares[4, 1] = shares[4, 2] = 0.5
    shares[6, 3] = shares[6, 4] = 0.5
    sentence = Sentence(1, "a b c d e", tuple(range(9)), shares)
    torch.manual_seed(0)
    scores = torch.randn(1, 2, 9, 9)
    attention = (scores.tril() if is_causal else scores).masked_fill(
        torch.ones(9, 9).triu(1).bool() & is_causal, -torch.inf
    )
    attention = attention.softmax(-1) * (0.8 if has_sinks else 1)
    kept, cpu = cells([sentence], is_causal), torch.device("cpu")
    wanted = Merging([sentence], kept, is_causal, cpu, has_sinks)(attention)
    blocks = [slice(0, 2), slice(2, 4), slice(4, 9)]
    merging = LongMerging(sentence, blocks, is_causal, cpu, has_sinks)
    rows = [(merging.cells(b), merging(attention[:, :, b], b)) for b in blocks if merging.cells(b)]
    assert len(rows) == 2  # the first block is no word's
    found = {
        (int(i), int(j)): row
        for own, values in rows for i, j, row in zip(own.pairs.from_word, own.pairs.to_word, values, strict=False)
    }  # fmt: skip
    for i, j, row in zip(kept.pairs.from_word.tolist(), kept.pairs.to_word.tolist(), wanted, strict=False):
        torch.testing.assert_close(found[i, j], row)
    for column in (0, 1):  # sinks, then outsides
        each = [values[len(own.pairs) + column * len(own.from_word) :][: len(own.from_word)] for own, values in rows]
        at = len(kept.pairs) + column * 5
        torch.testing.assert_close(torch.cat(each), wanted[at : at + 5])


def test_blocks_end_where_words_end_and_hold_every_token_once(
    tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert row_blocks(tiny.encoded("llama-2")[0], 2**20) == []  # a usual sentence, however many heads
    in_blocks(monkeypatch)
    for style in STYLES:
        for sentence in tiny.encoded(style, tiny.noise):
            ends = set(word_ends(sentence).tolist())
            blocks = row_blocks(sentence, 4)
            assert [t for b in blocks for t in range(b.start, b.stop)] == list(range(len(sentence)))
            assert {block.stop for block in blocks} <= ends


def test_no_more_than_a_block_of_weights_is_held(tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, (sentence, *_) = tiny.engine_of("llama-2"), tiny.encoded("llama-2")
    alive: list[Any] = []
    most, largest = 0, 0
    merge = LongMerging.__call__

    def noting(self: LongMerging, attention: torch.Tensor, rows: slice) -> torch.Tensor:
        nonlocal most, largest
        most = max(most, sum(each() is not None for each in alive))
        largest = max(largest, attention.shape[2])
        alive.append(weakref.ref(attention.untyped_storage()))
        return merge(self, attention, rows)

    in_blocks(monkeypatch)
    monkeypatch.setattr(LongMerging, "__call__", noting)
    tiny.arrays(engine, [sentence])
    assert len(alive) == 3 * len(engine.row_blocks(sentence))
    assert (most, largest < len(sentence) // 2) == (0, True)


def test_a_long_text_is_attested_by_a_part_in_blocks(tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = tiny.engine_of("llama-2")
    monkeypatch.setattr("ingest.attention.attestation.MOST_TOKENS", 12)
    in_blocks(monkeypatch)
    chosen = sample(tiny.encoded("llama-2"))
    assert max(map(len, chosen)) <= 12
    told = agreement(engine, chosen, "float32")
    assert told["max_abs_difference"] < 1e-5
    assert told["most_tokens"] == max(map(len, chosen))
    assert told["layer_bytes"] == 4 * 4 * told["most_tokens"] ** 2


@pytest.mark.parametrize("condition", ["plain", "noise"])
def test_a_part_of_a_long_text_is_whole_words_with_their_surroundings(tiny: SimpleNamespace, condition: str) -> None:
    for sentence in tiny.encoded("bert", getattr(tiny, condition)):
        part = shorten(sentence, 10)
        assert len(part) <= 10
        assert 1 <= part.word_count <= sentence.word_count
        np.testing.assert_allclose(part.shares.sum(axis=1), 1)
        np.testing.assert_allclose(part.shares[:, : part.word_count].sum(axis=0),
                                   sentence.shares[:, : part.word_count].sum(axis=0))  # fmt: skip
    assert shorten(sentence, 1000) is sentence


def test_what_waits_to_be_taken_is_bounded() -> None:
    made: list[int] = []

    def produce(put: Callable[[int], None]) -> None:
        for number in range(100):
            made.append(number)
            put(number)

    taken = 0
    for number in stream_results(produce):
        assert number == taken
        taken += 1
        assert len(made) <= taken + MOST_WAITING + 1
    assert taken == 100


def test_what_is_computed_ends_when_nobody_takes_it_any_more() -> None:
    before = threading.active_count()
    results = stream_results(lambda put: [put(number) for number in range(10**9)])
    assert next(results) == 0
    results.close()
    assert threading.active_count() == before


def test_an_error_is_raised_where_results_are_taken() -> None:
    def produce(put: Callable[[int], None]) -> None:
        put(1)
        raise ValueError("no more")

    results = stream_results(produce)
    assert next(results) == 1
    with pytest.raises(ValueError, match="no more"):
        next(results)


def test_large_pieces_are_written_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.load.prepared.PORTION_BYTES", 1000)
    made: list[int] = []

    def contents(count: int) -> Any:
        for layer in range(count):
            made.append(layer)
            yield Block(layer, Pairs(*np.zeros((3, 10), dtype=np.int64)), np.zeros((10, 4), dtype=np.float32))

    pieces = [Piece(str(count), "", lambda count=count: contents(count)) for count in (1, 20, 0, 3)]
    found = {}
    for piece, items in prepared(pieces):
        found[piece.key] = 0
        for _ in items:
            found[piece.key] += 1
            assert len(made) <= sum(found.values()) + 6  # of 400 bytes: a portion here, a portion ahead
    assert found == {"1": 1, "20": 20, "0": 0, "3": 3}


def test_digests_are_those_of_the_whole_as_json() -> None:
    shares = np.array([[0.1, 1], [1 / 3, 0]], dtype=np.float32)
    whole = [1, "é", {"b": 1, "a": None}, (0, 1), [["text", (1, 2), shares.tolist()]] * 2, []]
    parts = [1, "é", {"b": 1, "a": None}, (0, 1), (["text", (1, 2), iter(shares)] for _ in range(2)), iter(())]
    assert _digest(parts) == hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def test_blocks_go_into_the_warehouse_through_the_same_check(
    tiny: SimpleNamespace, saved: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.extraction.test_extraction import all_contents, attention, extraction_of

    whole = extraction_of(tiny, saved("llama-2"))
    wanted = attention(all_contents(whole))
    in_blocks(monkeypatch)
    found = extraction_of(tiny, saved("llama-2"))
    assert found.digest == whole.digest
    rows = attention(all_contents(found))
    assert rows.keys() == wanted.keys()
    assert max(float(np.abs(rows[key] - wanted[key]).max()) for key in wanted) < 1e-6
    assert found.attest()["float32_reference"]["max_abs_difference"] < 1e-5


def test_methods_that_need_whole_layers_take_them(tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, sentences = tiny.engine_of("llama-2", "rollout"), tiny.encoded("llama-2")[:1]
    in_blocks(monkeypatch)
    assert engine.row_blocks(sentences[0]) == []
    results: list[Any] = []
    replace(engine).run(sentences, results.append)
    assert len([result for result in results if isinstance(result, LayerWords)]) == 3
