"""What a group predicts of its own members, from cross-products of the readers: in-sample, held out, by sentence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from analytics._stats.folds import Folds
from analytics._stats.moments import Moments
from analytics._stats.spread import Spread
from warehouse.plugin.columns import Block


@dataclass(frozen=True)
class WithinGroup:
    """Blocks of the centred readers as predictors without targets, and the sentences."""

    blocks: Iterable[Block]
    spread: Spread

    def __iter__(self) -> Iterator[Block]:
        for y, sentence in self.blocks:
            centred = self.spread.centred(y)
            yield centred, centred[:, :0], sentence


def in_sample_r2(gram: np.ndarray, *, with_reader: bool) -> np.ndarray:
    """Give the R2 of each reader on the sum of the group, with or without the reader, (n_subjects,)."""
    xy, xx, yy = _on_the_sum(gram, with_reader)
    return _ratio(xy**2, xx * yy)


def held_out_r2(by_article: Folds) -> np.ndarray:
    """Give the R2 of each reader on the sum of the others with each article held out, (n_subjects,); nan for one."""
    sse = sst = np.zeros(by_article.total.x.shape)
    for _, some in by_article if len(by_article.names) > 1 else ():
        training = by_article.total - some
        mean = training.means
        xy, xx, _ = _on_the_sum(training.about(*mean)[0], with_reader=False)
        slope = np.divide(xy, xx, out=np.zeros_like(xy), where=xx > 0)
        xy, xx, yy = _on_the_sum(some.about(*mean)[0], with_reader=False)
        sse, sst = sse + (yy - 2 * slope * xy + slope**2 * xx).sum(axis=0), sst + yy.sum(axis=0)
    return 1 - _ratio(sse, sst)


def by_sentence_r(sums: Iterable[Moments], gram: np.ndarray) -> tuple[np.ndarray, bool]:
    """Correlate each reader with the sum of the group that contains the reader, sentence by sentence.

    Parameters
    ----------
    sums : iterable of Moments
        By sentence, of the readers as predictors.
    gram : ndarray (n_subjects, n_subjects)
        Cross-products of the centred readers over all sentences.

    Returns
    -------
    tuple of ndarray (n_subjects,) and bool
        Mean over the sentences where both vary, nan where there is none; whether the sum varies in any.
    """
    total, count, has_sum = np.zeros(len(gram)), np.zeros(len(gram)), False
    for part in sums:
        xy, xx, yy = _on_the_sum(part.about(*part.means)[0], with_reader=True)
        known = (xx > ROUNDING * gram.sum()) & (yy > ROUNDING * np.diag(gram))
        scale = np.sqrt(np.where(known, xx * yy, 1.0))
        total, count = total + np.where(known, xy / scale, 0.0).sum(axis=0), count + known.sum(axis=0)
        has_sum = has_sum or bool((xx > ROUNDING * gram.sum()).any())
    return _ratio(total, count), has_sum


ROUNDING = 1e-12
"""Share of the variance over all sentences that rounding may leave in one where nothing varies."""


def _on_the_sum(gram: np.ndarray, with_reader: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give cross-products of each reader with the sum of the group, of that sum, and of the reader.

    Each is (..., n_subjects), from the readers' cross-products (..., n_subjects, n_subjects).
    """
    along, yy = gram.sum(axis=-1), np.diagonal(gram, axis1=-2, axis2=-1)
    whole = np.broadcast_to(along.sum(axis=-1, keepdims=True), along.shape)
    if with_reader:
        return along, whole, yy
    return along - yy, whole - 2 * along + yy, yy


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    out = np.full_like(denominator, np.nan)
    return np.asarray(np.divide(numerator, denominator, out=out, where=denominator > 0))
