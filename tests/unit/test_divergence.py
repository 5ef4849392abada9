"""Divergences of attention rows against loops over numbers, scipy, and mathematical identities."""

from math import inf, isinf, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from analytics._stats.divergence import divergence, rows_of

WORDS = (3, 1, 5, 4)
"""Lengths of the sentences."""


def cells():
    """Row and sentence of every cell of the lower triangles."""
    lengths = np.concatenate([np.arange(1, n + 1) for n in WORDS])
    sentence_of_row = np.repeat(np.arange(10, 10 + len(WORDS)), WORDS)
    return np.repeat(np.arange(len(lengths)), lengths), np.repeat(sentence_of_row, lengths)


def rows():
    return rows_of(*cells())


def weights(seed, n_heads=3):
    """Attention that does not sum to 1, as where special tokens take a share."""
    return np.random.default_rng(seed).random((len(cells()[0]), n_heads)) ** 3 + 1e-6


def mean_js(found, of):
    return of.means(found.js, found.is_left_out)


def renormalised(row):
    return [value / sum(row) for value in row]


def kl(p, q):
    return sum(0.0 if a == 0 else inf if b == 0 else a * log(a / b) for a, b in zip(p, q, strict=True))


def plain_js(p, q):
    p, q = renormalised(p), renormalised(q)
    middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    return (kl(p, middle) + kl(q, middle)) / 2


def plain_jeffreys(p, q):
    p, q = renormalised(p), renormalised(q)
    return (kl(p, q) + kl(q, p)) / 2


def by_loops(formula, left, right):
    word_row, _ = cells()
    return np.array([
        [formula(left[word_row == row, head].tolist(), right[word_row == row, head].tolist()) for head in range(3)]
        for row in np.unique(word_row)
    ])  # fmt: skip


def test_rows_and_sentences_are_found_from_their_cells():
    found = rows()
    assert found.first_cell.tolist()[:5] == [0, 1, 3, 6, 7]
    assert found.cell_count.tolist() == [1, 2, 3, 1, 1, 2, 3, 4, 5, 1, 2, 3, 4]
    assert found.first_row.tolist() == [0, 3, 4, 9]
    assert found.row_count.tolist() == list(WORDS)
    assert found.sentence.tolist() == [10, 11, 12, 13]


def test_both_divergences_are_those_of_loops_over_numbers():
    left, right = weights(0), weights(1)
    found = divergence(left, right, rows())
    np.testing.assert_allclose(found.js, by_loops(plain_js, left, right), atol=1e-15)
    np.testing.assert_allclose(found.jeffreys, by_loops(plain_jeffreys, left, right), rtol=1e-12, atol=1e-14)
    assert not found.is_infinite.any()


def test_jensen_shannon_is_the_square_of_scipy_s_distance():
    left, right = weights(0), weights(1)
    word_row, _ = cells()
    theirs = [jensenshannon(left[word_row == row], right[word_row == row]) ** 2 for row in range(1, 3)]
    np.testing.assert_allclose(divergence(left, right, rows()).js[1:3], theirs, atol=1e-14)


def test_two_rows_by_hand():
    one = np.array([[0.5], [0.5]])
    other = np.array([[0.25], [0.75]])
    found = divergence(one, other, rows_of(np.zeros(2, int), np.zeros(2, int)))
    assert found.js[0, 0] == pytest.approx(
        0.5 * (0.5 * log(4 / 3) + 0.5 * log(0.8) + 0.25 * log(2 / 3) + 0.75 * log(1.2))
    )
    assert found.jeffreys[0, 0] == pytest.approx(0.125 * log(3), abs=1e-15)


def test_rows_without_anything_in_common_differ_by_ln_2():
    left = np.array([[0.5], [0.5], [0.0], [0.0]])
    found = divergence(left, left[::-1], rows_of(np.zeros(4, int), np.zeros(4, int)))
    assert found.js[0, 0] == pytest.approx(log(2), abs=1e-16)
    assert found.is_infinite.all()


def test_infinite_rows_are_told_and_left_out_of_the_sum():
    left, right = weights(0), weights(1)
    left[4, 0] = 0.0
    found = divergence(left, right, rows())
    loops = by_loops(plain_jeffreys, left, right)
    assert np.argwhere(found.is_infinite).tolist() == [[2, 0]]
    assert isinf(loops[2, 0]) and found.jeffreys[2, 0] == 0
    finite = ~np.isinf(loops)
    np.testing.assert_allclose(found.jeffreys[finite], loops[finite], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(found.js, by_loops(plain_js, left, right), atol=1e-15)


def test_zeros_that_both_have_are_finite():
    left, right = weights(0), weights(1)
    left[4, 0] = right[4, 0] = 0.0
    found = divergence(left, right, rows())
    assert not found.is_infinite.any()
    np.testing.assert_allclose(found.jeffreys, by_loops(plain_jeffreys, left, right), rtol=1e-12, atol=1e-14)


def test_rows_without_weight_on_either_side_are_left_out_of_both():
    left, right = weights(0), weights(1)
    left[1:3, 0] = right[3:6, 2] = 0.0
    found = divergence(left, right, rows())
    assert np.argwhere(found.is_left_out).tolist() == [[1, 0], [2, 2]]
    for values in (found.js, found.jeffreys, found.is_infinite):
        assert values[1, 0] == values[2, 2] == 0
    kept = ~found.is_left_out
    whole = divergence(weights(0), weights(1), rows())
    np.testing.assert_array_equal(found.js[kept], whole.js[kept])
    np.testing.assert_array_equal(found.jeffreys[kept], whole.jeffreys[kept])
    means = mean_js(found, rows())
    np.testing.assert_allclose(means[0], [whole.js[[0, 2], 0].mean(), whole.js[:3, 1].mean(), whole.js[:2, 2].mean()])


def test_a_sentence_of_rows_without_weight_has_no_mean():
    left = weights(0)
    left[:6, 1] = 0.0
    found = divergence(left, weights(1), rows())
    means = mean_js(found, rows())
    assert np.argwhere(np.isnan(means)).tolist() == [[0, 1]]


@given(seed=st.integers(0, 10_000), power=st.floats(0.5, 30))
@settings(max_examples=40, deadline=None)
def test_symmetric_zero_with_itself_and_between_0_and_ln_2(seed, power):
    left, right = weights(seed) ** power, weights(seed + 1) ** power
    there, back = divergence(left, right, rows()), divergence(right, left, rows())
    np.testing.assert_array_equal(there.js, back.js)
    np.testing.assert_array_equal(there.jeffreys, back.jeffreys)
    assert (there.js >= 0).all() and (there.js <= log(2) + 1e-15).all()
    assert (divergence(left, left, rows()).js == 0).all()


def test_jensen_shannon_is_at_most_a_quarter_of_jeffreys():
    found = divergence(weights(0), weights(1), rows())
    assert (found.js <= found.jeffreys / 2 + 1e-16).all()  # Lin 1991: JS <= (KL(p, q) + KL(q, p)) / 4


def test_the_scale_of_rows_does_not_matter():
    left, right = weights(0), weights(1)
    np.testing.assert_allclose(
        divergence(left * 7, right / 3, rows()).js, divergence(left, right, rows()).js, atol=1e-15
    )


def test_sentences_add_up_each_is_what_it_is_alone():
    left, right = weights(0), weights(1)
    whole = mean_js(divergence(left, right, rows()), rows())
    word_row, sentence = cells()
    for place, name in enumerate(np.unique(sentence)):
        own = sentence == name
        alone = rows_of(word_row[own], sentence[own])
        mine = mean_js(divergence(left[own], right[own], alone), alone)
        np.testing.assert_allclose(mine[0], whole[place], atol=1e-16)


def test_nothing_is_changed_in_what_is_given():
    left, right = weights(0), weights(1)
    kept = left.copy()
    divergence(left, right, rows())
    np.testing.assert_array_equal(left, kept)
