"""Poisson regression of one layer, penalties nested, beside scikit-learn's: ``python -m benchmarks.counts``.

Ours fits all readers at once, in one thread as everything that is computed. scikit-learn's PoissonRegressor is looped
over readers, held-out articles and penalties, for one reader, whose time is multiplied by the number of all.
Random data of the paper's size.
"""

from itertools import combinations

import numpy as np
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import mean_tweedie_deviance
from threadpoolctl import threadpool_limits

from analytics._stats.count_fits import count_fits
from analytics.count_model import DECADES
from benchmarks.made import N_CELLS
from benchmarks.measuring import Finding, alternated, asked_scale, found, report

N_READERS, N_ARTICLES, SAMPLE, TURNS = 106, 5, 1, 1
SHAPES = (20, 52)
"""Heads of GPT-2 Large and of LLaMA-30B."""


def layer(n_heads: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Random attention (n_cells, n_heads), counts that follow it (n_cells, n_readers) and articles (n_cells,)."""
    rng = np.random.default_rng(0)
    heads = rng.random((N_CELLS, n_heads)) ** 4
    rate = np.exp(heads @ rng.normal(0, 1, (n_heads, N_READERS)) / np.sqrt(n_heads) - 2.5)
    return heads, rng.poisson(rate).astype(float), np.arange(N_CELLS) * N_ARTICLES // N_CELLS


def deviance(x: np.ndarray, y: np.ndarray, kept: np.ndarray, tested: np.ndarray, penalty: float) -> float:
    mean, deviation = x[kept].mean(axis=0), x[kept].std(axis=0)
    model = PoissonRegressor(alpha=penalty / kept.sum(), max_iter=1000).fit((x[kept] - mean) / deviation, y[kept])
    return float(
        tested.sum() * mean_tweedie_deviance(y[tested], model.predict((x[tested] - mean) / deviation), power=1)
    )


def by_scikit_learn(x: np.ndarray, y: np.ndarray, article: np.ndarray) -> np.ndarray:
    """Explain held-out articles of every reader with penalties chosen on the others, (n_readers,): 1 - deviances."""
    own = [article == name for name in range(N_ARTICLES)]
    found_of_readers = []
    for reader in y.T:
        inner = np.zeros((len(DECADES), N_ARTICLES))
        for place, penalty in enumerate(DECADES):
            for one, other in combinations(range(N_ARTICLES), 2):
                kept = ~(own[one] | own[other])
                inner[place, one] += deviance(x, reader, kept, own[other], penalty)
                inner[place, other] += deviance(x, reader, kept, own[one], penalty)
        best = inner.argmin(axis=0)
        found_of_readers.append([deviance(x, reader, ~own[a], own[a], DECADES[best[a]]) for a in range(N_ARTICLES)])
    return np.array(found_of_readers).sum(axis=1)


def measured(n_heads: int) -> list[Finding]:
    x, y, article = layer(n_heads)
    ways = {
        "ours": lambda: count_fits(x, y, article, DECADES),
        "scikit-learn": lambda: by_scikit_learn(x, y[:, :SAMPLE], article),
    }
    ours, theirs = alternated(ways, TURNS, warm_up=0).values()
    theirs.seconds[:] *= N_READERS / SAMPLE
    return [
        found(f"{n_heads} heads: seconds a layer", ours.as_json(), 40, at_most=True),
        found(f"{n_heads} heads: times faster than a loop of scikit-learn", theirs.over(ours), 20),
    ]


def main() -> None:
    asked_scale(__doc__)  # one layer at any scale
    with threadpool_limits(1, "blas"):
        findings = [finding for n_heads in SHAPES for finding in measured(n_heads)]
    report("counts", findings, {"readers": N_READERS, "cells": N_CELLS, "readers of scikit-learn": SAMPLE})


if __name__ == "__main__":
    main()
