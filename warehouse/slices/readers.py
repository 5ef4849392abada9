"""What people did, as a matrix of cells by readers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from warehouse.slices.cells import Sentences, sentences
from warehouse.slices.reading import Reading, Work


@dataclass(frozen=True)
class Readers:
    """The readers of a group for a measure: ids in order, and the source's names.

    Attributes
    ----------
    seen : ndarray (n_sentences,) of bool
        The sentences that at least one of them read.
    unread : tuple of ndarray (n,) of int
        Sentences that only some of them read, by id, and the readers who did not, by their place among the readers.
    """

    subject_id: np.ndarray
    label: tuple[str, ...]
    seen: np.ndarray
    unread: tuple[np.ndarray, np.ndarray]


def values(reading: Reading, works: Sequence[Work], part: Sentences) -> np.ndarray:
    """Give the measures of some groups' readers side by side over the cells of a part, (n_cells, n_subjects) float64.

    A value is nan where the reader did not read the sentence. The array cannot be written to: it is given again.
    """
    groups = _groups(works)
    if len(groups) == 1:
        return _of_group(reading, works[0], part)
    column = reading.column("readers of pieces", tuple(groups), at_most=2)
    each = groups.values()
    return column.get(part.ids, lambda: np.hstack([_of_group(reading, work, part) for work in each]), part.is_whole)


def groups(reading: Reading, works: Sequence[Work]) -> list[slice]:
    """Give the columns of each unit's readers; units of one group and measure have the same."""
    of = _groups(works)
    edges = np.cumsum([0, *(len(subject_ids(reading, work)) for work in of.values())]).tolist()
    columns = {key: slice(*edge) for key, edge in zip(of, pairwise(edges), strict=True)}
    return [columns[_key(work)] for work in works]


def columns_of(reading: Reading, works: Sequence[Work]) -> dict[tuple[int, int], int]:
    """Give the column of each measure and reader, by ``(measure_id, subject_id)``."""
    people = [
        (work["measure_id"], one) for work in _groups(works).values() for one in subject_ids(reading, work).tolist()
    ]
    return {person: column for column, person in enumerate(people)}


def _groups(works: Sequence[Work]) -> dict[tuple[int, int, str], Work]:
    """Give a unit of each group and measure, in the order in which they come first."""
    found: dict[tuple[int, int, str], Work] = {}
    for work in works:
        found.setdefault(_key(work), work)
    return found


def _of_group(reading: Reading, work: Work, part: Sentences) -> np.ndarray:
    column = reading.column("readers", _key(work), at_most=16)
    return column.get(part.ids, lambda: _pull(reading, work, part), part.is_whole)


def sentences_read(reading: Reading, work: Work) -> np.ndarray:
    """Give the sentences that some reader of the group has data for, (n_sentences,) bool."""
    return _readers(reading, work).seen


def have_read_alike(reading: Reading, work: Work) -> bool:
    """Tell whether there is no sentence that only some readers of the group read."""
    return len(_readers(reading, work).unread[0]) == 0


def subject_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the readers of the group, (n_subjects,) int64, ascending."""
    return _readers(reading, work).subject_id


def labels(reading: Reading, works: Sequence[Work]) -> np.ndarray:
    """Give the source's names of the readers of some groups, (n_subjects,) of str, in the same order."""
    each = _groups(works).values()
    return np.array([label for work in each for label in _readers(reading, work).label], dtype=str)


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the matrix is made of: the readers' labels, their values, and what they did not read."""

    def take() -> str:
        people, sums = _readers(reading, work), _sums(reading, work)
        of_each = [sums.get(number, 0) for number in people.subject_id.tolist()]
        sentence_id, reader = people.unread
        row = np.searchsorted(sentences(reading, work).sentence_id, sentence_id)
        told = people.label, of_each, row.tolist(), reader.tolist()
        return hashlib.sha256(repr(told).encode()).hexdigest()

    return {"readers": reading.remember("readers' digest", _key(work), take, at_most=64)}


def _sums(reading: Reading, work: Work) -> dict[int, int]:
    """Give a sum over each reader's values, by `subject_id`, that another value or place makes another.

    The server forms it of its hashes, at a fraction of what it takes to send the values.
    """
    measure_id, corpus_id, _ = _key(work)

    def ask() -> dict[int, int]:
        chosen = {"measure_id": measure_id, "corpus_id": corpus_id}
        return {number: int(total) for number, total in reading.connection.execute(_SUMS, chosen).fetchall()}

    found: dict[int, int] = reading.remember("sums of readers", (measure_id, corpus_id), ask, at_most=64)
    return found


def _key(work: Work) -> tuple[int, int, str]:
    return work["measure_id"], work["corpus_id"], work["language_group"]


def _readers(reading: Reading, work: Work) -> Readers:
    def ask() -> Readers:
        measure_id, corpus_id, group = _key(work)
        people = reading.connection.execute(_READERS, [measure_id, corpus_id, group]).fetchall()
        subject_id = np.array([number for number, _ in people], dtype=np.int64)
        seen, by_some, readers = reading.arrays(_SEEN, [measure_id, subject_id.tolist(), len(people)])
        saw = np.isin(sentences(reading, work).sentence_id, seen)
        unread = _unread(by_some, readers, subject_id)
        return Readers(subject_id, tuple(label for _, label in people), saw, unread)

    found: Readers = reading.remember("readers", _key(work), ask, at_most=64)
    return found


def _pull(reading: Reading, work: Work, part: Sentences) -> np.ndarray:
    subject_id = subject_ids(reading, work)
    subject, sentence, from_word, to_word, value = _cells(reading, work, part)
    own = np.isin(subject, subject_id)
    place = part.cell(sentence[own], from_word[own], to_word[own]), np.searchsorted(subject_id, subject[own])
    matrix = np.zeros((int(part.cell_count.sum()), len(subject_id)))
    np.add.at(matrix, place, value[own])  # of all readings a cell has several rows
    for sentence_id, reader in zip(*_readers(reading, work).unread, strict=True):
        row = int(np.searchsorted(part.sentence_id, sentence_id))
        if row < len(part.sentence_id) and part.sentence_id[row] == sentence_id:
            first = int(part.first_cell[row])
            matrix[first : first + int(part.cell_count[row]), reader] = np.nan
    return matrix


def _cells(reading: Reading, work: Work, part: Sentences) -> tuple[np.ndarray, ...]:
    """Pull what a measure is of readers, with their ids and places: of a small corpus for all its groups at once."""
    measure_id, corpus_id, _ = _key(work)
    if not part.is_whole:
        return reading.arrays(_CELLS, [measure_id, subject_ids(reading, work).tolist(), *part.ids])

    def ask() -> tuple[np.ndarray, ...]:
        return reading.arrays(_CELLS_OF_ALL, [measure_id, corpus_id, *part.ids])

    found: tuple[np.ndarray, ...] = reading.remember("cells of a measure", (measure_id, corpus_id), ask, at_most=1)
    return found


def _unread(sentence_id: np.ndarray, reader: np.ndarray, everyone: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the readers who did not read some sentences, from those who did."""
    some, row = np.unique(sentence_id, return_inverse=True)
    read = np.zeros((len(some), len(everyone)), dtype=bool)
    read[row, np.searchsorted(everyone, reader)] = True
    rows, readers = np.nonzero(~read)
    return some[rows], readers


_READERS = """
SELECT subject_id, subject_label
FROM slice.reader WHERE measure_id = %s AND corpus_id = %s AND language_group = %s ORDER BY subject_id
"""
_SEEN = """
WITH seen AS (
    SELECT sentence_id, array_agg(subject_id) AS readers
    FROM slice.reader_sentence
    WHERE measure_id = %s AND subject_id = ANY (%s)
    GROUP BY sentence_id
),

by_some AS (
    SELECT sentence_id, unnest(readers) AS subject_id FROM seen WHERE cardinality(readers) < %s
)

SELECT
    (SELECT array_agg(sentence_id) FROM seen),
    (SELECT array_agg(sentence_id ORDER BY sentence_id, subject_id) FROM by_some),
    (SELECT array_agg(subject_id ORDER BY sentence_id, subject_id) FROM by_some)
"""
_OF_CELLS = """
SELECT
    array_agg(subject_id), array_agg(sentence_id), array_agg(from_word::integer), array_agg(to_word::integer),
    array_agg(cell_value)
FROM slice.reader_cell
"""
_CELLS = f"{_OF_CELLS} WHERE measure_id = %s AND subject_id = ANY (%s) AND sentence_id BETWEEN %s AND %s"
_CELLS_OF_ALL = f"""
{_OF_CELLS}
WHERE
    measure_id = %s AND subject_id IN (SELECT subject_id FROM human.subject WHERE corpus_id = %s)
    AND sentence_id BETWEEN %s AND %s
"""
_SUMS = """
WITH placed AS (
    SELECT sentence_id, row_number() OVER (ORDER BY sentence_id) << 32 AS place
    FROM slice.sentence WHERE corpus_id = %(corpus_id)s
)

SELECT subject_id, sum(hashfloat8extended(cell_value, place + (from_word::integer << 16) + to_word))
FROM slice.reader_cell
JOIN placed USING (sentence_id)
WHERE
    measure_id = %(measure_id)s
    AND subject_id IN (SELECT subject_id FROM human.subject WHERE corpus_id = %(corpus_id)s)
GROUP BY subject_id
"""
