"""Poisson regression of one layer, penalties nested, beside scikit-learn's: ``python -m benchmarks.counts``.

Ours fits all readers at once, in one thread as everything that is computed. scikit-learn's PoissonRegressor is looped
over readers, held-out articles and penalties, for one reader, whose time is multiplied by the number of all.
Made data of the paper's size.
"""

import numpy as np
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import mean_tweedie_deviance
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from analytics._stats.count_fits import count_fits
from analytics.count_model import DECADES
from benchmarks.made import N_CELLS
from benchmarks.measuring import Finding, alternated, asked_scale, found, report

N_READERS, N_ARTICLES, SAMPLE, TURNS = 106, 5, 1, 1
SHAPES = (20, 52)
"""Heads of GPT-2 Large and of LLaMA-30B."""


def layer(n_heads: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Heads that share a dozen skewed patterns (n_cells, n_heads), counts that follow them, and articles (n_cells,)."""
    rng = np.random.default_rng(0)
    patterns = np.exp(rng.normal(size=(N_CELLS, 12)))
    heads = patterns @ rng.dirichlet(np.full(12, 0.3), n_heads).T + 0.2 * np.exp(rng.normal(size=(N_CELLS, n_heads)))
    heads /= heads.max(axis=0)
    rate = np.exp((heads / heads.std(axis=0)) @ rng.normal(0, 0.4, (n_heads, N_READERS)) / np.sqrt(n_heads) - 2.5)
    return heads, rng.poisson(rate).astype(float), np.arange(N_CELLS) * N_ARTICLES // N_CELLS


def deviance(x: np.ndarray, y: np.ndarray, kept: np.ndarray, tested: np.ndarray, penalty: float) -> float:
    model = make_pipeline(StandardScaler(), PoissonRegressor(alpha=penalty / kept.sum(), max_iter=1000))
    predicted = model.fit(x[kept], y[kept]).predict(x[tested])
    return float(tested.sum() * mean_tweedie_deviance(y[tested], predicted, power=1))


def by_scikit_learn(x: np.ndarray, y: np.ndarray, article: np.ndarray) -> np.ndarray:
    """Give each reader's deviance of held-out articles, with penalties chosen on the others, (n_readers,)."""
    return np.array([sum(_held_out(x, reader, article, name) for name in range(N_ARTICLES)) for reader in y.T])


def _held_out(x: np.ndarray, y: np.ndarray, article: np.ndarray, name: int) -> float:
    rest = article != name
    others = [other for other in range(N_ARTICLES) if other != name]
    inner = [
        sum(deviance(x, y, rest & (article != other), article == other, penalty) for other in others)
        for penalty in DECADES
    ]
    return deviance(x, y, rest, ~rest, DECADES[int(np.argmin(inner))])


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
