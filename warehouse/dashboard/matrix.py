"""A sentence's word pairs as a table of shaded cells: word from (down) by word to (across)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.dashboard.drawings import Drawing, drawing, slug


@dataclass(frozen=True)
class Cell:
    """One word pair: its value in words, and how dark it is, -100 to 100; None where there is no value."""

    said: str
    shade: int | None


@dataclass(frozen=True)
class Matrix:
    """Values of the word pairs of one sentence.

    Attributes
    ----------
    title : str
        What is shown, e.g. ``attention of layer 3, head 5``.
    said : str
        What the values are and how many readers they are of, in a sentence.
    words : sequence of str
        The words of the sentence, (n_words,).
    values : ndarray (n_words, n_words)
        From (rows) and to (columns); nan where there is no value.
    scale : float or None
        The value of the darkest shade, where it is not that of these values: matrices side by side have one.
    """

    title: str
    said: str
    words: Sequence[str]
    values: np.ndarray
    scale: float | None = None

    @property
    def darkest(self) -> float:
        """The value of the darkest shade; 0 where there is no value but 0."""
        if self.scale is not None:
            return self.scale
        return float(np.nanmax(np.abs(self.values), initial=0.0, where=np.isfinite(self.values)))

    def rows(self) -> Iterator[tuple[str, list[Cell]]]:
        """Give each word looked from with the cells of its row."""
        for word, row in zip(self.words, self.values.tolist(), strict=True):
            yield word, [self._cell(value) for value in row]

    @property
    def name(self) -> str:
        """What addresses and files call it."""
        return slug(self.title)

    def drawing(self) -> Drawing | None:
        """Give it as a chart; None where no word pair has a value."""
        rows = [
            {"panel": self.title, "from_word": start, "to_word": end, "from_text": self.words[start],
             "to_text": self.words[end], "value": float(self.values[start, end])}
            for start, end in np.argwhere(np.isfinite(self.values)).tolist()
        ]  # fmt: skip
        axes = {"x": "to_word", "y": "from_word", "value": "value", "label": "from_text", "panel": "panel"}
        return drawing("matrix", rows, axes, {"x": "to", "y": "from"}, self.title)

    def _cell(self, value: float) -> Cell:
        if np.isnan(value):
            return Cell("", None)
        return Cell(f"{value:.3g}", round(100 * value / self.darkest) if self.darkest else 0)


def square(size: int, cells: Sequence[tuple[int, int, float | None]]) -> np.ndarray:
    """Give (size, size) from rows of word from, word to, value; nan where there is none."""
    values = np.full((size, size), np.nan)
    for from_word, to_word, value in cells:
        if value is not None:
            values[from_word, to_word] = value
    return values
