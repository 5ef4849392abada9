"""Extraction beside the paper's way and beside a plain forward pass: ``python -m benchmarks.extraction``.

The paper's way takes one sentence at a time with ``output_attentions=True`` and merges every head on the host with
numpy. The plain pass takes the same batches as ours, with transformers' default attention, and keeps nothing. Ours ends
with the arrays on the host, checked, and includes loss and surprisal; the database is not part of it. All take turns in
one process over 148 simulated sentences of 6 to 16 words; each figure is the median of the turns. One command on any
machine: on a GPU the shape of LLaMA-7B (a few layers, bfloat16), on a CPU 12 layers of 12 heads in float32
(2 threads). Figures go to benchmarks/results/extraction-DEVICE.json.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from ingest.attention.batches import batches
from ingest.attention.capture import WITNESSED
from ingest.attention.engine import Engine, Result, padded
from ingest.attention.prefixes import Condition
from ingest.attention.results import Checked, written
from ingest.attention.tokens import Sentence, encode

RESULTS = Path(__file__).with_name("results")
TURNS = {"cpu": 2, "cuda": 5}
PLAIN = Condition("plain", "", "")
SHAPES = {
    "cpu": {
        "12 layers x 12 heads of 64, float32": (12, 12, 768, 3072),
        "12 layers x 12 heads of 16, float32": (12, 12, 192, 768),
    },
    "cuda": {"4 layers of LLaMA-7B (32 heads of 128), bfloat16": (4, 32, 4096, 11008)},
}
TARGETS = {"cpu": {"times_faster_than_paper": 4}, "cuda": {"times_faster_than_paper": 20, "times_plain_forward": 1.5}}


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
        ids, mask = padded([sentence], model.device)
        with torch.no_grad():
            attentions = model(input_ids=ids, attention_mask=mask, output_attentions=True).attentions
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
        ids, mask = padded(batch, model.device)
        with torch.inference_mode():
            model(input_ids=ids, attention_mask=mask)


@contextmanager
def attention_by(model: Any, implementation: str) -> Iterator[None]:
    model.set_attn_implementation(implementation)
    yield
    model.set_attn_implementation(WITNESSED)


def seconds(work: Callable[[], object], device: str) -> tuple[float, int]:
    """Time of a piece of work, and the device memory at its peak."""
    if device == "cuda":
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    start = time.perf_counter()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start, torch.cuda.max_memory_allocated() if device == "cuda" else 0


def measured(shape: tuple[int, int, int, int], device: str, batch_tokens: int) -> dict[str, Any]:
    texts = simulated_texts()
    tokenizer = trained_tokenizer(texts)
    sentences = [encode(i, text, tuple(text.split()), PLAIN, tokenizer) for i, text in enumerate(texts)]
    model = random_model(shape, device)
    model.set_attn_implementation(WITNESSED)
    engine = Engine(model, tokenizer, "benchmark", True, "raw", tuple(range(shape[0])), batch_tokens)
    ways: dict[str, tuple[str, Callable[[], object]]] = {
        "ours": (WITNESSED, lambda: our_way(engine, sentences)),
        "paper": ("eager", lambda: papers_way(model, sentences)),
        "plain_forward": ("sdpa", lambda: plain_forward(model, sentences, batch_tokens)),
    }
    turns: dict[str, list[tuple[float, int]]] = {name: [] for name in ways}
    for turn in range(TURNS[device] + 1):
        for name, (implementation, work) in ways.items():
            with attention_by(model, implementation):
                found = seconds(work, device)
            if turn:
                turns[name].append(found)
    return figures(turns) | {
        "tokens": sum(map(len, sentences)),
        "words": sum(s.word_count for s in sentences),
        "batch_tokens": batch_tokens,
    }


def figures(turns: dict[str, list[tuple[float, int]]]) -> dict[str, Any]:
    median = {name: float(np.median([s for s, _ in found])) for name, found in turns.items()}
    peak = {name: max(memory for _, memory in found) for name, found in turns.items()}
    ratios = {
        "times_faster_than_paper": round(median["paper"] / median["ours"], 2),
        "times_plain_forward": round(median["ours"] / median["plain_forward"], 2),
    }
    if peak["plain_forward"]:
        ratios["peak_memory_of_plain_forward"] = round(peak["ours"] / peak["plain_forward"], 3)
    return {"seconds": {name: round(s, 4) for name, s in median.items()}, "peak_bytes": peak, **ratios}


def main() -> None:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        torch.set_num_threads(2)
    name = torch.cuda.get_device_name() if device == "cuda" else "CPU, 2 threads"
    found = {title: measured(shape, device, 2048) for title, shape in SHAPES[device].items()}
    report = {
        "device": name,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "turns": TURNS[device],
        "targets": TARGETS[device],
        "figures": found,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"extraction-{re.sub('[^a-z0-9]+', '-', name.lower())}.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
