"""Ridge regression from moments by fold, its penalty chosen within what each held-out fold leaves.

With the training columns standardised and V, L the eigenvectors and eigenvalues of their cross-products, the
coefficients of every penalty are V'x'y / (L + penalty): one decomposition serves all penalties and targets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics._stats.by_reader import Values
from analytics._stats.design import Design
from analytics._stats.folds import Folds, GroupParts
from analytics._stats.held_out import each_set_aside, pooled
from analytics._stats.moments import Moments
from analytics._stats.penalties import Chosen, best_of, missing_because
from analytics._stats.sums import Sums
from warehouse.plugin.columns import Cells

HALF_DECADES = tuple(10.0 ** (step / 2) for step in range(-4, 13))
"""Penalties from 0.01 to a million."""
CONSTANT = 1e-12
"""Share of a column's variance over all cells below which it is constant in training, by rounding alone."""


@dataclass(frozen=True)
class Ridge:
    """What ridge regression explains of each target.

    Attributes
    ----------
    r2, cv_r2 : ndarray (n_targets,)
        In-sample with the penalty that is best for all folds; held out with penalties chosen without each fold. nan
        where there are too few folds to choose.
    chosen : Chosen
        The penalties chosen without each fold.
    """

    r2: np.ndarray
    cv_r2: np.ndarray
    chosen: Chosen


def ridge(folds: Folds, design: Design, penalties: Sequence[float]) -> Ridge:
    """Minimise |y - mean - Zb|^2 + penalty |b|^2 over the columns Z of a design, standardised in training.

    Parameters
    ----------
    folds : Folds
        Moments of the design's basis by fold; each is held out once.
    design : Design
        The way from the basis to the columns.
    penalties : sequence of float
        The path, ascending; of equally good ones the first is chosen. A path of one is not a choice.

    Returns
    -------
    Ridge
        The penalty of each target and held-out fold has the least squared error pooled over the other folds, each held
        out of the rest.
    """
    path, n_targets = np.asarray(penalties, dtype=float), folds.total.y.shape[-1]
    picked, errors, sse, sst = [], [], [], []
    for _, aside, best in _choices(folds, design, path):
        held = _Fits.of(folds.total - aside, design)
        picked.append(best)
        errors.append(held.errors(aside, path))
        sse.append(best_of(errors[-1], best))
        sst.append(held.squares(aside))
    cv_r2 = pooled(np.array(sse), np.array(sst)) if sse else np.full(n_targets, np.nan)
    return Ridge(_in_sample(folds, design, path, errors), cv_r2, Chosen.of(path, picked, n_targets))


def _choices(folds: Folds, design: Design, path: np.ndarray) -> Iterator[tuple[int, Moments, np.ndarray]]:
    """Yield each fold's place and moments, with the place of the best penalty of each target without the fold."""
    if len(path) == 1 and len(folds.names) > 1:
        first = np.zeros(folds.total.y.shape[-1], dtype=int)
        for names, some in folds:
            for row, place in enumerate(folds.places(names).tolist()):
                yield place, some.part(slice(row, row + 1)), first
        return
    for place, aside, tested in each_set_aside(folds):
        yield place, aside, _errors_within(folds.total - aside, tested, design, path).argmin(axis=0)


def _errors_within(whole: Moments, tested: Moments, design: Design, path: np.ndarray) -> np.ndarray:
    """Sum the squared errors of parts that are each held out of the whole, (n_penalties, n_targets)."""
    parts = (tested.part(slice(row, row + 1)) for row in range(len(tested.count)))
    return np.asarray(sum(_Fits.of(whole - part, design).errors(part, path) for part in parts))


def _in_sample(folds: Folds, design: Design, path: np.ndarray, errors: Sequence[np.ndarray]) -> np.ndarray:
    """Fit all cells with the penalty of the least `errors` (n_penalties, n_targets) of the folds, if they are known."""
    total = Moments.stacked([folds.total])
    if len(path) > 1 and len(folds.names) < 2:
        return np.full(total.y.shape[-1], np.nan)
    best = np.zeros(total.y.shape[-1], dtype=int)
    if len(path) > 1:
        of_folds = errors or [_errors_within(total, some, design, path) for _, some in folds]
        best = np.sum(of_folds, axis=0).argmin(axis=0)
    fits = _Fits.of(total, design)
    return pooled(best_of(fits.errors(total, path), best)[None], fits.squares(total)[None])


@dataclass(frozen=True)
class _Fits:
    """Fits of all penalties on one training set.

    Attributes
    ----------
    x_mean, y_mean : ndarray
        Of the basis and of the targets in training.
    directions : ndarray (rank, n_columns)
        From the basis to the eigenvectors of the standardised columns.
    eigenvalues : ndarray (n_columns,)
    along : ndarray (n_columns, n_targets)
        Cross-products of the targets with those directions.
    """

    x_mean: np.ndarray
    y_mean: np.ndarray
    directions: np.ndarray
    eigenvalues: np.ndarray
    along: np.ndarray

    @classmethod
    def of(cls, training: Moments, design: Design) -> "_Fits":
        x_mean, y_mean = training.means
        (xx,), (xy,), _ = training.about(x_mean, y_mean)
        square = np.einsum("ij,ij->j", design.back, xx @ design.back)
        varies = square > CONSTANT
        deviation = np.sqrt(square / training.count, out=np.ones_like(square[None]), where=varies)[0]
        standardised = design.back * np.where(varies, 1 / deviation, 0.0)
        eigenvalues, vectors = np.linalg.eigh(standardised.T @ xx @ standardised)
        directions = standardised @ vectors
        return cls(x_mean, y_mean, directions, np.maximum(eigenvalues, 0.0), directions.T @ xy)

    def errors(self, tested: Moments, path: np.ndarray) -> np.ndarray:
        """Sum the squared errors on other cells, (n_penalties, n_targets)."""
        (xx,), (xy,), (yy,) = tested.about(self.x_mean, self.y_mean)
        square, cross = self.directions.T @ xx @ self.directions, self.directions.T @ xy
        divisor = self.eigenvalues + path[:, None]
        inverse = np.divide(1.0, divisor, out=np.zeros_like(divisor), where=divisor > 0)
        found = yy - 2 * (inverse @ (self.along * cross))
        for number, each in enumerate(inverse):  # the divisors go to the small matrix, not to all targets
            found[number] += np.einsum("ij,ij->j", self.along, (each[:, None] * square * each) @ self.along)
        return np.asarray(found)

    def squares(self, tested: Moments) -> np.ndarray:
        """Sum the squares of other cells about the training mean, (n_targets,)."""
        return np.asarray(tested.squares(self.y_mean)[0])


def of_cells(
    penalties: Sequence[float], predictors: Cells, readers: Cells, article: Cells, _: Cells
) -> dict[str, Values]:
    """Fit readers of the same cells, each article held out once.

    Parameters
    ----------
    penalties : sequence of float
        The path, ascending.
    predictors : Cells (n_cells, n_predictors)
        What explains.
    readers : Cells (n_cells, n_readers)
        What is explained.
    article : Cells (n_cells,) of int
        The folds; the sentences that follow it in the cells of an analysis are of no use here.

    Returns
    -------
    dict
        What ridge regression tells of `result.resemblance_variant` by reader.
    """
    sums = Sums.of(predictors, readers, article)
    folds = Folds(GroupParts(sums.by_sentence, sums.sentences))
    found, n_readers = ridge(folds, sums.design, penalties), len(sums.varies)
    return {
        "r2": np.where(sums.varies, found.r2, np.nan),
        "cv_r2": np.where(sums.varies, found.cv_r2, np.nan),
        "penalty": np.where(sums.varies, found.chosen.penalty, np.nan),
        "penalty_end_count": np.where(sums.varies, found.chosen.end_count, 0),
        "cell_count": np.full(n_readers, sums.n_cells),
        "predictor_count": np.full(n_readers, sums.n_predictors),
        "missing_because": missing_because(sums.varies, len(folds.names), len(penalties)),
    }
