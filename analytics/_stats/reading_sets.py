"""Readers who read different sentences: those with the same ones are computed together, on the cells of these.

A value is nan where its reader did not read the sentence. Where all have read the same, nothing is divided.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics._stats.by_sentence import starts_of
from warehouse.plugin.columns import Block, Cells, Column, SummedBlock, sums_of, together

SENTENCE, READERS = -1, 1
"""Places of these among the columns that are divided."""


@dataclass(frozen=True)
class ReadingSet:
    """Readers who read the same sentences.

    Attributes
    ----------
    readers : ndarray (n_readers,) of int
        Their columns.
    sentences : ndarray (n_sentences,) of int
        What they read.
    cell_count : int
        Cells of these.
    """

    readers: np.ndarray
    sentences: np.ndarray
    cell_count: int


def reading_sets(readers: Cells, sentence: Cells) -> list[ReadingSet]:
    """Group readers by what they read; none where all of them read all.

    Parameters
    ----------
    readers : Cells (n_cells, n_subjects)
        nan at the cells of sentences that a reader did not read.
    sentence : Cells (n_cells,) of int
        Cells of a sentence stand together.
    """
    read, labels, sizes = [], [], []
    for values, of in together(readers, sentence):
        starts = starts_of(of)
        read.append(~np.isnan(values[starts]))
        labels.append(of[starts])
        sizes.append(np.diff([*starts, len(of)]))
    is_read, of_sentence, size = np.vstack(read), np.concatenate(labels), np.concatenate(sizes)
    if is_read.all():
        return []
    alike: dict[bytes, list[int]] = {}
    for reader, pattern in enumerate(np.ascontiguousarray(is_read.T)):
        alike.setdefault(pattern.tobytes(), []).append(reader)
    return [_set_of(np.array(some), is_read[:, some[0]], of_sentence, size) for some in alike.values()]


def _set_of(some: np.ndarray, is_read: np.ndarray, of_sentence: np.ndarray, size: np.ndarray) -> ReadingSet:
    return ReadingSet(some, of_sentence[is_read], int(size[is_read].sum()))


def filled(values: np.ndarray) -> np.ndarray:
    """Give values (n_cells, n_readers) with 0 where a reader did not read."""
    found = np.array(values, dtype=float)
    np.copyto(found, 0.0, where=np.isnan(found))  # several times faster than numpy.where and numpy.nan_to_num
    return found


def divided(columns: Sequence[Cells], sets: Sequence[ReadingSet]) -> Iterator[tuple[ReadingSet, list[Column]]]:
    """Yield each set with the columns over its cells: predictors, readers (those of the set), ..., sentence."""
    for one in sets:
        blocks = _Restricted(columns, one)
        yield one, [Column(blocks, place) for place in range(len(columns))]


@dataclass(frozen=True)
class _Restricted:
    """The columns over the cells of a set's sentences; of the readers, those of the set."""

    columns: Sequence[Cells]
    of: ReadingSet

    def select(self, places: Sequence[int]) -> Iterator[Block]:
        for *some, sentence in together(*(self.columns[place] for place in places), self.columns[SENTENCE]):
            kept = np.isin(sentence, self.of.sentences)
            if kept.any():
                yield tuple(self._of(place, values[kept]) for place, values in zip(places, some, strict=True))

    def sums(self, places: Sequence[int], among: np.ndarray | None) -> Iterator[SummedBlock] | None:
        found = together(*(self.columns[place] for place in places))
        summed = sums_of(found, self.of.sentences)
        return None if summed is None else self._of_readers(summed)

    def _of_readers(self, summed: Iterator[SummedBlock]) -> Iterator[SummedBlock]:
        for labels, zz, zy, yy in summed:
            own = self.of.readers if zy.shape[-1] else slice(0)
            yield labels, zz, zy[..., own], yy[..., own]

    def _of(self, place: int, values: np.ndarray) -> np.ndarray:
        return values[:, self.of.readers] if place == READERS else values
