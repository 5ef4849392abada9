"""The attention of two extractions side by side, at one layer or averaged over a quarter of the layers."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np

from warehouse.slices import attention
from warehouse.slices.cells import Sentences, asked, sentences
from warehouse.slices.reading import Reading, Work

KEPT_LAYERS, KEPT_MEANS = 64, 256
"""Layers and means over their heads that are kept: pairs share them, and are asked for layer by layer."""


def left(reading: Reading, work: Work, part: Sentences) -> np.ndarray:
    """Give the attention of the left side, (n_cells, n_heads) float64, or of a quarter (n_cells, 1); read only."""
    return _side(reading, work, part, "left")


def right(reading: Reading, work: Work, part: Sentences) -> np.ndarray:
    """Give the attention of the right side, as `left` does."""
    return _side(reading, work, part, "right")


def left_held(reading: Reading, work: Work) -> np.ndarray:
    """Give the sentences that the left side has, (n_sentences,) bool."""
    return attention.sentences_of_extraction(reading, work, work["left_extraction_id"])


def right_held(reading: Reading, work: Work) -> np.ndarray:
    """Give the sentences that the right side has, (n_sentences,) bool."""
    return attention.sentences_of_extraction(reading, work, work["right_extraction_id"])


def look_ahead(reading: Reading, works: Sequence[Work]) -> None:
    """Ask at once which sentences both sides of some units have."""
    attention.look_ahead(reading, works, "left_extraction_id", "right_extraction_id")


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the two sides are made of."""
    return {
        side: f"{work[f'{side}_digest']}/{work['depth_kind']} {work['depth']} of {work[f'{side}_layers']}"
        for side in ("left", "right")
    }


def word_row(_reading: Reading, _work: Work, part: Sentences) -> np.ndarray:
    """Give the row of every cell: the words that look, counted from 0 in each part, (n_cells,) int64."""
    first_row = np.cumsum(part.word_count) - part.word_count
    word = np.arange(part.word_count.sum()) - np.repeat(first_row, part.word_count)
    return np.repeat(np.arange(len(word)), word + 1)


def gaps(reading: Reading, work: Work) -> np.ndarray:
    """Say what a side lacks, (n_gaps,) str: layers of its model, and sentences that the other one has."""
    has = {"left": left_held(reading, work), "right": right_held(reading, work)}
    wanted = asked(reading, work)
    return np.array([
        f"{work[f'{side}_model']} ({work[f'{side}_condition']}) lacks {what}"
        for side, other in (("left", "right"), ("right", "left"))
        for what in (_missing_layers(work, side), _missing_sentences(reading, work, wanted & has[other] & ~has[side]))
        if what
    ])  # fmt: skip


def _side(reading: Reading, work: Work, part: Sentences, side: str) -> np.ndarray:
    extraction_id, depth = work[f"{side}_extraction_id"], work["depth"]
    if work["depth_kind"] == "quarter":
        return _quarter(reading, work, part, side)[:, None]
    _head_mean(reading, part, extraction_id, depth)  # while the layer is here: its quarter will ask for it
    return _layer(reading, part, extraction_id, depth)


def _layer(reading: Reading, part: Sentences, extraction_id: int, number: int) -> np.ndarray:
    return attention.layer_weights(reading, part, extraction_id, number, at_most=KEPT_LAYERS)


def _head_mean(reading: Reading, part: Sentences, extraction_id: int, number: int) -> np.ndarray:
    def average() -> np.ndarray:
        return np.asarray(_layer(reading, part, extraction_id, number).mean(axis=1))

    column = reading.column("head mean", (extraction_id, number), at_most=KEPT_MEANS)
    return column.get(part.ids, average, part.is_whole)


def _quarter(reading: Reading, work: Work, part: Sentences, side: str) -> np.ndarray:
    """Average a quarter's layers, of those that the side holds, (n_cells,)."""
    extraction_id, layer_count = work[f"{side}_extraction_id"], work[f"{side}_layer_count"]
    numbers = [number for number in work[f"{side}_layers"] if 4 * number // layer_count == work["depth"]]

    def average() -> np.ndarray:
        return np.asarray(sum(_head_mean(reading, part, extraction_id, number) for number in numbers) / len(numbers))

    column = reading.column("quarter", (extraction_id, work["depth"]), at_most=64)
    return column.get(part.ids, average, part.is_whole)


def _missing_layers(work: Work, side: str) -> str:
    missing = sorted(set(range(work[f"{side}_layer_count"])) - set(work[f"{side}_layers"]))
    return f"layers {', '.join(_runs(missing))} of {work[f'{side}_layer_count']}" if missing else ""


def _missing_sentences(reading: Reading, work: Work, missing: np.ndarray) -> str:
    labels = sentences(reading, work).label[missing].tolist()
    if not labels:
        return ""
    some = ", ".join([*labels[:3], "..."] if len(labels) > 3 else labels)
    return f"{len(labels)} sentence{'s' if len(labels) > 1 else ''} ({some})"


def _runs(numbers: Iterable[int]) -> list[str]:
    """Write ascending numbers as ranges: 0, 1, 2, 7 become ``0 to 2`` and ``7``."""
    found = []
    for _, grouped in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in grouped]
        found.append(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}")
    return found
