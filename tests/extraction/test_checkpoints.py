"""Checkpoints as people have them: SentencePiece's own file, GGUF, adapters, pickles, quantised weights."""

import json
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gguf
import numpy as np
import pytest
import safetensors.torch
import sentencepiece
import torch

from ingest.attention.expectation import megabytes, tell_expected
from ingest.attention.loading import find_checkpoint, load, load_tokenizer
from ingest.attention.refusal import remedy_of
from tests.extraction.test_access import contents, extraction_of
from warehouse import logs
from warehouse.errors import BadInput, MissingInput
from warehouse.plugin.contents import Block

GUIDE = Path(__file__).resolve().parents[2] / "docs/how-to/extract-attention.md"
LLAMA: dict[str, Any] = {
    "tokenizer_class": "LlamaTokenizer",
    "bos_token": "<s>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
}
LLAMA |= {"add_bos_token": True}
Saved = Callable[[str], Path]


@pytest.fixture(scope="module")
def pieces(tiny: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer.model that SentencePiece trained."""
    folder = tmp_path_factory.mktemp("pieces")
    (folder / "text.txt").write_text("\n".join(tiny.sentences * 20), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "text.txt"), model_prefix=str(folder / "tokenizer"), vocab_size=400, model_type="bpe",
        byte_fallback=True, hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    return folder / "tokenizer.model"


def with_pieces_only(saved: Path, pieces: Path, to: Path, config: dict[str, Any] | None) -> Path:
    shutil.copytree(saved, to, ignore=shutil.ignore_patterns("tokenizer*", "special_tokens*"))
    shutil.copy(pieces, to / "tokenizer.model")
    if config is not None:
        (to / "tokenizer_config.json").write_text(json.dumps(config))
    return to


def test_a_tokenizer_model_is_enough(tiny: SimpleNamespace, saved: Saved, pieces: Path, tmp_path: Path) -> None:
    path = with_pieces_only(saved("llama-2"), pieces, tmp_path / "spm", LLAMA)
    assert any(isinstance(item, Block) for item in contents(extraction_of(tiny, path)))
    tokenizer = load_tokenizer(find_checkpoint(str(path), None))
    own = sentencepiece.SentencePieceProcessor(model_file=str(pieces))
    for text in tiny.sentences:
        assert tokenizer(text)["input_ids"] == [own.bos_id(), *own.EncodeAsIds(text)]


def test_one_that_is_converted_otherwise_is_refused(
    tiny: SimpleNamespace, saved: Saved, pieces: Path, tmp_path: Path
) -> None:
    path = with_pieces_only(saved("llama-2"), pieces, tmp_path / "bare", None)
    with pytest.raises(BadInput, match=r"cuts a text otherwise .* add the tokenizer_config\.json that belongs to it"):
        extraction_of(tiny, path)


def test_the_rules_of_a_tokenizer_are_those_of_its_file(tiny: SimpleNamespace, saved: Saved, tmp_path: Path) -> None:
    shutil.copytree(saved("qwen2"), path := tmp_path / "qwen2")
    tiny.tokenizer_of("bert").save_pretrained(path)  # transformers would cut texts as Qwen2 does, and fail
    tokenizer = load_tokenizer(find_checkpoint(str(path), None))
    for text in tiny.sentences:
        assert tokenizer(text)["input_ids"] == tiny.tokenizer_of("bert")(text)["input_ids"]
    assert tokenizer.sep_token == "[SEP]"


def test_settings_of_a_tokenizer_go_before_its_file(tiny: SimpleNamespace, saved: Saved, tmp_path: Path) -> None:
    shutil.copytree(saved("gpt-2"), path := tmp_path / "gpt-2")
    told = json.loads((path / "tokenizer_config.json").read_text())
    told |= {"tokenizer_class": "GPT2TokenizerFast", "add_prefix_space": True}
    (path / "tokenizer_config.json").write_text(json.dumps(told))
    tokenizer, usual = load_tokenizer(find_checkpoint(str(path), None)), tiny.tokenizer_of("gpt-2")
    for text in tiny.sentences:
        assert tokenizer(text)["input_ids"] == usual(f" {text}")["input_ids"]


def test_a_tokenizer_leaves_nothing_to_chance(tiny: SimpleNamespace, saved: Saved, tmp_path: Path) -> None:
    shutil.copytree(saved("gpt-2"), path := tmp_path / "gpt-2")
    told = json.loads((path / "tokenizer.json").read_text())
    told["model"]["dropout"] = 0.5  # pieces are joined by chance, as in training
    (path / "tokenizer.json").write_text(json.dumps(told))
    tokenizer = load_tokenizer(find_checkpoint(str(path), None))
    text = tiny.sentences[2]
    assert tokenizer(text)["input_ids"] == tiny.tokenizer_of("gpt-2")(text)["input_ids"]


def save_as_gguf(model: Any, tokenizer: Any, file: Path) -> None:
    """Write a small Qwen2 as GGUF, as llama.cpp's converter does, in float32."""
    config, weights = model.config, {name: p.numpy() for name, p in model.state_dict().items()}
    writer = gguf.GGUFWriter(file, "qwen2")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(10000.0)
    vocabulary = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    ordered = sorted(tokenizer.get_vocab().items(), key=lambda each: each[1])
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([piece for piece, _ in ordered])
    writer.add_token_merges([" ".join(pair) for pair in vocabulary["merges"]])
    writer.add_eos_token_id(tokenizer.eos_token_id)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.QWEN2, config.num_hidden_layers)
    for name, array in weights.items():
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight", ".bias")), np.ascontiguousarray(array))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.parametrize("gives_file", [True, False], ids=["file", "folder"])
def test_a_gguf_file_gives_what_its_weights_give_as_safetensors(
    tiny: SimpleNamespace, saved: Saved, tmp_path: Path, gives_file: bool
) -> None:
    file = tmp_path / "tiny.gguf"
    save_as_gguf(tiny.model_of("qwen2"), tiny.tokenizer_of("qwen2"), file)
    texts = (tiny.sentences[0], tiny.sentences[3], tiny.sentences[4])  # without digits, which GGUF cuts as Qwen2 does
    found = extraction_of(tiny, file if gives_file else tmp_path, texts, model="tiny")
    wanted = extraction_of(tiny, saved("qwen2"), texts)
    assert (found.model["family"], found.model["layer_count"]) == ("qwen2", 2)
    for one, two in zip(contents(found), contents(wanted), strict=True):
        if isinstance(one, Block):
            np.testing.assert_allclose(one.weights, two.weights, atol=1e-5)
    assert found.attest()["weights"] == "dequantised from GGUF"
    assert set(found.files) == {"tiny.gguf"}


def test_what_is_not_gguf_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingInput, match=r"x\.gguf: no such file or directory"):
        find_checkpoint(str(tmp_path / "x.gguf"), None)
    (tmp_path / "x.gguf").write_bytes(b"PK" * 20)
    with pytest.raises(BadInput, match=r"x\.gguf: is not GGUF"):
        find_checkpoint(str(tmp_path / "x.gguf"), None)
    (tmp_path / "x.gguf").write_bytes(b"GGUF\3\0\0\0" + b"\xff" * 16)
    with pytest.raises(BadInput, match="says that it holds 18,446,744,073,709,551,615 tensors"):
        find_checkpoint(str(tmp_path), None)
    (tmp_path / "x.gguf").write_bytes(b"GGUF\3\0\0\0" + b"\0" * 16)
    with pytest.raises(BadInput, match="its configuration cannot be read"):
        find_checkpoint(str(tmp_path), None)
    (tmp_path / "y.gguf").touch()
    with pytest.raises(BadInput, match=r"holds 2 files of GGUF; give one of them, e\.g\. x\.gguf"):
        find_checkpoint(str(tmp_path), None)
    monkeypatch.setattr("ingest.attention.gguf.find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"attention-warehouse\[gguf\]"):
        find_checkpoint(str(tmp_path / "x.gguf"), None)


def programs() -> list[str]:
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def converted(folder: Path) -> subprocess.CompletedProcess[str]:
    (program,) = [code for code in programs() if "weights_only" in code]
    return subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False)


def test_the_guides_program_converts_pickles(saved: Saved, tmp_path: Path) -> None:
    path = tmp_path / "pickled"
    shutil.copytree(saved("gpt-2"), path)
    weights = safetensors.torch.load_file(path / "model.safetensors")
    (path / "model.safetensors").unlink()
    torch.save(weights, path / "pytorch_model.bin")
    with pytest.raises(BadInput, match=r"pickles \(\.bin\) only; .*Checkpoints as they are"):
        find_checkpoint(str(path), None)
    done = converted(path)
    assert done.returncode == 0, done.stderr
    loaded = load(find_checkpoint(str(path), None), "cpu", "float32").model.state_dict()
    for name, tensor in weights.items():
        torch.testing.assert_close(loaded[name], tensor)


def test_the_guides_program_runs_nothing_of_a_pickle(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.mkdir, (tmp_path / "was_run",)

    (tmp_path / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": Evil()}))
    assert converted(tmp_path).returncode != 0
    assert not (tmp_path / "was_run").exists()


def test_an_adapter_is_told_to_be_merged_first(saved: Saved, tmp_path: Path) -> None:
    path = tmp_path / "adapter"
    shutil.copytree(saved("gpt-2"), path)
    (path / "adapter_config.json").write_text('{"base_model_name_or_path": "base"}')
    with pytest.raises(BadInput, match=r"is an adapter.*merge it into the model that it was made for"):
        find_checkpoint(str(path), None)
    assert any("merge_and_unload" in code for code in programs())


@pytest.mark.parametrize(
    "quantised",
    [
        {"quant_method": "gptq", "bits": 4},
        {"quant_method": "awq", "bits": 4},
        {"quant_method": "bitsandbytes", "load_in_4bit": True},
        {"quant_method": "compressed-tensors"},
    ],
    ids=lambda given: given["quant_method"],
)
def test_quantised_weights_are_told_as_what_they_are(
    tiny: SimpleNamespace, saved: Saved, tmp_path: Path, quantised: dict[str, Any]
) -> None:
    path = tmp_path / "quantised"
    shutil.copytree(saved("llama-2"), path)
    config = json.loads((path / "config.json").read_text()) | {"quantization_config": quantised}
    (path / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadInput) as refusal:
        contents(extraction_of(tiny, path))
    assert f"quantised by {quantised['quant_method']}" in str(refusal.value)
    assert str(refusal.value).endswith("give the checkpoint that it was made from, or the same model as GGUF.")


def test_remedies_are_for_the_reasons_that_are_told() -> None:
    assert "never run" in remedy_of("Please pass the argument `trust_remote_code=True`")
    assert "never run" not in remedy_of("Transformers does not recognize this architecture")
    assert "tokenizer.json" in remedy_of("You need to have sentencepiece or tiktoken installed to convert")
    assert "never run" not in remedy_of("tiktoken is required to read a `tiktoken` file")


def test_what_a_model_takes_is_told_before_it_is_loaded(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(logs, "remark", told.append)
    checkpoint = find_checkpoint(str(saved("llama-2")), None)
    tell_expected(checkpoint, "cpu", "float32")
    assert told == []  # a small one is not worth it
    monkeypatch.setattr("ingest.attention.expectation.LEAST_PARAMETERS", 1)
    load.cache_clear()
    load(checkpoint, "cpu", "bfloat16")
    (sentence,) = told
    assert re.fullmatch(
        r".*tiny-llama-2: 0 million parameters are loaded, about 0 MB of memory in bfloat16; a thousand tokens take "
        r"about 1 s on cpu, by estimate\.", sentence,
    )  # fmt: skip
    assert (megabytes(269_060_552), megabytes(13_476_839_424)) == ("269 MB", "13.5 GB")


def test_what_is_fetched_is_told_before_it_is(monkeypatch: pytest.MonkeyPatch, saved: Saved) -> None:
    told: list[str] = []
    monkeypatch.setattr(logs, "remark", told.append)

    def fetch(name: str, dry_run: bool = False, **options: Any) -> Any:
        sizes = [SimpleNamespace(file_size=size, will_download=size != 7) for size in (270_000_000, 30_000_000, 7)]
        assert told == [] if dry_run else len(told) == 1
        return sizes if dry_run else str(saved("gpt-2"))

    monkeypatch.setattr("ingest.attention.loading.snapshot_download", fetch)
    find_checkpoint("somebody/model", None)
    assert told == ["somebody/model: 300 MB are fetched from the hub and kept in its cache."]


def test_without_network_a_name_of_the_hub_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(BadInput) as refusal:
        find_checkpoint("nobody/there-is-none", None)
    assert str(refusal.value).startswith("nobody/there-is-none: no such directory, and the hub does not give it (")
    assert str(refusal.value).endswith("check the name, and the revision, your access and the network.")
    assert "\n" not in str(refusal.value)
