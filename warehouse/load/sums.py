"""Sums over cells, formed of blocks of attention as they pass: of a layer nothing is held but its sums.

Sums with readers take the readers there are: those of all measures of the first reading, as analyses take them unless
they are asked for others.
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
from warehouse.slices import cells, reader_digests, readers
from warehouse.slices.cells import Sentences
from warehouse.slices.reading import Reading

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
        self.corpus = cells.sentences(self.reading, {"corpus_id": corpus_id})
        self._parts = [self.corpus.part(rows) for rows in cells.blocks(self.corpus)]
        self._last = [part.ids[1] for part in self._parts]
        self._of_heads = dict[tuple[int, int], np.ndarray]()
        self._of_readers = dict[tuple[int, int], _OfReaders]()

    @property
    def reader_count(self) -> int:
        """Readers, each once."""
        return len(np.unique(self._people[:, 1]))

    def is_of(self, extraction_id: int) -> bool:
        """Tell whether an extraction's sums were formed of the readers there are, and their values as they are."""
        works = [{**work, "extraction_id": extraction_id} for work in self.works]
        return not any(reader_digests.changed(self.reading, work) for work in works)

    def summed_readers(self) -> Columns:
        """Give the rows of `model.summed_reader`."""
        rows = [
            (work["measure_id"], number, digest)
            for work in self.works
            for number, digest in reader_digests.digests(self.reading, work).items()
        ]
        return dict(zip(("measure_id", "subject_id", "values_digest"), zip(*rows, strict=True), strict=True))

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
        y = self._values(part)[cell] if self.works else np.empty((len(z), 0))
        article = part.article[np.searchsorted(part.sentence_id, sentence_id)]
        for rows in _runs(sentence_id):
            key = layer, int(sentence_id[rows.start])
            self._of_heads[key] = self._of_heads.get(key, 0.0) + z[rows].T @ z[rows]
        for rows in _runs(sentence_id if self.summed_by == "sentence" else article):
            first = int(sentence_id[rows.start])
            key = layer, first if self.summed_by == "sentence" else int(article[rows.start])
            self._of_readers.setdefault(key, _OfReaders(first)).add(first, z[rows].T @ y[rows])

    def _values(self, part: Sentences) -> np.ndarray:
        """Give what readers did over the cells of a part, 0 where one did not read."""

        def ask() -> np.ndarray:
            return np.asarray(np.nan_to_num(readers.values(self.reading, self.works, part)))

        found: np.ndarray = self.reading.remember("values to sum", part.ids, ask, at_most=2)
        return found

    def take(self) -> Iterator[tuple[Table, Columns]]:
        """Give the rows of what was added, and begin anew: after each piece, which holds whole articles."""
        heads, of_readers, self._of_heads, self._of_readers = self._of_heads, self._of_readers, {}, {}
        if heads:
            layers, sentences = np.array(list(heads)).T
            upper = np.triu_indices(len(next(iter(heads.values()))))
            products = np.array([matrix[upper] for matrix in heads.values()])
            yield model.head_sums, {"layer": layers, "sentence_id": sentences, "head_products": products}
        if any(one.is_filled.any() for one in of_readers.values()):
            yield model.reader_sums, self._rows(of_readers)

    def _rows(self, of_readers: Mapping[tuple[int, int], "_OfReaders"]) -> Columns:
        counts = [int(one.is_filled.sum()) for one in of_readers.values()]
        people = np.concatenate([self._people[one.is_filled] for one in of_readers.values()])
        return {
            "layer": np.repeat([layer for layer, _ in of_readers], counts),
            "sentence_id": np.repeat([one.first for one in of_readers.values()], counts),
            "measure_id": people[:, 0],
            "subject_id": people[:, 1],
            "reader_products": np.concatenate([one.products[:, one.is_filled].T for one in of_readers.values()]),
        }


@dataclass
class _OfReaders:
    """Products with readers of a sentence or article, (1 + n_heads, n_readers), and its first sentence."""

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
            f"Sums are kept by {summing.summed_by}, with the {summing.reader_count:,} readers there are: readers who "
            "come later can be added only by ingesting it again, while the model is there."
        )
        yield summing


_GROUPS = """
SELECT corpus_id, measure_id, language_group
FROM slice.reader_group WHERE corpus_id = %s AND reading = '1'
ORDER BY measure_id, language_group
"""
