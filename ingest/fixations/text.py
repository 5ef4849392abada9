"""The text that was on the screens: pages, their sentences, their words, and where each word is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from warehouse.errors import BadInput

UNSEEN = "\N{OPEN BOX}"
"""Stands for a word that nobody looked at, where the words are known from fixations only."""
WORDS = 1000
"""Words that a sentence, or a page whose words are paired, may have: its word pairs are their square."""


@dataclass(frozen=True)
class Word:
    """A word as a words file has it.

    Attributes
    ----------
    article, page, sentence : str
        What it belongs to, as the file calls it.
    text : str
        As written; it may contain a blank.
    first, last : int or None
        Its characters, as fixations count them.
    box : tuple of float or None
        Left, top, right, bottom [pixels].
    """

    article: str
    page: str
    sentence: str
    text: str
    first: int | None = None
    last: int | None = None
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Text:
    """The words of a corpus, page by page, with what is stored as a sentence.

    Attributes
    ----------
    words : list of Word
        Sentence by sentence.
    pairs : str
        ``sentence``: a sentence is stored as it is; ``page``: a page is stored as one.
    between : set of (str, str, int)
        Page, sentence and number of the characters that belong to no word.
    """

    words: Sequence[Word]
    pairs: str = "sentence"
    between: frozenset[tuple[str, str, int]] = frozenset()

    @cached_property
    def pages(self) -> dict[str, int]:
        """Each page to its number, in their order."""
        return _numbered(word.page for word in self.words)

    @cached_property
    def sentences(self) -> dict[tuple[str, str], int]:
        """Each (page, sentence) of the source to its number."""
        return _numbered((word.page, word.sentence) for word in self.words)

    @cached_property
    def page_of_word(self) -> np.ndarray:
        """The page of each word, (n_words,)."""
        return np.array([self.pages[word.page] for word in self.words], dtype=np.int64)

    @cached_property
    def first_of_page(self) -> np.ndarray:
        """The first word of each page, and the number of words, (n_pages + 1,)."""
        return _starts(self.page_of_word, len(self.pages))

    @cached_property
    def first_of_sentence(self) -> np.ndarray:
        """The first word of each sentence of the source, and the number of words, (n_sentences + 1,)."""
        of_word = np.array([self.sentences[word.page, word.sentence] for word in self.words], dtype=np.int64)
        return _starts(of_word, len(self.sentences))

    @cached_property
    def rows(self) -> dict[str, list[Word]]:
        """What is stored as sentences: the label of each to its words."""
        found: dict[str, list[Word]] = {}
        for word in self.words:
            found.setdefault(self._label(word), []).append(word)
        return found

    @cached_property
    def row_of_word(self) -> np.ndarray:
        """The stored sentence of each word, (n_words,)."""
        return np.repeat(np.arange(len(self.rows)), [len(words) for words in self.rows.values()])

    @cached_property
    def position_of_word(self) -> np.ndarray:
        """The place of each word in its stored sentence, from 0, (n_words,)."""
        first = _starts(self.row_of_word, len(self.rows))
        return np.asarray(np.arange(len(self.words)) - first[self.row_of_word])

    @cached_property
    def first_row_of_page(self) -> np.ndarray:
        """The first stored sentence of each page, and the number of sentences, (n_pages + 1,)."""
        rows = np.append(self.row_of_word, len(self.rows))
        return np.asarray(rows[self.first_of_page])

    @cached_property
    def articles(self) -> list[dict[str, list[str]]]:
        """The stored sentences by article: label to words."""
        found: dict[str, dict[str, list[str]]] = {}
        for label, words in self.rows.items():
            found.setdefault(words[0].article, {})[label] = [word.text for word in words]
        return list(found.values())

    def refuse_names_of_two(self) -> None:
        """Refuse sentences that would be stored under one name.

        Raises
        ------
        BadInput
            Naming the first two.
        """
        known: dict[str, tuple[str, str]] = {}
        for word in self.words if self.pairs == "sentence" else ():
            place, label = (word.page, word.sentence), self._label(word)
            if known.setdefault(label, place) != place:
                other = known[label]
                what = f"sentence {other[1]!r} of page {other[0]} and page {word.page} would both be called {label}"
                raise BadInput(what, "the words", "rename one of the pages")

    def _label(self, word: Word) -> str:
        if self.pairs == "page" or self._is_one_sentence[word.page]:
            return word.page
        return f"{word.page}/{word.sentence}"

    @cached_property
    def _is_one_sentence(self) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for page, _ in self.sentences:
            found[page] = page not in found
        return found


def _numbered(names: Iterator[object]) -> dict:  # type: ignore[type-arg]
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _starts(of_word: np.ndarray, count: int) -> np.ndarray:
    return np.searchsorted(of_word, np.arange(count + 1))


def from_looked_at(seen: Mapping[tuple[str, str], Mapping[int, str]], pairs: str) -> Text:
    """Make a text of the words that somebody looked at: (page, sentence) to number to text; gaps are unseen words."""
    words = [
        Word(page, page, sentence, looked_at.get(place, UNSEEN))
        for (page, sentence), looked_at in seen.items()
        for place in range(max(looked_at, default=-1) + 1)
    ]
    return Text(words, pairs)
