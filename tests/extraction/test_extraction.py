"""Extractions as the loader sees them: pieces, attestation, processes, and what is refused."""

import json
import shutil
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from queue import Queue
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
import transformers

from ingest.attention.devices import resolve_devices
from ingest.attention.extraction import extractions
from ingest.attention.jobs import Job, parse_layers
from ingest.attention.loading import find_checkpoint, load
from ingest.attention.results import Checked
from ingest.attention.shards import work
from warehouse.errors import BadInput, MissingInput
from warehouse.plugin.contents import Block, Extraction, Rejection, RowSums

Saved = Callable[[str], Path]


def extraction_of(tiny: SimpleNamespace, path: Path, **changes: Any) -> Extraction:
    job = replace(Job(str(path), device="cpu"), **changes)
    (found,) = extractions(job, tiny.stimulus_of(), [tiny.plain])
    return found


def attention(contents: Sequence[Any]) -> dict[tuple[int, ...], np.ndarray]:
    return {
        (block.layer, *cell): row
        for block in contents
        if isinstance(block, Block)
        for cell, row in zip(_cells(block), block.weights, strict=True)
    }


def _cells(block: Block) -> list[tuple[int, int, int]]:
    columns = (block.pairs.sentence_id, block.pairs.from_word, block.pairs.to_word)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def all_contents(extraction: Extraction) -> list[Any]:
    return [item for piece in extraction.pieces for item in piece.contents()]


def changed(saved: Path, to: Path, config: dict[str, Any] | None = None) -> Path:
    shutil.copytree(saved, to)
    if config is not None:
        path = to / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | config))
    return to


def test_facts_come_from_the_checkpoint(tiny: SimpleNamespace, saved: Saved) -> None:
    model = extraction_of(tiny, saved("llama-2")).model
    assert {name: model[name] for name in ("model", "family", "layer_count", "head_count", "stage")} == {
        "model": "tiny-llama-2", "family": "llama", "layer_count": 3, "head_count": 4, "stage": "pretrained",
    }  # fmt: skip
    assert model["parameter_count"] == sum(p.numel() for p in tiny.model_of("llama-2").parameters())
    assert len(model["revision"]) == 16


def test_of_an_encoder_decoder_the_encoder_is_taken(tiny: SimpleNamespace, saved: Saved) -> None:
    found = extraction_of(tiny, saved("t5"))
    assert not found.is_causal
    assert found.model["parameter_count"] == sum(p.numel() for p in tiny.model_of("t5").get_encoder().parameters())
    cells = attention(all_contents(found))
    assert (0, 14, 0, 2) in cells  # above the diagonal


def test_planning_does_not_load_the_model(tiny: SimpleNamespace, saved: Saved) -> None:
    load.cache_clear()
    found = extraction_of(tiny, saved("llama-2"))
    assert len(list(found.pieces)) == 1
    assert load.cache_info().misses == 0


def test_all_pairs_and_words_come_with_sinks_losses_and_surprisals(tiny: SimpleNamespace, saved: Saved) -> None:
    contents = all_contents(extraction_of(tiny, saved("llama-2")))
    counts = [len(text.split()) for text in tiny.sentences]
    assert len(attention(contents)) == 3 * sum(n * (n + 1) // 2 for n in counts)
    rows: dict[str, int] = {}
    for item in contents:
        if isinstance(item, tuple):
            rows[item[0].name] = rows.get(item[0].name, 0) + len(item[1]["sentence_id"])
    assert rows == {"attention_sink": 3 * sum(counts), "sentence_loss": len(counts), "word_surprisal": sum(counts)}


def test_the_same_job_has_the_same_digests_whatever_the_batch_size(tiny: SimpleNamespace, saved: Saved) -> None:
    first, second = (extraction_of(tiny, saved("gpt-2"), batch_tokens=tokens) for tokens in (40, 2048))
    assert first.digest == second.digest
    assert [(p.key, p.digest) for p in first.pieces] == [(p.key, p.digest) for p in second.pieces]
    small, large = attention(all_contents(first)), attention(all_contents(second))
    assert small.keys() == large.keys()
    assert max(float(np.abs(small[key] - large[key]).max()) for key in small) < 1e-5


@pytest.mark.parametrize("change", [{"dtype": "bfloat16"}, {"layers": "0-1"}, {"method": ("rollout",)}])
def test_what_decides_the_numbers_decides_the_digest(
    tiny: SimpleNamespace, saved: Saved, change: dict[str, Any]
) -> None:
    assert extraction_of(tiny, saved("gpt-2")).digest != extraction_of(tiny, saved("gpt-2"), **change).digest


def test_some_layers_only_are_marked_as_partial(tiny: SimpleNamespace, saved: Saved) -> None:
    found = extraction_of(tiny, saved("llama-2"), layers="1")
    assert found.warnings == {"partial_coverage": "1 of 3 layers"}
    assert {block.layer for block in all_contents(found) if isinstance(block, Block)} == {1}


def test_a_sentence_that_cannot_be_aligned_is_told_and_marked(tiny: SimpleNamespace, saved: Saved) -> None:
    stimulus = tiny.stimulus_of(("It is cold.", "It is \u0301 cold."))
    (found,) = extractions(Job(str(saved("bert")), device="cpu"), stimulus, [tiny.plain])
    (rejection,) = [item for item in all_contents(found) if isinstance(item, Rejection)]
    assert rejection.text == "It is \u0301 cold."
    assert found.warnings == {"partial_coverage": "1 of 2 sentences"}


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_the_attestation_tells_how_far_the_numbers_are_from_float32(
    tiny: SimpleNamespace, saved: Saved, dtype: str
) -> None:
    found = extraction_of(tiny, saved("gpt-2"), dtype=dtype)
    sums = [item for item in all_contents(found) if isinstance(item, RowSums)]
    told = dict(found.attest())
    assert told["layers_returned"] == 3
    assert 0 < max(item.row_sum_error for item in sums) < told["row_sum_tolerance"]
    assert told["float32_reference"]["max_abs_difference"] < told["float32_reference"]["tolerance"]
    assert sum(item.rows_checked for item in sums) == 3 * 4 * sum(len(text.split()) for text in tiny.sentences)
    assert told["device"].startswith("CPU")
    assert told["transformers"] == transformers.__version__
    json.dumps(told)


def test_value_zeroing_gives_one_map_a_layer(tiny: SimpleNamespace, saved: Saved) -> None:
    found = extraction_of(tiny, saved("gpt-2"), method=("value-zeroing",))
    assert found.map_count == 1
    assert {row.shape for row in attention(all_contents(found)).values()} == {(1,)}


@pytest.mark.slow
def test_two_processes_give_the_rows_of_one(
    tiny: SimpleNamespace, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.attention.extraction.PIECE_TOKENS", 40)  # several pieces of six sentences
    alone = extraction_of(tiny, saved("gpt-2"))
    wanted = [list(piece.contents()) for piece in alone.pieces]
    job = Job(str(saved("gpt-2")), device="cpu,cpu")
    for shared in extractions(job, tiny.stimulus_of(), [tiny.plain]):
        assert shared.digest == alone.digest
        pieces = list(shared.pieces)
        found = [list(piece.contents()) for piece in pieces[1:]]  # the first one was written before
    assert len(pieces) > 3
    for one, two in zip(wanted[1:], found, strict=True):
        a, b = attention(one), attention(two)
        assert a.keys() == b.keys()
        assert max(float(np.abs(a[key] - b[key]).max()) for key in a) < 1e-6
        rows = zip([x for x in one if isinstance(x, tuple)], [x for x in two if isinstance(x, tuple)], strict=True)
        for (table, columns), (other, others) in rows:
            assert table.name == other.name
            for name in columns:
                np.testing.assert_allclose(columns[name], others[name], atol=1e-5)


def test_a_process_that_cannot_work_says_why(tiny: SimpleNamespace, saved: Saved, tmp_path: Path) -> None:
    path = changed(saved("gpt-2"), tmp_path / "half")
    weights = safetensors.torch.load_file(path / "model.safetensors")
    weights.pop("transformer.h.0.ln_1.weight")
    safetensors.torch.save_file(weights, path / "model.safetensors", {"format": "pt"})
    threads, handler = torch.get_num_threads(), signal.getsignal(signal.SIGINT)
    told: Queue[tuple[str, Any]] = Queue()

    def engine() -> Any:
        return load(find_checkpoint(str(path), None), "cpu", "float32")

    work(engine, {"sentences 0": tiny.encoded("gpt-2")}, told, 1)
    torch.set_num_threads(threads)
    signal.signal(signal.SIGINT, handler)
    _, failure = told.get_nowait()
    assert failure.is_expected
    assert "the checkpoint lacks 1 weights, e.g. transformer.h.0.ln_1.weight" in failure.text


def test_attention_that_is_not_finite_is_refused_with_its_place(
    tiny: SimpleNamespace, saved: Saved, tmp_path: Path
) -> None:
    path = changed(saved("gpt-2"), tmp_path / "nan")
    weights = safetensors.torch.load_file(path / "model.safetensors")
    weights["transformer.h.1.attn.c_attn.weight"][0, 0] = torch.nan
    safetensors.torch.save_file(weights, path / "model.safetensors", {"format": "pt"})
    with pytest.raises(BadInput, match=r"nan, layer 1, sentence 1\d, word \d+: attention is not finite"):
        all_contents(extraction_of(tiny, path))


def test_rows_that_do_not_sum_to_one_are_refused(tiny: SimpleNamespace) -> None:
    results: list[Any] = []
    tiny.engine_of("gpt-2").run(tiny.encoded("gpt-2"), results.append)
    results[0].values.wait()[0] *= 1.1
    with pytest.raises(BadInput, match=r"a row of attention sums to 1\.1"):
        Checked("gpt-2", "float32").layer(results[0])


def test_a_missing_model_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="nowhere: no such file or directory"):
        find_checkpoint(str(tmp_path / "nowhere"), None)


def test_a_directory_without_a_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"holds no config\.json"):
        find_checkpoint(str(tmp_path), None)


def test_a_checkpoint_of_pickles_only_is_refused(saved: Saved, tmp_path: Path) -> None:
    path = changed(saved("gpt-2"), tmp_path / "pickled")
    (path / "model.safetensors").rename(path / "pytorch_model.bin")
    with pytest.raises(BadInput, match=r"pickles \(\.bin\) only; .* convert it to safetensors"):
        find_checkpoint(str(path), None)


def test_an_architecture_that_is_not_known_is_refused(saved: Saved, tmp_path: Path) -> None:
    path = changed(saved("gpt-2"), tmp_path / "foreign", {"model_type": "unheard-of"})
    with pytest.raises(BadInput, match=r"its configuration cannot be read.* install a version of transformers that"):
        find_checkpoint(str(path), None)


def test_a_model_without_attention_is_refused(tiny: SimpleNamespace, saved: Saved, tmp_path: Path) -> None:
    config = transformers.MambaConfig(vocab_size=500, hidden_size=16, num_hidden_layers=2, state_size=4)
    path = changed(saved("gpt-2"), tmp_path / "mamba")
    config.save_pretrained(path)
    with pytest.raises(BadInput, match="'mamba' has no attention"):
        extraction_of(tiny, path)


def test_a_tokenizer_without_character_offsets_is_refused(tiny: SimpleNamespace) -> None:
    from ingest.attention.tokens import require_offsets

    class Slow:
        is_fast = False

    require_offsets(tiny.tokenizer_of("gpt-2"), "gpt-2")
    with pytest.raises(BadInput, match="its tokenizer gives no character offsets"):
        require_offsets(Slow(), "slow-model")


@pytest.mark.parametrize(
    ("device", "message"),
    [("cuda:99", "CUDA devices are visible"), ("tpu", "'tpu' is not a device")],
    ids=["not there", "unknown"],
)
def test_a_device_that_is_not_there_is_refused(device: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        resolve_devices(device)


def test_a_model_spread_over_devices_gives_the_same_rows(tiny: SimpleNamespace, saved: Saved) -> None:
    wanted = attention(all_contents(extraction_of(tiny, saved("llama-2"))))
    found = attention(all_contents(extraction_of(tiny, saved("llama-2"), device="split")))
    assert found.keys() == wanted.keys()
    assert max(float(np.abs(found[key] - wanted[key]).max()) for key in wanted) < 1e-6


@pytest.mark.parametrize(("text", "layers"), [("", (0, 1, 2, 3)), ("2", (2,)), ("0-1,3", (0, 1, 3)), ("3,0", (0, 3))])
def test_layers_are_chosen_by_numbers_and_ranges(text: str, layers: tuple[int, ...]) -> None:
    assert parse_layers(text, 4) == layers


@pytest.mark.parametrize("text", ["4", "a", "1-", "-1"])
def test_layers_that_are_not_there_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="--layers"):
        parse_layers(text, 4)
