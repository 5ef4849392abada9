"""Fits beside least squares on all heads on real data: every independent number of the science goldens."""

import csv
from functools import cache

import numpy as np
import pytest

from analytics.count_model import count_model
from analytics.exchanged_null import exchanged_null
from analytics.head_averaged_resemblance import head_averaged_resemblance
from analytics.ridge_resemblance import ridge_resemblance
from tests.real.test_corrected_resemblance import places
from tests.real.test_goldens_from_files import COUNT, DATA, attention, cells_of_readers, word_counts

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (DATA / "golden").is_dir(), reason=f"no real data at {DATA} (set WAREHOUSE_REAL_DATA)"),
]

GROUPS_AND_RULES = [(rule, group) for rule in ("first_three", "consecutive") for group in ("L1", "L2")]
LAYERS = range(36)
POISSON = {
    ("first_three", "L1"): ("trivial3", "gpt2_L3", "baseline47"), ("first_three", "L2"): ("gpt2_L3",),
    ("consecutive", "L1"): ("gpt2_L3",), ("consecutive", "L2"): ("trivial3",),
}  # fmt: skip
"""Designs whose golden shares of deviance are compared here: each in some group, by some rule."""


@cache
def golden(name):
    """The rows of a file of the science goldens, by rule and group."""
    with (DATA / "golden" / "science" / f"{name}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: [row for row in rows if (row["rule"], row["group"]) == key] for key in GROUPS_AND_RULES}


@cache
def readers(rule, group):
    return cells_of_readers(group, rule)[:, COUNT].astype(float)


@cache
def baseline47():
    """One-hot of lag, of the target's place and of its distance to the end, and characters of both words."""
    text = (DATA / "sentences" / "reading_brain.txt").read_text(encoding="utf-8").split("\n")
    cells = []
    for line in filter(None, text):
        size = np.array([len(word) for word in line.split()])
        i, j = np.tril_indices(len(size))
        levels = np.arange(1, 16)
        hot = [(place[:, None] == levels).astype(float) for place in (i - j, j, len(size) - 1 - j)]
        cells.append(np.column_stack([*hot, size[i], size[j]]))
    return np.concatenate(cells)


def trivial3():
    """Looking back at the first word, at the word before, and at the word itself."""
    places = [np.tril_indices(n) for n in word_counts().values()]
    return np.concatenate([np.column_stack([j == 0, j == i - 1, i == j]).astype(float) for i, j in places])


def design(name):
    """A layer of GPT-2 as published, a baseline, or both."""
    parts = {"gpt2_L3": lambda: attention("gpt2", 3, word_counts()).astype(float), "baseline47": baseline47,
             "trivial3": trivial3}  # fmt: skip
    return np.column_stack([parts[part.strip().removesuffix(" all heads")]() for part in name.split("+")])


@pytest.mark.parametrize(("rule", "group"), GROUPS_AND_RULES)
def test_ridge_with_nested_penalties_has_the_golden_scores(rule, group):
    for row in golden("c_ridge_headavg")[rule, group]:
        if row["fit"] != "ridge nested alpha":
            continue
        found = ridge_resemblance(design(row["design"]), readers(rule, group), *places())
        n = len(found["cv_r2"])
        assert found["cv_r2"].mean() == pytest.approx(float(row["cv_article_r2"]), abs=1e-9)
        assert found["cv_r2"].std(ddof=1) / np.sqrt(n) == pytest.approx(float(row["cv_se"]), abs=1e-9)
        mean = np.exp(np.log(found["penalty"]).mean())
        assert mean == pytest.approx(float(row["geometric_mean_alpha"]), rel=1e-9)


def test_the_mean_over_heads_of_every_layer_has_the_golden_scores():
    everyone = np.hstack([readers(*key) for key in GROUPS_AND_RULES])
    edges = np.cumsum([0, *(readers(*key).shape[1] for key in GROUPS_AND_RULES)])
    names = {"r2": "r2", "cv_r2": "cv_article_r2", "pearson_r": "pearson_mean"}
    for layer in LAYERS:
        heads = attention("gpt2", layer, word_counts()).astype(float)
        found = head_averaged_resemblance(heads, everyone, *places())
        for key, start, stop in zip(GROUPS_AND_RULES, edges, edges[1:], strict=False):
            (row,) = [row for row in golden("c_headavg_all_layers")[key] if int(row["layer"]) == layer]
            for name, column in names.items():
                assert found[name][start:stop].mean() == pytest.approx(float(row[column]), abs=1e-9), (layer, key, name)


def test_exchanged_attention_explains_what_the_golden_draws_do():
    ((row,),) = (golden("e_permutation_null")[key] for key in GROUPS_AND_RULES[:1])
    (found,) = exchanged_null(design("gpt2_L3"), readers("first_three", "L1"), *places())
    assert found["r2"][0] == pytest.approx(float(row["observed_r2"]), abs=1e-9)
    assert abs(found["exchanged_r2"][0] - float(row["null_mean_r2"])) < 3 * float(row["null_sd"]) / 10
    assert found["exchanged_r2_sd"][0] == pytest.approx(float(row["null_sd"]), rel=0.3)
    assert found["exchanged_r2_most"][0] < found["r2"][0]
    assert found["exchanged_p"] == [pytest.approx(1 / 101)]


@pytest.mark.parametrize(("rule", "group"), GROUPS_AND_RULES)
def test_poisson_regression_explains_the_golden_share_of_deviance(rule, group):
    for row in golden(f"b_poisson_{rule}")[rule, group]:
        if row["design"] not in POISSON[rule, group]:
            continue
        penalty = {"ridge1": 1.0, "mle": 0.0}[row["penalty"]]
        found = count_model(design(row["design"]), readers(rule, group), *places(), penalties=(penalty,))
        assert found["d2"].mean() == pytest.approx(float(row["d2_mean"]), abs=1e-8)
        assert found["d2"].std(ddof=1) / np.sqrt(int(row["readers"])) == pytest.approx(float(row["d2_se"]), abs=1e-8)
        assert found["dispersion"].mean() == pytest.approx(float(row["dispersion_mean"]), abs=1e-6)
        if row["penalty"] == "ridge1":
            assert found["cv_d2"].mean() == pytest.approx(float(row["cv_article_d2_mean"]), abs=1e-6)
