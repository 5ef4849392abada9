"""One layer's regression beside the ways it is usually done: ``python -m benchmarks.regression``.

Ours gives R2, adjusted R2 and leave-one-article-out R2 of all readers. It is timed beside a loop of one scikit-learn
LinearRegression per reader for the R2 alone, and beside one LAPACK call (gelsd) for the R2 of all readers. The three
take turns in one process on random data; each figure is the median, with the fastest and the slowest. Set
OMP_NUM_THREADS=1 for one core.
"""

import time
from collections.abc import Callable

import numpy as np
from sklearn.linear_model import LinearRegression

from analytics._stats.least_squares import fit

N_CELLS, N_READERS, N_ARTICLES, TURNS = 8953, 51, 5, 7
SHAPES = {"GPT-2 Large, 20 heads": 20, "LLaMA-30B, 52 heads": 52}


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


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - start)


def timings(n_heads: int) -> dict[str, np.ndarray]:
    """Milliseconds per layer of each way, (TURNS,), the first turn left out."""
    x, y, articles = layer(n_heads)
    np.testing.assert_allclose(fit(x, y, articles).r2, by_scikit_learn(x, y), atol=1e-12)
    ways = {
        "ours: R2, adjusted, cross-validated": lambda: fit(x, y, articles),
        "scikit-learn, one fit per reader: R2": lambda: by_scikit_learn(x, y),
        "one LAPACK call: R2": lambda: by_lapack(x, y),
    }
    turns = [[milliseconds(way) for way in ways.values()] for _ in range(TURNS + 1)]
    return dict(zip(ways, np.array(turns[1:]).T, strict=True))


def main() -> None:
    for shape, n_heads in SHAPES.items():
        found = timings(n_heads)
        ours = np.median(next(iter(found.values())))
        print(f"{shape}: {N_CELLS} cells, {N_READERS} readers, {N_ARTICLES} articles; ms per layer, {TURNS} turns")
        for way, times in found.items():
            middle = np.median(times)
            print(f"  {way:38}{middle:9.1f}  ({times.min():.1f} to {times.max():.1f}){middle / ours:8.1f} x ours")


if __name__ == "__main__":
    main()
