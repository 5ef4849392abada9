"""Weights of an export, checked as those of a direct ingest: finite, not negative, in rows that sum to 1 at most."""

from typing import Any

import numpy as np

from warehouse.errors import BadInput
from warehouse.plugin.contents import Pairs, RowSums

TOLERANCE = {"float32": 2**-8, "float16": 2**-8, "bfloat16": 2e-2}
"""How far a row may sum beyond 1: a few roundings of the type it was delivered in; float32 may be bfloat16 widened."""
REMEDY = "export it again, and do not change its files"
Sinks = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Sentence and word that looks, (n_rows,), and what left the sentence, (n_rows, n_maps)."""


def matrix(column: Any, where: object) -> np.ndarray:
    """Give a column of arrays of one length as (n_rows, n_elements).

    Raises
    ------
    BadInput
        If they are not of one length.
    """
    arrays = column.combine_chunks()
    widths = np.unique(arrays.value_lengths().to_numpy(zero_copy_only=False))
    if len(widths) != 1 or not widths[0]:
        raise BadInput("holds arrays of several lengths, or of none", where, REMEDY)
    return np.asarray(arrays.flatten().to_numpy()).reshape(len(arrays), int(widths[0]))


def check_weights(pairs: Pairs, weights: np.ndarray, sinks: Sinks | None, dtype: str, where: str) -> RowSums:
    """Check the weights of one layer over whole sentences; give what was found of the sums of their rows.

    Parameters
    ----------
    pairs : Pairs
        With the sentences' ids of the export, row by row.
    weights : ndarray (n_pairs, n_maps)
        Of every head, row by row.
    sinks : Sinks or None
        What left the sentences; None where nothing is told of it.
    dtype : str
        In which the weights were delivered.
    where : str
        Named in errors.

    Raises
    ------
    BadInput
        A weight that is negative or not finite, a row that sums to more than 1 or, with what left the sentence, to
        anything else, or a word of which it is not told what left.
    """
    tolerance = TOLERANCE.get(dtype, TOLERANCE["bfloat16"])
    if not len(weights) or not np.isfinite(weights).all() or weights.min() < 0:
        raise BadInput("holds weights that are negative or not numbers", where, REMEDY)
    begins = np.flatnonzero(np.diff(pairs.from_word, prepend=-1) | np.diff(pairs.sentence_id, prepend=-1))
    sums = np.add.reduceat(weights, begins, axis=0, dtype=np.float64)
    zero_row_count, least = sums.size - int(np.count_nonzero(sums)), float(sums.min())
    error = None
    if sinks is not None:
        sums += _left(pairs.sentence_id[begins], pairs.from_word[begins], sinks, sums.shape, where)
        error = float(np.abs(sums - 1).max())
    if sums.max() > 1 + tolerance or (error is not None and error > tolerance):
        raise BadInput(f"has a row that sums to {sums.max():.4f}", where, REMEDY)
    return RowSums(sums.size, error, zero_row_count, least)


def _left(sentence: np.ndarray, word: np.ndarray, sinks: Sinks, shape: tuple[int, ...], where: str) -> np.ndarray:
    """Give what left the sentence, in the order of the rows."""
    sentences, words, mass = sinks
    if len(words) != len(word) or mass.shape != shape:
        raise BadInput("does not tell of each word what left the sentence", where, REMEDY)
    order = np.lexsort((words, sentences))
    if (sentences[order] != sentence).any() or (words[order] != word).any():
        raise BadInput("does not tell of each word what left the sentence", where, REMEDY)
    return mass[order]
