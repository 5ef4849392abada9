"""Corrections of resemblance on real data: exact against fits on cells, and what they make of the paper's numbers."""

from functools import cache

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from analytics._stats.bootstrap import draw_counts, resampled_r2
from analytics._stats.design import Design
from analytics._stats.moments import Moments
from analytics.corrected_resemblance import corrected_resemblance
from analytics.noise_ceiling import noise_ceiling
from tests.real.test_goldens_from_files import COUNT, DATA, attention, cells_of_readers, golden, lower, word_counts

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
    return corrected_resemblance(attention(model, layer, word_counts()), readers(), *places(), np.array(20))


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
def test_the_estimate_is_the_golden_one_and_lies_in_every_interval(layer):
    rows = [row for row in golden(f"{layer[0]}_L1", "first_three") if int(row["layer"]) == layer[1]]
    r2 = np.mean([float(row["r2"]) for row in rows])
    found = corrected(*layer)["resemblance_interval"]
    ceiling = noise_ceiling(readers())["ceiling"][0]
    wanted = {"r2": r2, "resemblance": r2 / ceiling}
    for statistic, estimate, low, high in zip(
        *(found[name] for name in ("statistic", "estimate", "interval_low", "interval_high")), strict=True
    ):
        assert estimate == pytest.approx(wanted[statistic], abs=1e-9)
        assert low < estimate < high


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
