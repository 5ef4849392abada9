"""Where the cells of a corpus are: lower triangles with diagonal, row by row, sentence by sentence."""

import numpy as np

from warehouse.slices.cells import Sentences
from warehouse.slices.predictors import Places


def test_cells_are_spelt_out_as_lower_triangles_row_by_row():
    words = np.array([1, 2, 7, 3, 1500, 1, 60])
    counts, ids = words * (words + 1) // 2, 5 + 3 * np.arange(len(words))
    corpus = Sentences(ids, ids // 9, words, np.cumsum(counts) - counts, ids.astype(str))
    for part in (corpus, corpus.part(slice(2, 6))):
        found, triangles = Places.of(part), [np.tril_indices(n) for n in part.word_count]
        np.testing.assert_array_equal(found.from_word, np.concatenate([rows for rows, _ in triangles]))
        np.testing.assert_array_equal(found.to_word, np.concatenate([columns for _, columns in triangles]))
        np.testing.assert_array_equal(found.sentence_id, np.repeat(part.sentence_id, part.cell_count))
        np.testing.assert_array_equal(
            part.cell(found.sentence_id, found.from_word, found.to_word), np.arange(len(found.to_word))
        )
