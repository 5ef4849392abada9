"""A basis of the predictors' span where only sums about zero are there, and no cells to fall back on."""

import numpy as np

from analytics._stats.design import GRAM_LIMIT, Design
from analytics._stats.moments import Moments
from analytics._stats.spread import Spread
from warehouse.errors import BadInput

ROUNDING = 1e-12
"""Share of a sum of squares, or of the largest eigenvalue, that rounding may leave where there is nothing."""
NEAR_ZERO = 1e5
"""Mean square over variance up to which centring by subtraction of sums costs at most five digits."""


def design_of_sums(total: Moments) -> Design:
    """Factorise sums of predictors about zero, without those that are constant or depend on others.

    Up to `GRAM_LIMIT` a direction is told from rounding, and so is one that is not there at all.

    Parameters
    ----------
    total : Moments
        Over all cells, about zero.

    Raises
    ------
    BadInput
        If a column's mean is so large beside what varies, or columns are so nearly dependent, that sums have lost the
        digits; or a value is not finite.
    """
    if not all(np.isfinite(values).all() for values in total.arrays):
        raise BadInput("hold a value that is not a finite number", "the sums", "extract the attention again")
    varies = _require_digits(total)
    spread = Spread.from_sums(float(total.count[0]), total.x, total.zz[1:, 1:])
    spread = Spread(spread.count, spread.mean, np.where(np.outer(varies, varies), spread.gram, 0.0))
    eigenvalues, vectors = np.linalg.eigh(spread.gram * np.outer(spread.scale, spread.scale))
    is_there = _require_told_apart(eigenvalues, float(eigenvalues[-1]))
    singular = np.sqrt(eigenvalues[is_there])
    vectors = vectors[:, is_there]
    condition_number = float(singular[-1] / singular[0]) if len(singular) else float("nan")
    return Design(spread, spread.scale[:, None] * vectors / singular, singular[:, None] * vectors.T, condition_number)


def error_of_fold(training: Moments, tested: Moments, design: Design) -> np.ndarray:
    """Predict a fold from cells that do not span the predictors, by the smallest coefficients, (n_targets,).

    As `minimum_norm.squared_error` does of cells: of the predictors at unit length, not of their basis.

    Parameters
    ----------
    training, tested : Moments
        Of the basis, of the other cells and of the fold.
    design : Design
        The way back to the predictors.

    Raises
    ------
    BadInput
        If what the others span and what they do not is too near for sums.
    """
    training, tested = (one.through(_bordered(design.back)) for one in (training, tested))
    x_mean, y_mean = training.means
    xx, xy, _ = training.about(x_mean, y_mean)
    eigenvalues, vectors = np.linalg.eigh(xx)
    is_there = _require_told_apart(eigenvalues, float(eigenvalues[-1]))
    vectors = vectors[:, is_there]
    b = vectors @ (vectors.T @ xy / eigenvalues[is_there][:, None])
    xx, xy, yy = tested.about(x_mean, y_mean)
    return np.asarray(yy + np.einsum("ij,ij->j", b, xx @ b - 2 * xy))


def _bordered(back: np.ndarray) -> np.ndarray:
    found = np.zeros((len(back) + 1, back.shape[1] + 1))
    found[0, 0], found[1:, 1:] = 1.0, back
    return found


def _require_told_apart(eigenvalues: np.ndarray, most: float) -> np.ndarray:
    """Tell the directions that are there; refuse those of which sums do not say whether they are."""
    is_there = eigenvalues * GRAM_LIMIT > most
    if (is_there != (eigenvalues > ROUNDING * most)).any():
        raise _lost("heads are so nearly dependent that sums do not tell them apart")
    return np.asarray(is_there)


def _require_digits(total: Moments) -> np.ndarray:
    """Tell the predictors that vary; refuse columns that hardly do."""
    found = []
    for sums, about_zero in ((total.x, np.diag(total.zz)[1:]), (total.y, total.yy)):
        squares = about_zero - sums**2 / total.count
        varies = squares > ROUNDING * about_zero
        if (varies & (sums**2 / total.count > NEAR_ZERO * squares)).any():
            raise _lost("values hardly vary beside their mean, and sums have lost the digits")
        found.append(varies)
    return np.asarray(found[0])


def _lost(what: str) -> BadInput:
    return BadInput(what, "the regression on sums", "ingest the attention with --keep cells or both")
