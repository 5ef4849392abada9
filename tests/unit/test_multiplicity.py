"""Corrected p-values against scipy, against a worked example, and in the cases without a test."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from analytics._stats.multiplicity import corrected

FAMILY = [0.01, 0.04, 0.03, 0.005]


def test_a_worked_example():
    found = corrected(FAMILY)
    np.testing.assert_allclose(found["p_bonferroni"], [0.04, 0.16, 0.12, 0.02])
    np.testing.assert_allclose(found["p_holm"], [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(found["p_benjamini_hochberg"], [0.02, 0.04, 0.04, 0.02])


def test_false_discoveries_are_controlled_as_scipy_does():
    p = np.random.default_rng(0).uniform(size=50)
    np.testing.assert_allclose(corrected(p)["p_benjamini_hochberg"], false_discovery_control(p), atol=1e-15)


def test_each_way_is_milder_than_the_one_before():
    found = corrected(np.random.default_rng(1).beta(0.3, 1, size=40))
    assert (found["p_bonferroni"] >= found["p_holm"]).all()
    assert (found["p_holm"] >= found["p_benjamini_hochberg"]).all()
    assert max(values.max() for values in found.values()) <= 1


def test_an_entry_without_a_test_stays_missing_and_does_not_count():
    with_gap = corrected([*FAMILY, np.nan])
    for name, values in corrected(FAMILY).items():
        np.testing.assert_array_equal(with_gap[name], [*values, np.nan])


@pytest.mark.parametrize("family", [[], [np.nan]], ids=["empty", "no test"])
def test_a_family_without_tests_has_no_p_values(family):
    assert all(np.isnan(values).all() for values in corrected(family).values())


def test_a_single_test_needs_no_correction():
    assert {float(values[0]) for values in corrected([0.02]).values()} == {0.02}
