"""Is the fast way right? A sample of sentences is taken again the slow way, alone and in float32."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from ingest.attention.blocks import outer_blocks
from ingest.attention.engine import Engine, LayerWords, Result
from ingest.attention.inputs import pad_batch
from ingest.attention.long_texts import shorten
from ingest.attention.merging import Cells, cells
from ingest.attention.refusal import explain_foreign_errors
from ingest.attention.sentences import Sentence
from warehouse.errors import BadInput

AGREEMENT = {"float32": 1e-4, "float16": 2e-2, "bfloat16": 1.5e-1}
"""Largest difference of a weight from its float32 reference that passes, by dtype."""
MEAN_AGREEMENT = {"float32": 1e-4, "float16": 2e-2, "bfloat16": 1e-1}
"""Largest difference that passes on average over the weights of a layer, as a share of their own mean."""

MOST_TOKENS = 512
"""Tokens of a text that is attested, since the reference holds all weights of a layer. Of longer texts a part is taken,
which is still computed in blocks."""

Taken = dict[tuple[int, int], np.ndarray]
"""By layer and sentence: its pairs, then sinks, then outsides, (n_kept, n_maps)."""


def sample(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Choose the shortest, the middle and the longest sentence; of a long one, a part around its first words."""
    ordered = sorted(sentences, key=lambda s: (len(s), s.sentence_id))
    chosen = [ordered[i] for i in sorted({0, len(ordered) // 2, len(ordered) - 1})]
    return [shorten(sentence, MOST_TOKENS) for sentence in chosen]


@dataclass
class Differences:
    """Differences of the engine's numbers from the reference, layer by layer: none is kept."""

    largest: float = 0.0
    mean: float = 0.0
    relative: float = 0.0

    def add(self, found: np.ndarray, reference: np.ndarray) -> None:
        """Compare one sentence's cells of one layer, (n_kept, n_maps)."""
        difference = np.abs(found - reference)
        mean = float(difference.mean())
        self.largest = max(self.largest, float(difference.max()))
        self.mean = max(self.mean, mean)
        self.relative = max(self.relative, mean / max(float(np.abs(reference).mean()), 1e-9))


def agreement(engine: Engine, sentences: Sequence[Sentence], dtype: str) -> dict[str, Any]:
    """Compare the engine's batch of some sentences with a float32 reference, one sentence at a time.

    For raw attention the reference is what transformers itself returns (``output_attentions=True``, its own eager
    attention); for the other methods the engine on the sentence alone, in float32. Both go layer by layer: what is
    kept of the engine is words, not tokens, and of the reference one layer.

    Returns
    -------
    dict
        ``max_abs_difference``, ``mean_abs_difference`` and ``mean_relative_difference`` of the layer that differs most,
        their tolerances, ``sentence_ids``, ``most_tokens`` of one of them (a part of a longer text), and the
        ``layer_bytes`` that the reference held of it at once.

    Raises
    ------
    BadInput
        If they differ by more than the dtype explains.
    """
    batched, differences = run_by_sentence(engine, sentences), Differences()
    with in_float32(engine.model):
        for sentence in sentences:
            reference = (
                _reference_attention(engine, sentence)
                if engine.method == "raw"
                else run_by_sentence(engine, [sentence]).items()
            )
            for key, rows in reference:
                differences.add(batched.pop(key), rows)
    if not (differences.largest <= AGREEMENT[dtype] and differences.relative <= MEAN_AGREEMENT[dtype]):
        what = (
            f"attention differs by {differences.largest:.2g} at most, and by {differences.relative:.2%} on average, "
            "from a float32 pass of one sentence at a time"
        )
        raise BadInput(what, engine.name, "choose --dtype float32, --batch-tokens 1 or another model")
    return {
        "max_abs_difference": differences.largest,
        "tolerance": AGREEMENT[dtype],
        "mean_abs_difference": differences.mean,
        "mean_relative_difference": differences.relative,
        "relative_tolerance": MEAN_AGREEMENT[dtype],
        "sentence_ids": [s.sentence_id for s in sentences],
        "most_tokens": max(map(len, sentences)),
        "layer_bytes": 4 * engine.access.head_count * max(map(len, sentences)) ** 2,
    }


def run_by_sentence(engine: Engine, sentences: Sequence[Sentence]) -> Taken:
    """Run sentences and give the results by layer and sentence."""
    parts: dict[tuple[int, int], list[list[np.ndarray]]] = {}

    def put(result: Result) -> None:
        if isinstance(result, LayerWords):
            for sentence_id, own in _by_sentence(result.cells, result.values.wait()):
                parts.setdefault((result.layer, sentence_id), []).append(own)

    replace(engine).run(sentences, put)
    return {
        key: np.concatenate([part for kind in zip(*own, strict=True) for part in kind]) for key, own in parts.items()
    }


def _by_sentence(kept: Cells, rows: np.ndarray) -> Iterator[tuple[int, list[np.ndarray]]]:
    """Give the pairs, the sinks and the outsides of each sentence."""
    pairs, words = len(kept.pairs), len(kept.from_word)
    kinds = np.split(rows, [pairs, pairs + words])
    owners = (kept.pairs.sentence_id, kept.sentence_id, kept.sentence_id)
    for sentence_id in np.unique(kept.sentence_id).tolist():
        yield sentence_id, [kind[owner == sentence_id] for kind, owner in zip(kinds, owners, strict=True)]


def _reference_attention(engine: Engine, sentence: Sentence) -> Iterator[tuple[tuple[int, int], np.ndarray]]:
    """Take one sentence's attention from transformers' own output, merged as each layer comes."""
    kept = cells([sentence], engine.is_causal)
    found: list[tuple[tuple[int, int], np.ndarray]] = []
    layers = iter(engine.access.layers)

    def see(module: torch.nn.Module, attention: torch.Tensor) -> None:
        layer = next(layers)
        if layer not in engine.layers:
            return
        if engine.is_causal and attention.triu(1).any():
            raise BadInput("a word attends to later ones", f"{engine.name}, layer {layer}", "it is not a causal model")
        merging = engine.merging([sentence], kept, attention.device)
        found.append(((layer, sentence.sentence_id), merging(attention).cpu().numpy()))

    fails = explain_foreign_errors("its float32 reference fails", engine.name, "choose --dtype float32")
    with torch.inference_mode(), engine.access.returned(see) as call, fails:
        call(**pad_batch([sentence], engine.model.device))
    yield from found


@contextmanager
def in_float32(model: torch.nn.Module) -> Iterator[None]:
    """Compute in float32 within the block, with the same weights: each block's are widened while it runs.

    A block is widened as a whole, since its parts ask each other for their dtype. So no more than one block's weights
    are there twice, and a model that fills the device can be referred to.
    """
    blocks = outer_blocks(model)
    inside = {module for block in blocks for module in block.modules()}
    units = [(block, list(block.parameters())) for block in blocks]
    units += [(module, list(module.parameters(recurse=False))) for module in model.modules() if module not in inside]
    with ExitStack() as stack:
        for module, own in units:
            if any(p.is_floating_point() and p.dtype != torch.float32 for p in own):
                stack.enter_context(_widened(module, own))
        yield


@contextmanager
def _widened(module: torch.nn.Module, own: Sequence[torch.nn.Parameter]) -> Iterator[None]:
    narrow: list[torch.Tensor] = []

    def widen(*_: Any) -> None:
        narrow.extend(p.data for p in own)
        for p in own:
            p.data = p.data.float() if p.is_floating_point() else p.data

    def restore(*_: Any) -> None:
        for p, data in zip(own, narrow, strict=True):
            p.data = data
        narrow.clear()

    hooks = [module.register_forward_pre_hook(widen), module.register_forward_hook(restore, always_call=True)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
