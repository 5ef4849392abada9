"""Poisson regression of readers by article: penalties chosen within what each held-out article leaves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analytics._stats.penalties import Chosen, best_of
from analytics._stats.poisson import NEAR, Cells, Objective, curvature, minimise

MOST_FOLDS = 10
"""Articles that are held out by themselves; of more, so many groups of neighbours."""
NEAR_ENOUGH = 1e-7
"""Newton decrement of a fit that only chooses a penalty: what it leaves out has its deviance to about a thousandth."""
CONSTANT = 1e-12
"""Variance of a standardised column below which it does not vary in training."""


@dataclass(frozen=True)
class CountFits:
    """What Poisson regression explains of each reader, (n_readers,) each.

    Attributes
    ----------
    d2, dispersion : ndarray
        In-sample share of deviance, and Pearson's chi-square over its degrees of freedom, with the penalty that is best
        for all articles; nan where there are too few to choose.
    cv_d2 : ndarray
        Share of the deviance of held-out articles, with penalties chosen without each.
    chosen : Chosen
        Those penalties.
    """

    d2: np.ndarray
    cv_d2: np.ndarray
    dispersion: np.ndarray
    chosen: Chosen


@dataclass(frozen=True)
class _Folds:
    """Cells by held-out part, with standardised columns, and what each part adds to their variances."""

    parts: list[Cells]
    count: np.ndarray
    sums: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, predictors: np.ndarray, counts: np.ndarray, article: np.ndarray) -> "_Folds":
        deviation = predictors.std(axis=0)
        varies = deviation > CONSTANT * np.abs(predictors).max(axis=0, initial=0.0)
        x = (predictors[:, varies] - predictors[:, varies].mean(axis=0)) / deviation[varies]
        z = np.column_stack([np.ones(len(x)), x])
        names, place = np.unique(article, return_inverse=True)
        fold = place * min(len(names), MOST_FOLDS) // len(names)
        rows = [fold == number for number in range(fold.max() + 1)]
        parts = [Cells.of(np.ascontiguousarray(z[own]), counts[own].astype(float)) for own in rows]
        sums, squares = (np.array([(part.z**power).sum(axis=0) for part in parts]) for power in (1, 2))
        return cls(parts, np.array([len(part.z) for part in parts]), sums, squares)

    def objective(self, kept: Sequence[int], penalty: float) -> Objective:
        """Give what is minimised over some parts, with columns standardised there."""
        own = list(kept)
        n = self.count[own].sum()
        variance = self.squares[own].sum(axis=0) / n - (self.sums[own].sum(axis=0) / n) ** 2
        is_free = variance > CONSTANT
        is_free[0] = True
        weight = np.where(is_free, variance, 0.0)
        weight[0] = 0.0
        parts = [self.parts[place] for place in own]
        return Objective(
            [part.z for part in parts], np.asarray(sum(part.zy for part in parts)), penalty * weight, is_free
        )

    def without(self, left_out: Sequence[int]) -> list[int]:
        """Give the places of the other parts."""
        return [place for place in range(len(self.parts)) if place not in left_out]


def held_out_sets(n_folds: int, is_nested: bool) -> list[tuple[int, ...]]:
    """Give what is left out of the training sets that are fitted: each part, and each two where a choice is nested."""
    singles = [(place,) for place in range(n_folds)] if n_folds > 1 else []
    return singles + (list(combinations(range(n_folds), 2)) if is_nested and n_folds > 2 else [])


def count_fits(
    predictors: np.ndarray, counts: np.ndarray, article: np.ndarray, penalties: Sequence[float]
) -> CountFits:
    """Maximise the log likelihood minus penalty / 2 times the squared coefficients of columns standardised in training.

    Parameters
    ----------
    predictors : ndarray (n_cells, n_predictors)
        What explains; a column that is constant in training is left out there.
    counts : ndarray (n_cells, n_readers)
        Of every reader, none of whom is without counts in a training set.
    article : ndarray (n_cells,) of int
        Held out in turn.
    penalties : sequence of float
        The path, ascending; of equally good ones the first is chosen.
    """
    folds, path = _Folds.of(predictors, counts, article), np.asarray(penalties, dtype=float)
    n_folds, n_readers, is_nested = len(folds.parts), counts.shape[1], len(penalties) > 1
    within = np.full((len(path), 2, n_readers), np.nan)
    held_out = np.full((len(path), n_folds, n_folds, n_readers), np.nan)  # [.., i, j]: without i and j, tested on j
    for place, fitted in zip(range(len(path))[::-1], _path(folds, path[::-1]), strict=True):
        within[place] = fitted.within
        for left_out, tested, deviance in fitted.held_out(held_out_sets(n_folds, is_nested)):
            outer = left_out[0] if tested == left_out[-1] else left_out[-1]
            held_out[place, outer, tested] = deviance
    return _summed(folds, path, within, held_out)


@dataclass(frozen=True)
class _Fitted:
    """The fit on all parts with one penalty, and the curvature of each part there."""

    folds: _Folds
    penalty: float
    b: np.ndarray
    curvatures: list[np.ndarray]

    @property
    def within(self) -> np.ndarray:
        """Deviance and Pearson's chi-square of the fit, (2, n_readers)."""
        return np.asarray(sum(_within(part, self.b) for part in self.folds.parts))

    def held_out(self, sets: Sequence[tuple[int, ...]]) -> Iterator[tuple[tuple[int, ...], int, np.ndarray]]:
        """Yield what was left out, the part that is tested, and its deviance, (n_readers,)."""
        whole, moved = np.asarray(sum(self.curvatures)), dict[int, np.ndarray]()
        for left_out in sets:
            objective = self.folds.objective(self.folds.without(left_out), self.penalty)
            rest = whole - sum(self.curvatures[place] for place in left_out)
            # without two parts about where each of them alone moves it
            start = self.b + sum(moved[place] for place in left_out if len(left_out) > 1)
            b = minimise(objective, start, rest, NEAR if len(left_out) == 1 else NEAR_ENOUGH)
            if len(left_out) == 1:
                moved[left_out[0]] = b - self.b
            for tested in left_out:
                yield left_out, tested, deviance(self.folds.parts[tested], b)


def _path(folds: _Folds, penalties: np.ndarray) -> Iterator[_Fitted]:
    """Fit all parts along a path, each from the one before, the largest penalty first."""
    mean = sum(part.y.sum(axis=0) for part in folds.parts) / folds.count.sum()
    b = np.zeros((folds.parts[0].z.shape[1], len(mean)))
    b[0] = np.log(mean)
    curvatures: list[np.ndarray] | None = None
    for penalty in penalties.tolist():
        objective = folds.objective(range(len(folds.parts)), penalty)
        b = minimise(objective, b, None if curvatures is None else np.asarray(sum(curvatures)))
        curvatures = [curvature(part.z, b) for part in folds.parts]
        yield _Fitted(folds, penalty, b, curvatures)


def _summed(folds: _Folds, path: np.ndarray, within: np.ndarray, held_out: np.ndarray) -> CountFits:
    n_folds, n_readers = held_out.shape[1], held_out.shape[-1]
    single = np.einsum("pffr->pfr", held_out)
    nothing, first = np.full(n_readers, np.nan), np.zeros(n_readers, dtype=int)
    d2, dispersion, cv_d2, picked = nothing, nothing, nothing, list[np.ndarray]()
    if len(path) == 1 or n_folds > 1:
        best = single.sum(axis=1).argmin(axis=0) if len(path) > 1 else first
        n_cells = folds.count.sum()
        d2 = 1 - best_of(within[:, 0], best) / _null(folds.parts, folds.parts)
        dispersion = best_of(within[:, 1], best) / (n_cells - folds.parts[0].z.shape[1])
    if n_folds > (1 if len(path) == 1 else 2):
        others = ~np.eye(n_folds, dtype=bool)
        inner = (held_out[:, place, others[place]].sum(axis=1) for place in range(n_folds))
        picked = [one.argmin(axis=0) for one in inner] if len(path) > 1 else [first] * n_folds
        explained = sum(best_of(single[:, place], picked[place]) for place in range(n_folds))
        null = sum(
            _null([folds.parts[other] for other in folds.without([place])], [folds.parts[place]])
            for place in range(n_folds)
        )
        cv_d2 = np.asarray(1 - explained / null)
    return CountFits(d2, cv_d2, dispersion, Chosen.of(path, picked, n_readers))


def deviance(part: Cells, b: np.ndarray) -> np.ndarray:
    """Give twice the log likelihood that a fit lacks, (n_readers,)."""
    eta = part.z @ b
    return np.asarray(2 * (_saturated(part.y) - (part.y * eta - np.exp(eta)).sum(axis=0)))


def _within(part: Cells, b: np.ndarray) -> np.ndarray:
    fitted = np.exp(part.z @ b)
    chi_square = ((part.y - fitted) ** 2 / fitted).sum(axis=0)
    return np.stack([deviance(part, b), chi_square])


def _null(training: Sequence[Cells], tested: Sequence[Cells]) -> np.ndarray:
    """Give the deviance of the training mean, (n_readers,)."""
    cells = sum(len(part.y) for part in training)
    mean = sum(part.y.sum(axis=0) for part in training) / cells
    return np.asarray(
        sum(2 * (_saturated(part.y) - part.y.sum(axis=0) * np.log(mean) + len(part.y) * mean) for part in tested)
    )


def _saturated(y: np.ndarray) -> np.ndarray:
    """Sum y log y - y, (n_readers,)."""
    return np.asarray((y * np.log(np.where(y > 0, y, 1.0)) - y).sum(axis=0))
