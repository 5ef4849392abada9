"""The attention of a simulated layer: softmax over what is planted, what is trivial and noise."""

from collections.abc import Mapping, Sequence

import numpy as np

from ingest.simulated_readers.truth import GAIN, MODELS, PLANTED, Model
from warehouse.plugin.contents import Float32, Pairs

TRIVIAL_GAIN = 1.5
"""Logit of the first word, the previous word or the word itself in the heads that follow such a pattern."""


def attention(model: Model, layer: int, pairs: Pairs, governors: Mapping[int, Sequence[int]], seed: int) -> Float32:
    """Give the weights (n_pairs, n_heads) of a layer; each row of each head sums to 1.

    Parameters
    ----------
    model : Model
        The simulated model.
    layer : int
        Counted from 0.
    pairs : Pairs
        Causal pairs, row by row.
    governors : mapping of int to sequence of int
        `sentence_id` to the governor of each of its words.
    seed : int
        The same seed gives the same weights.
    """
    rng = np.random.default_rng([seed, 2, (*MODELS, *PLANTED).index(model), layer])
    if model.content is not None:
        return _by_lot(rng, model.content, model.head_count, pairs, _is_governor(pairs, governors))
    logits = rng.normal(0.0, model.noise_of(layer), size=(len(pairs), model.head_count))
    logits += GAIN * _is_governor(pairs, governors)[:, None]
    for head, pattern in zip(range(model.head_count), _patterns(pairs) * model.head_count, strict=False):
        logits[:, head] += TRIVIAL_GAIN * pattern
    return _softmax(logits, np.flatnonzero(pairs.to_word == 0))


def _by_lot(
    rng: np.random.Generator, content: float, head_count: int, pairs: Pairs, is_governor: np.ndarray
) -> Float32:
    """Give a share to the governor, and divide the rest between the first word and the word itself by lot.

    A first word has no governor: its row is divided as if it had.
    """
    rows = np.cumsum(pairs.to_word == 0) - 1
    lot = rng.uniform(0.2, 0.8, size=(rows[-1] + 1, head_count))[rows]
    share = np.where(np.isin(rows, rows[is_governor]), content, 0.0)[:, None]
    first, itself = ((pairs.to_word == place)[:, None] for place in (0, pairs.from_word))
    rest = lot * first + (1 - lot) * itself
    return np.asarray(share * is_governor[:, None] + (1 - share) * rest, dtype=np.float32)


def _is_governor(pairs: Pairs, governors: Mapping[int, Sequence[int]]) -> np.ndarray:
    looked_from = zip(pairs.sentence_id.tolist(), pairs.from_word.tolist(), strict=True)
    return np.asarray([governors[sentence_id][word] for sentence_id, word in looked_from] == pairs.to_word)


def _patterns(pairs: Pairs) -> list[np.ndarray]:
    """Give what heads follow in turn besides the governor: first word, previous word, itself, nothing."""
    first, previous = pairs.to_word == 0, pairs.to_word == pairs.from_word - 1
    return [first, previous, pairs.to_word == pairs.from_word, np.zeros_like(first)]


def _softmax(logits: np.ndarray, rows: np.ndarray) -> Float32:
    """Normalise each row of each head; `rows` are the first pairs of the rows."""
    weights = np.exp(logits)
    sizes = np.diff([*rows, len(weights)])
    weights /= np.repeat(np.add.reduceat(weights, rows, axis=0), sizes, axis=0)
    return np.asarray(weights, dtype=np.float32)
