"""Extraction beside the paper's way and beside a plain forward pass: ``python -m benchmarks.extraction``.

The paper's way takes one sentence at a time with ``output_attentions=True`` and merges every head on the host with
numpy. The plain pass takes the same batches as ours, with transformers' default attention, and keeps nothing. Ours ends
with the arrays on the host, checked, and includes loss and surprisal; the database is not part of it. All take turns in
one process over 148 simulated sentences of 6 to 16 words. One command on any machine: on a GPU the shape of LLaMA-7B (a
few layers, bfloat16), on a CPU 12 layers of 12 heads in float32 (2 threads), at a scale below 1 the small heads only
and a share of the sentences.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from benchmarks.measuring import Finding, alternated, asked_scale, found, report
from ingest.attention.batches import batches
from ingest.attention.capture import WITNESSED
from ingest.attention.engine import Engine, Result, padded
from ingest.attention.prefixes import Condition
from ingest.attention.results import Checked, written
from ingest.attention.tokens import Sentence, encode

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


def random_model(shape: tuple[int, int, int, int], device: str) -> Any:
    layers, heads, size, inner = shape
    config = LlamaConfig(
        vocab_size=32000, hidden_size=size, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, max_position_embeddings=512, use_cache=False,
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
            attentions = model(**padded([sentence], model.device), output_attentions=True).attentions
        merged = [[merged_head(head, own) for head in layer[0].float().cpu().numpy()] for layer in attentions]
        found.append(np.array(merged))
    return found


def merged_head(attention: np.ndarray, own: Sequence[np.ndarray]) -> np.ndarray:
    """Sum over the tokens of the word attended to, mean over those of the word that attends."""
    to_words = np.stack([attention[:, tokens].sum(axis=1) for tokens in own], axis=1)
    return np.stack([to_words[tokens].mean(axis=0) for tokens in own])


def our_way(engine: Engine, sentences: Sequence[Sentence]) -> list[Any]:
    results: list[Result] = []
    engine.run(sentences, results.append)
    checked = Checked(engine.name, "bfloat16" if engine.model.dtype == torch.bfloat16 else "float32")
    return [item for result in results for item in written(result, checked, engine.begins)]


def plain_forward(model: Any, sentences: Sequence[Sentence], tokens: int) -> None:
    for batch in batches(sentences, tokens):
        with torch.inference_mode():
            model(**padded(batch, model.device))


@contextmanager
def attention_by(model: Any, implementation: str) -> Iterator[None]:
    model.set_attn_implementation(implementation)
    yield
    model.set_attn_implementation(WITNESSED)


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
        "plain forward": whole(device, model, "sdpa", lambda: plain_forward(model, sentences, batch_tokens)),
    }
    ours, paper, plain = (timing := alternated(ways, TURNS)).values()
    faster, slower = TARGETS[device]
    findings = [
        found(f"{title}: times faster than the paper's way", paper.over(ours), faster),
        found(f"{title}: times a plain forward pass", ours.over(plain), slower, at_most=True),
    ]
    return findings, {title: {"tokens": sum(map(len, sentences)), "seconds": timing}}


def main() -> None:
    scale = asked_scale(__doc__)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        torch.set_num_threads(2)
    titles = list(SHAPES[device])
    runs = [measured(title, device, 2048, scale) for title in (titles if scale == 1 else titles[-1:])]
    details: dict[str, Any] = {"device": torch.cuda.get_device_name() if device == "cuda" else "CPU, 2 threads"}
    details |= {"torch": torch.__version__, "transformers": transformers.__version__}
    for _, detail in runs:
        details |= detail
    report("extraction", [finding for findings, _ in runs for finding in findings], details, scale)


if __name__ == "__main__":
    main()
