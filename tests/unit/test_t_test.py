"""Student's t against scipy, and the reason where there is no test."""

import numpy as np
import pytest
from scipy.stats import ttest_ind, ttest_rel

from analytics._stats.t_test import independent, paired


def sides(n=12, m=12, shift=0.5):
    rng = np.random.default_rng(0)
    return rng.normal(size=n), rng.normal(shift, size=m)


@pytest.mark.parametrize(
    ("ours", "theirs", "sizes"),
    [
        pytest.param(independent, ttest_ind, (9, 14), id="independent"),
        pytest.param(paired, ttest_rel, (12, 12), id="paired"),
    ],
)
def test_it_is_scipy_s(ours, theirs, sizes):
    left, right = sides(*sizes)
    found, expected = ours(left, right), theirs(right, left)
    assert found["t_statistic"] == pytest.approx(expected.statistic, rel=1e-12)
    assert found["p_value"] == pytest.approx(expected.pvalue, rel=1e-12)
    assert found["p_greater"] == pytest.approx(theirs(right, left, alternative="greater").pvalue, rel=1e-12)
    assert (found["degrees_of_freedom"], found["missing_because"]) == (expected.df, None)


@pytest.mark.parametrize("test", [independent, paired], ids=["independent", "paired"])
def test_sides_exchanged_turn_the_sign(test):
    left, right = sides()
    there, back = test(left, right), test(right, left)
    assert there["t_statistic"] == -back["t_statistic"]
    assert there["p_value"] == back["p_value"]
    assert there["p_greater"] == pytest.approx(1 - back["p_greater"])


@pytest.mark.parametrize(
    ("test", "left", "right", "reason"),
    [
        pytest.param(independent, [0.1], [0.1, 0.2], "1 values on the left side are too few", id="a lone reader"),
        pytest.param(independent, [0.1, 0.2], [], "0 values on the right side are too few", id="an empty side"),
        pytest.param(independent, [0.5, 0.5], [0.5, 0.5], "the values do not vary", id="constant"),
        pytest.param(paired, [0.1], [0.2], "1 pair of values is too few", id="one pair"),
        pytest.param(paired, [], [], "there are no pairs of values", id="no pair"),
        pytest.param(paired, [0.25, 0.5], [0.5, 0.75], "the values do not vary", id="all alike"),
        pytest.param(paired, [0.3] * 7, [0.3 + 0.1] * 7, "the values do not vary", id="alike but for rounding"),
        pytest.param(independent, [0.3] * 7, [0.1] * 3, "the values do not vary", id="constant but for rounding"),
    ],
)
def test_without_enough_values_there_is_no_test(test, left, right, reason):
    found = test(np.array(left), np.array(right))
    assert found["missing_because"] == reason
    assert {found[name] for name in ("t_statistic", "degrees_of_freedom", "p_value", "p_greater")} == {None}
