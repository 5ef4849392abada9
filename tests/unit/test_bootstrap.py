"""Bootstrap draws, held-out errors and matched heads: sums by sentence against fits on cells."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression

from analytics._stats.bootstrap import (
    Interval,
    draw_counts,
    in_sample_r2,
    percentiles,
    reader_ceilings,
    resampled,
    resampled_r2,
)
from analytics._stats.by_sentence import BySentence
from analytics._stats.design import Design
from analytics._stats.folds import FOLDS, Folds, GroupParts
from analytics._stats.held_out import each_in_parts, each_in_turn, every_fold, without_each
from analytics._stats.least_squares import fit
from analytics._stats.matched import component_r2, random_subsets, subset_r2
from analytics._stats.moments import Moments

SIZES = np.array([28, 36, 21, 45, 28, 55, 36, 21, 28, 45])


def cells(seed=0, n_heads=5, n_readers=4):
    """Heads, readers who follow one of them, and the sentence of each cell."""
    rng = np.random.default_rng(seed)
    sentence = np.repeat(np.arange(len(SIZES)), SIZES)
    heads = rng.dirichlet(np.full(n_heads + 1, 0.3), len(sentence))[:, :n_heads]
    return heads, heads[:, :n_readers] + rng.normal(0, 0.3, (len(sentence), n_readers)), sentence


def by_sentence(x, y, sentence):
    edges = [0, *(np.flatnonzero(np.diff(sentence)) + 1), len(sentence)]
    return Moments.by_fold(x, y, [slice(*edge) for edge in pairwise(edges)])


def basis_moments(heads, readers, sentence):
    return by_sentence(Design.of(heads).basis(heads), readers - readers.mean(0), sentence)


def folds(moments):
    return Folds([(np.arange(len(moments.yy)), moments)])


def of_all_cells(heads, readers):
    """A design and the sums of its basis and the readers over all cells."""
    design = Design.of(heads)
    return design, Moments.of(design.basis(heads), readers - readers.mean(0))


def sklearn_r2(x, y):
    return np.array([LinearRegression().fit(x, column).score(x, column) for column in y.T])


def drawn_cells(counts, sentence):
    """The rows of the cells of drawn sentences, repeated as often as drawn."""
    return np.concatenate([np.flatnonzero(sentence == s) for s, n in enumerate(counts) for _ in range(int(n))])


def test_a_draw_of_sentences_equals_the_fit_on_their_cells():
    heads, readers, sentence = cells()
    counts = draw_counts(np.random.default_rng(1), len(SIZES), 20)
    found = resampled_r2(basis_moments(heads, readers, sentence), counts)
    for draw, r2 in zip(counts, found, strict=True):
        rows = drawn_cells(draw, sentence)
        np.testing.assert_allclose(r2, sklearn_r2(heads[rows], readers[rows]), atol=1e-10)


def test_a_draw_that_loses_a_head_is_fitted_on_the_others():
    heads, readers, sentence = cells()
    heads[sentence != 3, 0] = 0  # looks at nothing but sentence 3
    counts = np.ones((1, len(SIZES)))
    counts[0, 3] = 0
    rows = drawn_cells(counts[0], sentence)
    np.testing.assert_allclose(
        resampled_r2(basis_moments(heads, readers, sentence), counts)[0],
        sklearn_r2(heads[rows][:, 1:], readers[rows]),
        atol=1e-9,
    )


def test_all_sentences_once_are_the_fit_itself():
    heads, readers, sentence = cells()
    found = in_sample_r2(basis_moments(heads, readers, sentence).weighted(np.ones((1, len(SIZES)))))
    np.testing.assert_allclose(found[0], fit(heads, readers, sentence).r2, atol=1e-12)


def test_heads_without_variation_explain_nothing():
    _, readers, sentence = cells()
    moments = basis_moments(np.ones((len(sentence), 3)), readers, sentence)
    np.testing.assert_array_equal(resampled_r2(moments, np.ones((2, len(SIZES)))), 0)


def test_draws_are_as_many_as_the_clusters():
    counts = draw_counts(np.random.default_rng(0), 7, 100)
    assert (counts.sum(axis=1) == 7).all()
    assert counts.mean() == 1


def test_an_interval_is_the_percentiles_reflected_about_the_estimate():
    found = Interval.of(40.0, np.arange(101.0))
    assert (found.low, found.high) == (pytest.approx(-17.5), pytest.approx(77.5))
    assert (found.bias, found.bias_corrected) == (10.0, 30.0)


def test_an_interval_contains_the_corrected_estimate_and_need_not_contain_the_estimate():
    found = Interval.of(0.1, np.random.default_rng(0).gamma(2, size=1000))
    assert found.low < found.bias_corrected < found.high < found.estimate


def test_percentiles_are_those_of_the_draws():
    assert percentiles(np.arange(101.0)) == pytest.approx((2.5, 97.5))


@pytest.mark.parametrize(("n_clusters", "n_groups"), [(6, 1), (12, 2)])
def test_percentiles_of_few_readers_are_further_out_so_that_they_cover(n_clusters, n_groups):
    """At the 2.5 % and the 97.5 % they hold the truth in 85 % of samples of six."""
    rng, hits = np.random.default_rng(0), 0
    for _ in range(1000):
        groups = rng.normal(size=(n_groups, n_clusters // n_groups))
        draws = sum(group[rng.integers(0, len(group), (300, len(group)))].mean(axis=1) for group in groups)
        low, high = percentiles(draws, n_clusters, n_groups)
        hits += low <= 0 <= high
    assert 0.9 <= hits / 1000 <= 0.98


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    rng, hits = np.random.default_rng(0), 0
    for _ in range(300):
        sample = rng.normal(size=40)
        means = draw_counts(rng, 40, 400) @ sample / 40
        found = Interval.of(sample.mean(), means)
        hits += found.low <= 0 <= found.high
    assert 0.90 <= hits / 300 <= 0.98


MIXING = np.random.default_rng(9).normal(size=(10, 10))
"""How the predictors of a made population depend on each other."""
SIGNAL, NOISE = np.array([0.5, 0.3, *np.zeros(8)]), 4.0
EXPLAINED = float(np.sum((MIXING.T @ SIGNAL) ** 2))
TRUTH = EXPLAINED / (EXPLAINED + NOISE**2)
"""R2 of the ten predictors in the population, without end of sentences."""


def sentences_of_a_population(rng, n_sentences):
    """Sums by sentence of the predictors and of three readers who follow two of them."""
    sizes = rng.integers(3, 12, n_sentences)
    x = rng.normal(size=(sizes.sum(), 10)) @ MIXING.T
    y = (x @ SIGNAL)[:, None] + rng.normal(0, NOISE, (len(x), 3))
    return Moments.between(x, y, (0, *np.cumsum(sizes).tolist()))


def test_reflected_intervals_of_drawn_sentences_cover_the_truth_and_those_moved_back_do_not():
    rng, hits, moved = np.random.default_rng(0), 0, 0
    for _ in range(200):
        moments = sentences_of_a_population(rng, 40)
        estimate = float(in_sample_r2(moments.weighted(np.ones((1, 40)))).mean())
        draws = resampled_r2(moments, draw_counts(rng, 40, 100)).mean(axis=1)
        found = Interval.of(estimate, draws)
        hits += found.low <= TRUTH <= found.high
        low, high = percentiles(draws - found.bias)
        moved += low <= TRUTH <= high
    assert 0.90 <= hits / 200 <= 0.99
    assert moved / 200 < 0.85


def test_a_reader_s_ceiling_is_the_regression_on_the_group_s_mean():
    _, readers, _ = cells()
    y = readers - readers.mean(0)
    expected = [sklearn_r2(readers.mean(1)[:, None], reader[:, None])[0] for reader in readers.T]
    np.testing.assert_allclose(reader_ceilings((y.T @ y)[None])[0], expected, atol=1e-12)


def test_a_constant_reader_has_the_ceiling_0():
    gram = np.array([[[2.0, 0, 1], [0, 0, 0], [1, 0, 2]]])
    np.testing.assert_allclose(reader_ceilings(gram), [[0.75, 0, 0.75]])


def test_held_out_sentences_are_those_of_the_cross_validated_fit():
    heads, readers, sentence = cells()
    found = each_in_turn(basis_moments(heads, readers, sentence)).r2()
    np.testing.assert_allclose(found, fit(heads, readers, sentence).cv_r2, atol=1e-10)


def test_a_score_without_a_fold_never_sees_it():
    heads, readers, sentence = cells()
    found = without_each(folds(basis_moments(heads, readers, sentence)))
    for fold in (0, 4, 9):
        rest = sentence != fold
        expected = fit(heads[rest], readers[rest], sentence[rest]).cv_r2
        np.testing.assert_allclose(found[fold], expected, atol=1e-10)


def test_many_folds_are_held_out_in_groups_of_neighbours(monkeypatch):
    heads, readers, sentence = cells()
    monkeypatch.setattr("analytics._stats.held_out.MOST_INNER", 4)
    found = without_each(folds(basis_moments(heads, readers, sentence)))
    group = np.array([0, 0, 0, 1, 1, 2, 2, 2, 3, 3])[sentence]
    for fold in (0, 4, 9):
        rest = sentence != fold
        expected = fit(heads[rest], readers[rest], group[rest]).cv_r2
        np.testing.assert_allclose(found[fold], expected, atol=1e-10)


def test_a_group_that_is_nothing_but_the_fold_set_aside_is_not_held_out(monkeypatch):
    heads, readers, sentence = cells()
    monkeypatch.setattr("analytics._stats.held_out.MOST_INNER", 9)
    found = without_each(folds(basis_moments(heads, readers, sentence)))
    rest = sentence != 5
    group = (np.arange(10) * 9 // 10)[sentence]
    np.testing.assert_allclose(found[5], fit(heads[rest], readers[rest], group[rest]).cv_r2, atol=1e-10)


def test_many_folds_are_given_once_and_whole_wherever_their_cells_stand():
    rng = np.random.default_rng(3)
    fold = rng.permutation(np.repeat(np.arange(2 * FOLDS + 7), 3))
    x, y = rng.random((len(fold), 3)), rng.random((len(fold), 2))
    parts = [(x[rows], y[rows], fold[rows]) for rows in (slice(0, 700), slice(700, 701), slice(701, None))]
    runs = np.concatenate([labels for labels, _ in BySentence(parts).labelled()])
    found, seen = Folds(GroupParts(BySentence(parts), runs)), []
    for names, some in found:
        assert len(names) <= FOLDS
        seen += names.tolist()
        for row, name in enumerate(names.tolist()):
            of_fold = Moments.of(x[fold == name], y[fold == name])
            np.testing.assert_allclose(some.zy[row], of_fold.zy, atol=1e-12)
            assert some.count[row, 0] == 3
    assert sorted(seen) == found.names.tolist() == list(range(2 * FOLDS + 7))
    np.testing.assert_allclose(found.total.zz[1:, 1:], x.T @ x, rtol=1e-12)


def test_many_folds_are_held_out_as_few_are(monkeypatch):
    heads, readers, sentence = cells()
    few = fit(heads, readers, sentence), without_each(folds(basis_moments(heads, readers, sentence)))
    monkeypatch.setattr("analytics._stats.folds.FOLDS", 3)
    np.testing.assert_allclose(fit(heads, readers, sentence).cv_r2, few[0].cv_r2, atol=1e-13)
    many = Folds(GroupParts([basis_moments(heads, readers, sentence)], np.arange(len(SIZES))))
    np.testing.assert_allclose(without_each(many), few[1], atol=1e-13)
    np.testing.assert_allclose(every_fold(many).r2(), few[0].cv_r2, atol=1e-10)


def test_sentences_in_parts_are_drawn_and_held_out_as_the_whole():
    moments = basis_moments(*cells())
    counts = draw_counts(np.random.default_rng(2), len(SIZES), 300)
    parts = [moments.part(slice(0, 3)), moments.part(slice(3, 4)), moments.part(slice(4, 10))]
    np.testing.assert_allclose(resampled(parts, counts, in_sample_r2), resampled_r2(moments, counts), atol=1e-13)
    np.testing.assert_allclose(each_in_parts(parts, moments.total()), each_in_turn(moments).r2(), atol=1e-13)


def test_counts_are_those_that_one_call_of_the_generator_draws():
    one_call = np.random.default_rng(7).multinomial(148, np.full(148, 1 / 148), size=50)
    np.testing.assert_array_equal(draw_counts(np.random.default_rng(7), 148, 50), one_call)


def test_two_folds_leave_no_score_without_one():
    heads, readers, sentence = cells()
    assert np.isnan(without_each(folds(basis_moments(heads, readers, sentence // 5)))).all()


def test_training_cells_that_lack_a_head_spoil_no_other_fold():
    heads, readers, sentence = cells()
    heads[sentence != 3, 0] = 0
    found = each_in_turn(basis_moments(heads, readers, sentence))
    assert np.isfinite(found.sse).all()
    for fold in (0, 9):
        rest = sentence != fold
        error = readers[~rest] - LinearRegression().fit(heads[rest], readers[rest]).predict(heads[~rest])
        np.testing.assert_allclose(found.sse[fold], (error**2).sum(axis=0), atol=1e-9)


def test_a_subset_of_heads_equals_the_fit_on_them():
    heads, readers, _ = cells()
    subsets = random_subsets(np.random.default_rng(0), 5, 3, 8)
    found = subset_r2(*of_all_cells(heads, readers), subsets)
    for subset, r2 in zip(subsets, found, strict=True):
        np.testing.assert_allclose(r2, sklearn_r2(heads[:, subset], readers), atol=1e-12)


def test_a_head_that_stands_twice_adds_nothing():
    heads, readers, _ = cells()
    design, total = of_all_cells(np.column_stack([heads, heads[:, 0]]), readers)
    np.testing.assert_allclose(*subset_r2(design, total, np.array([[0, 1], [5, 1]])), atol=1e-9)
    np.testing.assert_allclose(
        subset_r2(design, total, np.array([[0, 5]]))[0], sklearn_r2(heads[:, :1], readers), atol=1e-9
    )


@pytest.mark.parametrize("k", [4, 5, 9])
def test_no_more_heads_are_drawn_than_there_are_and_none_twice(k):
    subsets = random_subsets(np.random.default_rng(0), 5, k, 50)
    assert subsets.shape == (50, min(k, 5))
    assert all(len(set(subset)) == len(subset) for subset in subsets.tolist())


@pytest.mark.parametrize("k", [1, 3, 5])
def test_principal_components_are_those_of_scikit_learn(k):
    heads, readers, _ = cells()
    expected = sklearn_r2(PCA(k).fit_transform(heads), readers)
    np.testing.assert_allclose(component_r2(*of_all_cells(heads, readers), k), expected, atol=1e-12)


def test_sums_may_be_weighted():
    heads, readers, sentence = cells()
    moments = by_sentence(heads, readers, sentence)
    for part, whole in zip(
        vars(moments.weighted(np.ones((1, len(SIZES))))).values(), vars(moments.total()).values(), strict=True
    ):
        np.testing.assert_allclose(part[0], whole)
