"""A connection that reads for an analysis, what it has read already, and what a slice is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg

from warehouse.array_loader import ARRAY_OIDS, NumpyArrayLoader

Connection = psycopg.Connection[Any]
Work = Mapping[str, Any]
"""One unit of work: its ids and names, as the views of the plan have them."""


class Reading:
    """A read-only connection whose arrays arrive as numpy arrays, with a small memory of what it gave last.

    Attributes
    ----------
    leave_out : tuple of str
        Labels of sentences that are left out on request.
    """

    def __init__(self, connection: Connection, leave_out: tuple[str, ...] = ()) -> None:
        for oid in ARRAY_OIDS:
            connection.adapters.register_loader(oid, NumpyArrayLoader)
        self.connection = connection
        self.leave_out = leave_out
        self._kept: dict[str, dict[Any, Any]] = {}

    def arrays(self, statement: str, arguments: Sequence[Any]) -> tuple[np.ndarray, ...]:
        """Give the arrays of an answer of one row; an absent array is an empty one."""
        with self.connection.cursor(binary=True) as cursor:
            row = cursor.execute(statement, arguments).fetchone() or ()
        return tuple(np.empty(0, dtype=np.int64) if array is None else array for array in row)

    def remembered(self, kind: str, key: Any, make: Callable[[], Any], at_most: int) -> Any:
        """Give what was made for a key of a kind, or make it; the oldest is forgotten when there are too many."""
        kept = self._kept.setdefault(kind, {})
        if key not in kept:
            while len(kept) >= at_most:
                del kept[next(iter(kept))]
            kept[key] = make()
        return kept[key]


def _nothing(reading: Reading, work: Work) -> dict[str, str]:
    return {}


@dataclass(frozen=True)
class Slice:
    """What a slice is: how it is pulled, what it depends on, and which sentences it has.

    Attributes
    ----------
    pull : callable
        Gives the array; over cells, it has a row for every cell of the corpus.
    inputs : callable
        Names and digests of what it is made of, without pulling it.
    held : callable or None
        The sentences that it has, (n_sentences,) bool; None where it has all.
    is_over_cells : bool
        True where its rows are cells.
    """

    pull: Callable[[Reading, Work], np.ndarray]
    inputs: Callable[[Reading, Work], Mapping[str, str]] = _nothing
    held: Callable[[Reading, Work], np.ndarray] | None = None
    is_over_cells: bool = True
