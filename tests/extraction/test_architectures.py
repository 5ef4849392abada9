"""Every architecture that transformers has for text, as a tiny model: its attention is what transformers returns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from ingest.attention import long_texts
from ingest.attention.access import PARTS, find_access, text_config
from ingest.attention.checkpoint import Checkpoint
from ingest.attention.engine import Engine
from ingest.attention.results import Checked
from ingest.attention.sentences import Sentence
from ingest.attention.tokens import encode, for_decoder
from tests.extraction.architectures import (
    HEAD,
    KINDS,
    NO_ATTENTION,
    NOT_TRIED,
    PAGE,
    TAIL,
    VOCABULARY,
    tiny_config,
    tiny_model,
)  # fmt: skip
from tests.extraction.conftest import PLAIN, arrays
from warehouse.errors import BadInput

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ("It is cold here.", "Could humans live on Mars?")
START = 3


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def letters_as_tokens() -> Any:
    """Make a tokenizer of letters."""
    letters = {f"<{n}>": n for n in range(5)} | {
        letter: 5 + n for n, letter in enumerate("".join(map(chr, range(33, 127))))
    }
    inner = Tokenizer(models.WordLevel(letters, unk_token="<1>"))
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split("", "isolated")]
    )
    assert max(letters.values()) < VOCABULARY
    return PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="<1>", pad_token="<0>", eos_token="<2>")


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return letters_as_tokens()


@dataclass(frozen=True)
class Found:
    """What was found of one part of a model."""

    part: str
    way: str
    layers: tuple[int, ...]
    of: int
    has_learned_sinks: bool


def parts_of(kind: str) -> list[Checkpoint]:
    config = tiny_config(kind)
    parts = ("encoder", "decoder", "cross") if getattr(config, "is_encoder_decoder", False) else ("",)
    return [Checkpoint(kind, Path(), "", {}, config, part) for part in parts]


def read(checkpoint: Checkpoint, tokenizer: Any) -> list[Sentence]:
    own = [encode(n, text, tuple(text.split()), PLAIN, tokenizer) for n, text in enumerate(TEXTS)]
    return [for_decoder(s, s, START, []) for s in own] if checkpoint.part in ("decoder", "cross") else own


def returned(model: Any, sentence: Sentence, part: str) -> list[torch.Tensor]:
    """What transformers returns for one sentence alone, (1, heads, tokens, tokens) a layer."""
    model.set_attn_implementation("eager")
    inputs = {"input_ids": torch.tensor([(sentence.source or sentence).ids])}
    if sentence.source:
        inputs["decoder_input_ids"] = torch.tensor([sentence.ids])
    with torch.no_grad():
        return list(getattr(model(**inputs, output_attentions=True, use_cache=False), PARTS[part]) or ())


def merged(attention: torch.Tensor, sentence: Sentence, part: str, has_learned_sinks: bool) -> np.ndarray:
    """Sum over the tokens looked at, mean over those that look, as loops over words; (heads, words, words + 2)."""
    if bool((attention < 0).any()):  # scores
        attention = attention.softmax(-1)
    other = sentence.source if part == "cross" and sentence.source else sentence
    weights, n = attention[0].numpy().astype(np.float64), sentence.word_count
    found = np.zeros((len(weights), n, n + 2))
    for i in range(n):
        rows = weights[:, sentence.shares[:, i] > 0].mean(axis=1)
        for j in range(n + 2):
            found[:, i, j] = rows[:, other.shares[:, j] > 0].sum(axis=1)
    if has_learned_sinks:
        found[..., -2] += 1 - found.sum(axis=-1)
    return found


def taken(checkpoint: Checkpoint, whole: Any, tokenizer: Any, tiny: SimpleNamespace) -> Found:
    """Take the attention of a part in a batch, and compare it with that of each sentence alone."""
    model = whole.get_encoder() if checkpoint.part == "encoder" else whole
    sentences, sinks = read(checkpoint, tokenizer), checkpoint.has_learned_sinks
    wanted = {s.sentence_id: returned(model, s, checkpoint.part) for s in sentences}
    access = observed(model, tokenizer, checkpoint)
    engine = Engine(
        model, tokenizer, checkpoint.name, checkpoint.is_causal, "raw", access.layers, 999, access,
        checkpoint.is_language_model, sinks,
    )  # fmt: skip
    results: list[Any] = []
    engine.run(sentences, results.append)
    checked = Checked(checkpoint.name, "float32")
    found, predictions = tiny.arrays(engine, sentences)
    require_same_in_rows(engine, sentences, found, tiny)
    for result in results:
        if hasattr(result, "layer"):
            checked.layer(result)
    assert set(predictions) == ({0, 1} if checkpoint.is_language_model else set())
    whole_depth = len(wanted[0]) == text_layers(checkpoint)
    for place, layer in enumerate(access.layers):
        for s in sentences:
            attention = wanted[s.sentence_id][layer if whole_depth else place]
            slow = merged(attention, s, checkpoint.part, sinks)
            np.testing.assert_allclose(found[layer, s.sentence_id], slow, atol=2e-5)
    return Found(checkpoint.part, access.way, access.layers, text_layers(checkpoint), sinks)


def require_same_in_rows(engine: Engine, sentences: list[Sentence], wanted: Any, tiny: SimpleNamespace) -> None:
    """Compute layers in blocks of two rows or a word, where that can be done."""
    if not engine.access.has_rows:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_texts, "LONG", 4)
        assert len(engine.row_blocks(sentences[0])) > 1
        found, _ = tiny.arrays(engine, sentences[:1])
    for key, rows in found.items():
        np.testing.assert_allclose(rows, wanted[key], atol=1e-5)


def observed(model: Any, tokenizer: Any, checkpoint: Checkpoint) -> Any:
    return find_access(model, tokenizer, checkpoint.name, checkpoint.part)


def text_layers(checkpoint: Checkpoint) -> int:
    return int(text_config(checkpoint.config, checkpoint.part).num_hidden_layers)


def row(kind: str, tokenizer: Any, tiny: SimpleNamespace) -> str:
    """Take the attention of an architecture; give its row of the table."""
    remarks, ways = [], dict[str, str]()
    checkpoints = parts_of(kind)
    whole = tiny_model(kind, checkpoints[0].is_language_model)
    for checkpoint in checkpoints:
        name = f"{kind} {checkpoint.part}".strip()
        if name in NO_ATTENTION:
            with pytest.raises((BadInput, AttributeError, ValueError, RuntimeError)):
                taken(checkpoint, whole, tokenizer, tiny)
            remarks.append(f"{checkpoint.part} {NO_ATTENTION[name]}".strip())
            continue
        found = taken(checkpoint, whole, tokenizer, tiny)
        ways[found.part] = found.way
        remarks += ["some layers"] * (len(found.layers) < found.of) + ["learned sink"] * found.has_learned_sinks
    what = "encoder-decoder" if len(checkpoints) > 1 else "decoder" if checkpoints[0].is_causal else "encoder"
    told = ways.get("") or ", ".join(f"{part}: {way}" for part, way in ways.items()) or "none"
    return f"| {kind} | {what} | {told} | {'; '.join(dict.fromkeys(remarks))} |"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in NOT_TRIED])
def test_attention_of_a_tiny_model_is_what_transformers_returns(
    kind: str, tokenizer: Any, tiny: SimpleNamespace
) -> None:
    assert row(kind, tokenizer, tiny) in (ROOT / PAGE).read_text().splitlines()


def test_what_is_not_tried_is_told_and_still_there() -> None:
    text = (ROOT / PAGE).read_text()
    assert set(NOT_TRIED) < set(KINDS)
    assert {name.split()[0] for name in NO_ATTENTION} < set(KINDS)
    assert all(f"`{kind}`" in text for kind in NOT_TRIED)


def written(rows: Sequence[str]) -> str:
    """Make the page."""
    by_reason = dict[str, list[str]]()
    for kind, reason in NOT_TRIED.items():
        by_reason.setdefault(reason, []).append(f"`{kind}`")
    left = "\n".join(f"- {reason}: {', '.join(kinds)}" for reason, kinds in by_reason.items())
    head = HEAD.format(version=transformers.__version__.split(".")[0])
    return head + "\n".join(rows) + "\n" + TAIL.format(count=len(rows), all=len(KINDS), not_tried=left)


if __name__ == "__main__":
    torch.set_num_threads(1)
    rows = [row(kind, letters_as_tokens(), SimpleNamespace(arrays=arrays)) for kind in KINDS if kind not in NOT_TRIED]
    (ROOT / PAGE).write_text(written(rows))
