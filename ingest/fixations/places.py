"""On which word a fixation is: by the number of the word, by a character, or by its place on the screen."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from ingest.fixations.mapping import Areas
from ingest.fixations.text import Text
from warehouse.errors import BadInput

OFF, BEYOND = -1, -2
"""Stand for a word: on no word, and on one that is not there."""
STRIDE = 1 << 32
"""More than any number of a character: a page and a character make one number."""


class Places:
    """Where the words of a text are.

    Parameters
    ----------
    text : Text
        The words.
    areas : Areas
        What the numbers of fixations mean.
    """

    def __init__(self, text: Text, areas: Areas) -> None:
        self._text, self._areas = text, areas

    def numbered(self, group: np.ndarray, number: np.ndarray) -> np.ndarray:
        """Find words by their numbers, or those of their characters.

        Parameters
        ----------
        group : ndarray (n,) of int64
            The page, or the sentence where numbers count within sentences.
        number : ndarray (n,) of int64
            As the source has it, `OFF` where it is on no word.

        Returns
        -------
        ndarray (n,) of int64
            The words by their place in the text, `OFF`, or `BEYOND` where there is no such word.
        """
        found = self._of_character(group, number) if self._areas.counts == "character" else self._of(group, number)
        return np.where(number == OFF, OFF, found)

    def at(self, page: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Find the words whose boxes hold some points, (n,): left <= x < right, top <= y < bottom; else `OFF`."""
        found = np.full(len(page), OFF, dtype=np.int64)
        for one in np.unique(page):
            rows = np.flatnonzero(page == one)
            first = self._text.first_of_page[one]
            left, top, right, bottom = self._boxes[first : self._text.first_of_page[one + 1]].T
            across, down = x[rows, None], y[rows, None]
            inside = (left <= across) & (across < right) & (top <= down) & (down < bottom)
            found[rows] = np.where(inside.any(axis=1), first + inside.argmax(axis=1), OFF)
        return found

    def _of(self, group: np.ndarray, number: np.ndarray) -> np.ndarray:
        first = self._first
        place = number - self._areas.base
        is_there = (place >= 0) & (place < first[group + 1] - first[group])
        return np.where(is_there, first[group] + place, BEYOND)

    def _of_character(self, group: np.ndarray, character: np.ndarray) -> np.ndarray:
        starts, ends, words, between = self._characters
        wanted = group * STRIDE + character
        place = np.searchsorted(starts, wanted, side="right") - 1
        is_there = (place >= 0) & (wanted <= ends[place])
        return np.where(is_there, words[place], np.where(np.isin(wanted, between), OFF, BEYOND))

    @cached_property
    def _first(self) -> np.ndarray:
        is_page = self._areas.within == "page"
        return self._text.first_of_page if is_page else self._text.first_of_sentence

    @cached_property
    def _boxes(self) -> np.ndarray:
        return np.array([word.box for word in self._text.words], dtype=float).reshape(-1, 4)

    @cached_property
    def _characters(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """First and last character of each word, in order, and the words; then the characters of none."""
        starts, ends = _characters(self._text, self._areas)
        order = np.argsort(starts, kind="stable")
        is_page, text = self._areas.within == "page", self._text
        groups = ((text.pages.get(page) if is_page else text.sentences.get((page, sentence)), number)
                  for page, sentence, number in text.between)  # fmt: skip
        between = [group * STRIDE + number for group, number in groups if group is not None]
        return starts[order], ends[order], order, np.array(between, dtype=np.int64)


def _characters(text: Text, areas: Areas) -> tuple[np.ndarray, np.ndarray]:
    group = np.array([
        text.pages[word.page] if areas.within == "page" else text.sentences[word.page, word.sentence]
        for word in text.words
    ])  # fmt: skip
    first, last = (np.array([getattr(word, side) for word in text.words], dtype=np.int64) for side in ("first", "last"))
    return group * STRIDE + first, group * STRIDE + last


def refuse_characters_of_two(text: Text, areas: Areas, path: Path) -> None:
    """Refuse words that share a character.

    Raises
    ------
    BadInput
        Naming the first two.
    """
    if areas.counts != "character":
        return
    starts, ends = _characters(text, areas)
    order = np.argsort(starts, kind="stable")
    shared = np.flatnonzero(ends[order][:-1] >= starts[order][1:])
    if len(shared):
        raise _shared("characters", text, (int(order[shared[0]]), int(order[shared[0] + 1])), path)


def refuse_overlap(text: Text, path: Path) -> None:
    """Refuse words whose boxes overlap: a fixation would be on two.

    Raises
    ------
    BadInput
        Naming the first two.
    """
    if not text.words or text.words[0].box is None:
        return
    for first, stop in zip(text.first_of_page[:-1], text.first_of_page[1:], strict=True):
        boxes = [text.words[i].box or (0, 0, 0, 0) for i in range(first, stop)]
        left, top, right, bottom = np.array(boxes, dtype=float).T
        across = (left[:, None] < right) & (left < right[:, None])
        down = (top[:, None] < bottom) & (top < bottom[:, None])
        pairs = np.argwhere(np.triu(across & down, 1))
        if len(pairs):
            raise _shared("boxes", text, (int(first + pairs[0][0]), int(first + pairs[0][1])), path)


def _shared(what: str, text: Text, pair: Sequence[int], path: Path) -> BadInput:
    one, other = (text.words[place] for place in pair)
    told = f"page {one.page}: the {what} of the words {one.text!r} and {other.text!r} overlap"
    return BadInput(told, path, "repair the words file")
