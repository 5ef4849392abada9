"""Bootstrap of least squares over clusters: drawn sentences are sums of moments, so no draw touches a cell."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from threadpoolctl import threadpool_limits

from analytics._stats.cholesky import inverse_factors
from analytics._stats.moments import Moments
from analytics._stats.t_test import quantile

DRAWS, TARGETS = 125, 64
"""Draws and targets whose sums are worked on at once: of 64 heads 4 MiB, which a processor's cache holds."""
LEVEL = 0.95
TAIL = (1 - LEVEL) / 2


@dataclass(frozen=True)
class Interval:
    """A bootstrap interval: the percentiles of the draws, reflected about the estimate.

    An in-sample R2 is too high in the data as it is in the draws: a fit follows the sentences that were drawn, as it
    followed those that were read. The draws lie above the estimate by `bias` (their median minus the estimate) as the
    estimate lies above the truth, so that the percentiles are reflected about it, [2 t - q97.5, 2 t - q2.5], which
    takes the bias off twice where moving them back takes it off once. The interval contains `bias_corrected`, and
    need not contain the estimate. Source: Efron & Tibshirani (1993), chapters 10 and 13 (basic bootstrap).
    """

    estimate: float
    bias: float
    low: float
    high: float

    @classmethod
    def of(cls, estimate: float, draws: np.ndarray) -> "Interval":
        """Make the interval from draws (n_draws,)."""
        low, middle, high = np.quantile(draws, [TAIL, 0.5, 1 - TAIL])
        return cls(estimate, float(middle - estimate), float(2 * estimate - high), float(2 * estimate - low))

    @property
    def bias_corrected(self) -> float:
        """The estimate less the bias of the draws."""
        return self.estimate - self.bias


def percentiles(draws: np.ndarray, n_clusters: int | None = None, n_groups: int = 1) -> tuple[float, float]:
    """Give the ends of a percentile interval, for statistics without bias: means over drawn readers, never refitted.

    Parameters
    ----------
    draws : ndarray (n_draws,)
        The statistic of each draw.
    n_clusters : int, optional
        How many readers were drawn from, in all groups; None says that they are many. Of few the draws vary too little,
        by (n - groups)/n, and a normal interval would be too narrow beside Student's: the percentiles are taken so much
        further out. Source: Hesterberg (2015, The American Statistician 69:371), section 3.1.
    n_groups : int
        Groups that readers were drawn from.
    """
    from scipy.special import ndtr

    tail = TAIL
    if n_clusters is not None:
        degrees = n_clusters - n_groups
        tail = float(ndtr(-quantile(degrees) * np.sqrt(n_clusters / degrees)))
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)


def draw_counts(rng: np.random.Generator, n_clusters: int, n_draws: int) -> np.ndarray:
    """Draw clusters with replacement; how often each came, (n_draws, n_clusters) uint8.

    A count is nearly Poisson with mean 1; 255 is beyond what can be met.
    """
    chance = np.full(n_clusters, 1 / n_clusters)
    found = np.empty((n_draws, n_clusters), dtype=np.uint8)
    for draw in found:
        draw[:] = rng.multinomial(n_clusters, chance)
    return found


@lru_cache(maxsize=4)
def drawn_counts(n_sentences: int, n_readers: int, seed: int, n_draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw how often each sentence and each reader comes, (n_draws, n) each; the same for every layer."""
    of_sentences, of_readers = np.random.default_rng(seed).spawn(2)
    return draw_counts(of_sentences, n_sentences, n_draws), draw_counts(of_readers, max(n_readers, 1), n_draws)


def resampled_r2(moments: Moments, counts: np.ndarray) -> np.ndarray:
    """Fit again on every draw of folds.

    Parameters
    ----------
    moments : Moments
        By fold (leading axis n_folds), of a well-conditioned basis of the predictors.
    counts : ndarray (n_draws, n_folds)
        How often each draw takes each fold.

    Returns
    -------
    ndarray (n_draws, n_targets)
        In-sample R2 of least squares with intercept on the drawn folds; nan where a target does not vary there.
    """
    import scipy.linalg  # noqa: F401

    found = np.empty((len(counts), moments.yy.shape[-1]))
    with threadpool_limits(1, "blas"):
        weights = np.asarray(counts, dtype=float)
        inverses, is_weak = inverse_factors(np.tensordot(weights, moments.zz, axes=1))
        cells = weights @ moments.count
        for targets in _cuts(found.shape[1], TARGETS):
            zy, yy = np.ascontiguousarray(moments.zy[..., targets]), np.ascontiguousarray(moments.yy[..., targets])
            for draws in _cuts(len(weights), DRAWS):
                drawn = np.tensordot(weights[draws], zy, axes=1)
                squares = weights[draws] @ yy - drawn[:, 0] ** 2 / cells[draws]
                found[draws, targets] = _ratio(_squared_sums(inverses[draws] @ drawn), squares)
    for draw in np.flatnonzero(is_weak):
        found[draw] = in_sample_r2(moments.weighted(weights[draw : draw + 1]))[0]
    return found


def _cuts(length: int, size: int) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, length, size))


def resampled(parts: Iterable[Moments], counts: np.ndarray, statistic: Callable[[Moments], np.ndarray]) -> np.ndarray:
    """Compute a statistic of every draw of folds that come in parts.

    Parameters
    ----------
    parts : iterable of Moments
        By fold, in the order of `counts`; one part is held at a time, and of several parts the sums of all draws.
    counts : ndarray (n_draws, n_folds)
        How often each draw takes each fold.
    statistic : callable
        Of the moments of some draws (leading axis) gives (n_draws, ...).

    Notes
    -----
    Linear algebra takes one thread: a draw's matrices are too small for more, and threads that wait for each other take
    a hundred times as long on a busy machine. SciPy brings a library of its own, which must be there to be told.
    """
    import scipy.linalg  # noqa: F401

    with threadpool_limits(1, "blas"):
        return _resampled(parts, counts, statistic)


def _resampled(parts: Iterable[Moments], counts: np.ndarray, statistic: Callable[[Moments], np.ndarray]) -> np.ndarray:
    batches = [counts[draws] for draws in _cuts(len(counts), DRAWS)]
    sums: list[Moments] = []
    for part, folds, is_last in _placed(parts):
        drawn = (part.weighted(batch[:, folds].astype(float)) for batch in batches)
        added = (before + new for before, new in zip(sums, drawn, strict=True)) if sums else drawn
        if is_last:
            return np.concatenate([statistic(batch) for batch in added])
        sums = list(added)
    raise ValueError("no part was given")


def _placed(parts: Iterable[Moments]) -> Iterator[tuple[Moments, slice, bool]]:
    """Yield each part with the places of its folds among all, and whether it is the last."""
    rest, start = iter(parts), 0
    following = next(rest, None)
    while following is not None:
        part, following = following, next(rest, None)
        yield part, slice(start, start + len(part.count)), following is None
        start += len(part.count)


def in_sample_r2(moments: Moments) -> np.ndarray:
    """Give the R2 of each leading entry, (n_fits, n_targets); nan where a target does not vary."""
    yy = moments.squares(moments.y / moments.count)
    return _ratio(explained(moments), yy)


def explained(moments: Moments) -> np.ndarray:
    """Give the explained sums of squares of each leading entry, (n_fits, n_targets).

    With L the Cholesky factor of the Gram matrix of (1, predictors) they are the squares of L^-1 zy, without the row of
    the constant: one factor inverted and one product serve all targets. Entries that do not span the predictors well
    are fitted within what they span.
    """
    inverses, is_weak = inverse_factors(moments.zz)
    found = _squared_sums(inverses @ moments.zy)
    for fit in np.flatnonzero(is_weak):
        xx, xy, _ = (one := moments.part(slice(fit, fit + 1))).about(*one.means)
        found[fit] = explained_within(xx, xy)[0]
    return found


def _squared_sums(along: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("...ij,...ij->...j", along, along))


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    out = np.full_like(denominator, np.nan)
    return np.asarray(np.divide(numerator, denominator, out=out, where=denominator > 0))


def explained_within(grams: np.ndarray, crosses: np.ndarray) -> np.ndarray:
    """Give the explained sums of squares of fits that may be rank-deficient.

    Parameters
    ----------
    grams : ndarray (n_fits, n_predictors, n_predictors)
        Cross-products of the centred predictors.
    crosses : ndarray (n_fits, n_predictors, n_targets)
        Cross-products of the centred predictors with the targets.

    Returns
    -------
    ndarray (n_fits, n_targets)
        Directions with less than 1e-10 of the largest eigenvalue are not fitted.
    """
    eigenvalues, vectors = np.linalg.eigh(grams)
    kept = eigenvalues > 1e-10 * eigenvalues[:, -1:]
    along = vectors.transpose(0, 2, 1) @ crosses
    weight = np.divide(1.0, eigenvalues, out=np.zeros_like(eigenvalues), where=kept)
    return np.asarray((along**2 * weight[..., None]).sum(axis=1))


def reader_ceilings(grams: np.ndarray) -> np.ndarray:
    """Give the R2 of each reader on the mean of the group that contains the reader.

    Parameters
    ----------
    grams : ndarray (n_draws, n_subjects, n_subjects)
        Cross-products of the centred readers, by draw of sentences.

    Returns
    -------
    ndarray (n_draws, n_subjects)
        0 where a reader does not vary over the drawn sentences.
    """
    along = grams.sum(axis=2)
    power = np.diagonal(grams, axis1=1, axis2=2) * along.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(along**2, power, out=np.zeros_like(along), where=power > 0))
