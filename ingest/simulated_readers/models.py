"""The attention of a simulated model to a text, layer by layer."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ingest.simulated_readers.heads import attention
from ingest.simulated_readers.truth import VERSION, Model
from warehouse.ledger.fingerprints import fingerprint
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Block, Extraction, Piece


def extraction_of(
    model: Model, condition: Mapping[str, str], stimulus: Stimulus, governors: Mapping[int, Sequence[int]], seed: int
) -> Extraction:
    """Make the attention of a model to a text whose words have governors."""

    def blocks(layer: int) -> Iterator[Block]:
        pairs = stimulus.causal_pairs
        yield Block(layer, pairs, attention(model, layer, pairs, governors, seed))

    layers = range(model.layer_count)
    return Extraction(
        corpus_id=stimulus.corpus_id,
        model={
            "model": model.name,
            "revision": None,
            "family": "simulated",
            "stage": "tuned" if model.base_model else "pretrained",
            "base_model": model.base_model,
            "parameter_count": model.parameter_count,
            "layer_count": model.layer_count,
            "head_count": model.head_count,
        },
        condition=condition,
        method="raw",
        alignment="word",
        dtype="float32",
        is_causal=True,
        layers=tuple(layers),
        digest=digest(seed, model.name),
        pieces=[Piece(f"layer {i}", digest(seed, model.name, i), partial(blocks, i)) for i in layers],
    )


def digest(*made_from: Any) -> str:
    """Give the digest of what decides the content; not of floats, whose last digits differ between machines."""
    return fingerprint({"version": VERSION, "made_from": made_from})
