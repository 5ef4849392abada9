"""Some rows of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Piece:
    """Some rows of a table that follow each other, by column, and the line of the file that each is in."""

    path: Path
    columns: Mapping[str, Sequence[str]]
    lines: Sequence[int]

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.lines)

    def place(self, row: int) -> str:
        """Say where a row stands."""
        return f"{self.path}, line {self.lines[row]}"

    def chosen(self, is_wanted: np.ndarray) -> "Piece":
        """Give some of the rows, those for which (n,) is true."""
        rows = np.flatnonzero(is_wanted).tolist()
        columns = {name: [values[row] for row in rows] for name, values in self.columns.items()}
        return Piece(self.path, columns, [self.lines[row] for row in rows])
