"""Pulls slices of the warehouse as numpy arrays, read-only, at wire speed.

All slices of a unit have the same rows: the cells (word pairs of the lower triangles with diagonal) of the sentences
that every reader of the unit saw, that the extraction holds, and that are not left out on request; ordered by sentence,
word looked from, word looked to. Arrays arrive in PostgreSQL's binary form and become numpy arrays without a loop.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import psycopg

from warehouse.array_loader import ARRAY_OIDS, NumpyArrayLoader
from warehouse.errors import BadInput

Work = Mapping[str, Any]
"""One unit of work: its ids and names, as the views of the plan have them."""

ATTENTION_BYTES = 256 << 20  # bytes of one answer; a larger layer comes in several


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


@dataclass(frozen=True)
class Readers:
    """Readers of a unit: ids and labels in order, values over all cells, and the sentences all of them saw."""

    subject_id: np.ndarray
    values: np.ndarray
    seen: np.ndarray
    digest: str


class Slices:
    """Reads for one analysis run; one connection, used by one thread.

    Parameters
    ----------
    connection : psycopg.Connection
        Read-only.
    leave_out : sequence of str
        Labels of sentences that are left out on request.
    """

    def __init__(self, connection: psycopg.Connection[Any], leave_out: Sequence[str] = ()) -> None:
        self._connection = connection
        self._leave_out = tuple(leave_out)
        for oid in ARRAY_OIDS:
            connection.adapters.register_loader(oid, NumpyArrayLoader)
        self.sentences = lru_cache(maxsize=4)(self._sentences)
        self._readers_of = lru_cache(maxsize=16)(self._pull_readers)
        self._layer_of = lru_cache(maxsize=1)(self._pull_layer)

    def arrays(self, names: Sequence[str], work: Work) -> list[np.ndarray]:
        """Give the named slices of a unit, all over the same cells."""
        questions: dict[str, Callable[[Work], np.ndarray]] = {
            "layer": self.layer, "readers": self.readers, "article": self.article,
        }  # fmt: skip
        cells = self._cells(work)
        return [questions[name](work)[cells] for name in names]

    def subject_ids(self, work: Work) -> np.ndarray:
        """Give the readers of a unit in the order of the columns of `readers`, (n_subjects,)."""
        return self._readers(work).subject_id

    def inputs(self, names: Sequence[str], work: Work) -> dict[str, str]:
        """Give what a unit reads, by name and digest, without pulling its attention."""
        kept = self._kept(work)
        sentences = self.sentences(work["corpus_id"])
        shape = repr([(sentences.label[i], int(sentences.word_count[i])) for i in np.flatnonzero(kept)])
        found = {"sentences": hashlib.sha256(shape.encode()).hexdigest(), "readers": self._readers(work).digest}
        if "layer" in names:
            found["attention"] = f"{work['digest']}/{work['layer']}"
        return found

    def layer(self, work: Work) -> np.ndarray:
        """Give a layer's attention over all cells of its corpus, (n_cells, n_heads) float64; nan where it has none."""
        return self._layer_of(work["extraction_id"], work["layer"], work["corpus_id"])

    def readers(self, work: Work) -> np.ndarray:
        """Give the values of a group's readers over all cells of its corpus, (n_cells, n_subjects) float64."""
        return self._readers(work).values

    def article(self, work: Work) -> np.ndarray:
        """Give the article of every cell of the corpus, (n_cells,) int64."""
        sentences = self.sentences(work["corpus_id"])
        return np.repeat(sentences.article, sentences.cell_count)

    def _cells(self, work: Work) -> np.ndarray | slice:
        sentences, kept = self.sentences(work["corpus_id"]), self._kept(work)
        if "extraction_id" in work:
            held = ~np.isnan(self.layer(work)[sentences.first_cell, 0])
            kept = kept & held
        return slice(None) if kept.all() else np.repeat(kept, sentences.cell_count)

    def _kept(self, work: Work) -> np.ndarray:
        sentences = self.sentences(work["corpus_id"])
        unknown = set(self._leave_out) - set(sentences.label)
        if unknown:
            raise BadInput(
                f"no such sentence in {work['corpus']}", ", ".join(sorted(unknown)),
                f"give labels such as {sentences.label[0]}",
            )  # fmt: skip
        return self._readers(work).seen & ~np.isin(sentences.label, self._leave_out)

    def _readers(self, work: Work) -> Readers:
        return self._readers_of(work["measure_id"], work["corpus_id"], work["language_group"])

    def _sentences(self, corpus_id: int) -> Sentences:
        rows = self._connection.execute(_SENTENCES, [corpus_id]).fetchall()
        sentence_id, label, article, word_count = zip(*rows, strict=True)
        words = np.array(word_count, dtype=np.int64)
        first = np.concatenate([[0], np.cumsum(words * (words + 1) // 2)[:-1]])
        return Sentences(np.array(sentence_id), np.array(article), words, first, label)

    def _pull_readers(self, measure_id: int, corpus_id: int, language_group: str) -> Readers:
        sentences = self.sentences(corpus_id)
        people = self._connection.execute(_READERS, [measure_id, corpus_id, language_group]).fetchall()
        subject_id = np.array([number for number, _ in people], dtype=np.int64)
        seen = self._pull(_SEEN, [measure_id, subject_id.tolist(), len(people)])[0]
        subject, sentence, from_word, to_word, value = self._pull(_CELLS, [measure_id, subject_id.tolist()])
        values = np.zeros((int(sentences.cell_count.sum()), len(people)))
        values[sentences.cell(sentence, from_word, to_word), np.searchsorted(subject_id, subject)] = value
        labels = repr([label for _, label in people]).encode()
        digest = hashlib.sha256(labels + values.tobytes()).hexdigest()
        return Readers(subject_id, values, np.isin(sentences.sentence_id, seen), digest)

    def _pull_layer(self, extraction_id: int, layer: int, corpus_id: int) -> np.ndarray:
        sentences = self.sentences(corpus_id)
        parts = [self._pull(_LAYER, [extraction_id, layer, first, last])[0] for first, last in _ranges(sentences)]
        found = [part.reshape(len(part), -1) for part in parts if len(part)]
        total = int(sentences.cell_count.sum())
        if sum(map(len, found)) == total:
            return found[0].astype(float) if len(found) == 1 else np.concatenate(found, dtype=float)
        held = self._pull(_HELD, [extraction_id, layer])[0]
        whole = np.full((total, found[0].shape[1]), np.nan)
        whole[np.repeat(np.isin(sentences.sentence_id, held), sentences.cell_count)] = np.concatenate(found)
        return whole

    def _pull(self, statement: str, arguments: Sequence[Any]) -> tuple[np.ndarray, ...]:
        """Give the arrays of an answer of one row; an absent array is an empty one."""
        with self._connection.cursor(binary=True) as cursor:
            row = cursor.execute(statement, arguments).fetchone() or ()
        return tuple(np.empty(0, dtype=np.int64) if array is None else array for array in row)


def _ranges(sentences: Sentences) -> list[tuple[int, int]]:
    """Cut the sentences into ranges of ids whose answers are of a good size; 128 heads are reckoned with."""
    batch = np.cumsum(sentences.cell_count) * 8 * 128 // ATTENTION_BYTES
    starts = np.flatnonzero(np.diff(batch, prepend=-1))
    ends = np.append(starts[1:] - 1, len(batch) - 1)
    return [(int(sentences.sentence_id[a]), int(sentences.sentence_id[b])) for a, b in zip(starts, ends, strict=True)]


_SENTENCES = """
SELECT sentence_id, sentence_label, article_position, word_count
FROM slice.sentence WHERE corpus_id = %s ORDER BY sentence_id
"""
_READERS = """
SELECT subject_id, subject_label
FROM slice.reader WHERE measure_id = %s AND corpus_id = %s AND language_group = %s ORDER BY subject_id
"""
_SEEN = """
SELECT array_agg(sentence_id)
FROM (
    SELECT sentence_id FROM slice.reader_sentence
    WHERE measure_id = %s AND subject_id = ANY (%s)
    GROUP BY sentence_id HAVING count(*) = %s
) AS seen_by_all
"""
_CELLS = """
SELECT
    array_agg(subject_id), array_agg(sentence_id), array_agg(from_word::integer), array_agg(to_word::integer),
    array_agg(cell_value)
FROM slice.reader_cell WHERE measure_id = %s AND subject_id = ANY (%s)
"""
_LAYER = """
SELECT array_agg(weights)
FROM (
    SELECT weights FROM slice.layer_attention
    WHERE extraction_id = %s AND layer = %s AND sentence_id BETWEEN %s AND %s
    ORDER BY sentence_id, from_word, to_word
) AS ordered
"""
_HELD = "SELECT array_agg(DISTINCT sentence_id) FROM slice.layer_attention WHERE extraction_id = %s AND layer = %s"
