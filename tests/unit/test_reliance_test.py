"""Tests of reliance: two groups of readers, and two models quarter by quarter."""

import numpy as np
import pytest
from scipy.stats import ttest_ind, ttest_rel

from analytics.reliance_difference import reliance_difference
from analytics.reliance_test import reliance_test
from warehouse.plugin.registry import analyses

RNG = np.random.default_rng(0)
L1, L2 = RNG.normal(0.05, 0.02, (51, 2)), RNG.normal(0.09, 0.03, (55, 2))
"""R2 of each reader, in-sample and held out."""


def heads(layers, n_heads, mean, layer_count):
    """Quarter, layer, head, R2 and held-out R2 of each head, (n_heads, 5)."""
    places = [(4 * layer // layer_count, layer, head) for layer in layers for head in range(n_heads)]
    return np.column_stack([places, RNG.normal(mean, 0.02, (len(places), 2))])


def layer_means(table, quarter, column=3):
    """Mean over the heads of each layer of a quarter."""
    rows = table[table[:, 0] == quarter]
    return np.array([rows[rows[:, 1] == layer, column].mean() for layer in np.unique(rows[:, 1])])


def test_groups_are_compared_by_an_independent_test():
    found = {name: value for name, (value,) in reliance_test(L1, L2).items()}
    expected = ttest_ind(L2[:, 0], L1[:, 0])
    assert (found["t_statistic"], found["p_value"]) == pytest.approx((expected.statistic, expected.pvalue))
    assert found["r2_difference"] == pytest.approx(L2[:, 0].mean() - L1[:, 0].mean())
    assert (found["left_r2"], found["right_r2"]) == pytest.approx((L1[:, 0].mean(), L2[:, 0].mean()))
    assert (found["left_count"], found["right_count"], found["test_kind"]) == (51, 55, "independent")


def test_groups_are_compared_by_what_is_held_out_too():
    found = {name: value for name, (value,) in reliance_test(L1, L2).items()}
    expected = ttest_ind(L2[:, 1], L1[:, 1], alternative="greater")
    assert found["cv_p_greater"] == pytest.approx(expected.pvalue)
    assert found["cv_r2_difference"] == pytest.approx(L2[:, 1].mean() - L1[:, 1].mean())
    ends = expected.confidence_interval(0.975).low  # one-sided: the lower end of 95 % on both sides
    assert found["cv_interval_low"] == pytest.approx(ends)
    middle = (found["cv_interval_low"] + found["cv_interval_high"]) / 2
    assert middle == pytest.approx(found["cv_r2_difference"])


def test_without_held_out_values_there_is_no_corrected_difference():
    alone = np.column_stack([L1[:, 0], np.full(51, np.nan)])
    found = {name: value for name, (value,) in reliance_test(alone, L2).items()}
    assert (found["cv_r2_difference"], found["cv_p_greater"]) == (None, None)
    assert found["p_value"] < 1e-6


def test_a_lone_reader_has_a_mean_and_no_test():
    found = {name: value for name, (value,) in reliance_test(L1[:1], L2).items()}
    assert found["left_r2"] == L1[0, 0]
    assert found["p_value"] is None
    assert found["missing_because"] == "1 values on the left side are too few"


def test_a_tuned_model_is_compared_with_its_base_layer_by_layer():
    base, tuned = heads(range(8), 6, 0.1, 8), heads(range(8), 6, 0.11, 8)
    found = reliance_difference(base, tuned)
    assert found["quarter"] == [0, 1, 2, 3]
    assert found["test_kind"] == ["paired"] * 4
    expected = ttest_rel(layer_means(tuned, 3), layer_means(base, 3))
    assert (found["t_statistic"][3], found["p_value"][3]) == pytest.approx((expected.statistic, expected.pvalue))
    assert found["left_count"] == [2] * 4
    assert found["degrees_of_freedom"] == [1] * 4
    held_out = layer_means(tuned, 3, 4).mean() - layer_means(base, 3, 4).mean()
    assert found["cv_r2_difference"][3] == pytest.approx(held_out)


def test_models_of_different_size_are_compared_over_the_layers_of_a_quarter():
    small, large = heads(range(8), 5, 0.1, 8), heads(range(16), 7, 0.15, 16)
    found = reliance_difference(small, large)
    assert found["test_kind"] == ["independent"] * 4
    assert (found["left_count"], found["right_count"]) == ([2] * 4, [4] * 4)
    expected = ttest_ind(layer_means(large, 0), layer_means(small, 0))
    assert found["t_statistic"][0] == pytest.approx(expected.statistic)


def test_many_heads_of_a_layer_make_no_difference_surer():
    rng = np.random.default_rng(4)
    level = rng.normal(0, 0.02, (2, 16))
    few, many = (
        [np.repeat(heads(range(16), 1, 0.1, 16), n, axis=0) for _ in range(2)] for n in (1, 50)
    )  # fmt: skip
    for sides, n in ((few, 1), (many, 50)):
        for side, of_layer in zip(sides, level, strict=True):
            side[:, 3] = np.repeat(of_layer, n)
    np.testing.assert_allclose(reliance_difference(*few)["p_value"], reliance_difference(*many)["p_value"])


def test_the_quarters_are_one_family():
    found = reliance_difference(heads(range(8), 6, 0.1, 8), heads(range(8), 6, 0.12, 8))
    np.testing.assert_allclose(found["p_bonferroni"], np.minimum(4 * np.array(found["p_value"]), 1))


def test_a_quarter_that_one_model_lacks_is_left_out():
    found = reliance_difference(heads([3, 4, 5], 6, 0.1, 16), heads([4, 5, 8], 6, 0.1, 16))
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
