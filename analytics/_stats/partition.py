"""Partition of explained variance: R2 of a set of predictors, of a layer's heads and of both, for several sets at once.

The sums of (1, predictors, heads, readers) are formed once by article; every fit takes the rows and columns that are
its own, without a sentence less what the sentence's cells add. Source: Newton & Spurrell (1967), commonality analysis.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from analytics._stats.bootstrap import in_sample_r2
from analytics._stats.held_out import pooled
from analytics._stats.moments import Moments
from analytics._stats.nested_fits import LeftOut, Nested, left_out
from analytics._stats.partition_sums import Columns, PartitionSums
from warehouse.plugin.columns import Groups

HELD_OUT = ("nothing", "article", "sentence")
FITS = ("set", "heads", "joint")


@dataclass(frozen=True)
class Partition:
    """What a set, the heads and both explain of each reader.

    Attributes
    ----------
    r2 : ndarray (3, 3, n_readers)
        By what is held out (`HELD_OUT`) and by fit (`FITS`); nan for a reader without variation, and where there is
        but one article or sentence to hold out.
    without : ndarray (n_sentences, n_groups)
        Mean over a group's readers of in-sample R2 of both less that of the set, without each sentence.
        No rows where readers read different sentences.
    articles : ndarray (n_articles,) of int
        In ascending order; none where there is but one.
    gains : ndarray (n_articles, n_readers)
        What each article adds to R2 of both less that of the set, articles held out: a sum over articles is that
        difference. nan where a reader did not read it.
    ranks : tuple of int
        Independent columns of the set, of the heads and of both; the most that a reader's cells have.
    n_cells : int
        Cells; the most that a reader read.
    """

    r2: np.ndarray
    without: np.ndarray
    articles: np.ndarray
    gains: np.ndarray
    ranks: tuple[int, ...]
    n_cells: int

    @classmethod
    def joined(cls, each: Sequence[tuple[np.ndarray, "Partition"]]) -> "Partition":
        """Put together what is found of readers who read different sentences, at their columns (n_readers,) of int."""
        r2 = np.full((len(HELD_OUT), len(FITS), sum(len(readers) for readers, _ in each)), np.nan)
        articles = np.unique(np.concatenate([found.articles for _, found in each]))
        gains = np.full((len(articles), r2.shape[-1]), np.nan)
        for readers, found in each:
            r2[..., readers] = found.r2
            gains[np.ix_(np.searchsorted(articles, found.articles), readers)] = found.gains
        ranks = tuple(max(some) for some in zip(*(found.ranks for _, found in each), strict=True))
        without = np.empty((0, r2.shape[-1]))
        return cls(r2, without, articles, gains, ranks, max(found.n_cells for _, found in each))

    def missing(self, held_out: str) -> str:
        """Say why no reader has a value."""
        if self.n_cells <= self.ranks[-1] + 1:
            return f"{self.n_cells} cells are too few for {self.ranks[-1]} columns and an intercept"
        is_known = ~np.isnan(self.r2).all(axis=(1, 2))
        if is_known[0] and not is_known[HELD_OUT.index(held_out)]:
            return f"one {held_out}: nothing is left when it is held out"
        return "no reader's values vary over the word pairs"


def partitions(sums: PartitionSums, sets: Sequence[np.ndarray], groups: Groups) -> list[Partition]:
    """Partition what several sets and the heads explain.

    Parameters
    ----------
    sums : PartitionSums
        Over the cells.
    sets : sequence of ndarray of int
        The columns of each set among the predictors.
    groups : sequence of slice
        The columns of each group of readers.
    """
    means = _means(groups, sums.varies)
    with _libraries().limit(limits=1, user_api="blas"):
        return [_partition(sums, sums.columns(columns), means) for columns in sets]


@cache
def _libraries() -> ThreadpoolController:
    """Find the libraries of linear algebra, which takes as long as some sentences."""
    import scipy.linalg  # noqa: F401 - its library must be there to be found

    return ThreadpoolController()


def _partition(sums: PartitionSums, columns: Columns, means: np.ndarray) -> Partition:
    each = (Nested(some, ()).of(sums.total) for some in (columns.of_set, columns.heads, columns.joint))
    in_sample = np.stack([in_sample_r2(Moments.stacked([total]))[0] for total in each])
    n_set, n_heads, n_joint = columns.ranks
    fits = Nested(columns.heads, (n_heads,)), Nested(columns.joint, (n_set, n_joint))
    each_article = {
        int(name): one
        for names, some in sums.articles
        for name, one in zip(names, left_out(sums.total, some, fits), strict=False)  # none where there is but one
    }
    of_articles, _ = _held_out(each_article.values(), means)
    of_sentences, without = _held_out(sums.without_each_sentence(*fits), means)
    is_known = sums.varies & (sums.n_cells > columns.ranks[-1] + 1)
    r2 = np.where(is_known, np.stack([in_sample, of_articles, of_sentences]), np.nan)
    articles = np.array(sorted(each_article), dtype=int)
    gains = np.where(is_known, _gains([each_article[name] for name in articles.tolist()], len(means)), np.nan)
    return Partition(r2, without, articles, gains, columns.ranks, sums.n_cells)


def _gains(articles: Sequence[LeftOut], n_readers: int) -> np.ndarray:
    """Give what each article adds to R2 of both less that of the set, (n_articles, n_readers)."""
    less = np.array([one.sse[1] - one.sse[2] for one in articles]).reshape(-1, n_readers)
    total = sum((one.sst for one in articles), np.zeros(n_readers))
    return np.asarray(np.divide(less, total, out=np.full_like(less, np.nan), where=total > 0))


def _held_out(each: Iterable[LeftOut], means: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hold each fold out: R2 of each fit (3, n_readers), and the means of in-sample unique R2 without each fold."""
    sse, sst, without = np.zeros((3, len(means))), np.zeros(len(means)), list[np.ndarray]()
    for found in each:
        sse += found.sse[[1, 0, 2]]
        sst += found.sst
        without.append((found.r2[2] - found.r2[1]) @ means)
    return pooled(sse[None], np.broadcast_to(sst, (1, *sse.shape))), np.array(without).reshape(-1, means.shape[1])


def _means(groups: Groups, varies: np.ndarray) -> np.ndarray:
    """Give the weights of the mean over each group's readers who vary, (n_readers, n_groups)."""
    member = np.zeros((len(varies), len(groups)))
    for place, of in enumerate(groups):
        member[of, place] = varies[of]
    return np.asarray(member / np.maximum(member.sum(axis=0), 1))
