"""Poisson regression with log link and a penalty on squared coefficients, of many readers at once.

Newton's method for all readers side by side: a gradient is two matrix products for all of them. A curvature costs as
many as there are columns, and is formed anew only where the one at hand no longer brings the fit nearer: each step
corrects it (BFGS), and fits without some articles start from the fit on all, with the curvature of those articles.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

NEAR = 1e-9
"""Newton decrement, about twice what the likelihood may still gain, at which a fit is found."""
MOST_STEPS, MOST_HALVINGS = 200, 30
SLOW = 2.0
"""Decrement over the one before above which the curvature is formed anew; a corrected one often recovers from less."""


@dataclass(frozen=True)
class Cells:
    """Cells of one article.

    Attributes
    ----------
    z : ndarray (n_cells, 1 + n_columns)
        1 and the predictors.
    y : ndarray (n_cells, n_readers)
        Counts.
    zy : ndarray (1 + n_columns, n_readers)
        Their products, which are all that a fit needs of the counts.
    """

    z: np.ndarray
    y: np.ndarray
    zy: np.ndarray

    @classmethod
    def of(cls, z: np.ndarray, y: np.ndarray) -> "Cells":
        """Form the products."""
        return cls(z, y, z.T @ y)


@dataclass(frozen=True)
class Objective:
    """Penalised likelihood over some articles.

    Attributes
    ----------
    parts : sequence of ndarray (n_cells, 1 + n_columns)
        1 and the predictors of each article.
    zy : ndarray (1 + n_columns, n_readers)
        Their products with the counts, over all of them.
    penalty : ndarray (1 + n_columns,)
        On half the squared coefficients; 0 for the constant.
    is_free : ndarray (1 + n_columns,) of bool
        False for a column that does not vary here, whose coefficient is 0.
    """

    parts: Sequence[np.ndarray]
    zy: np.ndarray
    penalty: np.ndarray
    is_free: np.ndarray

    def at(self, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give what is minimised, (n_readers,), and its negative gradient, (1 + n_columns, n_readers)."""
        fitted = np.zeros_like(b)
        with np.errstate(over="ignore", invalid="ignore"):
            for z in self.parts:
                eta = z @ b
                fitted += z.T @ np.exp(eta, out=eta)
            shrunk = self.penalty[:, None] * b
            # the first of the fitted products is the sum of what is fitted
            value = fitted[0] + (b * (0.5 * shrunk - self.zy)).sum(axis=0)
            gradient = self.zy - fitted - shrunk
        gradient[~self.is_free] = 0.0
        return value, gradient

    def of_readers(self, chosen: np.ndarray) -> "Objective":
        """Give that of some of the readers."""
        return self if chosen.all() else replace(self, zy=self.zy[:, chosen])

    def inverse(self, curvature: np.ndarray) -> np.ndarray:
        """Invert the curvature (n_readers, 1 + n_columns, 1 + n_columns) of the likelihood with that of the penalty."""
        fixed = np.where(self.is_free, self.penalty, 0.0)
        whole = np.where(np.outer(self.is_free, self.is_free), curvature, 0.0)
        diagonal = np.einsum("rii->ri", whole)
        diagonal += fixed + np.where(self.is_free, 1e-12 * diagonal.max(axis=1, keepdims=True), 1.0)
        return np.asarray(np.linalg.inv(whole))


def curvature(z: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Give z' diag(exp(z b)) z of every reader, (n_readers, n_columns, n_columns)."""
    root = np.exp(z @ (0.5 * b)).T
    found = np.empty((b.shape[1], z.shape[1], z.shape[1]))
    across, weighted = np.ascontiguousarray(z.T), np.empty((z.shape[1], len(z)))
    for reader, weight in enumerate(root):
        np.multiply(across, weight, out=weighted)
        np.matmul(weighted, weighted.T, out=found[reader])  # of a matrix with itself, half as much to do
    return found


def minimise(
    objective: Objective, b: np.ndarray, start_curvature: np.ndarray | None = None, near: float = NEAR
) -> np.ndarray:
    """Find the coefficients of every reader.

    Parameters
    ----------
    objective : Objective
        What is minimised.
    b : ndarray (1 + n_columns, n_readers)
        Where to start.
    start_curvature : ndarray (n_readers, 1 + n_columns, 1 + n_columns) or None
        Of the likelihood near there; None forms it.
    near : float
        Newton decrement at which a fit is found.

    Returns
    -------
    ndarray (1 + n_columns, n_readers)
        Up to that decrement, or the best of `MOST_STEPS`.

    Notes
    -----
    A step that does not lower the objective is halved. Source: Nocedal & Wright (2006), section 6.1 (BFGS), begun with
    a curvature of the likelihood.
    """
    b = np.where(objective.is_free[:, None], b, 0.0)
    value, gradient = objective.at(b)
    n_readers, size = b.shape[1], len(b)
    inverse, before = np.zeros((n_readers, size, size)), np.full(n_readers, -1.0)  # which no step keeps to
    if start_curvature is not None:
        inverse, before = objective.inverse(start_curvature), np.full(n_readers, np.inf)
    for _ in range(MOST_STEPS):
        step, decrement = _step(inverse, gradient)
        todo = (decrement > near) | (before < 0)
        if not todo.any():
            break
        if (is_slow := todo & (decrement > SLOW * before)).any():
            inverse[is_slow] = _inverse_at(objective, b, is_slow)
            step, decrement = _step(inverse, gradient)
        before, old_b, old_gradient = decrement, b.copy(), gradient.copy()
        _take(objective, b, value, gradient, step, todo)
        _learn(inverse, (b - old_b).T, (old_gradient - gradient).T)
    return b


def _learn(inverse: np.ndarray, moved: np.ndarray, change: np.ndarray) -> None:
    """Correct inverse curvatures in place by how the gradient changed on the way, (n_readers, 1 + n_columns) each."""
    along = np.einsum("ri,ri->r", moved, change)
    places: slice | np.ndarray = (
        slice(None) if (along > 0).all() else np.flatnonzero(along > 0)
    )  # of all of them nothing is copied
    moved, change, along = moved[places], change[places], along[places, None]
    turned = (inverse[places] @ change[..., None])[..., 0]
    scale = (1 + np.einsum("ri,ri->r", change, turned)[:, None] / along) / along
    half = 0.5 * scale * moved - turned / along
    inverse[places] += np.stack([half, moved], axis=-1) @ np.stack([moved, half], axis=1)


def _step(inverse: np.ndarray, gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each reader's step and its decrement."""
    step = (inverse @ gradient.T[..., None])[..., 0].T
    return step, np.einsum("ir,ir->r", step, gradient)


def _inverse_at(objective: Objective, b: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    return objective.inverse(np.asarray(sum(curvature(z, b[:, chosen]) for z in objective.parts)))


def _take(
    objective: Objective, b: np.ndarray, value: np.ndarray, gradient: np.ndarray, step: np.ndarray, todo: np.ndarray
) -> None:
    """Take the step of some readers in place, halved for those whom it would make worse."""
    length, left = 1.0, todo.copy()
    for _ in range(MOST_HALVINGS):
        (places,) = np.nonzero(left)
        tried = b[:, places] + length * step[:, places]
        new_value, new_gradient = objective.of_readers(left).at(tried)
        is_better = new_value <= value[places] + 1e-12 * np.abs(value[places])
        good = places[is_better]
        b[:, good], value[good] = tried[:, is_better], new_value[is_better]
        gradient[:, good] = new_gradient[:, is_better]
        left[good] = False
        if not left.any():
            return
        length /= 2
