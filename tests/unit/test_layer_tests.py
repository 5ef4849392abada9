"""Tests layer by layer: scipy's, the paper's correction, and the cases without a test."""

import numpy as np
import pytest
from scipy.stats import ttest_ind, ttest_rel

from analytics.group_test import group_test
from analytics.tuning_test import tuning_test
from warehouse.plugin.registry import analyses

CEILINGS = np.array([0.2, 0.25])
LAYERS = np.array([3, 4, 5, 7])


def base_and_tuned(seed=0, effect=(0.05, 0.0, -0.05, 0.0), n_readers=20):
    """R2 of a base and of a tuned model, (n_layers, n_readers)."""
    rng = np.random.default_rng(seed)
    base = rng.normal(0.1, 0.02, (len(LAYERS), n_readers))
    return base, base + np.array(effect)[:, None] + rng.normal(0, 0.02, base.shape)


def of(columns, name, alternative):
    chosen = [value for value, way in zip(columns[name], columns["alternative"], strict=True) if way == alternative]
    return np.array(chosen)


@pytest.mark.parametrize(("alternative", "scipys"), [("higher", "greater"), ("lower", "less")])
def test_tuned_against_base_is_scipy_s_paired_test(alternative, scipys):
    base, tuned = base_and_tuned()
    found, expected = tuning_test(LAYERS, base, tuned), ttest_rel(tuned, base, axis=1, alternative=scipys)
    np.testing.assert_allclose(of(found, "p_one_sided", alternative), expected.pvalue, rtol=1e-10)
    np.testing.assert_allclose(of(found, "t_statistic", alternative), expected.statistic, rtol=1e-10)
    np.testing.assert_array_equal(of(found, "layer", alternative), LAYERS)


def test_a_layer_counts_where_p_is_below_the_paper_s_level():
    found = tuning_test(LAYERS, *base_and_tuned())
    level = 0.05 / (4 * len(LAYERS))
    np.testing.assert_array_equal(np.array(found["p_bonferroni"]) < 0.05, np.array(found["p_one_sided"]) < level)
    assert LAYERS[of(found, "p_bonferroni", "higher") < 0.05].tolist() == [3]
    assert LAYERS[of(found, "p_bonferroni", "lower") < 0.05].tolist() == [5]


def test_tests_of_the_family_in_other_units_only_raise_p():
    base, tuned = base_and_tuned()
    few, many = tuning_test(LAYERS, base, tuned, tests_per_layer=2), tuning_test(LAYERS, base, tuned, tests_per_layer=8)
    assert (few["test_count"][0], many["test_count"][0]) == (8, 32)
    for name in ("p_bonferroni", "p_holm", "p_benjamini_hochberg"):
        assert (np.array(few[name]) <= np.array(many[name])).all()
        assert (np.array(many[name]) <= np.array(many["p_bonferroni"])).all()


def test_a_reader_without_r2_is_left_out_of_the_pairs():
    base, tuned = base_and_tuned()
    without = base[:, 1:], tuned[:, 1:]
    base[:, 0] = np.nan
    found = tuning_test(LAYERS, base, tuned)
    assert set(found["subject_count"]) == {19}
    np.testing.assert_array_equal(found["p_one_sided"], tuning_test(LAYERS, *without)["p_one_sided"])


def test_a_model_that_did_not_change_has_no_test():
    base, _ = base_and_tuned()
    found = tuning_test(LAYERS, base, base)
    assert set(found["missing_because"]) == {"the values do not vary"}
    assert np.isnan(found["p_bonferroni"]).all()


def test_a_single_reader_has_no_test():
    found = tuning_test(LAYERS, *base_and_tuned(n_readers=1))
    assert set(found["missing_because"]) == {"1 pair of values is too few"}


def test_models_without_common_layers_have_no_rows():
    found = tuning_test(LAYERS[:0], np.empty((0, 5)), np.empty((0, 5)))
    assert {len(values) for values in found.values()} == {0}


def test_second_against_first_language_is_scipy_s_independent_test():
    rng = np.random.default_rng(0)
    l1, l2 = rng.normal(0.1, 0.03, (4, 12)), rng.normal(0.13, 0.03, (4, 15))
    found, expected = group_test(LAYERS, l1, l2, CEILINGS), ttest_ind(l2, l1, axis=1, alternative="greater")
    np.testing.assert_allclose(found["p_one_sided"], expected.pvalue, rtol=1e-10)
    np.testing.assert_allclose(found["r2_difference"], l2.mean(1) - l1.mean(1), atol=1e-15)
    np.testing.assert_allclose(found["p_bonferroni"], np.minimum(4 * expected.pvalue, 1), rtol=1e-10)
    assert (found["left_count"][0], found["right_count"][0], found["test_count"][0]) == (12, 15, 4)
    over = ttest_ind(l2 / CEILINGS[1], l1 / CEILINGS[0], axis=1, alternative="greater")
    np.testing.assert_allclose(found["p_resemblance"], np.minimum(4 * over.pvalue, 1), rtol=1e-10)
    np.testing.assert_allclose(found["resemblance_difference"], l2.mean(1) / 0.25 - l1.mean(1) / 0.2, atol=1e-15)
    without = group_test(LAYERS, l1, l2, np.array([0.2, np.nan]))
    assert without["p_resemblance"] == without["resemblance_difference"] == [None] * 4


def test_a_group_of_one_has_no_test():
    found = group_test(LAYERS, np.full((4, 1), 0.1), np.random.default_rng(0).normal(size=(4, 9)), CEILINGS)
    assert set(found["missing_because"]) == {"1 values on the left side are too few"}


@pytest.mark.parametrize(("name", "more"), [("tuning_test", ()), ("group_test", (CEILINGS,))])
def test_their_columns_are_those_of_their_tables(name, more):
    declared = analyses()[name]
    found = declared.function(LAYERS, *base_and_tuned(), *more)
    assert set(found) | set(declared.unit) | {"run_id", "unit_id"} == set(declared.writes[0].c.keys())
