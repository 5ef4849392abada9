"""What is the same for every layer is computed once: the readers, the predictors and what hangs on them alone.

Arrays that slices give again from layer to layer cannot be written to, and are known by being the same object.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

import numpy as np

Result = TypeVar("Result")
KEPT = 3
"""Results of a function: the units of a layer that are of other sentences are a piece of their own, in turn with it."""
FEW = 1 << 16
"""Numbers that are compared: sums, and the article or sentence of each cell of a small corpus."""


def once_for_same_arrays(function: Callable[..., Result]) -> Callable[..., Result]:
    """Make a function of arrays give again what it gave, as long as it is called with the same arrays.

    The last `KEPT` results are kept, with their arrays. Arrays are the same if they are one object that cannot be
    written to, or few and equal.

    Parameters
    ----------
    function : callable
        Of arrays, by position; what it gives must not be changed by who gets it.
    """
    last: list[tuple[Sequence[np.ndarray], Result]] = []

    @wraps(function)
    def call(*arrays: np.ndarray) -> Result:
        for known, found in last:
            if len(known) == len(arrays) and all(map(_is_same, known, arrays)):
                return found
        found = function(*arrays)
        if any(not _is_written(one) for one in arrays):
            known = [one.copy() if _is_written(one) else one for one in arrays]  # it may hold other numbers by then
            last[:] = [*last, (known, found)][-KEPT:]
        return found

    return call


def _is_same(known: np.ndarray, given: np.ndarray) -> bool:
    if known is given and not _is_written(given):
        return True
    return known.size <= FEW and np.array_equal(known, given)


def _is_written(array: Any) -> bool:
    return bool(array.flags.writeable)
