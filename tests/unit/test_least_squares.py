"""Least squares against scikit-learn, a plain twin on the cells, and identities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from analytics._stats.least_squares import Fit, fit
from warehouse.errors import BadInput


def study(n_cells=600, n_heads=7, n_readers=5, n_folds=4, seed=0):
    """Skewed heads that are related to each other, sparse counts that follow some of them, uneven articles."""
    rng = np.random.default_rng(seed)
    x = rng.random((n_cells, n_heads)) ** 4
    x[:, 1:] += 0.3 * x[:, :1]
    y = rng.poisson(0.1 + x @ rng.random((n_heads, n_readers))).astype(float)
    return x, y, np.sort(rng.choice(n_folds, n_cells, p=np.arange(1, n_folds + 1) / sum(range(n_folds + 1))))


def r2_of_scikit_learn(x, y):
    return np.array([LinearRegression().fit(x, one).score(x, one) for one in y.T])


def squared_errors(x, y, new_x, new_y):
    """SSE and SST of new cells, predicted from x and y by a decomposition of the cells."""
    slopes = np.linalg.lstsq(x - x.mean(0), y - y.mean(0))[0]
    total = new_y - y.mean(0)
    return ((total - (new_x - x.mean(0)) @ slopes) ** 2).sum(0), (total**2).sum(0)


def r2_in_sample(x, y):
    sse, sst = squared_errors(x, y, x, y)
    return 1 - sse / sst


def r2_held_out(x, y, folds):
    """Leave one fold out: pooled 1 - SSE/SST, SST about the training mean, minimum norm of the scaled coefficients."""
    length = np.linalg.norm(x - x.mean(0), axis=0)
    x = (x - x.mean(0)) / np.where(length > 0, length, 1)
    held = [folds == fold for fold in np.unique(folds)]
    sse, sst = np.sum([squared_errors(x[~one], y[~one], x[one], y[one]) for one in held], axis=0)
    return 1 - sse / sst


def assert_same(found: Fit, expected: Fit, tolerance=1e-12):
    for name in ("r2", "adjusted_r2", "cv_r2"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=0, atol=tolerance, err_msg=name)


@pytest.mark.parametrize(
    ("n_cells", "n_heads", "n_readers"),
    [
        pytest.param(600, 7, 5, id="seven heads"),
        pytest.param(300, 1, 1, id="one head, one reader"),
        pytest.param(3000, 52, 11, id="fifty-two heads"),
    ],
)
def test_every_score_equals_scikit_learn_s(n_cells, n_heads, n_readers):
    x, y, folds = study(n_cells, n_heads, n_readers)
    found = fit(x, y, folds)
    r2 = r2_of_scikit_learn(x, y)
    np.testing.assert_allclose(found.r2, r2, atol=1e-12)
    np.testing.assert_allclose(found.cv_r2, r2_held_out(x, y, folds), atol=1e-12)
    np.testing.assert_allclose(found.adjusted_r2, 1 - (1 - r2) * (n_cells - 1) / (n_cells - n_heads - 1), atol=1e-12)
    assert (found.rank, found.n_cells, found.n_predictors) == (n_heads, n_cells, n_heads)


def test_two_heads_worked_by_hand():
    x = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1], [0, 0], [1, 1]])
    y = np.array([[0.0], [1], [2], [3], [1], [3]])
    found = fit(x, y, np.array([0, 0, 0, 1, 1, 1]) * 0)
    # intercept 5/12, slopes 9/12 and 21/12; SSE 7/12, SST 22/3
    np.testing.assert_allclose(found.r2, 1 - (7 / 12) / (22 / 3), atol=1e-15)
    np.testing.assert_allclose(found.adjusted_r2, 1 - (7 / 12) / (22 / 3) * 5 / 3, atol=1e-15)


def test_a_reader_regressed_on_itself_gives_one():
    _, y, folds = study()
    found = fit(y, y, folds)
    for scores in (found.r2, found.adjusted_r2, found.cv_r2):
        np.testing.assert_allclose(scores, 1, atol=1e-12)


def test_adjusted_and_cross_validated_scores_stay_below_the_raw_one():
    found = fit(*study())
    assert (found.adjusted_r2 < found.r2).all()
    assert (found.cv_r2 < found.r2).all()


def test_random_heads_are_worth_nothing_once_adjusted_or_held_out():
    rng = np.random.default_rng(1)
    x, y, folds = rng.random((4000, 40)), rng.poisson(0.2, (4000, 60)).astype(float), np.arange(4000) // 800
    found = fit(x, y, folds)
    assert found.r2.mean() == pytest.approx(40 / 3999, rel=0.05)
    assert abs(found.adjusted_r2.mean()) < 0.001
    assert found.cv_r2.max() < 0.005


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    scales=st.lists(st.floats(1e-6, 1e6), min_size=4, max_size=4),
    shifts=st.lists(st.floats(-3, 3), min_size=4, max_size=4),
    order=st.permutations(range(4)),
)
def test_scale_shift_and_order_of_heads_do_not_matter(seed, scales, shifts, order):
    x, y, folds = study(200, 4, 3, seed=seed)
    changed = (x + shifts)[:, order] * scales
    assert_same(fit(changed, y, folds), fit(x, y, folds), 1e-10)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_order_of_cells_does_not_matter(seed):
    x, y, folds = study(200, 4, 3, seed=seed)
    order = np.random.default_rng(seed).permutation(200)
    assert_same(fit(x[order], y[order], folds[order]), fit(x, y, folds), 1e-12)


def test_units_of_the_readers_do_not_matter():
    x, y, folds = study()
    assert_same(fit(x, 250 * y + 3, folds), fit(x, y, folds))


def test_a_head_more_never_lowers_the_in_sample_score():
    x, y, folds = study()
    scores = np.array([fit(x[:, :k], y, folds).r2 for k in range(1, 8)])
    assert (np.diff(scores, axis=0) > -1e-14).all()


def test_a_duplicated_head_leaves_the_scores_and_lowers_the_rank():
    x, y, folds = study()
    found, expected = fit(np.column_stack([x, x[:, 2], x[:, 0] + x[:, 1]]), y, folds), fit(x, y, folds)
    assert_same(found, expected, 1e-11)
    assert (found.rank, found.n_predictors) == (7, 9)
    assert np.isfinite(found.condition_number)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6 + 0.1])
def test_a_constant_head_adds_nothing(value):
    x, y, folds = study()
    found = fit(np.column_stack([x, np.full(len(x), value)]), y, folds)
    assert_same(found, fit(x, y, folds), 1e-11)
    assert found.rank == 7


def test_heads_without_variation_explain_nothing():
    _, y, folds = study()
    found = fit(np.full((len(y), 3), 0.3), y, folds)
    assert found.rank == 0
    assert np.isnan(found.condition_number)
    np.testing.assert_array_equal(found.r2, 0)
    assert (found.cv_r2 <= 0).all()


@pytest.mark.parametrize("distance", [1e-3, 1e-5, 1e-6, 1e-7])
def test_nearly_collinear_heads_agree_with_a_decomposition_of_the_cells(distance):
    x, y, folds = study(2000)
    near = x.copy()
    near[:, 1] = x[:, 0] + distance * x[:, 1]
    y = y + 2 * x[:, [1]]
    found = fit(near, y, folds)
    np.testing.assert_allclose(found.r2, r2_in_sample(near, y), atol=1e-9)
    np.testing.assert_allclose(found.cv_r2, r2_held_out(near, y, folds), atol=1e-9)
    assert found.rank == 7
    assert found.condition_number > 1 / distance


def test_a_head_that_varies_in_one_article_only_is_held_out_with_the_minimum_norm():
    x, y, folds = study()
    x[:, 3] *= folds == 2
    found = fit(x, y, folds)
    assert found.rank == 7
    np.testing.assert_allclose(found.r2, r2_in_sample(x, y), atol=1e-12)
    np.testing.assert_allclose(found.cv_r2, r2_held_out(x, y, folds), atol=1e-12)


def test_a_head_that_hardly_varies_outside_one_article_agrees_with_a_decomposition_of_the_cells():
    x, y, folds = study()
    x[:, 3] *= np.where(folds == 2, 1, 1e-6)
    np.testing.assert_allclose(fit(x, y, folds).cv_r2, r2_held_out(x, y, folds), rtol=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.1, 7.0])
def test_a_constant_reader_has_no_score_and_disturbs_no_other(value):
    x, y, folds = study()
    found, expected = fit(x, np.column_stack([np.full(len(x), value), y]), folds), fit(x, y, folds)
    for name in ("r2", "adjusted_r2", "cv_r2"):
        scores = getattr(found, name)
        assert np.isnan(scores[0])
        np.testing.assert_allclose(scores[1:], getattr(expected, name), atol=1e-14)


def test_a_single_article_has_no_held_out_score():
    x, y, folds = study()
    found = fit(x, y, 0 * folds)
    np.testing.assert_allclose(found.r2, r2_in_sample(x, y), atol=1e-12)
    assert np.isnan(found.cv_r2).all()


def test_the_condition_number_is_that_of_the_scaled_design():
    x, y, folds = study()
    centred = x - x.mean(0)
    expected = np.linalg.cond(centred / np.linalg.norm(centred, axis=0))
    assert fit(x, y, folds).condition_number == pytest.approx(expected, rel=1e-12)
    assert fit(x * [1, 1, 1e-5, 1, 1, 1e5, 1], y, folds).condition_number == pytest.approx(expected, rel=1e-9)


def test_float32_attention_is_computed_in_float64():
    x, y, folds = study()
    single = x.astype(np.float32)
    assert_same(fit(single, y, folds), fit(single.astype(float), y, folds), 0)


def test_the_input_is_left_as_it_was():
    x, y, folds = study()
    before = x.copy(), y.copy(), folds.copy()
    fit(x, y, folds)
    for array, old in zip((x, y, folds), before, strict=True):
        np.testing.assert_array_equal(array, old)


def test_too_few_cells_are_refused():
    x, y, _ = study(8, 7)
    with pytest.raises(BadInput, match=r"8 cells in all are too few for 7 predictors and an intercept; take more"):
        fit(x, y, np.zeros(8, dtype=int))


def test_an_article_that_holds_nearly_all_cells_is_refused():
    x, y, _ = study(20, 7)
    with pytest.raises(BadInput, match="5 cells without its largest fold are too few for 7 predictors"):
        fit(x, y, np.repeat([0, 1], [15, 5]))


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("which", [0, 1], ids=["heads", "readers"])
def test_a_value_that_is_no_number_is_refused(which, value):
    parts = study()
    parts[which][17, 2] = value
    with pytest.raises(BadInput, match="column 2: holds a value that is not a finite number"):
        fit(*parts)
