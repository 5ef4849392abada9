"""The cells of a corpus: word pairs of the lower triangles with diagonal, in canonical order."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.errors import BadInput
from warehouse.slices.reading import Reading, Work

Held = Callable[[Reading, Work], np.ndarray] | None


@dataclass(frozen=True)
class Sentences:
    """The sentences of a corpus in canonical order, and where their cells start.

    Attributes
    ----------
    sentence_id, article, word_count, first_cell : ndarray (n_sentences,)
        `first_cell` is the place of each sentence's first cell among all cells of the corpus.
    label : tuple of str
        The source's own names.
    """

    sentence_id: np.ndarray
    article: np.ndarray
    word_count: np.ndarray
    first_cell: np.ndarray
    label: tuple[str, ...]

    @property
    def cell_count(self) -> np.ndarray:
        """Cells of each sentence: n (n + 1) / 2."""
        return np.asarray(self.word_count * (self.word_count + 1) // 2)

    def cell(self, sentence_id: np.ndarray, from_word: np.ndarray, to_word: np.ndarray) -> np.ndarray:
        """Give the place of word pairs among all cells of the corpus."""
        row = np.searchsorted(self.sentence_id, sentence_id)
        return np.asarray(self.first_cell[row] + from_word * (from_word + 1) // 2 + to_word)


def sentences(reading: Reading, work: Work) -> Sentences:
    """Give the sentences of a unit's corpus."""
    corpus_id = work["corpus_id"]
    found: Sentences = reading.remembered("sentences", corpus_id, lambda: _pull(reading, corpus_id), at_most=4)
    return found


def article(reading: Reading, work: Work) -> np.ndarray:
    """Give the article of every cell, (n_cells,) int64, counted from 0."""
    found = sentences(reading, work)
    return np.repeat(found.article, found.cell_count)


def sentence(reading: Reading, work: Work) -> np.ndarray:
    """Give the surrogate id of the sentence of every cell, (n_cells,) int64, ascending."""
    found = sentences(reading, work)
    return np.repeat(found.sentence_id, found.cell_count)


def kept(reading: Reading, work: Work, held: Sequence[Held]) -> np.ndarray:
    """Give the sentences that all slices have and that are not left out, (n_sentences,) bool.

    Raises
    ------
    BadInput
        If a sentence that is to be left out is not in the corpus.
    """
    found = sentences(reading, work)
    unknown = set(reading.leave_out) - set(found.label)
    if unknown:
        remedy = f"give labels such as {found.label[0]}"
        raise BadInput(f"no such sentence in {work['corpus']}", ", ".join(sorted(unknown)), remedy)
    masks = [has(reading, work) for has in held if has]
    return np.asarray(np.logical_and.reduce([~np.isin(found.label, reading.leave_out), *masks]))


def rows(reading: Reading, work: Work, held: Sequence[Held]) -> np.ndarray | slice:
    """Give the rows of a unit's slices among all cells of the corpus."""
    chosen = kept(reading, work, held)
    return slice(None) if chosen.all() else np.repeat(chosen, sentences(reading, work).cell_count)


def digest(reading: Reading, work: Work, held: Sequence[Held]) -> str:
    """Digest the sentences of a unit: their labels and numbers of words."""
    found, chosen = sentences(reading, work), np.flatnonzero(kept(reading, work, held))
    return hashlib.sha256(repr([(found.label[i], int(found.word_count[i])) for i in chosen]).encode()).hexdigest()


def _pull(reading: Reading, corpus_id: int) -> Sentences:
    answer = reading.connection.execute(_SENTENCES, [corpus_id]).fetchall()
    sentence_id, label, of_article, word_count = zip(*answer, strict=True)
    words = np.array(word_count, dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(words * (words + 1) // 2)[:-1]])
    return Sentences(np.array(sentence_id), np.array(of_article), words, first, label)


_SENTENCES = """
SELECT sentence_id, sentence_label, article_position, word_count
FROM slice.sentence WHERE corpus_id = %s ORDER BY sentence_id
"""
