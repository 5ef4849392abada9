"""What readers predict of each other where they read different sentences: on the mean of those who read each one.

A reader's cells are those of sentences that at least so many others read too (`LEAST`, unless another number is
chosen); at each cell the reader is predicted from the mean of the others who read it, or, as in the paper, of all who
did.
"""

from dataclasses import dataclass

import numpy as np

from analytics._stats.by_sentence import starts_of
from analytics._stats.reading_sets import filled
from warehouse.plugin.columns import Cells, together

LEAST, MOST = 2, 10_000
"""Others who must have read a sentence, unless it is said otherwise; and the most that may be said."""


@dataclass(frozen=True)
class Shared:
    """Sums by sentence of each reader y and of the mean x that predicts the reader, (n_sentences, n_readers) each.

    Attributes
    ----------
    n, x, xx, xy, y, yy : ndarray
        Cells, sums, sums of squares and of products; 0 where a sentence does not count for a reader.
    size : ndarray (n_sentences,)
        Cells of each sentence.
    """

    n: np.ndarray
    x: np.ndarray
    xx: np.ndarray
    xy: np.ndarray
    y: np.ndarray
    yy: np.ndarray
    size: np.ndarray

    @classmethod
    def of(cls, readers: Cells, sentence: Cells, *, with_reader: bool, least: int = LEAST) -> "Shared":
        """Sum over the cells that `least` others read, block by block; the mean holds the reader or not."""
        parts = [_of_block(values, of, with_reader, least) for values, of in together(readers, sentence) if len(of)]
        return cls(*(np.concatenate(some) for some in zip(*parts, strict=True)))

    def by_group(self, group: np.ndarray) -> "Shared":
        """Add up the sentences of each group (n_sentences,), e.g. article."""
        names, number = np.unique(group, return_inverse=True)
        member = (number == np.arange(len(names))[:, None]).astype(float)
        return Shared(*(member @ values for values in vars(self).values()))

    @property
    def cell_count(self) -> int:
        """Cells that count for somebody."""
        return int(self.size[(self.n > 0).any(axis=1)].sum())

    @property
    def sentence_counts(self) -> np.ndarray:
        """Sentences that count for each reader, (n_readers,)."""
        return np.asarray((self.n > 0).sum(axis=0))

    def r2(self) -> np.ndarray:
        """Give the squared correlation over all that counts, (n_readers,); nan where one side does not vary."""
        return _r(*(values.sum(axis=0) for values in (self.n, self.x, self.xx, self.xy, self.y, self.yy))) ** 2

    def mean_r(self) -> np.ndarray:
        """Give Pearson's r sentence by sentence, mean over those where both vary, (n_readers,)."""
        r = _r(self.n, self.x, self.xx, self.xy, self.y, self.yy)
        known = ~np.isnan(r)
        return _ratio(np.where(known, r, 0).sum(axis=0), known.sum(axis=0).astype(float))

    def held_out_r2(self) -> np.ndarray:
        """Hold each row out in turn: 1 - SSE / SST over all, the line fitted on the others; nan for one row."""
        arrays = (self.n, self.x, self.xx, self.xy, self.y)
        n, x, xx, xy, y = (values.sum(axis=0) - values for values in arrays)
        usable = (self.n > 0) & (n > 0)
        x_mean, y_mean = _ratio(x, n), _ratio(y, n)
        slope = np.nan_to_num(_ratio(xy - x * y_mean, xx - x * x_mean))
        of_y = self.yy - 2 * y_mean * self.y + self.n * y_mean**2
        of_x = self.xx - 2 * x_mean * self.x + self.n * x_mean**2
        both = self.xy - x_mean * self.y - y_mean * self.x + self.n * x_mean * y_mean
        sse, sst = of_y - 2 * slope * both + slope**2 * of_x, of_y
        total = np.where(usable, sst, 0).sum(axis=0)
        return np.asarray(1 - _ratio(np.where(usable, sse, 0).sum(axis=0), total))


def split_half_r2(readers: Cells, sentence: Cells, first: np.ndarray) -> np.ndarray:
    """Predict each reader from the mean of a random half that the reader is not in, mean over splits, (n_readers,).

    Parameters
    ----------
    readers, sentence : Cells
        As for `Shared`.
    first : ndarray (n_splits, n_readers) of float
        1 for those in the first half.
    """
    found = [_on_halves(readers, sentence, half) for half in (first, 1 - first)]
    r2 = np.where(first > 0, found[1], found[0])
    known = ~np.isnan(r2)
    return _ratio(np.where(known, r2, 0).sum(axis=0), known.sum(axis=0).astype(float))


def _on_halves(readers: Cells, sentence: Cells, half: np.ndarray) -> np.ndarray:
    """R2 of each reader on the mean of each half (n_splits, n_readers)."""
    total = np.zeros((6, *half.shape))
    for values, of in together(readers, sentence):
        starts = starts_of(of)
        size = np.diff([*starts, len(of)])
        y, is_read = filled(values), (~np.isnan(values[starts])).astype(float)
        others = is_read @ half.T  # who read is the same at all cells of a sentence
        has = (others > 0).astype(float)
        x = y @ half.T / np.repeat(np.maximum(others, 1), size, axis=0)
        of_x, of_xx, of_y, of_yy = (np.add.reduceat(each, starts) for each in (x, x**2, y, y**2))
        read_cells = size[:, None] * is_read
        total += np.stack(
            (has.T @ read_cells, of_x.T @ is_read, of_xx.T @ is_read, x.T @ y, has.T @ of_y, has.T @ of_yy)
        )
    return _r(*total) ** 2


def _of_block(values: np.ndarray, sentence: np.ndarray, with_reader: bool, least: int) -> tuple[np.ndarray, ...]:
    starts = starts_of(sentence)
    size = np.diff([*starts, len(sentence)])
    read, y = ~np.isnan(values[starts]), filled(values)
    others = read.sum(axis=1, keepdims=True) - read
    counts = (read & (others >= least)).astype(float)
    among = others + 1 if with_reader else np.maximum(others, 1)
    whole = y.sum(axis=1, keepdims=True)
    s, ss, sy, of_y, of_yy = (np.add.reduceat(each, starts) for each in (whole, whole**2, whole * y, y, y**2))
    if not with_reader:
        s, ss, sy = s - of_y, ss - 2 * sy + of_yy, sy - of_yy
    n = size[:, None] * counts
    return n, s / among * counts, ss / among**2 * counts, sy / among * counts, of_y * counts, of_yy * counts, size


ROUNDING = 1e-12
"""Share of a sum of squares that rounding may leave where nothing varies."""


def _r(n: np.ndarray, x: np.ndarray, xx: np.ndarray, xy: np.ndarray, y: np.ndarray, yy: np.ndarray) -> np.ndarray:
    """Pearson's r from sums; nan where one side does not vary."""
    about = [first - _ratio(second, n, 0.0) for first, second in ((xx, x * x), (xy, x * y), (yy, y * y))]
    varies = (about[0] > ROUNDING * xx) & (about[2] > ROUNDING * yy)
    scale = np.sqrt(np.where(varies, about[0] * about[2], 1.0))
    return np.where(varies, about[1] / scale, np.nan)


def _ratio(numerator: np.ndarray, denominator: np.ndarray, without: float = np.nan) -> np.ndarray:
    out = np.full(np.broadcast(numerator, denominator).shape, without)
    return np.asarray(np.divide(numerator, denominator, out=out, where=denominator > 0))
