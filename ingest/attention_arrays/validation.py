"""The weights of a layer, taken out of its padded array if they are the attention of a causal model."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ingest.attention_arrays.layout import Layout
from warehouse.errors import BadInput
from warehouse.plugin.contents import Float32

TOLERANCE = {"float16": 2**-9, "float32": 2**-8, "float64": 2**-8}
"""How far a row may sum above 1: a few roundings of float16, and of bfloat16 widened to float32."""

Test = Callable[[np.ndarray], np.ndarray]
FAULTS: tuple[tuple[str, Test], ...] = (
    ("is not a finite number", lambda array: ~np.isfinite(array)),
    ("is negative", lambda array: array < 0),
    ("lies above the diagonal, where a causal model has 0", lambda array: np.triu(array, 1) != 0),
)


class Weights(NamedTuple):
    """The weights of a layer's word pairs, (n_pairs, n_heads), and what its rows, one a head, sum to.

    Attributes
    ----------
    values : ndarray (n_pairs, n_heads)
    row_count, zero_row_count : int
        All rows, and those that are all zero.
    least_row_sum : float
    """

    values: Float32
    row_count: int
    zero_row_count: int
    least_row_sum: float


def weights(array: np.ndarray, layout: Layout, where: object) -> Weights:
    """Take the weights of the word pairs out of one layer's array.

    A row may be all zero: in float16, what a word leaves to other words than the first token may vanish. Such rows are
    counted; a sentence of nothing else has no attention.

    Parameters
    ----------
    array : ndarray (articles, sentences, heads, words, words) of float16 or float32, C order
        Of one layer, zero-padded.
    layout : Layout
        Where the words of each sentence lie in the array.
    where : object
        Named in errors.

    Returns
    -------
    Weights
        The very values; float16 is widened to float32, which is exact.

    Raises
    ------
    BadInput
        A value that is not finite or is negative, a weight above the diagonal or outside the sentences, a sentence of
        zeros, or a row that sums to more than 1.
    """
    # IEEE numbers read as unsigned integers keep their order, and all that is negative or not finite comes last:
    # one maximum and two counts of bits are the whole check of a sound array, in float16 ten times faster than floats.
    bits = array.reshape(-1).view(f"u{array.itemsize}")
    found = bits.take(layout.cells)
    inside = found if layout.fillable is layout.cells else bits.take(layout.fillable)
    infinity = np.array(np.inf, dtype=array.dtype).view(bits.dtype)
    if bits.max() >= infinity or np.count_nonzero(bits) != np.count_nonzero(inside):
        _refuse_values(array, layout, where)
    taken = found.view(array.dtype).astype(np.float32, copy=False)
    sums = np.add.reduceat(taken, layout.rows, axis=0)
    _check_rows(sums, TOLERANCE[array.dtype.name], layout, where)
    zero_row_count = sums.size - int(np.count_nonzero(sums))
    if zero_row_count:
        _refuse_sentence_of_zeros(sums, layout, where)
    return Weights(taken, sums.size, zero_row_count, float(sums.min()))


def _refuse_values(array: np.ndarray, layout: Layout, where: object) -> None:
    """Name the first fault of an array; a negative zero is none."""
    for fault, test in FAULTS:
        found = np.argwhere(test(array))
        if len(found):
            article, position, head, from_word, to_word = found[0]
            place = f"article {article}, sentence {position}, head {head}, from word {from_word} to word {to_word}"
            value = array[tuple(found[0])]
            raise BadInput(f"the weight {value} {fault}", f"{where}, {place}", "extract this layer again")
    outside = array.reshape(-1).copy()
    outside[layout.fillable] = 0
    found = np.argwhere(outside.reshape(array.shape))
    if len(found):
        article, position, _, from_word, _ = found[0]
        what = f"row {from_word} is filled where the sentence has {layout.words[article, position]} words"
        raise BadInput(what, f"{where}, article {article}, sentence {position}", "extract this layer again")


def _check_rows(sums: np.ndarray, tolerance: float, layout: Layout, where: object) -> None:
    """Refuse sums (n_rows, n_heads) of rows that are more than 1."""
    is_bad = sums > 1 + tolerance
    if is_bad.any():
        row, head = np.argwhere(is_bad)[0]
        pair = layout.rows[row]
        place = f"{where}, sentence {layout.label(pair)}, head {head}"
        told = f"sums to more than 1 + {tolerance:.4f} ({sums[row, head]:.4f})"
        raise BadInput(f"the row of word {layout.pairs.from_word[pair]} {told}", place, "extract this layer again")


def _refuse_sentence_of_zeros(sums: np.ndarray, layout: Layout, where: object) -> None:
    """Refuse a sentence that holds no weight in any head: rows vanish, sentences do not."""
    begins = np.flatnonzero(layout.pairs.from_word[layout.rows] == 0)
    is_empty = np.maximum.reduceat(sums.max(axis=1), begins) == 0
    if is_empty.any():
        pair = layout.rows[begins[np.flatnonzero(is_empty)[0]]]
        raise BadInput("holds no weight at all", f"{where}, sentence {layout.label(pair)}", "extract this layer again")
