"""The paired t-tests against scipy's, family by family, and where there is nothing to test."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control, ttest_rel

from analytics.divergence_significance import divergence_significance

DEPTHS = np.array([2, 3, 5])


def values(seed=0, n_sentences=40):
    """Divergences of a pair and another: (2, 2 kinds, 3 depths, n_sentences)."""
    rng = np.random.default_rng(seed)
    return 0.01 + 0.002 * rng.random((2, 2, 3, n_sentences)) + np.array([0.0004, 0.0])[:, None, None, None]


def test_t_and_p_are_those_of_scipy():
    found, pair_and_other = divergence_significance(DEPTHS, values()), values()
    for kind in range(2):
        theirs = ttest_rel(*pair_and_other[:, kind], axis=1)
        own = slice(3 * kind, 3 * kind + 3)
        np.testing.assert_allclose(found["t_statistic"][own], theirs.statistic, rtol=1e-10)
        np.testing.assert_allclose(found["p_value"][own], theirs.pvalue, rtol=1e-9)
        difference = pair_and_other[0, kind] - pair_and_other[1, kind]
        np.testing.assert_allclose(found["mean_difference_nats"][own], difference.mean(1), atol=1e-17)
    assert found["depth"].tolist() == [2, 3, 5] * 2
    assert found["divergence_kind"].tolist() == ["js_nats"] * 3 + ["js_head_averaged_nats"] * 3
    assert found["sentence_count"].tolist() == [40] * 6


def test_the_depths_of_one_kind_are_one_family():
    found = divergence_significance(DEPTHS, values())
    p = found["p_value"][:3]
    np.testing.assert_allclose(found["p_bonferroni"][:3], np.minimum(3 * p, 1))
    np.testing.assert_allclose(found["p_benjamini_hochberg"][:3], false_discovery_control(p))
    assert (found["p_holm"] <= found["p_bonferroni"]).all() and (found["p_holm"] >= found["p_benjamini_hochberg"]).all()


def test_swapping_the_pairs_turns_the_sign_only():
    there, back = divergence_significance(DEPTHS, values()), divergence_significance(DEPTHS, values()[::-1])
    np.testing.assert_allclose(there["t_statistic"], -back["t_statistic"])
    np.testing.assert_allclose(there["p_value"], back["p_value"])


def test_a_kind_that_one_side_lacks_is_left_out():
    given = values()
    given[1, 0] = np.nan
    assert set(divergence_significance(DEPTHS, given)["divergence_kind"]) == {"js_head_averaged_nats"}


def test_a_pair_against_itself_has_no_test_and_says_so():
    given = np.stack([values()[0]] * 2)
    found = divergence_significance(DEPTHS, given)
    assert np.isnan(found["p_value"]).all() and np.isnan(found["p_holm"]).all()
    assert (found["mean_difference_nats"] == 0).all()
    assert set(found["missing_because"]) == {"all sentences differ by the same"}


def test_a_lone_sentence_has_no_test():
    found = divergence_significance(DEPTHS, values(n_sentences=1))
    assert set(found["missing_because"]) == {"a lone sentence cannot be tested"}


@pytest.mark.parametrize("shape", [(2, 2, 0, 0), (2, 2, 0, 5)], ids=["nothing stored", "no depth in common"])
def test_where_nothing_can_be_paired_there_are_no_rows(shape):
    found = divergence_significance(np.empty(0, dtype=int), np.empty(shape))
    assert {len(column) for column in found.values()} == {0}
