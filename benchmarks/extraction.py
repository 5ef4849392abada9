"""Extraction beside the paper's way and beside a plain forward pass: ``python -m benchmarks.extraction``.

The paper's way takes one sentence at a time with ``output_attentions=True`` and merges every head on the host with
numpy; the plain way is the same, merged by matrix products. The plain pass takes the same batches as ours, with
transformers' default attention, and keeps nothing. Ours ends with the arrays on the host, checked, and includes loss
and surprisal; the database is not part of it. An architecture that is seen by hooks (BLOOM) is compared with batches
whose weights transformers returns. All take turns in one process over 148 simulated sentences of 6 to 16 words. One
command on any machine: on a GPU the shape of LLaMA-7B (a few layers, bfloat16), on a CPU 12 layers of 12 heads in
float32 (2 threads), at a scale below 1 the small heads only and a share of the sentences. On a CPU also one text of
2,000 words (`benchmarks.long_text`).
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import BloomConfig, BloomForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from benchmarks.measuring import Finding, alternated, asked_scale, found, report
from ingest.attention.batches import batches
from ingest.attention.capture import WITNESSED
from ingest.attention.engine import Engine, Result
from ingest.attention.inputs import pad_batch
from ingest.attention.prefixes import Condition
from ingest.attention.results import Checked, rows_of
from ingest.attention.sentences import Sentence
from ingest.attention.tokens import encode

TURNS = 5
PLAIN = Condition("plain", "", "")
SHAPES = {
    "cpu": {
        "12 layers x 12 heads of 64, float32": (12, 12, 768, 3072),
        "12 layers x 12 heads of 16, float32": (12, 12, 192, 768),
    },
    "cuda": {"4 layers of LLaMA-7B (32 heads of 128), bfloat16": (4, 32, 4096, 11008)},
}
TARGETS = {"cpu": (4, None), "cuda": (20, 1.5)}
"""How many times faster than the paper's way, and at most how many times a plain pass."""


def simulated_texts() -> list[str]:
    """148 sentences of made-up words, as long as those of Reading Brain."""
    rng = np.random.default_rng(20231206)
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    lexicon = ["".join(rng.choice(syllables, rng.integers(1, 5))) for _ in range(1500)]
    frequency = 1 / np.arange(1, len(lexicon) + 1)
    frequency /= frequency.sum()
    return [" ".join(rng.choice(lexicon, rng.integers(6, 17), p=frequency)) + "." for _ in range(148)]


def trained_tokenizer(texts: Sequence[str]) -> Any:
    """A Llama-like tokenizer of about 1.3 tokens a word."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=900, special_tokens=["<unk>", "<s>", "</s>"], show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>")


def random_model(shape: tuple[int, int, int, int], device: str, context: int = 512) -> Any:
    layers, heads, size, inner = shape
    config = LlamaConfig(
        vocab_size=32000, hidden_size=size, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, max_position_embeddings=context, use_cache=False,
    )  # fmt: skip
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    torch.manual_seed(0)
    with torch.device(device):
        return LlamaForCausalLM._from_config(config, dtype=dtype, attn_implementation="eager").eval()


def papers_way(model: Any, sentences: Sequence[Sentence]) -> list[np.ndarray]:
    """One sentence at a time; every head merged on the host. One array (layers, heads, words, words) a sentence."""
    found = []
    for sentence in sentences:
        own = [np.flatnonzero(sentence.shares[:, w]) for w in range(sentence.word_count)]
        with torch.no_grad():
            attentions = model(**pad_batch([sentence], model.device), output_attentions=True).attentions
        merged = [[merged_head(head, own) for head in layer[0].float().cpu().numpy()] for layer in attentions]
        found.append(np.array(merged))
    return found


def merged_head(attention: np.ndarray, own: Sequence[np.ndarray]) -> np.ndarray:
    """Sum over the tokens of the word attended to, mean over those of the word that attends."""
    to_words = np.stack([attention[:, tokens].sum(axis=1) for tokens in own], axis=1)
    return np.stack([to_words[tokens].mean(axis=0) for tokens in own])


def plain_way(model: Any, sentences: Sequence[Sentence]) -> list[torch.Tensor]:
    """One sentence at a time; merged by matrix products. One tensor (layers, heads, words, words + 2) a sentence."""
    found = []
    for sentence in sentences:
        shares = torch.from_numpy(sentence.shares).to(model.device)
        rows = (shares[:, :-2] / shares[:, :-2].sum(0)).T
        with torch.inference_mode():
            attentions = model(**pad_batch([sentence], model.device), output_attentions=True).attentions
            found.append(torch.stack([rows @ layer[0].float() @ shares for layer in attentions]).cpu())
    return found


def our_way(engine: Engine, sentences: Sequence[Sentence]) -> list[Any]:
    results: list[Result] = []
    engine.run(sentences, results.append)
    checked = Checked(engine.name, "bfloat16" if engine.model.dtype == torch.bfloat16 else "float32")
    return [item for result in results for item in rows_of(result, checked, engine.begins)]


def plain_forward(model: Any, sentences: Sequence[Sentence], tokens: int, **options: Any) -> None:
    for batch in batches(sentences, tokens):
        with torch.inference_mode():
            model(**pad_batch(batch, model.device), **options)


@contextmanager
def attention_by(model: Any, implementation: str) -> Iterator[None]:
    before = model.config._attn_implementation
    model.set_attn_implementation(implementation)
    yield
    model.set_attn_implementation(before)


def whole(device: str, model: Any, implementation: str, work: Callable[[], object]) -> Callable[[], None]:
    """Make a piece of work that ends when the device has done it, under an implementation of attention."""

    def done() -> None:
        with attention_by(model, implementation):
            work()
            if device == "cuda":
                torch.cuda.synchronize()

    return done


def measured(title: str, device: str, batch_tokens: int, scale: float) -> tuple[list[Finding], dict[str, Any]]:
    texts = simulated_texts()
    tokenizer = trained_tokenizer(texts)
    sentences = [encode(i, text, tuple(text.split()), PLAIN, tokenizer) for i, text in enumerate(texts)]
    sentences = sentences[: max(16, round(scale * len(sentences)))]
    model = random_model(SHAPES[device][title], device)
    model.set_attn_implementation(WITNESSED)
    layers = tuple(range(SHAPES[device][title][0]))
    engine = Engine(model, tokenizer, "benchmark", True, "raw", layers, batch_tokens)
    ways = {
        "ours": whole(device, model, WITNESSED, lambda: our_way(engine, sentences)),
        "paper": whole(device, model, "eager", lambda: papers_way(model, sentences)),
        "plain way": whole(device, model, "eager", lambda: plain_way(model, sentences)),
        "plain forward": whole(device, model, "sdpa", lambda: plain_forward(model, sentences, batch_tokens)),
    }
    ours, paper, way, plain = (timing := alternated(ways, TURNS)).values()
    faster, slower = TARGETS[device]
    findings = [
        found(f"{title}: times faster than the paper's way", paper.over(ours), faster),
        found(f"{title}: times faster than the plain way", way.over(ours)),
        found(f"{title}: times a plain forward pass", ours.over(plain), slower, at_most=True),
    ]
    return findings, {title: {"tokens": sum(map(len, sentences)), "seconds": timing}}


def by_hooks(device: str, batch_tokens: int, scale: float) -> tuple[list[Finding], dict[str, Any]]:
    """Compare what is taken by hooks with batches whose weights transformers returns."""
    texts = simulated_texts()
    tokenizer = trained_tokenizer(texts)
    sentences = [encode(i, text, tuple(text.split()), PLAIN, tokenizer) for i, text in enumerate(texts)]
    sentences = sentences[: max(16, round(scale * len(sentences)))]
    config = BloomConfig(vocab_size=32000, hidden_size=768, n_layer=12, n_head=12, use_cache=False)
    torch.manual_seed(0)
    with torch.device(device):
        model = BloomForCausalLM._from_config(config, dtype=torch.float32, attn_implementation="eager").eval()
    engine = Engine(model, tokenizer, "benchmark", True, "raw", tuple(range(12)), batch_tokens)

    def eager() -> None:
        plain_forward(model, sentences, batch_tokens, output_attentions=True)

    ways = {"ours": whole(device, model, "eager", lambda: our_way(engine, sentences)),
            "eager": whole(device, model, "eager", eager)}  # fmt: skip
    ours, returned = (timing := alternated(ways, TURNS)).values()
    title = "BLOOM, 12 layers x 12 heads of 64, float32, by hooks"
    what = f"{title}: times a forward pass that returns its weights"
    return [found(what, ours.over(returned), 1.5, at_most=True)], {title: {"way": engine.access.way, "seconds": timing}}


def long_text(words: int) -> tuple[list[Finding], dict[str, Any]]:
    """Let a process of its own read one long text."""
    command = [sys.executable, "-m", "benchmarks.long_text", str(words)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    title = f"{words:,} words, 4 layers x 32 heads of 16, float32"
    peak = told["peak_mib"] * 2**20 / 1e9
    return [Finding(f"{title}: peak memory of the process [GB]", peak, 1.5, at_most=True)], {title: told}


def main() -> None:
    scale = asked_scale(__doc__)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        torch.set_num_threads(2)
    titles = list(SHAPES[device])
    runs = [measured(title, device, 2048, scale) for title in (titles if scale == 1 else titles[-1:])]
    runs.append(by_hooks(device, 2048, scale))
    if device == "cpu":
        runs.append(long_text(2000))
    details: dict[str, Any] = {"device": torch.cuda.get_device_name() if device == "cuda" else "CPU, 2 threads"}
    details |= {"torch": torch.__version__, "transformers": transformers.__version__}
    for _, detail in runs:
        details |= detail
    report("extraction", [finding for findings, _ in runs for finding in findings], details, scale)


if __name__ == "__main__":
    main()
