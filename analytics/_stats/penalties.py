"""Penalties that are chosen within the folds: which, and whether the path was long enough."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.errors import BadInput
from warehouse.plugin.limits import require

MOST = 100
"""Penalties of a path."""


@dataclass(frozen=True)
class Chosen:
    """Penalties chosen without each fold, by target.

    Attributes
    ----------
    penalty : ndarray (n_targets,)
        Geometric mean over the folds; nan where none was chosen.
    end_count : ndarray (n_targets,) of int
        Folds whose best penalty is the first or the last of a path of several.
    """

    penalty: np.ndarray
    end_count: np.ndarray

    @classmethod
    def of(cls, path: np.ndarray, picked: Sequence[np.ndarray], n_targets: int) -> "Chosen":
        """Sum up places in a path, (n_targets,) of each fold."""
        if not picked:
            return cls(np.full(n_targets, np.nan), np.zeros(n_targets, dtype=int))
        places = np.array(picked)
        with np.errstate(divide="ignore"):  # a penalty of 0 is none
            mean = np.exp(np.log(path)[places].mean(axis=0))
        at_end = (places == 0) | (places == len(path) - 1)
        return cls(mean, at_end.sum(axis=0) if len(path) > 1 else np.zeros(n_targets, dtype=int))


def best_of(by_penalty: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Give each target's value at its penalty, (n_targets,), of (n_penalties, n_targets)."""
    return np.asarray(np.take_along_axis(by_penalty, best[None], axis=0)[0])


def require_path(penalties: Sequence[float]) -> tuple[float, ...]:
    """Give the penalties in ascending order, each once.

    Raises
    ------
    BadInput
        None, too many, or one that is negative or no number.
    """
    for penalty in penalties:
        require("penalties", penalty, 0.0, 1e12)
    path = tuple(sorted(set(penalties)))
    if not 0 < len(path) <= MOST:
        raise BadInput(f"{len(path)} penalties are not a path", "--penalties", f"give 1 to {MOST} different ones")
    return path


def missing_because(varies: np.ndarray, n_folds: int, n_penalties: int) -> list[str | None]:
    """Say of each target why it has no held-out score, or None, (n_targets,)."""
    reason = None
    if n_folds < 2:
        reason = "one article: none can be held out"
    elif n_folds < 3 and n_penalties > 1:
        reason = "two articles: without one of them the other leaves no choice of the penalty"
    return [reason if does_vary else "the reader's values do not vary" for does_vary in varies.tolist()]
