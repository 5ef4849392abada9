"""Ceilings against a regression per reader, and in the cases where there is none."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from analytics.noise_ceiling import noise_ceiling
from warehouse.plugin.registry import analyses


def group(n_cells=900, n_readers=6, noise=1.0, seed=0):
    """Readers who share a signal."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_cells, 1)) + noise * rng.normal(size=(n_cells, n_readers))


def r2(x, y):
    return LinearRegression().fit(x[:, None], y).score(x[:, None], y)


def plain(readers, kind):
    own = [r2(readers.mean(1), y) for y in readers.T]
    others = [r2(np.delete(readers, i, axis=1).mean(1), y) for i, y in enumerate(readers.T)]
    return np.array(own if kind == "group_mean" else others)


@pytest.mark.parametrize("row", [pytest.param(0, id="group_mean"), pytest.param(1, id="leave_one_out")])
def test_a_ceiling_is_the_mean_over_readers_of_one_regression_each(row):
    found = noise_ceiling(group())
    each = plain(group(), found["ceiling_kind"][row])
    assert found["ceiling"][row] == pytest.approx(each.mean(), abs=1e-13)
    assert found["standard_error"][row] == pytest.approx(each.std(ddof=1) / np.sqrt(6), abs=1e-13)
    assert (found["subject_count"][row], found["cell_count"][row]) == (6, 900)
    assert found["missing_because"][row] is None


def test_the_paper_s_ceiling_comes_first():
    assert noise_ceiling(group())["ceiling_kind"] == ["group_mean", "leave_one_out", "split_half"]


def test_readers_who_agree_have_a_ceiling_of_one():
    y = group(n_readers=1) * [1, 2, 30] + [0, 5, 7]
    assert noise_ceiling(y)["ceiling"] == pytest.approx([1, 1, 1], abs=1e-12)


def test_strangers_reach_one_over_their_number_with_themselves_and_nothing_without():
    strangers = np.random.default_rng(0).normal(size=(20_000, 10))
    assert noise_ceiling(strangers)["ceiling"] == pytest.approx([1 / 10, 0, 0], abs=0.002)


def test_the_expected_ceilings_of_a_shared_signal_are_found():
    readers = group(n_cells=40_000, n_readers=4)
    # a reader's variance is 2, that of the mean 1 + 1/4, their covariance 1 + 1/4; without the reader 1 + 1/3 and 1,
    # and of the half without the reader 1 + 1/2 and 1
    assert noise_ceiling(readers)["ceiling"] == pytest.approx([1.25 / 2, 1 / (2 * (1 + 1 / 3)), 1 / 3], abs=0.01)


def test_the_half_that_a_reader_is_not_in_predicts_less_than_all_others():
    _, others, half = noise_ceiling(group(n_cells=4_000, n_readers=12))["ceiling"]
    assert 0.7 * others < half < others


def test_halves_are_drawn_alike_each_time():
    assert noise_ceiling(group()) == noise_ceiling(group())


def test_a_common_unit_does_not_matter():
    assert noise_ceiling(group() * 250)["ceiling"] == pytest.approx(noise_ceiling(group())["ceiling"], abs=1e-13)


@pytest.mark.parametrize("value", [0.0, 0.1])
def test_a_reader_without_variation_is_not_averaged(value):
    found = noise_ceiling(np.column_stack([group(), np.full(900, value)]))
    assert found["subject_count"] == [6, 6, 6]
    assert found["ceiling"] == pytest.approx(noise_ceiling(group())["ceiling"], abs=1e-13)


def test_a_lone_reader_has_no_ceiling():
    assert noise_ceiling(group(n_readers=1)) == {
        "ceiling_kind": ["group_mean", "leave_one_out", "split_half"],
        "ceiling": [None] * 3,
        "standard_error": [None] * 3,
        "subject_count": [1] * 3,
        "cell_count": [900] * 3,
        "sentence_count": [None] * 3,
        "missing_because": ["a lone reader has no group"] * 3,
    }


def test_readers_without_any_saccade_have_no_ceiling():
    found = noise_ceiling(np.zeros((50, 3)))
    assert found["ceiling"] == [None] * 3
    assert found["subject_count"] == [3, 3, 3]
    assert found["missing_because"] == ["no reader's saccades vary over the word pairs"] * 3


def test_one_reader_who_looks_back_among_some_who_never_do_has_no_leave_one_out_ceiling():
    found = noise_ceiling(np.column_stack([group(n_readers=1), np.zeros((900, 2))]))
    assert found["ceiling"] == [pytest.approx(1), None, None]
    assert found["standard_error"] == [None] * 3


def test_its_columns_are_those_of_its_table():
    declared = analyses()["noise_ceiling"]
    assert set(noise_ceiling(group())) | set(declared.unit) | {"run_id", "unit_id"} == set(declared.writes[0].c.keys())
