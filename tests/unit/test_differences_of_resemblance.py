"""Groups of readers and tuned models are compared over their own ceilings: values, intervals, tests, equivalence."""

import numpy as np
import pytest
from scipy import stats

from analytics._stats.ratios import values
from analytics.group_difference import group_difference
from analytics.tuning_effect import tuning_effect
from warehouse.plugin.registry import analyses
from warehouse.slices.effects import READER_SCORE, TUNED_SCORE

FEW = {"resamples": 2000}


def readers(seed, count=40, r2=0.1, ceiling=0.3, ids=None):
    rng = np.random.default_rng(seed)
    table = np.zeros(count, dtype=READER_SCORE)
    table["subject_id"] = np.arange(count) if ids is None else ids
    level = rng.gamma(9, 1 / 9, count)
    for name in ("ceiling", "leave_one_out_ceiling", "cv_ceiling"):
        table[name] = ceiling * level + rng.normal(0, 0.01, count)
    for name in ("r2", "cv_r2", "nested_cv_r2", "nested_unique_r2"):
        table[name] = r2 * level + rng.normal(0, 0.01, count)
    return table


def rows(found, *key):
    return {
        tuple(row[name] for name in key): row
        for row in (dict(zip(found, each, strict=True)) for each in zip(*found.values(), strict=True))
    }


def test_a_group_difference_is_that_of_the_ratios_with_the_test_of_their_values():
    left, right = readers(1), readers(2, 45, r2=0.2, ceiling=0.4)
    found = rows(group_difference(left, right, **FEW), "score_kind")["nested_resemblance",]
    ratios = [side["nested_cv_r2"].mean() / side["cv_ceiling"].mean() for side in (left, right)]
    assert (found["left_value"], found["right_value"]) == pytest.approx(ratios)
    assert found["difference"] == pytest.approx(ratios[1] - ratios[0])
    expected = stats.ttest_ind(
        values(right["nested_cv_r2"], right["cv_ceiling"]), values(left["nested_cv_r2"], left["cv_ceiling"])
    )
    assert (found["t_statistic"], found["p_value"]) == pytest.approx((expected.statistic, expected.pvalue))
    half = abs(found["difference"] / found["t_statistic"]) * 1.99
    assert found["interval_low"] == pytest.approx(found["difference"] - half, abs=0.15 * half)
    assert found["interval_high"] == pytest.approx(found["difference"] + half, abs=0.15 * half)


def test_a_higher_r2_over_a_higher_ceiling_is_no_difference():
    found = rows(group_difference(readers(3), readers(4, r2=0.2, ceiling=0.6), **FEW), "score_kind")
    for row in found.values():
        assert abs(row["difference"]) < 0.02
        assert row["interval_low"] < 0 < row["interval_high"]


def test_every_score_has_its_own_ceiling():
    left, right = readers(1), readers(2)
    right["leave_one_out_ceiling"] *= 2
    changed = rows(group_difference(left, right, **FEW), "score_kind")
    assert changed["cv_resemblance",]["right_value"] < 0.6 * changed["resemblance",]["right_value"]


def test_readers_without_a_score_are_not_compared_and_too_few_are_told():
    left, right = readers(1), readers(2, 2)
    right["nested_cv_r2"][0] = np.nan
    row = rows(group_difference(left, right, **FEW), "score_kind")["nested_resemblance",]
    assert (row["right_count"], row["difference"]) == (1, None)
    assert row["missing_because"] == "a group has fewer than two readers with a score and a ceiling"


def pairs(*effects, aligned=True, seed=5):
    """Tuned models beside their bases, by the same readers: the tuned one scores so much more."""
    tables = []
    for number, effect in enumerate(effects):
        base = readers(seed)
        table = np.zeros(len(base), dtype=TUNED_SCORE)
        table["model"], table["is_word_aligned"], table["base"], table["tuned"] = f"m{number}", aligned, base, base
        rng = np.random.default_rng(100 + number)
        for name in ("r2", "cv_r2", "nested_cv_r2", "nested_unique_r2"):
            table["tuned"][name] += effect * 0.3 + rng.normal(0, 0.002, len(base))
        tables.append(table)
    return np.concatenate(tables)


def test_an_effect_of_tuning_is_paired_by_reader():
    scores = pairs(-0.05)
    found = rows(tuning_effect(scores, **FEW), "score_kind", "tuned_model")
    row = found["nested_resemblance", "m0"]
    difference = scores["tuned"]["nested_cv_r2"] - scores["base"]["nested_cv_r2"]
    worth = values(difference, scores["base"]["cv_ceiling"])
    assert row["difference"] == pytest.approx(worth.mean())
    assert row["p_value"] == pytest.approx(stats.ttest_1samp(worth, 0).pvalue)
    assert row["effect_size"] == pytest.approx(worth.mean() / worth.std(ddof=1))
    assert row["interval_low"] < row["difference"] < row["interval_high"] < 0
    assert row["p_equivalence"] > 0.99


def test_the_mean_over_tuned_models_is_taken_reader_by_reader():
    scores = pairs(-0.04, 0.06)
    row = rows(tuning_effect(scores, **FEW), "score_kind", "tuned_model")["resemblance", "all"]
    difference = scores["tuned"]["r2"] - scores["base"]["r2"]
    worth = values((difference[:40] + difference[40:]) / 2, scores["base"]["ceiling"][:40])
    assert (row["model_count"], row["subject_count"]) == (2, 40)
    assert row["t_statistic"] == pytest.approx(stats.ttest_1samp(worth, 0).statistic)


def test_a_little_effect_is_shown_to_be_little_within_the_bound_that_is_set():
    scores = pairs(0.004)
    by_bound = {
        points: rows(tuning_effect(scores, equivalence_points=points, **FEW), "score_kind", "tuned_model")
        for points in (1.0, 0.1)
    }
    assert by_bound[1.0]["nested_resemblance", "m0"]["p_equivalence"] < 0.01
    assert by_bound[0.1]["nested_resemblance", "m0"]["p_equivalence"] > 0.5
    assert by_bound[0.1]["nested_resemblance", "m0"]["equivalence_bound"] == pytest.approx(0.001)


def test_models_that_are_not_aligned_to_words_are_in_one_mean_and_not_in_the_other():
    scores = np.concatenate([pairs(-0.05), pairs(0.05, aligned=False)])
    scores["model"][40:] = "tokens"
    found = rows(tuning_effect(scores, **FEW), "score_kind", "tuned_model")
    assert found["resemblance", "all"]["model_count"] == 2
    assert found["resemblance", "word-aligned"]["difference"] == found["resemblance", "m0"]["difference"]


def test_readers_whom_one_model_lacks_count_for_none_of_the_mean():
    scores = pairs(-0.05, 0.05)
    scores["tuned"]["r2"][3] = np.nan
    found = rows(tuning_effect(scores, **FEW), "score_kind", "tuned_model")
    assert found["resemblance", "all"]["subject_count"] == 39
    assert found["resemblance", "m1"]["subject_count"] == 40


def test_without_tuned_models_there_are_no_rows():
    found = tuning_effect(np.zeros(0, dtype=TUNED_SCORE), **FEW)
    assert all(values == [] for values in found.values())


@pytest.mark.parametrize("name", ["group_difference", "tuning_effect"])
def test_their_columns_are_those_of_their_tables(name):
    found = group_difference(readers(1), readers(2), **FEW) if name == "group_difference" else tuning_effect(pairs(0.1))
    declared = analyses()[name]
    assert set(found) | set(declared.unit) | {"run_id", "unit_id"} == set(declared.writes[0].c.keys())
    empty = tuning_effect(np.zeros(0, dtype=TUNED_SCORE))
    assert name == "group_difference" or set(empty) == set(found)
