"""Tests of reliance: two groups of readers, and two models quarter by quarter."""

import numpy as np
import pytest
from scipy.stats import ttest_ind, ttest_rel

from analytics.reliance_difference import reliance_difference
from analytics.reliance_test import reliance_test
from warehouse.plugin.registry import analyses

RNG = np.random.default_rng(0)
L1, L2 = RNG.normal(0.05, 0.02, 51), RNG.normal(0.09, 0.03, 55)


def heads(layers, n_heads, mean, layer_count):
    """Quarter, layer, head and R2 of each head, (n_heads, 4)."""
    places = [(4 * layer // layer_count, layer, head) for layer in layers for head in range(n_heads)]
    return np.column_stack([places, RNG.normal(mean, 0.02, len(places))])


def test_groups_are_compared_by_an_independent_test():
    found = {name: value for name, (value,) in reliance_test(L1, L2).items()}
    expected = ttest_ind(L2, L1)
    assert (found["t_statistic"], found["p_value"]) == pytest.approx((expected.statistic, expected.pvalue))
    assert found["r2_difference"] == pytest.approx(L2.mean() - L1.mean())
    assert (found["left_r2"], found["right_r2"]) == pytest.approx((L1.mean(), L2.mean()))
    assert (found["left_count"], found["right_count"], found["test_kind"]) == (51, 55, "independent")


def test_a_lone_reader_has_a_mean_and_no_test():
    found = {name: value for name, (value,) in reliance_test(L1[:1], L2).items()}
    assert found["left_r2"] == L1[0]
    assert found["p_value"] is None
    assert found["missing_because"] == "1 values on the left side are too few"


def test_a_tuned_model_is_compared_with_its_base_head_by_head():
    base, tuned = heads(range(8), 6, 0.1, 8), heads(range(8), 6, 0.11, 8)
    found = reliance_difference(base, tuned)
    assert found["quarter"] == [0, 1, 2, 3]
    assert found["test_kind"] == ["paired"] * 4
    of_last = base[:, 0] == 3
    expected = ttest_rel(tuned[of_last, 3], base[of_last, 3])
    assert (found["t_statistic"][3], found["p_value"][3]) == pytest.approx((expected.statistic, expected.pvalue))
    assert found["left_count"] == [12] * 4


def test_models_of_different_size_are_compared_over_all_heads_of_a_quarter():
    small, large = heads(range(4), 5, 0.1, 4), heads(range(8), 7, 0.15, 8)
    found = reliance_difference(small, large)
    assert found["test_kind"] == ["independent"] * 4
    assert (found["left_count"], found["right_count"]) == ([5] * 4, [14] * 4)
    expected = ttest_ind(large[large[:, 0] == 0, 3], small[small[:, 0] == 0, 3])
    assert found["t_statistic"][0] == pytest.approx(expected.statistic)


def test_the_quarters_are_one_family():
    found = reliance_difference(heads(range(8), 6, 0.1, 8), heads(range(8), 6, 0.12, 8))
    np.testing.assert_allclose(found["p_bonferroni"], np.minimum(4 * np.array(found["p_value"]), 1))


def test_a_quarter_that_one_model_lacks_is_left_out():
    found = reliance_difference(heads([1, 2], 6, 0.1, 8), heads([2, 3], 6, 0.1, 8))
    assert found["quarter"] == [1]
    assert found["p_bonferroni"] == pytest.approx(found["p_value"])


def test_other_layers_of_the_same_quarter_are_not_paired():
    found = reliance_difference(heads([0], 6, 0.1, 8), heads([1], 6, 0.1, 8))
    assert found["test_kind"] == ["independent"]


def test_models_without_a_quarter_in_common_give_no_row():
    found = reliance_difference(heads([0], 6, 0.1, 8), heads([7], 6, 0.1, 8))
    assert {len(values) for values in found.values()} == {0}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("reliance_test", lambda: reliance_test(L1, L2)),
        ("reliance_difference", lambda: reliance_difference(heads([0], 6, 0.1, 4), heads([0], 6, 0.1, 4))),
    ],
    ids=["reliance_test", "reliance_difference"],
)
def test_its_columns_are_those_of_its_table(name, found):
    declared = analyses()[name]
    assert {*found(), *declared.unit, "run_id", "unit_id"} == set(declared.writes[0].c.keys())
