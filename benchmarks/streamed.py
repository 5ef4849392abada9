"""Corpora of any size that nobody holds: made article by article, reader by reader, piece by piece, while written.

The size is told in copies of the published corpus (5 articles, 148 sentences, 8,953 causal cells): each copy has the
same lengths in another order and other words, so that cells grow exactly in proportion.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.made import ARTICLES, CORPUS, articles, causal_attention, looks
from warehouse.ledger.fingerprints import fingerprint
from warehouse.load.stored import Stored
from warehouse.load.texts import text_rows
from warehouse.plugin.contents import Block, Extraction, Piece, Rows, Unit
from warehouse.plugin.registry import Source
from warehouse.schema.tables import human

AT_ONCE = 2
"""Copies that a reader's rows and a piece of attention are made of at a time."""


def text(copies: int) -> Source:
    """Yield the text, a unit for each copy."""

    def streamed_text() -> Iterator[Unit]:
        for copy in range(copies):
            yield Unit(f"copy {copy}", fingerprint({"copy": copy}), partial(_sentences, copy), of=copies)

    return Source("streamed_text", streamed_text, CORPUS["licence"], CORPUS["citation"])


def _sentences(copy: int) -> Rows:
    yield from text_rows(CORPUS, articles(copy), first=copy * len(ARTICLES))


def _ranges(copies: int) -> list[tuple[int, int]]:
    """Cut the articles into ranges, first and last of each."""
    size, whole = AT_ONCE * len(ARTICLES), copies * len(ARTICLES)
    return [(first, min(first + size, whole) - 1) for first in range(0, whole, size)]


def people(copies: int, group: str, readers: int) -> Source:
    """Yield readers of a group, each of whom reads all of the text."""

    def streamed_people(*, stored: Stored) -> Iterator[Unit]:
        for number in range(readers):
            rows = partial(_reader, stored, copies, group, number)
            yield Unit(f"{group}/{number}", fingerprint({"number": number, "copies": copies}), rows, of=readers)

    return Source("streamed_people", streamed_people, CORPUS["licence"], CORPUS["citation"])


def _reader(stored: Stored, copies: int, group: str, number: int) -> Rows:
    rng = np.random.default_rng([int(group[1:]), number])
    corpus_id = stored.stimulus(CORPUS["corpus"], (0, 0)).corpus_id
    who = {"corpus_id": [corpus_id], "language_group": [group], "subject_label": [f"made-{number:02}"]}
    (subject_id,) = (yield human.subject, {**who, "demographics": [{}]}) or []
    read = 0
    for part in _ranges(copies):
        stimulus = stored.stimulus(CORPUS["corpus"], part)
        yield human.reading, {
            "subject_id": np.full(len(stimulus), subject_id), "sentence_id": stimulus.sentence_id,
            "presentation_order": read + np.arange(len(stimulus)),
            "reading_time_ms": rng.integers(2000, 6000, len(stimulus)),
        }  # fmt: skip
        yield human.fixation, looks(rng, subject_id, stimulus)
        read += len(stimulus)
    yield human.saccade, {"subject_id": [subject_id]}


def model(copies: int, name: str, layers: int, heads: int, base: str | None = None, kept: str = "cells") -> Source:
    """Yield the attention of a model, each piece all layers of some articles."""

    def streamed_model(*, stored: Stored) -> Iterator[Extraction]:
        digest = fingerprint({"model": name, "copies": copies, "layers": layers, "heads": heads})
        facts = {
            "model": name, "family": "made", "stage": "tuned" if base else "pretrained", "base_model": base,
            "parameter_count": 1_000_000, "layer_count": layers, "head_count": heads,
        }  # fmt: skip
        yield Extraction(
            corpus_id=stored.stimulus(CORPUS["corpus"], (0, 0)).corpus_id, model=facts,
            condition=stored.conditions()["plain"], method="raw", alignment="word", dtype="float32", is_causal=True,
            layers=tuple(range(layers)), digest=digest,
            pieces=[_piece(stored, part, (layers, heads, len(name)), digest) for part in _ranges(copies)],
            kept=kept, summed_by=None if kept == "cells" else "article",
        )  # fmt: skip

    return Source("streamed_model", streamed_model, CORPUS["licence"], CORPUS["citation"])


def _piece(stored: Stored, part: tuple[int, int], shape: tuple[int, int, int], digest: str) -> Piece:
    return Piece(f"articles from {part[0]}", f"{digest}/{part}", partial(_blocks, stored, part, shape))


def _blocks(stored: Stored, part: tuple[int, int], shape: tuple[int, int, int]) -> Iterator[Block]:
    layers, heads, seed = shape
    pairs = stored.stimulus(CORPUS["corpus"], part).causal_pairs
    for layer in range(layers):
        yield Block(layer, pairs, causal_attention(pairs, heads, (seed, part[0], layer)))
