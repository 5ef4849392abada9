"""One layer's regression beside the ways it is usually done: ``python -m benchmarks.regression``.

Ours gives R2, adjusted R2 and leave-one-article-out R2 of all readers. It is timed beside a loop of one scikit-learn
LinearRegression per reader for the R2 alone, and beside one LAPACK call (gelsd) for the R2 of all readers, which is
what cannot be undercut by more than sums instead of a factorisation save. One thread, random data.
"""

from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression
from threadpoolctl import threadpool_limits

from analytics._stats.least_squares import fit
from benchmarks.made import N_CELLS, N_READERS
from benchmarks.measuring import Finding, alternated, asked_scale, found, report

N_ARTICLES, TURNS = 5, 7
SHAPES = (20, 52)
"""Heads of GPT-2 Large and of LLaMA-30B."""


def layer(n_heads: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Random attention (n_cells, n_heads), counts (n_cells, n_readers) and articles (n_cells,)."""
    rng = np.random.default_rng(0)
    heads = rng.random((N_CELLS, n_heads)) ** 4
    return heads, rng.poisson(0.1, (N_CELLS, N_READERS)).astype(float), np.arange(N_CELLS) * N_ARTICLES // N_CELLS


def by_scikit_learn(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.array([LinearRegression().fit(x, one).score(x, one) for one in y.T])


def by_lapack(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    design = np.column_stack([np.ones(len(x)), x])
    residual = y - design @ np.linalg.lstsq(design, y)[0]
    return np.asarray(1 - (residual**2).sum(0) / ((y - y.mean(0)) ** 2).sum(0))


def measured(n_heads: int) -> tuple[list[Finding], dict[str, Any]]:
    x, y, articles = layer(n_heads)
    np.testing.assert_allclose(fit(x, y, articles).r2, by_scikit_learn(x, y), atol=1e-12)
    ways = {
        "ours: R2, adjusted, cross-validated": lambda: fit(x, y, articles),
        "scikit-learn, one fit per reader: R2": lambda: by_scikit_learn(x, y),
        "one LAPACK call: R2": lambda: by_lapack(x, y),
    }
    ours, usual, limit = (timing := alternated(ways, TURNS)).values()
    findings = [
        found(f"{n_heads} heads: ms a layer", ours.of_more(1e3)),
        found(f"{n_heads} heads: times faster than scikit-learn per reader", usual.over(ours), 10),
        found(f"{n_heads} heads: times one LAPACK call", ours.over(limit), 2, at_most=True),
    ]
    return findings, {f"{n_heads} heads": {"cells": N_CELLS, "readers": N_READERS, "seconds": timing}}


def main() -> None:
    asked_scale(__doc__)  # one layer at any scale
    with threadpool_limits(1, "blas"):
        found_by_shape = [measured(n_heads) for n_heads in SHAPES]
    findings = [finding for some, _ in found_by_shape for finding in some]
    report("regression", findings, {name: value for _, detail in found_by_shape for name, value in detail.items()})


if __name__ == "__main__":
    main()
