"""Tiny models and the tokenizers of nine families, built here: nothing is fetched."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from ingest.attention.capture import WITNESSED
from ingest.attention.engine import Engine, LayerWords, Predictions
from ingest.attention.prefixes import Condition
from ingest.attention.sentences import Sentence
from ingest.attention.tokens import encode
from warehouse.load.stored import Stimulus

SENTENCES = (
    "Could humans live on Mars some day?",
    "The 1,2 ,3 and 3,2 , 1 are different in twenty-one ways.",
    "She didn't know the well-being of the naïve café owner.",
    "Robots explored the red planet .",
    "It is cold.",
    "東京 is a very large city in Japan , isn't it?",
)
PLAIN = Condition("plain", "", "The sentence alone")
NOISE = Condition("noise", "Cigarette first steel convenience champion.", "Random words")

GPT4_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+"
ALPHABET = pre_tokenizers.ByteLevel.alphabet()


def _trained(model: Any, trainer: Any, before: Any, normalizer: Any = None) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = before
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.train_from_iterator([*SENTENCES, NOISE.prefix] * 3, trainer)
    return tokenizer


def _around(tokenizer: Tokenizer, template: str) -> Tokenizer:
    names = [part for part in template.split() if part != "$A"]
    special = [(name, tokenizer.token_to_id(name)) for name in names]
    tokenizer.post_processor = processors.TemplateProcessing(single=template, special_tokens=special)
    return tokenizer


def _metaspace(scheme: str) -> Tokenizer:
    byte_pieces = [f"<0x{byte:02X}>" for byte in range(256)]
    special = ["<unk>", "<s>", "</s>", *byte_pieces]
    trainer = trainers.BpeTrainer(vocab_size=430, special_tokens=special, limit_alphabet=60)
    model = models.BPE(unk_token="<unk>", byte_fallback=True)
    tokenizer = _trained(model, trainer, pre_tokenizers.Metaspace(prepend_scheme=scheme))
    tokenizer.decoder = decoders.Metaspace()
    return _around(tokenizer, "<s> $A")


def _byte_level(special: Sequence[str], template: str, split: str | None = None, normalizer: Any = None) -> Tokenizer:
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=split is None)
    before = level if split is None else pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(split), "isolated"), level]
    )  # fmt: skip
    trainer = trainers.BpeTrainer(vocab_size=330, special_tokens=list(special), initial_alphabet=ALPHABET)
    tokenizer = _trained(models.BPE(), trainer, before, normalizer)
    return _around(tokenizer, template) if template != "$A" else tokenizer


def _word_piece() -> Tokenizer:
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.WordPieceTrainer(vocab_size=200, special_tokens=special)
    model = models.WordPiece(unk_token="[UNK]")
    bert = normalizers.BertNormalizer(lowercase=True)
    return _around(_trained(model, trainer, pre_tokenizers.BertPreTokenizer(), bert), "[CLS] $A [SEP]")


def _unigram() -> Tokenizer:
    trainer = trainers.UnigramTrainer(vocab_size=120, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>")
    metaspace = pre_tokenizers.Metaspace()
    return _around(_trained(models.Unigram(), trainer, metaspace, normalizers.NFKC()), "$A </s>")


STYLES: dict[str, Callable[[], tuple[Tokenizer, dict[str, str]]]] = {
    "llama-2": lambda: (_metaspace("always"), {"bos_token": "<s>", "eos_token": "</s>"}),
    "mistral": lambda: (_metaspace("first"), {"bos_token": "<s>", "eos_token": "</s>"}),
    "llama-3": lambda: (_byte_level(["<|begin|>", "<|end|>"], "<|begin|> $A", GPT4_SPLIT), {"eos_token": "<|end|>"}),
    "gpt-2": lambda: (_byte_level(["<|endoftext|>"], "$A"), {"eos_token": "<|endoftext|>"}),
    "opt": lambda: (_byte_level(["<pad>", "</s>"], "</s> $A"), {"eos_token": "</s>", "pad_token": "<pad>"}),
    "neox": lambda: (_byte_level(["<|endoftext|>"], "$A", None, normalizers.NFC()), {"eos_token": "<|endoftext|>"}),
    "qwen2": lambda: (_byte_level(["<|im_end|>"], "$A", GPT4_SPLIT, normalizers.NFC()), {"eos_token": "<|im_end|>"}),
    "bert": lambda: (_word_piece(), {"cls_token": "[CLS]", "sep_token": "[SEP]", "unk_token": "[UNK]"}),
    "t5": lambda: (_unigram(), {"eos_token": "</s>", "unk_token": "<unk>"}),
}

CONFIGS: dict[str, Callable[[int], Any]] = {
    "llama-2": lambda n: transformers.LlamaConfig(
        vocab_size=n, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=96, bos_token_id=1, eos_token_id=2,
    ),
    "mistral": lambda n: transformers.MistralConfig(
        vocab_size=n, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=96,
    ),
    "qwen2": lambda n: transformers.Qwen2Config(
        vocab_size=n, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=96,
    ),
    "gpt-2": lambda n: transformers.GPT2Config(
        vocab_size=n, n_embd=32, n_layer=3, n_head=4, n_positions=96, bos_token_id=0, eos_token_id=0
    ),
    "opt": lambda n: transformers.OPTConfig(
        vocab_size=n, hidden_size=32, ffn_dim=48, num_hidden_layers=2, num_attention_heads=4,
        word_embed_proj_dim=32, max_position_embeddings=96,
    ),
    "neox": lambda n: transformers.GPTNeoXConfig(
        vocab_size=n, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=96,
    ),
    "bert": lambda n: transformers.BertConfig(
        vocab_size=n, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4,
        max_position_embeddings=96,
    ),
    "t5": lambda n: transformers.T5Config(
        vocab_size=n, d_model=32, d_ff=48, num_layers=3, num_heads=4, d_kv=8, decoder_start_token_id=0
    ),
}  # fmt: skip
CONFIGS["llama-3"] = CONFIGS["llama-2"]

_tokenizers: dict[str, Any] = {}
_models: dict[str, Any] = {}


def tokenizer_of(style: str) -> Any:
    if style not in _tokenizers:
        backend, names = STYLES[style]()
        _tokenizers[style] = PreTrainedTokenizerFast(tokenizer_object=backend, **names)
    return _tokenizers[style]


def model_of(style: str) -> Any:
    """A small random model with spread-out attention, as it is loaded (of T5 the whole model)."""
    if style not in _models:
        config = CONFIGS[style](len(tokenizer_of(style)))
        auto = transformers.AutoModel if style in {"bert", "t5"} else transformers.AutoModelForCausalLM
        torch.manual_seed(20231206)
        model = auto.from_config(config, attn_implementation=WITNESSED).eval()
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.ndim == 2:
                    parameter.mul_(6)  # else all attention is nearly uniform
        _models[style] = model
    return _models[style]


def engine_of(style: str, method: str = "raw", batch_tokens: int = 4096, **changes: Any) -> Engine:
    model = model_of(style)
    model = model.get_encoder() if style == "t5" else model
    layers = tuple(range(model.config.num_hidden_layers))
    causal = style not in {"bert", "t5"}
    given = {"name": style, "is_causal": causal, "method": method, "layers": layers, "batch_tokens": batch_tokens}
    return Engine(model, tokenizer_of(style), **(given | changes))


def encoded(style: str, condition: Condition = PLAIN, texts: Sequence[str] = SENTENCES) -> list[Sentence]:
    tokenizer = tokenizer_of(style)
    return [encode(10 + i, t, tuple(t.split()), condition, tokenizer) for i, t in enumerate(texts)]


def arrays(engine: Engine, sentences: Sequence[Sentence]) -> tuple[dict[Any, np.ndarray], dict[int, np.ndarray]]:
    """Run an engine. By (layer, sentence): (n_maps, n_words, n_words + 2), sink and outside last. And predictions."""
    found: dict[Any, np.ndarray] = {}
    predicted: dict[int, np.ndarray] = {}
    counts = {s.sentence_id: s.word_count for s in sentences}

    def put(result: LayerWords | Predictions) -> None:
        rows = result.values.wait()
        if isinstance(result, Predictions):
            bounds = np.cumsum([len(s) for s in result.sentences])[:-1]
            split = np.split(rows, bounds, axis=1)
            predicted.update({s.sentence_id: part for s, part in zip(result.sentences, split, strict=True)})
            return
        kept = result.cells
        for s in np.unique(kept.sentence_id).tolist():
            empty = np.zeros((rows.shape[1], counts[s], counts[s] + 2), dtype=np.float32)
            found.setdefault((result.layer, s), empty)  # a long text comes in several
        pairs, n = kept.pairs, len(kept.from_word)
        for row, s, i, j in zip(rows, pairs.sentence_id.tolist(), pairs.from_word, pairs.to_word, strict=False):
            found[result.layer, s][:, i, j] = row
        for column in (0, 1):
            at = len(pairs) + column * n
            for row, s, i in zip(rows[at : at + n], kept.sentence_id.tolist(), kept.from_word, strict=True):
                found[result.layer, s][:, i, counts[s] + column] = row

    engine.run(sentences, put)
    return found, predicted


def stimulus_of(texts: Sequence[str] = SENTENCES) -> Stimulus:
    n = len(texts)
    words = tuple(tuple(text.split()) for text in texts)
    labels = tuple(f"t.01.{i + 1:02d}" for i in range(n))
    return Stimulus(7, "test", np.arange(10, 10 + n), np.zeros(n, int), np.arange(n), labels, tuple(texts), words)


@pytest.fixture(scope="session")
def tiny() -> SimpleNamespace:
    """All that the tests of this folder build models with."""
    return SimpleNamespace(
        styles=tuple(STYLES), sentences=SENTENCES, plain=PLAIN, noise=NOISE, tokenizer_of=tokenizer_of,
        model_of=model_of, engine_of=engine_of, encoded=encoded, arrays=arrays, stimulus_of=stimulus_of,
    )  # fmt: skip


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Directories of saved models, by style."""
    made: dict[str, Path] = {}

    def directory(style: str) -> Path:
        if style not in made:
            made[style] = tmp_path_factory.mktemp("models") / f"tiny-{style}"
            model_of(style).save_pretrained(made[style])
            tokenizer_of(style).save_pretrained(made[style])
        return made[style]

    return directory
