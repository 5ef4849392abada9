"""Which rows of a table are fixations, and which of these are no reading, by the values that a mapping names."""

from collections.abc import Iterable, Mapping

import numpy as np

from ingest.fixations.mapping import Mapping as Meaning
from ingest.fixations.names import Names
from ingest.fixations.pieces import Piece


class Selection:
    """What [only] and [skip] of a mapping say.

    Parameters
    ----------
    mapping : Mapping
        The mapping; its values and those of the rows are compared as names are written.
    """

    def __init__(self, mapping: Meaning) -> None:
        self._names = Names()
        self._only, self._skip = self._written(mapping.only), self._written(mapping.skip)

    def fixations(self, piece: Piece) -> Piece:
        """Leave out rows that are no fixations, such as those of saccades: they are passed over and break no chain."""
        if not self._only:
            return piece
        is_one = np.logical_and.reduce([self._among(piece, column, values) for column, values in self._only.items()])
        return piece.chosen(is_one)

    def is_skipped(self, piece: Piece) -> np.ndarray:
        """Tell of each row, (n,), whether it is no reading; such a fixation breaks a chain."""
        found = [self._among(piece, column, values) for column, values in self._skip.items()]
        return np.asarray(np.logical_or.reduce([np.zeros(piece.count, dtype=bool), *found]))

    def _among(self, piece: Piece, column: str, values: set[str]) -> np.ndarray:
        return np.array([self._names[value.strip()] in values for value in piece.columns[column]], dtype=bool)

    def _written(self, told: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
        return {column: {self._names[value] for value in values} for column, values in told.items()}
