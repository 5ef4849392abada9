"""Attention of other sentences of the same length: the sums of every draw from cross-products of pairs of sentences.

A draw gives each sentence the attention of another one that has as many words. Sums of a sentence's readers with the
attention of each sentence that is drawn for it are formed once and added up for the draws that have that pair.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics._stats.bootstrap import in_sample_r2
from analytics._stats.by_sentence import starts_of
from analytics._stats.held_out import each_in_turn
from analytics._stats.moments import Moments
from analytics._stats.sums import Sums

HELD_BYTES = 96 << 20
"""Sums of draws that are held at once."""


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


@dataclass(frozen=True)
class Exchanged:
    """What other sentences' attention explains: R2 in-sample and held out, (n_draws, n_targets) each."""

    r2: np.ndarray
    cv_r2: np.ndarray

    @classmethod
    def of(
        cls, sums: Sums, layer: np.ndarray, readers: np.ndarray, article: np.ndarray, sentence: np.ndarray,
        order: np.ndarray,
    ) -> "Exchanged":  # fmt: skip
        """Fit the readers on the attention of each draw.

        Parameters
        ----------
        sums : Sums
            Of the same cells: its basis of the heads is that of every draw.
        layer : ndarray (n_cells, n_heads)
            Attention.
        readers : ndarray (n_cells, n_readers)
            What it is to explain.
        article, sentence : ndarray (n_cells,) of int
            Folds, and what is exchanged.
        order : ndarray (n_draws, n_sentences) of int
            Which sentence's attention each sentence gets.
        """
        study = _Study.of(sums, layer, readers, article, sentence)
        r2, cv_r2 = zip(*(_scores(moments) for moments in study.drawn(order)), strict=True)
        return cls(np.array(r2), np.array(cv_r2))


def _scores(moments: Moments) -> tuple[np.ndarray, np.ndarray]:
    in_sample = in_sample_r2(Moments.stacked([moments.total()]))[0]
    held_out = each_in_turn(moments).r2() if len(moments.count) > 1 else np.full(len(in_sample), np.nan)
    return in_sample, held_out


@dataclass(frozen=True)
class _Study:
    """Heads as (1, basis) and centred readers by sentence, with the sums that no draw changes.

    Attributes
    ----------
    heads, readers : list of ndarray (n_cells of the sentence, ...)
    zz : ndarray (n_sentences, 1 + rank, 1 + rank)
    yy : ndarray (n_articles, n_readers)
    member : ndarray (n_articles, n_sentences)
        1 where a sentence is of an article.
    """

    heads: list[np.ndarray]
    readers: list[np.ndarray]
    zz: np.ndarray
    yy: np.ndarray
    member: np.ndarray

    @classmethod
    def of(
        cls, sums: Sums, layer: np.ndarray, readers: np.ndarray, article: np.ndarray, sentence: np.ndarray
    ) -> "_Study":
        starts = starts_of(sentence)
        basis = np.column_stack([np.ones(len(layer)), sums.design.basis(layer)])
        heads = np.split(basis, starts[1:])
        values = np.split(np.where(sums.varies, readers - sums.target_mean, 0.0), starts[1:])
        member = (article[starts] == np.unique(article)[:, None]).astype(float)
        yy = member @ np.array([np.einsum("ij,ij->j", one, one) for one in values])
        return cls(heads, values, np.array([one.T @ one for one in heads]), yy, member)

    def drawn(self, order: np.ndarray) -> Iterator[Moments]:
        """Yield the moments by article of each draw."""
        rank, n_readers = self.zz.shape[-1], self.yy.shape[1]
        size = max(1, HELD_BYTES // (8 * len(self.member) * rank * n_readers))
        for first in range(0, len(order), size):
            some = order[first : first + size]
            crosses = self._crosses(some)
            for sources, zy in zip(some, crosses, strict=True):
                yield Moments(np.tensordot(self.member, self.zz[sources], axes=1), zy, self.yy)

    def _crosses(self, order: np.ndarray) -> np.ndarray:
        """Sum the products of heads and readers by draw and article, (n_draws, n_articles, 1 + rank, n_readers)."""
        found = np.zeros((len(order), len(self.member), self.zz.shape[-1], self.yy.shape[1]))
        for sentence, (values, article) in enumerate(zip(self.readers, self.member.argmax(axis=0), strict=True)):
            sources, place = np.unique(order[:, sentence], return_inverse=True)
            heads = np.stack([self.heads[source] for source in sources.tolist()])
            products = heads.transpose(0, 2, 1) @ values
            for draw, source in enumerate(place.tolist()):  # in place: copies of all draws took most of the time
                found[draw, article] += products[source]
        return found
