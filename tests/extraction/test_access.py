"""Any transformer that forms attention: how it is seen, what it may lack, and what memory allows."""

import gc
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
import transformers

from ingest.attention.access import find_access
from ingest.attention.attestation import agreement
from ingest.attention.checkpoint import resolve_part
from ingest.attention.engine import Engine
from ingest.attention.extraction import extractions
from ingest.attention.jobs import Job
from ingest.attention.loading import find_checkpoint, load
from ingest.attention.memory import BatchSize
from ingest.attention.sentences import Sentence
from tests.extraction.architectures import tiny_config, tiny_model
from warehouse.errors import BadInput
from warehouse.plugin.contents import Block, Extraction, Rejection


def saved_model(kind: str, tokenizer: Any, to: Path, is_language_model: bool = True, **changes: Any) -> Path:
    model = tiny_model(kind, is_language_model)
    if kind in ("t5", "mt5"):  # whose scores are not scaled
        torch.nn.utils.vector_to_parameters(
            torch.nn.utils.parameters_to_vector(model.parameters()) / 3, model.parameters()
        )
    for name, value in changes.items():
        setattr(model.config, name, value)
    model.save_pretrained(to)
    tokenizer.save_pretrained(to)
    return to


def extraction_of(tiny: SimpleNamespace, path: Path, texts: Sequence[str] | None = None, **changes: Any) -> Extraction:
    job = replace(Job(str(path), device="cpu"), **changes)
    stimulus = tiny.stimulus_of(texts) if texts else tiny.stimulus_of()
    (found,) = extractions(job, stimulus, [tiny.plain])
    return found


def contents(extraction: Extraction) -> list[Any]:
    return [item for piece in extraction.pieces for item in piece.contents()]


@pytest.fixture(scope="session")
def bloom(tiny: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved_model("bloom", tiny.tokenizer_of("gpt-2"), tmp_path_factory.mktemp("models") / "bloom")


def test_a_model_without_the_interface_is_taken_by_hooks_and_says_so(tiny: SimpleNamespace, bloom: Path) -> None:
    found = extraction_of(tiny, bloom)
    blocks = [item for item in contents(found) if isinstance(item, Block)]
    assert {block.layer for block in blocks} == {0, 1}
    told = found.attest()
    assert "taken out of what each attention module returns" in told["attention"]
    assert told["float32_reference"]["max_abs_difference"] < 1e-5


@pytest.mark.parametrize("method", ["norm", "value-zeroing"])
def test_what_needs_values_is_refused_by_name_where_only_weights_are_returned(
    tiny: SimpleNamespace, bloom: Path, method: str
) -> None:
    with pytest.raises(BadInput, match=f"{method} needs the values .* choose --method raw or rollout"):
        contents(extraction_of(tiny, bloom, method=(method,)))


def test_rollout_is_taken_by_hooks_too(tiny: SimpleNamespace, bloom: Path) -> None:
    found = extraction_of(tiny, bloom, method=("rollout",))
    assert contents(found)
    assert found.attest()["float32_reference"]["max_abs_difference"] < 1e-5


def test_a_model_loaded_with_another_implementation_is_seen_all_the_same(tiny: SimpleNamespace) -> None:
    model = tiny.model_of("gpt-2")
    wanted, _ = tiny.arrays(tiny.engine_of("gpt-2"), tiny.encoded("gpt-2"))
    model.set_attn_implementation("sdpa")
    found, _ = tiny.arrays(tiny.engine_of("gpt-2"), tiny.encoded("gpt-2"))
    assert all(np.allclose(found[key], wanted[key], atol=1e-6) for key in wanted)


@pytest.mark.parametrize("kind", ["bloom", "llama"])
def test_no_more_than_one_layer_is_held_by_the_reference(tiny: SimpleNamespace, kind: str) -> None:
    tokenizer, model = tiny.tokenizer_of("gpt-2"), tiny_model(kind, True)
    access = find_access(model, tokenizer, kind)
    alive: list[Any] = []
    most = 0

    def see(module: torch.nn.Module, weights: torch.Tensor) -> None:
        nonlocal most
        gc.collect()
        alive.append(weakref.ref(weights.untyped_storage()))
        most = max(most, sum(each() is not None for each in alive[:-1]))

    with torch.inference_mode(), access.returned(see) as call:
        call(input_ids=torch.tensor([tokenizer(tiny.sentences[0])["input_ids"]]))
    assert len(alive) == 2
    assert most == 0


@pytest.mark.parametrize("kind", ["t5", "mt5"])
def test_weights_that_ask_each_other_for_their_type_are_attested_in_bfloat16(
    tiny: SimpleNamespace, kind: str, tmp_path: Path
) -> None:
    path = saved_model(kind, tiny.tokenizer_of("t5"), tmp_path / kind, is_language_model=False)
    found = extraction_of(tiny, path, dtype="bfloat16")
    assert contents(found)
    told = found.attest()["float32_reference"]
    assert 0 < told["mean_relative_difference"] < told["relative_tolerance"] == 1e-1


def test_numbers_that_differ_on_average_are_refused_though_none_differs_much(
    tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tiny.engine_of("gpt-2")
    monkeypatch.setattr("ingest.attention.attestation.run_by_sentence", shifted)
    with pytest.raises(BadInput, match="on average"):
        agreement(engine, tiny.encoded("gpt-2")[:1], "bfloat16")


def shifted(engine: Engine, sentences: Sequence[Sentence]) -> Any:
    from ingest.attention.attestation import _reference_attention

    found = {key: rows for s in sentences for key, rows in _reference_attention(engine, s)}
    return {key: rows + 0.05 for key, rows in found.items()}


def test_a_model_spread_over_devices_names_the_one_there_is(
    tiny: SimpleNamespace, saved: Callable[[str], Path]
) -> None:
    found = extraction_of(tiny, saved("llama-2"), device="split")
    contents(found)
    assert str(found.attest()["device"]).startswith("CPU")


@pytest.mark.parametrize(
    ("kind", "positions", "context"),
    [("xlm-roberta-xl", 34, 32), ("roberta-prelayernorm", 34, 32), ("mpnet", 34, 32), ("bert", 32, 32)],
)
def test_sentences_of_exactly_the_context_are_read_and_longer_ones_told(
    tiny: SimpleNamespace, tmp_path: Path, kind: str, positions: int, context: int
) -> None:
    import transformers

    config = tiny_config(kind)
    config.max_position_embeddings, config.pad_token_id = positions, 1 if kind != "bert" else 0
    torch.manual_seed(0)
    transformers.AutoModel.from_config(config).save_pretrained(tmp_path)
    tiny.tokenizer_of("bert").save_pretrained(tmp_path)
    exact, longer = ("a " * (context - 2)).strip(), ("a " * (context - 1)).strip()
    items = contents(extraction_of(tiny, tmp_path, [exact, longer]))
    (told,) = [item for item in items if isinstance(item, Rejection)]
    assert told.reason == f"its {context + 1} tokens are more than the model's context of {context}"
    assert {int(s) for item in items if isinstance(item, Block) for s in item.pairs.sentence_id} == {10}


def test_a_context_of_minus_one_is_none(tiny: SimpleNamespace, tmp_path: Path) -> None:
    path = saved_model("xlnet", tiny.tokenizer_of("bert"), tmp_path / "xlnet", is_language_model=False)
    found = extraction_of(tiny, path)
    assert not found.is_causal
    assert [item for item in contents(found) if isinstance(item, Rejection)] == []


def test_a_table_that_is_computed_and_in_no_file_is_not_missed(tiny: SimpleNamespace, tmp_path: Path) -> None:
    import transformers

    config = tiny_config("marian")
    config.pad_token_id = config.decoder_start_token_id = 0
    transformers.AutoModelForSeq2SeqLM.from_config(config).save_pretrained(tmp_path)
    tiny.tokenizer_of("bert").save_pretrained(tmp_path)
    assert contents(extraction_of(tiny, tmp_path))
    table = load(find_checkpoint(str(tmp_path), None), "cpu", "float32").model.embed_positions
    torch.testing.assert_close(table.weight, table.create_weight())


def test_a_checkpoint_without_a_head_gives_attention_and_no_loss(tiny: SimpleNamespace, tmp_path: Path) -> None:
    path = saved_model("llama", tiny.tokenizer_of("gpt-2"), tmp_path / "headless", tie_word_embeddings=False)
    weights = safetensors.torch.load_file(path / "model.safetensors")
    weights.pop("lm_head.weight")
    safetensors.torch.save_file(weights, path / "model.safetensors", {"format": "pt"})
    items = contents(extraction_of(tiny, path))
    assert {item[0].name for item in items if isinstance(item, tuple)} == {"attention_sink"}


def test_the_head_that_predicts_is_not_computed_where_no_loss_is_asked(tiny: SimpleNamespace) -> None:
    calls = 0

    def count(*_: Any) -> None:
        nonlocal calls
        calls += 1

    model = tiny.model_of("llama-2")
    handle = model.lm_head.register_forward_hook(count)
    try:
        engine = tiny.engine_of("llama-2", "rollout")
        calls = 0  # that it is seen was found out with all of it
        tiny.arrays(engine, tiny.encoded("llama-2"))
        assert calls == 0
        tiny.arrays(tiny.engine_of("llama-2"), tiny.encoded("llama-2"))
        assert calls > 0
    finally:
        handle.remove()


def test_out_of_memory_ends_at_the_half_that_fits(tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    model, sentences = tiny.model_of("llama-2"), tiny.encoded("llama-2")
    many = [replace(s, sentence_id=1000 * n + s.sentence_id) for n in range(60) for s in sentences]
    inner, failures = model.forward, 0

    def forward(*given: Any, **options: Any) -> Any:
        nonlocal failures
        if options["input_ids"].numel() > 300:
            failures += 1
            raise torch.OutOfMemoryError("pretended")
        return inner(*given, **options)

    engine = tiny.engine_of("llama-2", batch_tokens=512)
    monkeypatch.setattr(model, "forward", forward)
    delivered: list[Any] = []
    engine.run(many, delivered.append)
    assert 200 <= engine.batch_tokens <= 300
    assert failures <= 4
    ids = [int(s) for result in delivered if getattr(result, "layer", None) == 0 for s in set(result.cells.sentence_id)]
    assert sorted(ids) == sorted(s.sentence_id for s in many)


def test_a_batch_that_was_too_much_once_is_tried_again_later() -> None:
    size = BatchSize(512)
    size.failed(500)
    assert size.tokens == 250
    for _ in range(16):
        size.worked()
    assert size.tokens == 500
    size.failed(500)
    for _ in range(16):
        size.worked()
    assert size.tokens == 250  # patience has grown


@pytest.mark.parametrize(
    "said", ["CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate", "can't allocate memory"]
)
def test_libraries_that_say_it_their_own_way_are_out_of_memory_too(
    tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    model, engine, sentences = tiny.model_of("llama-2"), tiny.engine_of("llama-2"), tiny.encoded("llama-2")
    inner = model.forward

    def forward(*given: Any, **options: Any) -> Any:
        if len(options["input_ids"]) > 2:
            raise RuntimeError(said)
        return inner(*given, **options)

    monkeypatch.setattr(model, "forward", forward)
    found, _ = tiny.arrays(engine, sentences)
    assert len(found) == 3 * len(sentences)


@pytest.fixture(scope="session")
def bart(tiny: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("models") / "bart"
    return saved_model("bart", tiny.tokenizer_of("bert"), to, is_language_model=False)


@pytest.mark.parametrize(("part", "is_causal"), [("encoder", False), ("decoder", True), ("cross", False)])
def test_parts_of_an_encoder_decoder_are_models_of_their_own(
    tiny: SimpleNamespace, bart: Path, part: str, is_causal: bool
) -> None:
    found = extraction_of(tiny, bart, part=part)
    assert found.is_causal == is_causal
    assert found.model["model"] == ("bart" if part == "encoder" else f"bart-{part}")
    items = contents(found)
    pairs = {
        (int(s), int(i), int(j))
        for item in items if isinstance(item, Block)
        for s, i, j in zip(item.pairs.sentence_id, item.pairs.from_word, item.pairs.to_word, strict=True)
    }  # fmt: skip
    assert ((10, 0, 1) in pairs) != is_causal
    assert {item[0].name for item in items if isinstance(item, tuple)} == {"attention_sink"}
    assert found.attest()["float32_reference"]["max_abs_difference"] < 1e-5
    assert found.attest()["part"] == part


def test_cross_attention_goes_from_the_words_said_to_the_words_read(tiny: SimpleNamespace, bart: Path) -> None:
    (extraction,) = extractions(Job(str(bart), device="cpu", part="cross"), tiny.stimulus_of(), [tiny.noise])
    sinks = [item[1] for item in contents(extraction) if isinstance(item, tuple)]
    assert all((np.asarray(columns["outside_mass"]) > 0.1).all() for columns in sinks)  # the prefix is read, not said


def test_parts_have_names_that_cannot_be_confused(tiny: SimpleNamespace, bart: Path) -> None:
    families = [extraction_of(tiny, bart, part=part).model["family"] for part in ("encoder", "decoder", "cross")]
    assert families == ["bart", "bart decoder", "bart cross"]
    with pytest.raises(BadInput, match="only an encoder-decoder has parts"):
        resolve_part(tiny.model_of("gpt-2").config, "cross", "gpt-2")


@pytest.fixture(scope="session")
def hybrid(tiny: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved_model("qwen3_next", tiny.tokenizer_of("gpt-2"), tmp_path_factory.mktemp("models") / "hybrid")


def test_a_hybrid_gives_its_layers_with_attention_when_asked(tiny: SimpleNamespace, hybrid: Path) -> None:
    with pytest.raises(BadInput, match=r"layer 0 has no softmax attention .* layers 1 have; give --attention-layers"):
        contents(extraction_of(tiny, hybrid))
    found = extraction_of(tiny, hybrid, attention_layers_only=True)
    assert found.layers == (1,)
    assert found.warnings == {"partial_coverage": "1 of 2 layers"}
    assert {item.layer for item in contents(found) if isinstance(item, Block)} == {1}
    assert found.attest()["float32_reference"]["max_abs_difference"] < 1e-5


def test_what_a_learned_sink_takes_is_sink_mass(tiny: SimpleNamespace, tmp_path: Path) -> None:
    import transformers

    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(tiny_config("gpt_oss"))
    for layer in model.model.layers:
        layer.self_attn.sinks.data.fill_(1.0)
    model.save_pretrained(tmp_path)
    tiny.tokenizer_of("gpt-2").save_pretrained(tmp_path)
    found = extraction_of(tiny, tmp_path)
    beside = [item for item in contents(found) if isinstance(item, tuple) and item[0].name == "attention_sink"]
    masses = np.concatenate([np.asarray(columns["sink_mass"]) for _, columns in beside])
    assert 0.05 < masses.min() < masses.max() < 0.9  # a first word leaves much to the sink, and no token is special
    assert found.attest()["has_learned_sinks"]


@pytest.mark.parametrize(
    ("kind", "said"), [("llama", {"is_causal": False}), ("gemma3_text", {"use_bidirectional_attention": True})]
)
def test_a_decoder_made_to_see_later_words_is_taken_as_an_encoder(
    tiny: SimpleNamespace, tmp_path: Path, kind: str, said: dict[str, bool]
) -> None:
    path = saved_model(kind, tiny.tokenizer_of("opt"), tmp_path / kind, **said)
    found = extraction_of(tiny, path, tiny.sentences[4:5])
    assert found.is_causal is False
    blocks = [item for item in contents(found) if isinstance(item, Block)]
    assert {len(block.weights) for block in blocks} == {9}  # the square of three words
    assert all((block.weights[block.pairs.to_word > block.pairs.from_word] > 0).all() for block in blocks)
    assert found.attest()["float32_reference"]["max_abs_difference"] < 1e-5


def test_a_model_that_looks_another_way_than_it_says_is_refused(
    tiny: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"use_bidirectional_attention": True}  # which Gemma 2 does not heed
    path = saved_model("gemma2", tiny.tokenizer_of("gpt-2"), tmp_path / "says-it-sees-all", **said)
    with pytest.raises(BadInput, match="sees later words by its configuration, and does not; leave is_causal"):
        load(find_checkpoint(str(path), None), "cpu", "float32")
    path = saved_model("llama", tiny.tokenizer_of("gpt-2"), tmp_path / "sees-all", is_causal=False)
    monkeypatch.setattr("ingest.attention.checkpoint.Checkpoint.is_stated_bidirectional", False)
    with pytest.raises(BadInput, match='its tokens attend to later ones; give "is_causal": false in its config'):
        load(find_checkpoint(str(path), None), "cpu", "float32")


def test_layers_that_look_alike_in_few_digits_are_told_apart(tiny: SimpleNamespace) -> None:
    """Of a small model in bfloat16 all weights are nearly uniform."""
    model = transformers.AutoModelForCausalLM.from_config(tiny_config("bloom"), dtype=torch.bfloat16).eval()
    access = find_access(model, tiny.tokenizer_of("gpt-2"), "bloom")
    assert len({tap.module for tap in access.taps}) == len(access.layers) == 2


def test_what_cannot_be_computed_in_few_digits_is_refused_with_the_remedy(
    tiny: SimpleNamespace, tmp_path: Path
) -> None:
    path = saved_model("xlnet", tiny.tokenizer_of("bert"), tmp_path / "xlnet", is_language_model=False)
    with pytest.raises(BadInput, match=r"does not read a short sentence in bfloat16 .* choose --dtype float32"):
        load(find_checkpoint(str(path), None), "cpu", "bfloat16")
    path = saved_model("squeezebert", tiny.tokenizer_of("bert"), tmp_path / "squeezebert", is_language_model=False)
    with pytest.raises(BadInput, match=r"its float32 reference fails .* choose --dtype float32"):
        extraction_of(tiny, path, dtype="bfloat16").attest()
