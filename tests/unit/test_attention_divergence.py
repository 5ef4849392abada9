"""What the analysis gives by sentence and by head, and what it refuses."""

import numpy as np
import pytest

from analytics._stats.divergence import divergence, rows_of
from analytics.attention_divergence import attention_divergence
from warehouse.errors import BadInput

WORD_ROW = np.repeat(np.arange(5), [1, 2, 3, 1, 2])
SENTENCE = np.repeat([7, 9], [6, 3])
NONE = np.array([])


def weights(seed, n_heads=4):
    return np.random.default_rng(seed).random((9, n_heads)) + 0.01


def compared(left, right, **given):
    found = attention_divergence(left, right, WORD_ROW, SENTENCE, NONE, **given)
    return found["attention_divergence"], found["head_divergence"]


def test_heads_are_compared_one_by_one_and_after_averaging():
    left, right = weights(0), weights(1)
    rows = rows_of(WORD_ROW, SENTENCE)
    js = divergence(left, right, rows).js
    averaged = divergence(left.mean(1)[:, None], right.mean(1)[:, None], rows)
    by_sentence, by_head = compared(left, right)
    assert by_sentence["sentence_id"].tolist() == [7, 9]
    np.testing.assert_allclose(by_sentence["js_nats"], [js[:3].mean(), js[3:].mean()], atol=1e-16)
    np.testing.assert_allclose(by_sentence["js_head_averaged_nats"], [averaged.js[:3].mean(), averaged.js[3:].mean()])
    np.testing.assert_allclose(by_sentence["jeffreys_head_averaged_nats"][0], averaged.jeffreys[:3].sum())
    assert by_head["head"].tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(by_head["js_nats"], (js[:3].mean(0) + js[3:].mean(0)) / 2, atol=1e-16)
    assert by_head["sentence_count"].tolist() == [2] * 4


def test_the_mean_over_heads_is_the_same_from_both_tables():
    by_sentence, by_head = compared(weights(0), weights(1))
    assert by_sentence["js_nats"].mean() == pytest.approx(by_head["js_nats"].mean(), abs=1e-16)


def test_averaging_heads_first_brings_models_closer():
    by_sentence, _ = compared(weights(0), weights(1))
    assert (by_sentence["js_head_averaged_nats"] < by_sentence["js_nats"]).all()  # JS is jointly convex


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(weights(0), weights(1, n_heads=2), id="other numbers of heads"),
        pytest.param(weights(0, 1), weights(1, 1), id="averaged already"),
    ],
)
def test_without_the_same_heads_only_the_average_is_compared(left, right):
    by_sentence, by_head = compared(left, right)
    assert np.isnan(by_sentence["js_nats"]).all() and np.isnan(by_sentence["jeffreys_nats"]).all()
    assert by_sentence["jeffreys_infinite_count"] == [None, None]
    assert not np.isnan(by_sentence["js_head_averaged_nats"]).any()
    assert len(by_head["head"]) == 0


def test_infinite_rows_are_counted_by_sentence():
    left = weights(0)
    left[1, 2] = left[7, 0] = left[7, 1] = 0.0
    by_sentence, _ = compared(left, weights(1))
    assert by_sentence["jeffreys_infinite_count"].tolist() == [1, 2]
    assert by_sentence["jeffreys_head_averaged_infinite_count"].tolist() == [0, 0]
    assert np.isfinite(by_sentence["jeffreys_nats"]).all()


def test_rows_without_weight_are_left_out_and_counted_by_sentence_and_by_head():
    left, right = weights(0), weights(1)
    left[1:3, 2] = 0.0  # the second word of the first sentence
    right[6] = 0.0  # the first word of the second sentence, in all heads
    js = divergence(weights(0), weights(1), rows_of(WORD_ROW, SENTENCE)).js
    by_sentence, by_head = compared(left, right)
    assert by_sentence["zero_row_count"].tolist() == [1, 4]
    assert by_sentence["head_averaged_zero_row_count"].tolist() == [0, 1]
    first = [js[:3, head].mean() if head != 2 else js[[0, 2], 2].mean() for head in range(4)]
    np.testing.assert_allclose(by_sentence["js_nats"], [np.mean(first), js[4].mean()], atol=1e-16)
    np.testing.assert_allclose(by_head["js_nats"], (np.array(first) + js[4]) / 2, atol=1e-16)
    assert by_head["zero_row_count"].tolist() == [1, 1, 2, 1]
    assert by_head["sentence_count"].tolist() == [2] * 4


def test_a_head_without_weight_in_a_sentence_is_averaged_over_the_others_and_without_any_it_is_left_out():
    left = weights(0)
    left[:6, 0] = left[:, 3] = 0.0
    by_sentence, by_head = compared(left, weights(1))
    js = divergence(weights(0), weights(1), rows_of(WORD_ROW, SENTENCE)).js
    np.testing.assert_allclose(by_sentence["js_nats"], [js[:3, 1:3].mean(), js[3:, :3].mean()], atol=1e-16)
    assert by_head["head"].tolist() == [0, 1, 2] and by_head["sentence_count"].tolist() == [1, 2, 2]
    assert not np.isnan(by_sentence["js_head_averaged_nats"]).any()


def test_a_model_that_lacks_something_is_compared_only_where_that_is_allowed():
    gaps = np.array(["toy (plain) lacks layers 0 to 19 of 60"])
    given = (weights(0), weights(1), WORD_ROW, SENTENCE, gaps)
    with pytest.raises(BadInput, match=r"toy \(plain\) lacks layers 0 to 19 of 60; .*--allow-partial"):
        attention_divergence(*given)
    allowed = attention_divergence(*given, allow_partial=True)["attention_divergence"]
    assert allowed["js_nats"].tolist() == compared(weights(0), weights(1))[0]["js_nats"].tolist()


def test_models_of_different_sentences_are_refused_even_then():
    empty = np.empty(0, dtype=int)
    with pytest.raises(BadInput, match="no sentence in common"):
        attention_divergence(np.empty((0, 4)), np.empty((0, 4)), empty, empty, NONE, allow_partial=True)
