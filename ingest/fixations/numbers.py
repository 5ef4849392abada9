"""Numbers as studies write them: with a point or a comma, or as one of the marks of what is missing."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from ingest.fixations.mapping import Mapping
from ingest.fixations.places import OFF
from warehouse.errors import BadInput

WHOLE = re.compile(r"-?[0-9]{1,9}(\.0{1,6})?", re.ASCII)


def decimals(texts: Sequence[str], decimal: str = ".") -> np.ndarray:
    """Read numbers, (n,) float64: nan where one is missing or is none."""
    if decimal == ",":
        texts = [text.replace(",", ".") for text in texts]
    try:
        found = np.array(texts, dtype=np.float64)
    except ValueError:
        found = np.array([_decimal(text) for text in texts])
    return np.where(np.isfinite(found), found, np.nan)


def _decimal(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


class Areas(dict[str, int]):
    """The numbers of words or characters by how they are written; each is read once."""

    def __init__(self, mapping: Mapping) -> None:
        super().__init__()
        self._off = {*mapping.word.off, *mapping.files.missing}

    def __missing__(self, text: str) -> int:
        self[text] = number = int(float(text)) if WHOLE.fullmatch(text) else NONE
        return number

    def is_off(self, text: str) -> bool:
        """Tell whether a number stands for no word."""
        return text in self._off or _bare(text) in self._off

    def numbers(self, texts: Sequence[str], known: np.ndarray, where: Callable[[int], str]) -> np.ndarray:
        """Read the numbers of some rows, (n,) of int64, `OFF` on no word.

        Raises
        ------
        BadInput
            If a row of those that are `known` has none.
        """
        off = {text for text in set(texts) if self.is_off(text)}
        found = np.array([OFF if text in off else self[text] for text in texts], dtype=np.int64)
        negative = np.flatnonzero(known & (found < 0) & ~np.array([text in off for text in texts]))
        if len(negative):
            row = int(negative[0])
            what = f"{texts[row][:60]!r} is not a number of a word"
            raise BadInput(what, where(row), "list it in [word] off if it means on no word, else repair the file")
        return found


NONE = -3
"""Stands for a text that is not a whole number."""


def _bare(text: str) -> str:
    """Write ``-1.0`` as ``-1``: as a column that went through pandas has it."""
    return text.partition(".")[0] if WHOLE.fullmatch(text) else text
