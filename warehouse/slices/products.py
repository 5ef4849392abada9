"""Products by sentence of the columns of a piece: of its heads from the sums that are kept, of all else from cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from warehouse.slices import readers
from warehouse.slices.cells import Sentences
from warehouse.slices.column_digests import of_predictors, predictor_values, summed_predictors
from warehouse.slices.reading import Reading, Work

ONE, HEADS, READERS, PREDICTORS = "one", "heads", "readers", "predictors"
"""Kinds of columns; patterns are predictors."""


@dataclass
class Products:
    """Sums over the cells of some sentences, by sentence.

    Those of an article stand at its first sentence that is kept: there is no reader who read another one.

    Attributes
    ----------
    reading : Reading
        Of the thread that asks.
    works : sequence of mapping
        The units that are computed together.
    part : Sentences
        Whole articles.
    kept : ndarray (n_sentences,) of bool
        The sentences of the part that are summed over.
    """

    reading: Reading
    works: Sequence[Work]
    part: Sentences
    kept: np.ndarray
    _stored_of: dict[str, np.ndarray] = field(default_factory=dict)

    def between(self, left: Sequence[str], right: Sequence[str]) -> np.ndarray:
        """Give the products of columns of some kinds with those of others, (n_kept, n_left, n_right)."""
        rows = [np.concatenate([self._of(one, other) for other in right], axis=2) for one in left]
        return np.concatenate(rows, axis=1)

    def squares(self, kinds: Sequence[str]) -> np.ndarray:
        """Give the sums of squares of columns, (n_kept, n_columns)."""
        return np.concatenate([self._squares(kind) for kind in kinds], axis=1)

    @property
    def lacks_sentences(self) -> bool:
        """Whether sums of the heads are not there for some sentence."""
        return len(self._heads) != int(self.kept.sum())

    @property
    def is_of_whole_articles(self) -> bool:
        """Whether no sentence of an article is left out of those that another one is kept of."""
        return bool(np.isin(self.part.article[~self.kept], self.part.article[self.kept], invert=True).all())

    def _of(self, left: str, right: str) -> np.ndarray:
        if right == HEADS and left not in (HEADS, ONE):
            return self._of(right, left).swapaxes(1, 2)
        if right == HEADS:
            return self._heads[:, 1:, 1:] if left == HEADS else self._heads[:, :1, 1:]
        if left == HEADS:
            return self._heads[:, 1:, :1] if right == ONE else self._stored(right)[:, 1:]
        x, y = self._values(left), self._values(right)
        return np.array([x[rows].T @ y[rows] for rows in self._rows_of_kept]).reshape(-1, x.shape[1], y.shape[1])

    def _squares(self, kind: str) -> np.ndarray:
        if kind == HEADS:
            return np.asarray(np.diagonal(self._heads, axis1=1, axis2=2)[:, 1:])
        values = self._values(kind)
        return np.asarray(np.add.reduceat(values * values, self.part.first_cell, axis=0)[self.kept])

    @cached_property
    def _rows_of_kept(self) -> list[slice]:
        first, count = self.part.first_cell[self.kept], self.part.cell_count[self.kept]
        return [slice(start, stop) for start, stop in zip(first.tolist(), (first + count).tolist(), strict=True)]

    def _values(self, kind: str) -> np.ndarray:
        """Give columns over all cells of the part; 0 where a value is missing, which is not kept or not asked for."""
        if kind == ONE:
            return np.ones((int(self.part.cell_count.sum()), 1))
        found = readers.values if kind == READERS else predictor_values
        return np.asarray(np.nan_to_num(found(self.reading, self.works, self.part)))

    @cached_property
    def _heads(self) -> np.ndarray:
        """The products of (1, heads), (n_kept, 1 + n_heads, 1 + n_heads)."""
        sentence_id, packed = self.reading.arrays(_HEADS, self._where)
        return unpacked(packed[np.isin(sentence_id, self.part.sentence_id[self.kept])].astype(float))

    def _stored(self, kind: str) -> np.ndarray:
        """Give the products of (1, heads) with readers or predictors, (n_kept, 1 + n_heads, n_columns)."""
        if kind not in self._stored_of:
            self._stored_of[kind] = self._of_readers() if kind == READERS else self._of_predictors()
        return self._stored_of[kind]

    def _of_readers(self) -> np.ndarray:
        columns = readers.columns_of(self.reading, self.works)
        measures = sorted({measure_id for measure_id, _ in columns})
        sentence_id, measure_id, subject_id, sums = self.reading.arrays(_READERS, [*self._where, measures])
        return self._placed(
            columns, sentence_id, list(zip(measure_id.tolist(), subject_id.tolist(), strict=True)), sums
        )

    def _of_predictors(self) -> np.ndarray:
        summed = summed_predictors(self.reading, self.works[0]["extraction_id"])
        numbers = [summed[digest] for digest in of_predictors(self.reading, self.works)]
        columns = {number: column for column, number in enumerate(dict.fromkeys(numbers))}
        sentence_id, number, sums = self.reading.arrays(_PREDICTORS, [*self._where, list(columns)])
        found = self._placed(columns, sentence_id, number.tolist(), sums)
        return found[..., [columns[number] for number in numbers]]

    def _placed(
        self, columns: Mapping[Any, int], sentence_id: np.ndarray, keys: Sequence[Any], sums: np.ndarray
    ) -> np.ndarray:
        """Put sums at the rows of their sentences or articles, and at their columns; those that are not asked go."""
        found = np.zeros((*self._heads.shape[:2], len(columns)))
        row = self._row_of_sentence[np.searchsorted(self.part.sentence_id, sentence_id)]
        column = np.array([columns.get(key, -1) for key in keys], dtype=int)
        is_asked = (row >= 0) & (column >= 0)
        found[row[is_asked], :, column[is_asked]] = sums[is_asked] if len(sums) else 0.0
        return found

    @cached_property
    def _row_of_sentence(self) -> np.ndarray:
        """The row of each sentence of the part among those that are kept, or of its article; -1 where it has none."""
        row = np.where(self.kept, np.cumsum(self.kept) - 1, -1)
        if self.works[0]["summed_by"] == "sentence":
            return row
        articles, number = np.unique(self.part.article, return_inverse=True)
        first = np.full(len(articles), -1)
        places = np.flatnonzero(self.kept)[::-1]
        first[number[places]] = row[places]  # the first one is written last
        return np.asarray(first[number])

    @property
    def _where(self) -> list[int]:
        return [self.works[0]["extraction_id"], self.works[0]["layer"], *self.part.ids]


def unpacked(packed: np.ndarray) -> np.ndarray:
    """Give symmetric matrices (n, size, size) of their upper triangles, row by row, (n, size (size + 1) / 2)."""
    size = round((np.sqrt(8 * packed.shape[-1] + 1) - 1) / 2)
    rows, columns = np.triu_indices(size)
    found = np.empty((len(packed), size, size))
    found[:, rows, columns] = packed
    found[:, columns, rows] = packed
    return found


_HEADS = """
SELECT array_agg(sentence_id), array_agg(head_products)
FROM (
    SELECT sentence_id, head_products FROM slice.head_sums
    WHERE extraction_id = %s AND layer = %s AND sentence_id BETWEEN %s AND %s
    ORDER BY sentence_id
) AS ordered
"""
_READERS = """
SELECT array_agg(sentence_id), array_agg(measure_id::integer), array_agg(subject_id), array_agg(reader_products)
FROM slice.reader_sums
WHERE extraction_id = %s AND layer = %s AND sentence_id BETWEEN %s AND %s AND measure_id = ANY (%s)
"""
_PREDICTORS = """
SELECT array_agg(sentence_id), array_agg(predictor_number::integer), array_agg(predictor_products)
FROM slice.predictor_sums
WHERE extraction_id = %s AND layer = %s AND sentence_id BETWEEN %s AND %s AND predictor_number = ANY (%s)
"""
