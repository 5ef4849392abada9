"""The cells of a corpus: word pairs of the lower triangles with diagonal, in canonical order."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.errors import BadInput
from warehouse.slices.reading import Reading, Work

Held = Callable[[Reading, Work], np.ndarray] | None

BLOCK_CELLS = 1 << 15
"""Cells of a block: four times those of the paper's text, and of 128 heads 32 MiB."""


@dataclass(frozen=True)
class Sentences:
    """The sentences of a corpus, or a part of them, in canonical order, and where their cells start.

    Attributes
    ----------
    sentence_id, article, word_count, first_cell : ndarray (n_sentences,)
        `first_cell` is the place of each sentence's first cell among all cells of these sentences.
    label : ndarray (n_sentences,) of str
        The source's own names.
    is_whole : bool
        True where they are the whole corpus.
    """

    sentence_id: np.ndarray
    article: np.ndarray
    word_count: np.ndarray
    first_cell: np.ndarray
    label: np.ndarray
    is_whole: bool = True

    @property
    def cell_count(self) -> np.ndarray:
        """Cells of each sentence: n (n + 1) / 2."""
        return np.asarray(self.word_count * (self.word_count + 1) // 2)

    @property
    def ids(self) -> tuple[int, int]:
        """The first and the last id."""
        return int(self.sentence_id[0]), int(self.sentence_id[-1])

    def cell(self, sentence_id: np.ndarray, from_word: np.ndarray, to_word: np.ndarray) -> np.ndarray:
        """Give the place of word pairs among all cells of these sentences."""
        row = np.searchsorted(self.sentence_id, sentence_id)
        return np.asarray(self.first_cell[row] + from_word * (from_word + 1) // 2 + to_word)

    def part(self, rows: slice) -> "Sentences":
        """Give some of them that follow each other."""
        first, is_whole = self.first_cell[rows], self.is_whole and len(self.sentence_id[rows]) == len(self.sentence_id)
        return Sentences(
            self.sentence_id[rows], self.article[rows], self.word_count[rows], first - first[:1], self.label[rows],
            is_whole,
        )  # fmt: skip


def sentences(reading: Reading, work: Work) -> Sentences:
    """Give the sentences of a unit's corpus."""
    corpus_id = work["corpus_id"]
    found: Sentences = reading.remember("sentences", corpus_id, lambda: _pull(reading, corpus_id), at_most=4)
    return found


def blocks(corpus: Sentences) -> Iterator[slice]:
    """Cut sentences into blocks of about `BLOCK_CELLS` cells, one sentence at least: a small corpus is one block."""
    batch = (corpus.first_cell + corpus.cell_count - 1) // BLOCK_CELLS
    starts = np.flatnonzero(np.diff(batch, prepend=-1)).tolist()
    for start, stop in zip(starts, [*starts[1:], len(batch)], strict=True):
        yield slice(start, stop)


def article(_reading: Reading, _work: Work, part: Sentences) -> np.ndarray:
    """Give the article of every cell, (n_cells,) int64, counted from 0."""
    return np.repeat(part.article, part.cell_count)


def sentence(_reading: Reading, _work: Work, part: Sentences) -> np.ndarray:
    """Give the surrogate id of the sentence of every cell, (n_cells,) int64, ascending."""
    return np.repeat(part.sentence_id, part.cell_count)


def asked(reading: Reading, work: Work) -> np.ndarray:
    """Give the sentences that are not left out on request, (n_sentences,) bool.

    Raises
    ------
    BadInput
        If a sentence that is to be left out is not in the corpus.
    """

    def ask() -> np.ndarray:
        found = sentences(reading, work)
        unknown = set(reading.leave_out) - set(found.label.tolist())
        if unknown:
            remedy = f"give labels such as {found.label[0]}"
            corpus = work.get("corpus", "the corpus")  # units over models have its number only
            raise BadInput(f"no such sentence in {corpus}", ", ".join(sorted(unknown)), remedy)
        return ~np.isin(found.label, reading.leave_out)

    found: np.ndarray = reading.remember("asked", work["corpus_id"], ask, at_most=4)
    return found


def common_sentences(reading: Reading, work: Work, held: Sequence[Held]) -> np.ndarray:
    """Give the sentences that all slices have and that are not left out, (n_sentences,) bool.

    Raises
    ------
    BadInput
        If a sentence that is to be left out is not in the corpus.
    """
    masks = [has(reading, work) for has in held if has]
    return np.asarray(np.logical_and.reduce([asked(reading, work), *masks]))


def digest(reading: Reading, work: Work, held: Sequence[Held]) -> str:
    """Digest the sentences of a unit: their labels and numbers of words."""
    chosen = common_sentences(reading, work, held)

    def take() -> str:
        found = sentences(reading, work)
        pairs = zip(found.label[chosen].tolist(), found.word_count[chosen].tolist(), strict=True)
        return hashlib.sha256(repr(list(pairs)).encode()).hexdigest()

    taken: str = reading.remember("sentences' digest", (work["corpus_id"], chosen.tobytes()), take, at_most=16)
    return taken


def training_count(reading: Reading, work: Work, held: Sequence[Held]) -> int:
    """Count the cells that all slices have beside the largest article; of one article, all."""
    found, chosen = sentences(reading, work), common_sentences(reading, work, held)
    by_article = np.bincount(found.article[chosen], found.cell_count[chosen])
    return int(by_article.sum() - (by_article.max() if np.count_nonzero(by_article) > 1 else 0))


def _pull(reading: Reading, corpus_id: int) -> Sentences:
    answer = reading.connection.execute(_SENTENCES, [corpus_id]).fetchall()
    sentence_id, label, of_article, word_count = zip(*answer, strict=True)
    words = np.array(word_count, dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(words * (words + 1) // 2)[:-1]])
    return Sentences(np.array(sentence_id), np.array(of_article), words, first, np.array(label))


_SENTENCES = """
SELECT sentence_id, sentence_label, article_position, word_count
FROM slice.sentence WHERE corpus_id = %s ORDER BY sentence_id
"""
