"""A small study that the project makes itself, with a truth that is planted and told (`truth.py`)."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from ingest.simulated_readers.heads import attention
from ingest.simulated_readers.readers import reader_label, reader_rows
from ingest.simulated_readers.text import SimulatedSentence, write_text
from ingest.simulated_readers.truth import ARTICLES, CORPUS, GROUPS, MODELS, VERSION, Model
from warehouse.ledger.fingerprints import fingerprint
from warehouse.load.stored import Stimulus, Stored
from warehouse.load.texts import text_rows
from warehouse.plugin.contents import Block, Extraction, Piece, Rows, Unit
from warehouse.plugin.limits import require
from warehouse.plugin.registry import source

LICENCE, CITATION = "CC0-1.0", "Made by this project: no reader read it"


@source(licence=LICENCE, citation=CITATION)
def simulated_readers(
    *,
    stored: Stored,
    seed: Annotated[int, "Seed of the study: the same seed makes the same study."] = 20231206,
    readers: Annotated[int, "Readers of each of the two groups; one of them is excluded."] = 12,
) -> Iterator[Unit | Extraction]:
    """Make two groups of readers and four attention models with a planted, documented truth.

    Raises
    ------
    BadInput
        Fewer than 3 readers, which make no ceiling, or a negative seed.
    """
    require("readers", readers, 3, 10_000)
    require("seed", seed, 0, 2**63 - 1)
    text = write_text(seed)
    of = 1 + len(GROUPS) * readers + len(MODELS)
    yield Unit("stimulus", _digest(seed, "stimulus"), partial(_text_rows, text), of=of)
    stimulus = stored.stimulus(CORPUS)
    for group in GROUPS:
        for number in range(readers):
            key = f"{group.language_group}/{reader_label(number)}"
            yield Unit(key, _digest(seed, key), partial(reader_rows, group, number, text, stimulus, seed), of=of)
    plain = stored.conditions()["plain"]
    governors = {int(i): text[name].governor for i, name in zip(stimulus.sentence_id, stimulus.label, strict=True)}
    for model in MODELS:
        yield _extraction(model, plain, stimulus, governors, seed)


def _text_rows(text: Mapping[str, SimulatedSentence]) -> Rows:
    corpus: dict[str, str | bool] = {
        "corpus": CORPUS,
        "language": "en",
        "licence": LICENCE,
        "citation": CITATION,
        "is_simulated": True,
    }
    sentences = [(label, sentence.text) for label, sentence in text.items()]
    size = len(sentences) // ARTICLES
    yield from text_rows(corpus, [dict(sentences[i : i + size]) for i in range(0, len(sentences), size)])


def _extraction(
    model: Model, condition: Mapping[str, str], stimulus: Stimulus, governors: Mapping[int, Sequence[int]], seed: int
) -> Extraction:
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
        digest=_digest(seed, model.name),
        pieces=[Piece(f"layer {i}", _digest(seed, model.name, i), partial(blocks, i)) for i in layers],
    )


def _digest(*made_from: Any) -> str:
    """Give the digest of what decides the content; not of floats, whose last digits differ between machines."""
    return fingerprint({"version": VERSION, "made_from": made_from})
