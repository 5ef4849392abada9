"""Trivial patterns of looking back, as a matrix of cells by patterns."""

import hashlib

import numpy as np

from warehouse.slices.cells import Sentences, blocks, sentences
from warehouse.slices.reading import Reading, Work


def patterns(reading: Reading, work: Work, part: Sentences) -> np.ndarray:
    """Give the patterns of a unit's set over the cells of a part, (n_cells, n_patterns) float64 of 0 and 1, by id."""
    column = reading.column("patterns", (work["corpus_id"], work["pattern_set"]), at_most=16)
    return column.get(part.ids, lambda: _pull(reading, work, part), part.is_whole)


def count(reading: Reading, work: Work) -> int:
    """Count the patterns of a unit's set."""
    key = work["pattern_set"]
    found: int = reading.remember("pattern count", key, lambda: len(reading.arrays(_MEMBERS, [key])[0]), at_most=16)
    return found


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the matrix is made of."""

    def take() -> str:
        corpus, taken = sentences(reading, work), hashlib.sha256()
        for rows in blocks(corpus):
            taken.update(patterns(reading, work, corpus.part(rows)).astype(bool).tobytes())
        return taken.hexdigest()

    key = (work["corpus_id"], work["pattern_set"])
    return {"patterns": reading.remember("patterns' digest", key, take, at_most=64)}


def _pull(reading: Reading, work: Work, part: Sentences) -> np.ndarray:
    (ids,) = reading.arrays(_MEMBERS, [work["pattern_set"]])
    pattern, sentence, from_word, to_word = reading.arrays(_CELLS, [ids.tolist(), *part.ids])
    own = np.isin(sentence, part.sentence_id)  # other corpora may have sentences between these
    matrix = np.zeros((int(part.cell_count.sum()), len(ids)))
    matrix[part.cell(sentence[own], from_word[own], to_word[own]), np.searchsorted(ids, pattern[own])] = 1.0
    return matrix


_MEMBERS = """
SELECT array_agg(pattern_id::integer ORDER BY pattern_id) FROM stimulus.pattern_set_member WHERE pattern_set = %s
"""
_CELLS = """
SELECT
    array_agg(pattern_id::integer), array_agg(sentence_id), array_agg(from_word::integer), array_agg(to_word::integer)
FROM slice.pattern_cell WHERE pattern_id = ANY (%s) AND sentence_id BETWEEN %s AND %s
"""
