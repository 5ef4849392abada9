"""What people did, as a matrix of cells by readers."""

import hashlib
from dataclasses import dataclass

import numpy as np

from warehouse.slices.cells import sentences
from warehouse.slices.reading import Reading, Work


@dataclass(frozen=True)
class Readers:
    """The readers of a group for a measure: ids in order, values over all cells, and the sentences all of them saw."""

    subject_id: np.ndarray
    values: np.ndarray
    seen: np.ndarray
    digest: str


def values(reading: Reading, work: Work) -> np.ndarray:
    """Give the measure of a group's readers over all cells of the corpus, (n_cells, n_subjects) float64."""
    return _readers(reading, work).values


def seen(reading: Reading, work: Work) -> np.ndarray:
    """Give the sentences that every reader of the group has data for, (n_sentences,) bool."""
    return _readers(reading, work).seen


def subject_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the readers of the group, (n_subjects,) int64, ascending."""
    return _readers(reading, work).subject_id


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the matrix is made of: the readers' labels and their values."""
    return {"readers": _readers(reading, work).digest}


def _readers(reading: Reading, work: Work) -> Readers:
    key = (work["measure_id"], work["corpus_id"], work["language_group"])
    found: Readers = reading.remembered("readers", key, lambda: _pull(reading, work), at_most=16)
    return found


def _pull(reading: Reading, work: Work) -> Readers:
    corpus, measure_id = sentences(reading, work), work["measure_id"]
    people = reading.connection.execute(_READERS, [measure_id, work["corpus_id"], work["language_group"]]).fetchall()
    subject_id = np.array([number for number, _ in people], dtype=np.int64)
    (seen_by_all,) = reading.arrays(_SEEN, [measure_id, subject_id.tolist(), len(people)])
    subject, sentence, from_word, to_word, value = reading.arrays(_CELLS, [measure_id, subject_id.tolist()])
    matrix = np.zeros((int(corpus.cell_count.sum()), len(people)))
    matrix[corpus.cell(sentence, from_word, to_word), np.searchsorted(subject_id, subject)] = value
    labels = repr([label for _, label in people]).encode()
    digest = hashlib.sha256(labels + matrix.tobytes()).hexdigest()
    return Readers(subject_id, matrix, np.isin(corpus.sentence_id, seen_by_all), digest)


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
