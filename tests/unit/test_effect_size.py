"""Effect sizes, their intervals, equivalence, and ratios of means, against other ways to compute them."""

import numpy as np
import pytest
from scipy import stats

from analytics._stats.effect_size import interval
from analytics._stats.ratios import values
from analytics._stats.t_test import independent, p_equivalent, paired

RNG = np.random.default_rng(0)
LEFT, RIGHT = RNG.normal(0, 1, 30), RNG.normal(0.4, 1, 30)


def test_the_effect_of_pairs_is_their_mean_over_their_standard_deviation():
    found, difference = paired(LEFT, RIGHT), RIGHT - LEFT
    assert found["effect_size"] == pytest.approx(difference.mean() / difference.std(ddof=1), abs=1e-12)
    assert found["effect_low"] < found["effect_size"] < found["effect_high"]


def test_the_effect_of_two_groups_is_cohens_d():
    found, right = independent(LEFT, RIGHT[:20]), RIGHT[:20]
    pooled = np.sqrt((LEFT.var(ddof=1) * 29 + right.var(ddof=1) * 19) / 48)
    assert found["effect_size"] == pytest.approx((right.mean() - LEFT.mean()) / pooled, abs=1e-12)


@pytest.mark.parametrize("t", [-3.0, 0.0, 0.5, 6.4625, 40.0])
def test_the_found_t_lies_at_the_ends_of_the_noncentral_distributions(t):
    low, high = interval(t, 50, 1 / 51)
    assert stats.nct.cdf(t, 50, low * np.sqrt(51)) == pytest.approx(0.975, abs=1e-6)
    assert stats.nct.cdf(t, 50, high * np.sqrt(51)) == pytest.approx(0.025, abs=1e-6)


def test_an_interval_of_effects_covers_the_true_one():
    rng, hits = np.random.default_rng(1), 0
    for _ in range(300):
        found = paired(np.zeros(20), rng.normal(0.5, 1, 20))
        hits += found["effect_low"] <= 0.5 <= found["effect_high"]
    assert 0.91 <= hits / 300 <= 0.98


@pytest.mark.parametrize("bound", [0.05, 0.3, 1.0])
def test_equivalence_is_the_larger_of_two_one_sided_tests(bound):
    difference = RIGHT - LEFT
    above = stats.ttest_1samp(difference, -bound, alternative="greater").pvalue
    expected = max(above, stats.ttest_1samp(difference, bound, alternative="less").pvalue)
    assert p_equivalent(RIGHT - LEFT, bound) == pytest.approx(expected, abs=1e-12)


def test_a_small_effect_of_many_is_equivalent_and_a_large_one_is_not():
    small, large = np.tile([-0.1, 0.1], 50), np.tile([1.9, 2.1], 50)
    assert p_equivalent(small, 0.1) < 1e-9
    assert p_equivalent(large, 0.1) > 0.999


def test_without_variation_there_is_no_effect_and_no_equivalence():
    assert paired(np.ones(3), np.ones(3))["effect_size"] is None
    assert p_equivalent(np.ones(3), 0.1) is None


def test_values_by_reader_average_to_the_ratio_and_vary_as_it_does():
    rng = np.random.default_rng(3)
    ceiling = rng.gamma(4, 0.05, 4000)
    r2 = 0.4 * ceiling + rng.normal(0, 0.02, 4000)
    found = values(r2, ceiling)
    assert found.mean() == pytest.approx(r2.mean() / ceiling.mean(), abs=1e-15)
    chosen = rng.integers(0, 4000, (3000, 200))
    ratios = r2[chosen].mean(axis=1) / ceiling[chosen].mean(axis=1)
    assert found.std() / np.sqrt(200) == pytest.approx(ratios.std(), rel=0.05)
