"""What is planted beyond position is found, and nothing where nothing is planted, straight on arrays."""

from functools import cache
from itertools import product

import numpy as np
import pytest

from analytics.unique_variance import unique_variance
from ingest.simulated_readers.heads import attention
from ingest.simulated_readers.text import write_text
from ingest.simulated_readers.truth import CONTENT, GROUPS, POSITION, Group, Model
from tests.science.test_simulated_truth import SEED, saccades, stimulus
from warehouse.plugin.contents import Columns

OTHERS = range(100, 140)
"""Readers of the same groups whom no analysis has seen: what the governors explain of them is what is planted."""


@cache
def governors() -> dict[int, list[int]]:
    text, sentences = write_text(SEED), stimulus()
    return {int(i): list(text[label].governor) for i, label in zip(sentences.sentence_id, sentences.label, strict=True)}


@cache
def baseline() -> np.ndarray:
    """The predictors of baseline47 over the simulated text, (n_cells, 47)."""
    pairs, sentences = stimulus().causal_pairs, stimulus()
    row = np.searchsorted(sentences.sentence_id, pairs.sentence_id)
    to_end = sentences.word_count[row] - 1 - pairs.to_word
    places = (pairs.from_word - pairs.to_word, pairs.to_word, to_end)
    length = [[len(word) for word in words] for words in sentences.words]
    lengths = [[length[r][w] for r, w in zip(row, side, strict=True)] for side in (pairs.from_word, pairs.to_word)]
    return np.column_stack([*(place == level for place, level in product(places, range(1, 16))), *lengths]).astype(
        float
    )


def found(model: Model, readers: np.ndarray) -> Columns:
    pairs, sentences = stimulus().causal_pairs, stimulus()
    article = np.repeat(sentences.article, sentences.word_count * (sentences.word_count + 1) // 2)
    heads = attention(model, 0, pairs, governors(), SEED).astype(float)
    labels = np.array([str(number) for number in range(readers.shape[1])])
    (rows,) = unique_variance(heads, readers, baseline(), article, pairs.sentence_id, labels, [np.arange(47)])
    return rows


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.language_group)
def test_attention_of_positions_alone_explains_nothing_beyond_them(group: Group) -> None:
    rows = found(POSITION, saccades(group).astype(float))
    assert rows["heads_r2"][0] > 0.01
    assert rows["unique_r2"][0] > 0
    assert rows["unique_low"][0] < 0 < rows["unique_high"][0]
    assert rows["p_one_sided"][1] > 0.05  # held out


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.language_group)
def test_attention_of_governors_explains_what_they_do(group: Group) -> None:
    rows = found(CONTENT, saccades(group).astype(float))
    planted = found(CONTENT, saccades(group, OTHERS).astype(float))["corrected_unique_r2"][0]
    assert rows["unique_low"][0] < planted < rows["unique_high"][0]
    assert planted > 0.02
    assert rows["p_one_sided"][1] < 0.001


def test_rows_of_attention_sum_to_one() -> None:
    pairs = stimulus().causal_pairs
    rows = np.flatnonzero(pairs.to_word == 0)
    for model in (POSITION, CONTENT):
        sums = np.add.reduceat(attention(model, 0, pairs, governors(), SEED), rows, axis=0)
        np.testing.assert_allclose(sums, 1, atol=1e-6)
