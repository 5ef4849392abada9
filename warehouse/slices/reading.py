"""A connection that reads for an analysis, what it has read already, and what a slice is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from psycopg.types.json import Jsonb

from warehouse.database.numpy_arrays import ARRAY_OIDS, NumpyArrayLoader
from warehouse.database.types import Connection
from warehouse.slices.keeping import KeptArrays, KeptColumn

NO_NUMBERS = np.empty(0, dtype=np.int64)

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
        self._kept: dict[str, KeptArrays] = {}

    @property
    def left_out(self) -> Jsonb:
        """The same labels as results carry them, in the parameters of their run."""
        return Jsonb(sorted(self.leave_out))

    def arrays(self, statement: str, arguments: Sequence[Any] | Mapping[str, Any]) -> tuple[np.ndarray, ...]:
        """Give the arrays of an answer of one row; an absent array is an empty one."""
        with self.connection.cursor(binary=True) as cursor:
            row = cursor.execute(statement, arguments).fetchone() or ()
        return tuple(NO_NUMBERS if array is None else array for array in row)

    def rows(self, statement: str, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Give the rows of an answer, their arrays as numpy's."""
        with self.connection.cursor(binary=True) as cursor:
            return cursor.execute(statement, arguments).fetchall()

    def remember(self, kind: str, key: Any, make: Callable[[], Any], at_most: int) -> Any:
        """Give what was made for a key of a kind, or make it; the oldest is forgotten when there are too many."""
        return self._kept.setdefault(kind, KeptArrays()).get(key, make, at_most)

    def look_ahead(self, kind: str, keys: Iterable[Any], make: Callable[[list[Any]], Mapping[Any, Any]]) -> None:
        """Make at once what will be asked for by these keys one by one."""
        self._kept.setdefault(kind, KeptArrays()).make_all(keys, make)

    def column(self, kind: str, key: Any, at_most: int) -> KeptColumn:
        """Give the blocks that are kept of a column over cells."""
        found: KeptColumn = self.remember(f"{kind} blocks", key, KeptColumn, at_most)
        return found


def _nothing(reading: Reading, work: Work) -> dict[str, str]:
    return {}


def _no_look(reading: Reading, works: Sequence[Work]) -> None:
    return None


def _no_units(reading: Reading, work: Work) -> np.ndarray:
    return NO_NUMBERS


@dataclass(frozen=True)
class Slice:
    """What a slice is: how it is pulled, what it depends on, and which sentences it has.

    Attributes
    ----------
    pull : callable
        Of (reading, work) gives the array; over cells, of (reading, work, part) one with a row for every cell of a
        part of the corpus's sentences (see `cells.Sentences`).
    inputs : callable
        Names and digests of what it is made of, without pulling it.
    held : callable or None
        The sentences that it has, (n_sentences,) bool; None where it has all.
    is_over_cells : bool
        True where its rows are cells.
    unit_ids : callable
        Of results: the units of the ledger that wrote what is read, (n_units,).
    is_of_piece : bool
        True where `pull` takes all units that are computed together, in place of one, and puts side by side what they
        have; the others are the same for all of them.
    look_ahead : callable
        Of (reading, works) asks the server once for what `inputs` and `held` of each will ask for.
    """

    pull: Callable[..., Any]
    inputs: Callable[[Reading, Work], Mapping[str, str]] = _nothing
    held: Callable[[Reading, Work], np.ndarray] | None = None
    is_over_cells: bool = True
    unit_ids: Callable[[Reading, Work], np.ndarray] = _no_units
    is_of_piece: bool = False
    look_ahead: Callable[[Reading, Sequence[Work]], None] = _no_look

    def asked_of(self, works: Sequence[Work]) -> Work | Sequence[Work]:
        """Give what is pulled for: all units of a piece, or the first, which stands for all."""
        return works if self.is_of_piece else works[0]
