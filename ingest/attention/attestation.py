"""Is the fast way right? A sample of sentences is taken again the slow way, alone and in float32."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from ingest.attention.engine import Engine, LayerWords, Result, padded
from ingest.attention.merging import Merging, cells
from ingest.attention.tokens import Sentence
from warehouse.errors import BadInput

AGREEMENT = {"float32": 1e-4, "float16": 2e-2, "bfloat16": 1.5e-1}
"""Largest difference of a weight from its float32 reference that passes, by dtype."""

Taken = dict[tuple[int, int], np.ndarray]
"""By layer and sentence: its pairs, then sinks, then outsides, (n_kept, n_maps)."""


def sample(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Choose the shortest, the middle and the longest sentence."""
    ordered = sorted(sentences, key=lambda s: (len(s), s.sentence_id))
    return [ordered[i] for i in sorted({0, len(ordered) // 2, len(ordered) - 1})]


def agreement(engine: Engine, sentences: Sequence[Sentence], dtype: str) -> dict[str, Any]:
    """Compare the engine's batch of some sentences with a float32 reference, one sentence at a time.

    For raw attention the reference is what transformers itself returns (``output_attentions=True``, its own eager
    attention); for the other methods the engine on the sentence alone, in float32.

    Returns
    -------
    dict
        ``max_abs_difference``, ``tolerance`` and ``sentence_ids``.

    Raises
    ------
    BadInput
        If they differ by more than the dtype explains.
    """
    batched, alone = taken(engine, sentences), Taken()
    with in_float32(engine.model):
        for sentence in sentences:
            alone |= _official(engine, sentence) if engine.method == "raw" else taken(engine, [sentence])
    worst = max(float(np.abs(batched[key] - alone[key]).max()) for key in alone)
    if not worst <= AGREEMENT[dtype]:
        what = f"attention differs by {worst:.2g} from a float32 pass of one sentence at a time"
        raise BadInput(what, engine.name, "choose --dtype float32, or another model")
    ids = [s.sentence_id for s in sentences]
    return {"max_abs_difference": worst, "tolerance": AGREEMENT[dtype], "sentence_ids": ids}


def taken(engine: Engine, sentences: Sequence[Sentence]) -> Taken:
    """Run sentences and give the results by layer and sentence."""
    found = Taken()

    def put(result: Result) -> None:
        if isinstance(result, LayerWords):
            found.update(_by_sentence(result.layer, result.cells, result.parcel.opened()))

    replace(engine).run(sentences, put)
    return found


def _by_sentence(layer: int, kept: Any, rows: np.ndarray) -> Taken:
    owner = np.concatenate([kept.pairs.sentence_id, kept.sentence_id, kept.sentence_id])
    return {(layer, s): rows[owner == s] for s in np.unique(owner).tolist()}


def _official(engine: Engine, sentence: Sentence) -> Taken:
    """Take one sentence's attention from transformers' own output."""
    model, witnessed = engine.model, engine.model.config._attn_implementation
    ids, mask = padded([sentence], model.device)
    model.set_attn_implementation("eager")
    try:
        with torch.inference_mode():
            attentions = model(input_ids=ids, attention_mask=mask, output_attentions=True).attentions
    finally:
        model.set_attn_implementation(witnessed)
    kept, found = cells([sentence], engine.is_causal), Taken()
    for layer in engine.layers:
        attention = attentions[layer]
        if engine.is_causal and attention.triu(1).any():
            raise BadInput("a word attends to later ones", f"{engine.name}, layer {layer}", "it is no causal model")
        merging = Merging([sentence], kept, engine.is_causal, attention.device)
        found |= _by_sentence(layer, kept, merging(attention).cpu().numpy())
    return found


@contextmanager
def in_float32(model: torch.nn.Module) -> Iterator[None]:
    """Compute in float32 within the block, with the same weights: each module's are widened while it runs.

    So no more than one module's weights are there twice, and a model that fills the device can be referred to.
    """
    with ExitStack() as stack:
        for module in model.modules():
            own = list(module.parameters(recurse=False))
            if any(p.is_floating_point() and p.dtype != torch.float32 for p in own):
                stack.enter_context(_widened(module, own))
        yield


@contextmanager
def _widened(module: torch.nn.Module, own: Sequence[torch.nn.Parameter]) -> Iterator[None]:
    narrow: list[torch.Tensor] = []

    def widen(*_: Any) -> None:
        narrow.extend(p.data for p in own)
        for p in own:
            p.data = p.data.float()

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
