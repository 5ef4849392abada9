"""Sums over cells, formed of blocks of attention as they pass: of a layer nothing is held but its sums.

Sums with readers take the readers there are, in all measures of all readings; those with predictors every set of
predictors and of patterns that can be asked of the corpus.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile

import numpy as np
from psycopg.rows import dict_row

from warehouse import logs
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.declarations import Table
from warehouse.ledger.heartbeats import Heartbeat
from warehouse.plugin.contents import Block, Columns, Extraction
from warehouse.schema.tables import model
from warehouse.slices import cells, column_digests, readers
from warehouse.slices.cells import Sentences
from warehouse.slices.reading import Reading, Work

FEW = 0.5
"""Readers, as a share of the heads, up to whom sums by sentence are not larger than those of the heads themselves."""


class Summing:
    """Adds up the attention of one extraction piece by piece.

    Parameters
    ----------
    connection : psycopg.Connection
        Asks for the readers' values; nobody else's.
    corpus_id : int
        The corpus that the attention is over.
    head_count : int
        Weights of a word pair.
    summed_by : str
        ``sentence``, ``article``, or empty: by sentence where readers are few, else by article.
    """

    def __init__(self, connection: Connection, corpus_id: int, head_count: int, summed_by: str) -> None:
        self.reading = Reading(connection)
        with connection.cursor(row_factory=dict_row) as cursor:
            groups = cursor.execute(_GROUPS, [corpus_id]).fetchall()
        self.works = [work for work in groups if len(readers.subject_ids(self.reading, work))]
        people = readers.columns_of(self.reading, self.works)
        self._people = np.array(list(people), dtype=np.int64).reshape(-1, 2)
        self.summed_by = summed_by or ("sentence" if len(people) <= FEW * head_count else "article")
        self._sets = _sets(connection, corpus_id)
        self._predictors = self._digests()
        self.corpus = cells.sentences(self.reading, {"corpus_id": corpus_id})
        self._parts = [self.corpus.part(rows) for rows in cells.blocks(self.corpus)]
        self._last = [part.ids[1] for part in self._parts]
        self._of_heads = dict[tuple[int, int], np.ndarray]()
        self._of_columns = dict[tuple[int, int], _OfColumns]()

    @property
    def reader_count(self) -> int:
        """Readers, each once."""
        return len(np.unique(self._people[:, 1]))

    @property
    def predictor_count(self) -> int:
        """Predictors and patterns, each once."""
        return len(self._predictors)

    def is_of(self, extraction_id: int, *, exactly: bool = False) -> bool:
        """Tell whether an extraction's sums were formed of the readers and predictors there are, as they are.

        `exactly` asks for no other predictors either, so that what was begun may go on with the same numbers.
        """
        works = [{**work, "extraction_id": extraction_id} for work in self.works]
        summed = column_digests.summed_predictors(self.reading, extraction_id).keys()
        has_predictors = self._predictors.keys() == summed if exactly else self._predictors.keys() <= summed
        return has_predictors and not any(column_digests.changed(self.reading, work) for work in works)

    def summed(self) -> Iterator[tuple[Table, Columns]]:
        """Give the rows that name the readers and the predictors that the sums are formed of."""
        people = [
            (work["measure_id"], number, digest)
            for work in self.works
            for number, digest in column_digests.of_readers(self.reading, work).items()
        ]
        if people:
            names = "measure_id", "subject_id", "values_digest"
            yield model.summed_reader, dict(zip(names, zip(*people, strict=True), strict=True))
        if self._predictors:
            numbers = list(range(len(self._predictors)))
            yield model.summed_predictor, {"predictor_number": numbers, "values_digest": list(self._predictors)}

    def _digests(self) -> dict[str, int]:
        """Give the predictors of all sets by digest, each once, with its place among the columns of all sets."""
        each = [digest for work in self._sets for digest in column_digests.of_predictors(self.reading, [work])]
        return {digest: each.index(digest) for digest in sorted(set(each))}

    def add(self, block: Block) -> None:
        """Add the cells of a block that look back, or at the word itself."""
        pairs = block.pairs
        chosen = np.flatnonzero(pairs.to_word <= pairs.from_word)
        chosen = chosen[np.argsort(pairs.sentence_id[chosen], kind="stable")]
        sentence_id = pairs.sentence_id[chosen]
        first = int(np.searchsorted(self._last, sentence_id[0])) if len(sentence_id) else 0
        for part in takewhile(lambda part: part.ids[0] <= sentence_id[-1], self._parts[first:] if len(chosen) else []):
            own = slice(*np.searchsorted(sentence_id, (part.ids[0], part.ids[1] + 1)))
            rows = chosen[own]
            if len(rows):
                cell = part.cell(sentence_id[own], pairs.from_word[rows], pairs.to_word[rows])
                self._add(block.layer, part, sentence_id[own], cell, block.weights[rows])

    def _add(self, layer: int, part: Sentences, sentence_id: np.ndarray, cell: np.ndarray, weights: np.ndarray) -> None:
        z = np.column_stack([np.ones(len(weights)), weights.astype(float)])
        y = self._values(part)
        article = part.article[np.searchsorted(part.sentence_id, sentence_id)]
        for rows in _runs(sentence_id):
            key = layer, int(sentence_id[rows.start])
            self._of_heads[key] = self._of_heads.get(key, 0.0) + z[rows].T @ z[rows]
        for rows in _runs(sentence_id if self.summed_by == "sentence" else article):
            first = int(sentence_id[rows.start])
            key = layer, first if self.summed_by == "sentence" else int(article[rows.start])
            self._of_columns.setdefault(key, _OfColumns(first)).add(first, z[rows].T @ y[cell[rows]])

    def _values(self, part: Sentences) -> np.ndarray:
        """Give what readers did over the cells of a part, and the predictors beside it; 0 where there is no value."""

        def ask() -> np.ndarray:
            n_readers, start = len(self._people), 0
            found = np.empty((int(part.cell_count.sum()), n_readers + len(self._predictors)))
            if n_readers:
                found[:, :n_readers] = readers.values(self.reading, self.works, part)
            place = np.array(list(self._predictors.values()), dtype=int)
            for work in self._sets:  # one after the other, so that no second copy of all is held
                values = column_digests.predictor_values(self.reading, [work], part)
                own = np.flatnonzero((place >= start) & (place < start + values.shape[1]))
                found[:, n_readers + own] = values[:, place[own] - start]
                start += values.shape[1]
            return np.nan_to_num(found, copy=False)

        found: np.ndarray = self.reading.remember("values to sum", part.ids, ask, at_most=2)
        return found

    def take(self) -> Iterator[tuple[Table, Columns]]:
        """Give the rows of what was added, and begin anew: after each piece, which holds whole articles."""
        heads, of_columns, self._of_heads, self._of_columns = self._of_heads, self._of_columns, {}, {}
        if heads:
            layers, sentences = np.array(list(heads)).T
            upper = np.triu_indices(len(next(iter(heads.values()))))
            products = np.array([matrix[upper] for matrix in heads.values()])
            yield model.head_sums, {"layer": layers, "sentence_id": sentences, "head_products": products}
        n_readers = len(self._people)
        places, column, products = _rows(of_columns, slice(n_readers))
        if len(column):
            named = dict(zip(("measure_id", "subject_id"), self._people[column].T, strict=True))
            yield model.reader_sums, {**places, **named, "reader_products": products}
        places, column, products = _rows(of_columns, slice(n_readers, None))
        if len(column):
            yield model.predictor_sums, {**places, "predictor_number": column, "predictor_products": products}


def _rows(
    of_columns: Mapping[tuple[int, int], "_OfColumns"], some: slice
) -> tuple[Columns, np.ndarray, np.ndarray]:  # fmt: skip
    """Give where the products of some columns that are not all 0 are from, which columns they are, and the products."""
    filled = [np.flatnonzero(one.is_filled[some]) for one in of_columns.values()]
    counts = [len(columns) for columns in filled]
    places = {
        "layer": np.repeat([layer for layer, _ in of_columns], counts),
        "sentence_id": np.repeat([one.first for one in of_columns.values()], counts),
    }
    each = [one.products[:, some].T[columns] for one, columns in zip(of_columns.values(), filled, strict=True)]
    none = np.empty(0, dtype=int)
    return places, np.concatenate([none, *filled]), np.concatenate(each) if each else np.empty((0, 0))


@dataclass
class _OfColumns:
    """Products with readers and predictors of a sentence or article, (1 + n_heads, n_columns); its first sentence."""

    first: int
    products: np.ndarray = field(default_factory=lambda: np.zeros((1, 1)))

    def add(self, first: int, products: np.ndarray) -> None:
        self.first, self.products = min(first, self.first), self.products + products

    @property
    def is_filled(self) -> np.ndarray:
        return np.asarray((self.products != 0).any(axis=0))


def _runs(labels: np.ndarray) -> Iterator[slice]:
    """Give the rows of each label; those of one stand together."""
    starts = np.flatnonzero(np.diff(labels, prepend=labels[:1] - 1)).tolist()
    for start, stop in zip(starts, [*starts[1:], len(labels)], strict=True):
        yield slice(start, stop)


@contextmanager
def summing_of(database: Database, extraction: Extraction, heartbeat: Heartbeat) -> Iterator[Summing | None]:
    """Make what sums an extraction's attention with the readers there are; None where no sums are to be kept."""
    if extraction.summed_by is None:
        yield None
        return
    with database.connect(autocommit=True, read_only=True) as asking:
        heartbeat.join(asking)
        heads = extraction.map_count or int(extraction.model["head_count"])
        summing = Summing(asking, extraction.corpus_id, heads, extraction.summed_by)
        logs.remark(
            f"Sums are kept by {summing.summed_by}, with the {summing.reader_count:,} readers and the "
            f"{summing.predictor_count:,} predictors there are: readers and sets of predictors that come later can be "
            "added only by ingesting it again, while the model is there."
        )
        yield summing


def _sets(connection: Connection, corpus_id: int) -> list[Work]:
    """Give the sets of predictors and of patterns of a corpus, each as a unit."""
    return [
        {"corpus_id": corpus_id, kind: name}
        for kind in ("predictor_set", "pattern_set")
        for (name,) in connection.execute(
            f"SELECT {kind} FROM slice.{kind} WHERE corpus_id = %s ORDER BY 1", [corpus_id]
        )
    ]


_GROUPS = """
SELECT corpus_id, measure_id, language_group
FROM slice.reader_group WHERE corpus_id = %s
ORDER BY measure_id, language_group
"""
