"""The trivial patterns planted in the simulated study's heads and readers are found, straight on arrays."""

from functools import cache

import numpy as np
import pytest

from analytics.reader_reliance import reader_reliance
from analytics.trivial_reliance import trivial_reliance
from ingest.simulated_readers.heads import attention
from ingest.simulated_readers.text import write_text
from ingest.simulated_readers.truth import L1, L2, MODELS, Model
from tests.science.test_simulated_truth import SEED, saccades, stimulus

PLANTED = ("first word", "previous word", "self")  # in heads 0, 1, 2; none in head 3; and so on
LARGEST = max(MODELS, key=lambda model: model.parameter_count)


def patterns() -> np.ndarray:
    pairs = stimulus().causal_pairs
    first, previous = pairs.to_word == 0, pairs.to_word == pairs.from_word - 1
    return np.column_stack([first, previous, pairs.to_word == pairs.from_word]).astype(float)


@cache
def article() -> np.ndarray:
    sentences = stimulus()
    return np.repeat(sentences.article, sentences.word_count * (sentences.word_count + 1) // 2)


@cache
def layer(model: Model, number: int) -> np.ndarray:
    text, sentences = write_text(SEED), stimulus()
    governors = {int(i): text[label].governor for i, label in zip(sentences.sentence_id, sentences.label, strict=True)}
    return attention(model, number, sentences.causal_pairs, governors, SEED)


@pytest.mark.parametrize("pattern", range(3), ids=PLANTED)
def test_heads_that_follow_a_pattern_are_told_from_those_that_do_not(pattern: int) -> None:
    heads = layer(LARGEST, LARGEST.best_layer)
    r2 = trivial_reliance(patterns()[:, [pattern]], heads, article())["head_reliance"]["r2"]
    follows = np.arange(LARGEST.head_count) % 4 == pattern
    assert r2[follows].min() > r2[~follows].max()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_layer_with_the_least_noise_follows_patterns_the_most(model: Model) -> None:
    found = [
        trivial_reliance(patterns(), layer(model, number), article())["layer_reliance"]["r2"]
        for number in range(model.layer_count)
    ]
    assert np.argmax(found) == model.best_layer


def test_readers_of_a_second_language_follow_patterns_more() -> None:
    l1, l2 = (reader_reliance(patterns(), saccades(group).astype(float), article())["r2"] for group in (L1, L2))
    assert l2.mean() > 1.3 * l1.mean()
