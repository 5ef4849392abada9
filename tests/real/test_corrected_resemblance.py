"""Corrections of resemblance on real data: exact against fits on cells, and what they make of the paper's numbers."""

import csv
from functools import cache

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from analytics._stats.bootstrap import draw_counts, resampled_r2
from analytics._stats.design import Design
from analytics._stats.least_squares import fit
from analytics._stats.moments import Moments
from analytics.corrected_resemblance import corrected_resemblance
from analytics.group_difference import group_difference
from analytics.noise_ceiling import noise_ceiling
from analytics.reader_ceiling import reader_ceiling
from tests.real.test_goldens_from_files import (
    COUNT,
    DATA,
    attention,
    cells_of_readers,
    golden,
    lower,
    regions,
    word_counts,
)
from warehouse.slices.effects import READER_SCORE

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (DATA / "golden").is_dir(), reason=f"no real data at {DATA} (set WAREHOUSE_REAL_DATA)"),
]

GPT2, LLAMA = ("gpt2", 3), ("llama30_layers20to29", 22)
"""The best layer of each, among those at hand."""


def places():
    """Article and running number of the sentence of every cell."""
    counts = word_counts()
    number = {key: np.full((n, n), i) for i, (key, n) in enumerate(counts.items())}
    article = {key: np.full((n, n), key[0]) for key, n in counts.items()}
    return lower(article, counts), lower(number, counts)


def readers(group="L1"):
    return cells_of_readers(group, "first_three")[:, COUNT].astype(float)


@cache
def corrected(model, layer):
    _, sentence = places()
    (found,) = corrected_resemblance(attention(model, layer, word_counts()), readers(), sentence, np.array(20))
    return found


def scores(model, layer):
    return {name: values[0] for name, values in corrected(model, layer)["corrected_resemblance"].items()}


def test_draws_of_sentences_equal_fits_on_their_cells():
    heads, (_, sentence) = attention(*LLAMA, word_counts()), places()
    edges = (*np.flatnonzero(np.diff(sentence, prepend=-1)).tolist(), len(sentence))
    moments = Moments.between(Design.of(heads).basis(heads), readers() - readers().mean(0), edges)
    counts = draw_counts(np.random.default_rng(0), 148, 3)
    for draw, found in zip(counts, resampled_r2(moments, counts), strict=True):
        rows = np.concatenate([np.arange(*edges[s : s + 2]) for s, n in enumerate(draw) for _ in range(int(n))])
        y = readers()[rows]
        error = y - LinearRegression().fit(heads[rows], y).predict(heads[rows])
        expected = 1 - (error**2).sum(0) / ((y - y.mean(0)) ** 2).sum(0)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("layer", [GPT2, LLAMA], ids=["gpt2", "llama"])
def test_the_estimate_is_the_golden_one_and_its_correction_lies_in_every_interval(layer):
    rows = [row for row in golden(f"{layer[0]}_L1", "first_three") if int(row["layer"]) == layer[1]]
    r2 = np.mean([float(row["r2"]) for row in rows])
    found = corrected(*layer)["resemblance_interval"]
    ceiling = noise_ceiling(readers())["ceiling"][0]
    wanted = {"r2": r2, "resemblance": r2 / ceiling}
    names = ("statistic", "estimate", "bias_corrected", "interval_low", "interval_high")
    for statistic, estimate, corrected_estimate, low, high in zip(*(found[name] for name in names), strict=True):
        assert estimate == pytest.approx(wanted[statistic], abs=1e-9)
        assert low < corrected_estimate < high


def test_refits_follow_the_more_heads_the_more():
    bias = [max(corrected(*layer)["resemblance_interval"]["bootstrap_bias"][2:4]) for layer in (GPT2, LLAMA)]
    assert 0 < bias[0] < bias[1]


def test_with_as_many_heads_the_larger_model_loses_most_of_its_lead():
    small, large = scores(*GPT2), scores(*LLAMA)
    assert small["matched_r2"] == pytest.approx(small["r2"], abs=1e-12)
    assert large["matched_r2"] == pytest.approx(0.0605, abs=0.002)
    assert large["component_r2"] == pytest.approx(0.0781, abs=5e-5)
    lead, matched = large["r2"] - small["r2"], large["matched_r2"] - small["matched_r2"]
    assert 0 < matched < 0.2 * lead


@pytest.mark.parametrize(("group", "half"), [("L1", 0.1147), ("L2", 0.2152)])
def test_half_a_group_predicts_less_than_all_the_others(group, half):
    with_reader, without_reader, of_half = noise_ceiling(readers(group))["ceiling"]
    assert of_half == pytest.approx(half, abs=5e-5)
    assert of_half < without_reader < with_reader


@pytest.mark.parametrize(
    ("group", "rule", "held_out"),
    [
        ("L1", "consecutive", 0.1434804),
        ("L2", "consecutive", 0.2561600),
        ("L1", "first_three", 0.1252288),
        ("L2", "first_three", 0.2246982),
    ],
)
def test_a_ceiling_on_held_out_articles_is_lower_than_the_one_in_sample(group, rule, held_out):
    found = reader_ceiling(cells_of_readers(group, rule)[:, COUNT].astype(float), *places())
    assert found["cv_ceiling"].mean() == pytest.approx(held_out, abs=1e-7)
    assert held_out < found["leave_one_out_ceiling"].mean()


def test_the_paper_s_ceiling_of_a_region_is_computed_with_and_without_its_slip():
    records = list(regions("L1").values())[1:]  # the first record is that of the excluded sub-01
    active = [{(a, s): np.asarray(record[a][s], float) for a, s in word_counts()} for record in records]
    found = reader_ceiling(np.stack([lower(one, word_counts()) for one in active], axis=-1), *places())
    assert found["published_r"].mean() == pytest.approx(0.15382562, abs=5e-9)
    assert found["mean_r"].mean() == pytest.approx(0.13304556, abs=5e-5)


@pytest.mark.parametrize("rule", ["first_three", "consecutive"])
def test_over_their_own_ceilings_the_groups_differ_as_the_goldens_say(rule):
    with (DATA / "golden/science/g_normalised_group_difference.csv").open(newline="") as file:
        (wanted,) = [row for row in csv.DictReader(file) if row["rule"] == rule]
    sides = []
    for group in ("L1", "L2"):
        cells = cells_of_readers(group, rule)[:, COUNT].astype(float)
        article, sentence = places()
        scored, ceilings = (
            fit(attention(*GPT2, word_counts()), cells, article),
            reader_ceiling(cells, article, sentence),
        )
        table = np.zeros(cells.shape[1], dtype=READER_SCORE)
        table["r2"], table["cv_r2"], table["nested_cv_r2"] = scored.r2, scored.cv_r2, scored.cv_r2
        for name in ("ceiling", "leave_one_out_ceiling", "cv_ceiling"):
            table[name] = ceilings[name]
        sides.append(table)
    found = group_difference(*sides)
    names = ("percent_difference_in_sample", "low", "high"), ("percent_difference_cv_over_loo", "cv_low", "cv_high")
    for place, (value, low, high) in enumerate(names):
        assert 100 * found["difference"][place] == pytest.approx(float(wanted[value]), abs=1e-6)
        ends = 100 * found["interval_low"][place], 100 * found["interval_high"][place]
        assert ends == pytest.approx((float(wanted[low]), float(wanted[high])), abs=0.35)
