"""Attention of other sentences of the same length: what it explains, draw by draw, in-sample and by article.

A draw gives each sentence the attention of another one that has as many words. The sums of heads with heads over all
cells are those of every draw, so that the heads are brought to a basis in which these are 1 and 0; then in-sample R2
needs the sums with the readers alone, and held-out R2 one inverse by article. With G the sums of all cells, A those of
training, and b = A^-1 z'y of training, b'(G - A)b = b'Gb - b'z'y: no product with the sums of held-out cells is needed.
Most of what readers do is zero, and most of it is the same by another rule: their sums are those of sparse matrices, of
differences where these are sparser.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from analytics._stats.by_sentence import starts_of
from analytics._stats.design import GRAM_LIMIT, Design
from analytics._stats.held_out import each_in_turn, inverses, pooled
from analytics._stats.moments import Moments
from analytics._stats.spread import means_and_lengths
from warehouse.plugin.same_arrays import once_for_same_arrays

SPARSE = 0.2
"""Share of values other than 0 up to which sums of a sparse matrix take less time than those of a dense one."""
ROW = 64
"""Numbers in a row of heads, those of several draws side by side, from which on longer rows save no more time."""


def permutations(rng: np.random.Generator, sizes: np.ndarray, n_draws: int) -> np.ndarray:
    """Permute sentences among those of the same size, (n_draws, n_sentences) of int.

    Parameters
    ----------
    rng : Generator
        Of the draws.
    sizes : ndarray (n_sentences,) of int
        Cells of each sentence, which tell its words.
    n_draws : int
        How many permutations.
    """
    found = np.tile(np.arange(len(sizes)), (n_draws, 1))
    for size in np.unique(sizes):
        (members,) = np.nonzero(sizes == size)
        for draw in found:
            draw[members] = rng.permutation(members)
    return found


@lru_cache(maxsize=4)
def drawn_orders(sizes: tuple[int, ...], seed: int, n_draws: int) -> np.ndarray:
    """Permute sentences of these sizes by a seed, as `permutations`; the same for every layer."""
    return permutations(np.random.default_rng(seed), np.array(sizes), n_draws)


@dataclass(frozen=True)
class Exchanged:
    """What other sentences' attention explains: R2 in-sample and held out, (n_draws, n_targets) each."""

    r2: np.ndarray
    cv_r2: np.ndarray

    @classmethod
    def of(
        cls, layer: np.ndarray, readers: np.ndarray, article: np.ndarray, sentence: np.ndarray, order: np.ndarray
    ) -> "Exchanged":
        """Fit the readers on the attention of each draw.

        Parameters
        ----------
        layer : ndarray (n_cells, n_heads)
            Attention.
        readers : ndarray (n_cells, n_readers)
            What it is to explain; nan in the result for one who does not vary.
        article, sentence : ndarray (n_cells,) of int
            Folds, and what is exchanged.
        order : ndarray (n_draws, n_sentences) of int
            Which sentence's attention each sentence gets.
        """
        study = _Study.of(layer, _Readers.of(readers, article), sentence)
        at_once = 1 + ROW // study.heads.shape[1]
        some = (order[start : start + at_once] for start in range(0, len(order), at_once))
        r2, cv_r2 = zip(*(scores for sources in some for scores in study.scores(sources)), strict=True)
        return cls(np.array(r2), np.array(cv_r2))


@dataclass(frozen=True)
class _Readers:
    """Readers by article: what no draw and no layer changes.

    Attributes
    ----------
    cells : sequence of ndarray of int
        The cells of each article.
    values : sequence of (n_readers, n_cells of the article)
        Sparse as they are, or less another's; dense about their means.
    less : ndarray (n_readers,) of int
        Whose values are taken off the reader's; -1 of none.
    mean : ndarray (n_readers,)
        What is yet to be taken off the values.
    yy, sst : ndarray (n_articles, n_readers)
        Squares about the mean of all cells, and about that of the other articles' cells.
    """

    cells: Sequence[np.ndarray]
    values: Sequence[Any]
    less: np.ndarray
    mean: np.ndarray
    yy: np.ndarray
    sst: np.ndarray

    @staticmethod
    @once_for_same_arrays
    def of(readers: np.ndarray, article: np.ndarray) -> "_Readers":
        """Divide readers by article."""
        from scipy.sparse import csc_array

        cells = [np.flatnonzero(article == one) for one in np.unique(article)]
        mean, length = means_and_lengths(readers)
        centred = (readers - mean) * (length > 0)
        y = np.array([centred[some].sum(axis=0) for some in cells])
        yy = np.array([np.einsum("ij,ij->j", centred[some], centred[some]) for some in cells])
        count = np.array([[len(some)] for some in cells])
        of_others = -y / np.maximum(count.sum() - count, 1)
        sst = yy - 2 * of_others * y + count * of_others**2
        if np.count_nonzero(readers) > SPARSE * readers.size:
            of_none = np.full(len(mean), -1)
            return _Readers(cells, [centred[some].T for some in cells], of_none, np.zeros_like(mean), yy, sst)
        less = _nearest(readers)
        sparse = np.where(less < 0, readers, readers - readers[:, less])
        return _Readers(cells, [csc_array(sparse[some]).T for some in cells], less, mean, yy, sst)

    def times(self, heads: np.ndarray, article: int) -> np.ndarray:
        """Sum the products with heads (n_cells of the article, n), (n_readers, n)."""
        found = np.asarray(self.values[article] @ heads)
        found[self.less >= 0] += found[self.less[self.less >= 0]]
        return found


def _nearest(readers: np.ndarray) -> np.ndarray:
    """Find for each column an earlier one, kept as it is, whose difference has half as many values or fewer, or -1."""
    gram = readers.T @ readers
    square, count, found = gram.diagonal(), np.count_nonzero(readers, axis=0), np.full(gram.shape[0], -1)
    for column in range(1, len(found)):
        distance = square[:column] - 2 * gram[column, :column]
        near = int(np.where(found[:column] < 0, distance, np.inf).argmin())
        if 2 * np.count_nonzero(readers[:, column] != readers[:, near]) <= count[column]:
            found[column] = near
    return found


@dataclass(frozen=True)
class _Study:
    """Heads as (1, orthonormal basis), with their sums by sentence, beside the readers.

    Attributes
    ----------
    heads : ndarray (n_cells, 1 + rank)
    starts, sizes, article : ndarray (n_sentences,) of int
    zz : ndarray (n_sentences, (1 + rank)^2)
    readers : _Readers
    """

    heads: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray
    article: np.ndarray
    zz: np.ndarray
    readers: _Readers

    @classmethod
    def of(cls, layer: np.ndarray, readers: _Readers, sentence: np.ndarray) -> "_Study":
        basis = Design.of(layer).basis(layer)
        whitened = basis @ np.linalg.inv(np.linalg.cholesky(basis.T @ basis)).T
        heads, starts = np.column_stack([np.ones(len(layer)), whitened]), starts_of(sentence)
        edges = [*starts.tolist(), len(sentence)]
        zz = Moments.between(whitened, whitened[:, :0], edges).zz.reshape(len(starts), -1)
        article = np.empty(len(sentence), dtype=int)
        for number, cells in enumerate(readers.cells):
            article[cells] = number
        return cls(heads, starts, np.diff(edges), article[starts], zz, readers)

    def scores(self, order: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Score the attention of some draws (n_draws, n_sentences), in-sample and held out, (n_readers,) each."""
        yield from map(self._scores, self._sums(order), self._crosses(order))

    def _scores(self, zz: np.ndarray, zy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        yy, sst = self.readers.yy, self.readers.sst
        zy -= zz[:, None, 0] * self.readers.mean[:, None]
        total, squares = zy.sum(axis=0), yy.sum(axis=0)
        explained = np.einsum("rk,rk->r", total[:, 1:], total[:, 1:])
        r2 = np.divide(explained, squares, out=np.full_like(squares, np.nan), where=squares > 0)
        if len(zz) < 2:
            return r2, np.full_like(squares, np.nan)
        inverse, bound = inverses((gram := zz.sum(axis=0)) - zz)
        if not (bound <= GRAM_LIMIT).all():
            return r2, each_in_turn(Moments(zz, zy.swapaxes(1, 2), yy)).r2()
        sse = (_errors(*one, total, gram.diagonal()) for one in zip(inverse, zy, yy, strict=True))
        return r2, pooled(np.array(list(sse)), sst)

    def _sums(self, order: np.ndarray) -> np.ndarray:
        """Add the sums of heads that each article's sentences get, (n_draws, n_articles, 1 + rank, 1 + rank)."""
        from scipy.sparse import csr_array

        by_article, counts = np.argsort(self.article, kind="stable"), np.bincount(self.article)
        edges = np.concatenate([[0], np.cumsum(np.tile(counts, len(order)))])
        drawn = csr_array((np.ones(order.size), order[:, by_article].ravel(), edges), (len(edges) - 1, len(self.zz)))
        size = self.heads.shape[1]
        return np.asarray((drawn @ self.zz).reshape(len(order), len(counts), size, size))

    def _crosses(self, order: np.ndarray) -> np.ndarray:
        """Sum the products of readers and the heads that they get, (n_draws, n_articles, n_readers, 1 + rank)."""
        each = [np.repeat(self.starts[sources] - self.starts, self.sizes) for sources in order]
        place, size = (np.arange(len(self.heads)) + each).T, self.heads.shape[1]
        found = np.empty((len(order), len(self.readers.cells), len(self.readers.mean), size))
        for article, cells in enumerate(self.readers.cells):
            heads = self.heads[place[cells]].reshape(len(cells), -1)
            found[:, article] = self.readers.times(heads, article).reshape(-1, len(order), size).swapaxes(0, 1)
        return found


def _errors(inverse: np.ndarray, zy: np.ndarray, yy: np.ndarray, total: np.ndarray, gram: np.ndarray) -> np.ndarray:
    """Give the squared errors of one article, predicted from the others, (n_readers,)."""
    b = (total - zy) @ inverse
    left = b * gram
    left -= total
    left -= zy
    return np.asarray(yy + np.einsum("rk,rk->r", left, b))
