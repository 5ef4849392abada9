"""How often bootstrap intervals cover the truth, by a double bootstrap: ``python -m benchmarks.coverage``.

The population is a made study of the paper's size, so its R2 and resemblance are known. Samples are drawn from it, with
readers, sentences, or both replaced, and from each sample draws, as the analysis does; an interval covers where it
contains the population's value. The reflected interval (ours) stands beside the percentiles moved back by their median
bias, and beside the percentiles as they are. What heads explain beyond a set of predictors has an interval of another
kind, Student's t about the jackknife's estimate; the same population is its truth, readers and sentences drawn.
At a scale below 1 there are as many fewer samples.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg  # noqa: F401 - its library must be there to be told to take one thread
from threadpoolctl import threadpool_limits

from analytics._stats.bootstrap import Interval, in_sample_r2, percentiles, reader_ceilings
from analytics._stats.design import Design
from analytics._stats.moments import Moments
from analytics.unique_variance import unique_variance
from benchmarks.measuring import Finding, asked_scale, report

SAMPLES, DRAWS, SENTENCES, READERS = 120, 200, 148, 51
SHAPES = (20, 52)
"""Heads of GPT-2 Large and of LLaMA-30B."""
KINDS = ("sentence", "reader", "both")
WAYS = ("reflected", "moved back", "percentiles")
LEAST = {"reflected": 0.9}


@dataclass(frozen=True)
class Population:
    """Cells of sentences that begin and end at `edges`: heads, and readers who follow some of them."""

    heads: np.ndarray
    readers: np.ndarray
    edges: tuple[int, ...]

    @classmethod
    def of(cls, n_heads: int) -> "Population":
        rng = np.random.default_rng(0)
        words = rng.integers(6, 17, SENTENCES)
        edges = (0, *np.cumsum(words * (words + 1) // 2).tolist())
        heads = rng.dirichlet(np.full(n_heads, 0.2), edges[-1])
        of_sentence = np.repeat(rng.gamma(1, 1, SENTENCES), np.diff(edges))[:, None]  # they differ, as real ones do
        rate = 0.02 + 3 * heads[:, :4].mean(axis=1, keepdims=True) * of_sentence * rng.gamma(2, 0.5, READERS)
        return cls(heads, rng.poisson(rate).astype(float), edges)

    def sums(self) -> tuple[Moments, Moments]:
        """Sums by sentence: of heads with readers, and of the readers among themselves."""
        centred = self.readers - self.readers.mean(axis=0)
        among = Moments.between(centred, centred[:, :0], self.edges)
        return Moments.between(Design.of(self.heads).basis(self.heads), centred, self.edges), among

    def beyond(self, sentences: np.ndarray, readers: np.ndarray) -> dict[str, float]:
        """What all heads explain beyond the first two, of some sentences and readers, each as often as it is named."""
        rows = np.concatenate([np.arange(self.edges[one], self.edges[one + 1]) for one in sentences])
        sentence = np.repeat(np.arange(len(sentences)), np.diff(self.edges)[sentences])
        heads, labels = self.heads[rows], np.array([f"r{place}" for place in range(len(readers))])
        cells = self.readers[np.ix_(rows, readers)], heads[:, :2], np.zeros_like(sentence), sentence
        (found,) = unique_variance(heads[:, 2:], *cells, labels, [np.arange(2)], [slice(None)])
        names = ("unique_r2", "corrected_unique_r2", "unique_low", "unique_high")
        return {name: float(found[name][0]) for name in names}


def scores(of_heads: Moments, among: Moments, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """R2 and ceiling of every reader on drawn sentences, (n_draws, n_readers) each."""
    drawn = among.weighted(counts.astype(float))
    r2 = np.nan_to_num(in_sample_r2(of_heads.weighted(counts.astype(float))))
    return r2, reader_ceilings(drawn.about(*drawn.means)[0])


def trials(n_heads: int, n_samples: int) -> Iterator[tuple[str, str, float, Interval, np.ndarray]]:
    """Yield statistic, what is drawn, the truth, the interval and its draws of every sample."""
    rng, (of_heads, among) = np.random.default_rng(1), Population.of(n_heads).sums()
    whole = scores(of_heads, among, np.ones((1, SENTENCES)))
    for _ in range(n_samples):
        sentences, readers = (rng.multinomial(n, np.full(n, 1 / n)) for n in (SENTENCES, READERS))
        again = rng.multinomial(SENTENCES, sentences / SENTENCES, size=DRAWS)
        people = rng.multinomial(READERS, readers / READERS, size=DRAWS)
        sample, draws = scores(of_heads, among, sentences[None]), scores(of_heads, among, again)
        once = np.ones(READERS)
        drawn = {
            "sentence": (sample, once, draws, once),
            "reader": (whole, readers, whole, people),
            "both": (sample, readers, draws, people),
        }
        for kind, (first, weight, second, weights) in drawn.items():
            for statistic in ("R2", "resemblance"):
                truth, estimate = (ratio(statistic, *one)[0] for one in ((whole, once), (first, weight)))
                found = ratio(statistic, second, weights)
                yield statistic, kind, float(truth), Interval.of(float(estimate), found), found


def ratio(statistic: str, scored: tuple[np.ndarray, np.ndarray], weight: np.ndarray) -> np.ndarray:
    """The mean R2 over readers, or its ratio to the mean ceiling, (n_draws,)."""
    r2, ceiling = scored
    below = ceiling if statistic == "resemblance" else np.ones_like(ceiling)
    return np.asarray((r2 * weight).sum(axis=-1) / (below * weight).sum(axis=-1))


def covers(way: str, truth: float, found: Interval, draws: np.ndarray) -> bool:
    """Tell whether an interval made in a way contains the truth."""
    moved = {"moved back": found.bias, "percentiles": 0.0}
    low, high = (found.low, found.high) if way == "reflected" else percentiles(draws - moved[way])
    return low <= truth <= high


def beyond_trials(n_heads: int, n_samples: int) -> list[bool]:
    """Tell of every sample of readers and sentences whether the interval of unique R2 contains the population's."""
    rng, whole = np.random.default_rng(1), Population.of(n_heads)
    truth = whole.beyond(np.arange(SENTENCES), np.arange(READERS))["unique_r2"]
    found = [
        whole.beyond(np.sort(rng.integers(0, SENTENCES, SENTENCES)), rng.integers(0, READERS, READERS))
        for _ in range(n_samples)
    ]
    return [one["unique_low"] <= truth <= one["unique_high"] for one in found]


def measured(n_heads: int, n_samples: int) -> tuple[list[Finding], dict[str, Any]]:
    hits: dict[tuple[str, str, str], list[bool]] = {}
    for statistic, kind, truth, found, draws in trials(n_heads, n_samples):
        for way in WAYS:
            hits.setdefault((statistic, kind, way), []).append(covers(way, truth, found, draws))
    shares = {key: float(np.mean(each)) for key, each in hits.items()}
    findings = [
        Finding(f"{n_heads} heads: {statistic}, {kind} drawn, {way}: share that covers", share, LEAST.get(way))
        for (statistic, kind, way), share in shares.items()
    ]
    beyond = float(np.mean(beyond_trials(n_heads, n_samples)))
    findings.append(Finding(f"{n_heads} heads: unique R2, both drawn, jackknife: share that covers", beyond, 0.9))
    return findings, {f"{n_heads} heads": {"samples": n_samples, "draws": DRAWS}}


def main() -> None:
    n_samples = max(10, round(SAMPLES * (scale := asked_scale(__doc__))))
    with threadpool_limits(1, "blas"):
        found = [measured(n_heads, n_samples) for n_heads in SHAPES]
    findings = [finding for some, _ in found for finding in some]
    report("coverage", findings, {name: value for _, detail in found for name, value in detail.items()}, scale)


if __name__ == "__main__":
    main()
