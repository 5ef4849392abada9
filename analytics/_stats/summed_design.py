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
    most = eigenvalues[-1]
    is_there = eigenvalues * GRAM_LIMIT > most
    if (is_there != (eigenvalues > ROUNDING * most)).any():
        raise _lost("heads are so nearly dependent that sums do not tell them apart")
    singular = np.sqrt(eigenvalues[is_there])
    vectors = vectors[:, is_there]
    condition_number = float(singular[-1] / singular[0]) if len(singular) else float("nan")
    return Design(spread, spread.scale[:, None] * vectors / singular, singular[:, None] * vectors.T, condition_number)


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
