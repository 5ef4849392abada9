"""Trivial patterns of looking back, as a matrix of cells by patterns."""

import hashlib

import numpy as np

from warehouse.slices.cells import sentences
from warehouse.slices.reading import Reading, Work


def patterns(reading: Reading, work: Work) -> np.ndarray:
    """Give the patterns of a unit's set over all cells, (n_cells, n_patterns) float64 of 0 and 1, by pattern id."""
    key = (work["corpus_id"], work["pattern_set"])
    found: np.ndarray = reading.remembered("patterns", key, lambda: _pull(reading, work), at_most=16)
    return found


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the matrix is made of."""
    return {"patterns": hashlib.sha256(patterns(reading, work).astype(bool).tobytes()).hexdigest()}


def _pull(reading: Reading, work: Work) -> np.ndarray:
    corpus = sentences(reading, work)
    (ids,) = reading.arrays(_MEMBERS, [work["pattern_set"]])
    pattern, sentence, from_word, to_word = reading.arrays(_CELLS, [ids.tolist(), corpus.sentence_id.tolist()])
    matrix = np.zeros((int(corpus.cell_count.sum()), len(ids)))
    matrix[corpus.cell(sentence, from_word, to_word), np.searchsorted(ids, pattern)] = 1.0
    return matrix


_MEMBERS = """
SELECT array_agg(pattern_id::integer ORDER BY pattern_id) FROM stimulus.pattern_set_member WHERE pattern_set = %s
"""
_CELLS = """
SELECT
    array_agg(pattern_id::integer), array_agg(sentence_id), array_agg(from_word::integer), array_agg(to_word::integer)
FROM slice.pattern_cell WHERE pattern_id = ANY (%s) AND sentence_id = ANY (%s)
"""
