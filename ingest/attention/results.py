"""From an engine's results to what is written: checked, split, and named."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ingest.attention.engine import LayerWords, Predictions, Result
from ingest.attention.loss import sentence_loss, word_surprisal
from ingest.attention.sentences import Sentence
from warehouse.declarations import Table
from warehouse.errors import BadInput
from warehouse.plugin.contents import Block, Columns, RowSums
from warehouse.schema.tables import model as tables

ROW_SUM_TOLERANCE = {"float32": 1e-5, "float16": 2e-3, "bfloat16": 1e-2}
"""How far a row, with what went to the sink and outside, may be from 1: some roundings of the dtype."""


@dataclass
class Checked:
    """What was found while checking: the largest distance of a row's sum from 1, how many rows were looked at, in how
    many of them all went to special tokens and the prefix, and the least that went to the words of a sentence."""

    name: str
    dtype: str
    row_sum_error: float = 0.0
    row_count: int = 0
    zero_row_count: int = 0
    least_row_sum: float = math.inf

    def layer(self, result: LayerWords) -> "LayerArrays":
        """Open and check one layer of a batch.

        Raises
        ------
        BadInput
            If a weight is not finite or negative, or a row does not sum to 1: then the model's attention is not
            what it is taken for (for a causal model: some went to later words).
        """
        arrays = LayerArrays.of(result)
        if not np.isfinite(result.values.wait()).all():
            remedy = "choose --dtype bfloat16 or float32" if self.dtype == "float16" else "check the weights"
            raise BadInput("attention is not finite", self._place(arrays, ~np.isfinite(arrays.row_sums())), remedy)
        to_words = arrays.word_sums()
        sums, tolerance = to_words + arrays.sink + arrays.outside, ROW_SUM_TOLERANCE[self.dtype]
        error = np.abs(sums - 1)
        bad = (error > tolerance) | (arrays.weights.min() < 0) | (arrays.sink < -tolerance)
        if bad.any():
            worst = sums.flat[int(error.argmax())]
            what = f"a row of attention sums to {worst:.6f}, with all that leaves the sentence"
            remedy = "the weights of this architecture are not shares of attention: choose another model"
            raise BadInput(what, self._place(arrays, bad), remedy)
        self.row_sum_error = max(self.row_sum_error, float(error.max()))
        self.row_count += error.size
        self.zero_row_count += error.size - int(np.count_nonzero(to_words))
        self.least_row_sum = min(float(to_words.min()), self.least_row_sum)
        return arrays

    def row_sums(self) -> RowSums:
        """Give what was found, for the attestation."""
        least = self.least_row_sum if self.row_count else None
        return RowSums(self.row_count, self.row_sum_error, self.zero_row_count, least)

    def _place(self, arrays: "LayerArrays", bad: np.ndarray) -> str:
        first = int(np.flatnonzero(bad.any(axis=1))[0])
        cells = arrays.result.cells
        where = f"sentence {cells.sentence_id[first]}, word {cells.from_word[first]}"
        return f"{self.name}, layer {arrays.result.layer}, {where}"


@dataclass(frozen=True)
class LayerArrays:
    """One layer of a batch: `weights` (n_pairs, n_maps); `sink` and `outside` (n_words, n_maps); all float32."""

    result: LayerWords
    weights: np.ndarray
    sink: np.ndarray
    outside: np.ndarray

    @classmethod
    def of(cls, result: LayerWords) -> "LayerArrays":
        """Open a layer's values and split it."""
        pairs, words = len(result.cells.pairs), len(result.cells.from_word)
        parts = np.split(result.values.wait(), [pairs, pairs + words])
        return cls(result, *parts)

    def word_sums(self) -> np.ndarray:
        """What each word gives to words, (n_words, n_maps)."""
        pairs = self.result.cells.pairs
        begins = np.flatnonzero(np.diff(pairs.from_word, prepend=-1) | np.diff(pairs.sentence_id, prepend=-1))
        return np.asarray(np.add.reduceat(self.weights, begins, axis=0, dtype=np.float64))

    def row_sums(self) -> np.ndarray:
        """All that each word gives: to words, sink and outside, (n_words, n_maps)."""
        return np.asarray(self.word_sums() + self.sink + self.outside)


def rows_of(result: Result, checked: Checked, begins: np.ndarray | None) -> Iterator[Block | tuple[Table, Columns]]:
    """Turn one result into what the loader writes; `begins` marks tokens that begin a word, see `loss.begins_word`."""
    if isinstance(result, Predictions):
        yield from predictions(result, begins)
        return
    arrays, cells = checked.layer(result), result.cells
    yield Block(result.layer, cells.pairs, arrays.weights)
    yield (
        tables.attention_sink,
        {
            "layer": np.full(len(cells.from_word), result.layer),
            "sentence_id": cells.sentence_id,
            "from_word": cells.from_word,
            "sink_mass": arrays.sink,
            "outside_mass": arrays.outside,
        },
    )


def predictions(result: Predictions, begins: np.ndarray | None) -> Iterator[tuple[Table, Columns]]:
    """Give the rows of loss and surprisal of a batch."""
    bounds = np.cumsum([len(s) for s in result.sentences])[:-1]
    found = zip(result.sentences, np.split(result.values.wait(), bounds, axis=1), strict=True)
    losses: dict[str, list[float]] = {}
    words: dict[str, list[float]] = {}
    for sentence, (tokens, ends) in found:
        loss = sentence_loss(sentence, tokens)
        if loss["predicted_token_count"]:
            _add(losses, {name: [value] for name, value in loss.items()}, sentence)
        _add(words, dict(word_surprisal(sentence, tokens, ends, begins)), sentence)
    for table, columns in ((tables.sentence_loss, losses), (tables.word_surprisal, words)):
        if columns and columns["sentence_id"]:
            yield table, columns


def _add(columns: dict[str, list[float]], rows: dict[str, list[float]], sentence: Sentence) -> None:
    count = len(next(iter(rows.values())))
    columns.setdefault("sentence_id", []).extend([sentence.sentence_id] * count)
    for name, values in rows.items():
        columns.setdefault(name, []).extend(values)
