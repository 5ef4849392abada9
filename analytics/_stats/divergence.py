"""How far two sets of attention rows differ: Jensen-Shannon and Jeffreys divergence, row by row.

Entropies instead of Kullback-Leibler divergences: with m = (p + q)/2, JS = H(m) - (H(p) + H(q))/2 needs three
logarithms a cell and no quotient, and the two of p and q give the Jeffreys divergence too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

BLOCK_CELLS = 1 << 15
"""Numbers of an array that are worked on at once: some ten such arrays stay in a core's cache."""


@dataclass(frozen=True)
class Rows:
    """Where rows begin among cells, and sentences among rows.

    Attributes
    ----------
    first_cell : ndarray (n_rows,) of int
        A row is what one word attends to.
    cell_count : ndarray (n_rows,) of int
    first_row : ndarray (n_sentences,) of int
    row_count : ndarray (n_sentences,) of int
    sentence : ndarray (n_sentences,) of int
        The name that the sentences were given by.
    """

    first_cell: np.ndarray
    cell_count: np.ndarray
    first_row: np.ndarray
    row_count: np.ndarray
    sentence: np.ndarray

    def sums(self, of_rows: np.ndarray) -> np.ndarray:
        """Sum over the rows of each sentence, (n_sentences, ...)."""
        return np.asarray(np.add.reduceat(of_rows, self.first_row, axis=0))

    def means(self, of_rows: np.ndarray, is_left_out: np.ndarray) -> np.ndarray:
        """Average over the rows of each sentence that are not left out, (n_sentences, n_heads); nan where all are."""
        count = self.row_count[:, None] - self.sums(is_left_out.astype(np.int64))
        total = self.sums(np.where(is_left_out, 0.0, of_rows))
        return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))


def rows_of(word_row: np.ndarray, sentence: np.ndarray) -> Rows:
    """Find the rows and sentences of cells that are in order.

    Parameters
    ----------
    word_row, sentence : ndarray (n_cells,) of int
        The row and the sentence of each cell; equal values stand together.
    """
    first_cell = _changes(word_row)
    of_row = sentence[first_cell]
    first_row = _changes(of_row)
    counts = np.diff(first_cell, append=len(word_row)), np.diff(first_row, append=len(first_cell))
    return Rows(first_cell, counts[0], first_row, counts[1], of_row[first_row])


@dataclass(frozen=True)
class Divergence:
    """Divergences of rows.

    Attributes
    ----------
    js : ndarray (n_rows, n_heads)
        Jensen-Shannon divergence [nats], 0 to ln 2.
    jeffreys : ndarray (n_rows, n_heads)
        (KL(p, q) + KL(q, p)) / 2 [nats]; 0 where it is infinite.
    is_infinite : ndarray (n_rows, n_heads) of bool
        True where one side has a zero where the other has none.
    is_left_out : ndarray (n_rows, n_heads) of bool
        True where a side has no weight at all, so that there is nothing to compare; the others are 0 or False there.
    """

    js: np.ndarray
    jeffreys: np.ndarray
    is_infinite: np.ndarray
    is_left_out: np.ndarray


def divergence(left: np.ndarray, right: np.ndarray, rows: Rows) -> Divergence:
    """Compare two sets of rows, each renormalised to 1; a row that is all zero on one side is left out of both.

    Parameters
    ----------
    left, right : ndarray (n_cells, n_heads)
        Weights, not negative.
    rows : Rows
        Which cells form a row: the attention of one word.

    Returns
    -------
    Divergence
        Symmetric in left and right, and 0 for equal rows.

    Notes
    -----
    Source: Lin (1991) for Jensen-Shannon, as the public code of Gao, Huang, Li and Chen (2023) computes it; the formula
    printed there is that of Jeffreys (1946), halved.
    """
    sums = [np.add.reduceat(weights, rows.first_cell, axis=0) for weights in (left, right)]
    shape, is_left_out = sums[0].shape, (sums[0] == 0) | (sums[1] == 0)
    found = Divergence(np.empty(shape), np.empty(shape), np.empty(shape, dtype=bool), is_left_out)
    for of_rows, of_cells in _blocks(rows, shape[1]):
        first = rows.first_cell[of_rows] - of_cells.start
        p, q = (
            weights[of_cells] / np.repeat(np.where(sum_ == 0, 1.0, sum_)[of_rows], rows.cell_count[of_rows], axis=0)
            for weights, sum_ in zip((left, right), sums, strict=True)
        )
        found.js[of_rows], found.jeffreys[of_rows], found.is_infinite[of_rows] = _of_block(p, q, first)
    for values in (found.js, found.jeffreys, found.is_infinite):
        values[is_left_out] = 0
    return found


def _of_block(p: np.ndarray, q: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compare rows that sum to 1 and begin at `first`, as `divergence` does."""
    log_p, log_q, middle = _log(p), _log(q), (p + q) / 2
    js = np.add.reduceat((p * log_p + q * log_q) / 2 - middle * _log(middle), first, axis=0)
    jeffreys = np.add.reduceat((p - q) * (log_p - log_q) / 2, first, axis=0)
    is_infinite = np.logical_or.reduceat((p > 0) != (q > 0), first, axis=0)
    return np.maximum(js, 0.0), np.where(is_infinite, 0.0, jeffreys), is_infinite  # rounding may leave -1e-17


def _blocks(rows: Rows, n_heads: int) -> Iterator[tuple[slice, slice]]:
    """Cut the rows into blocks whose cells fit the processor's cache: slices of the rows and of their cells."""
    edges = np.append(rows.first_cell, rows.first_cell[-1] + rows.cell_count[-1])
    starts = np.flatnonzero(np.diff(rows.first_cell * n_heads // BLOCK_CELLS, prepend=-1))
    for start, stop in zip(starts, np.append(starts[1:], len(rows.first_cell)), strict=True):
        yield slice(start, stop), slice(int(edges[start]), int(edges[stop]))


def _changes(values: np.ndarray) -> np.ndarray:
    """Give where values begin to differ from the one before, the first place included."""
    return np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]])) if len(values) else np.empty(0, int)


def _log(values: np.ndarray) -> np.ndarray:
    """Natural logarithm; 0 where the value is 0, so that its product with the value is the limit."""
    return np.asarray(np.log(values if values.all() else np.where(values > 0, values, 1.0)))
