"""A piece of work whose attention is kept as sums: its heads come as sums, all else over cells as ever."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace

import numpy as np

from warehouse.errors import BadInput
from warehouse.plugin.columns import Block, SummedBlock
from warehouse.slices import attention, cells, designs, pairs, readers
from warehouse.slices.blocks import CellBlock, PieceBlocks
from warehouse.slices.cells import Sentences
from warehouse.slices.reader_digests import changed
from warehouse.slices.reading import Reading, Slice, Work


def is_attention(each: Slice) -> bool:
    """Tell whether a slice is attention over cells."""
    return each.pull in (attention.layer, designs.values, pairs.left, pairs.right)


def is_summed(work: Work) -> bool:
    """Tell whether the attention that a unit is about is there as sums only."""
    return work.get("fitted") != "set" and "sums" in (work.get("kept"), work.get("left_kept"), work.get("right_kept"))


def lacking(reading: Reading, work: Work, at_most: str) -> str | None:
    """Say why the sums of a unit's attention do not serve it, if they do not; `at_most` is what they may be over."""
    if not at_most or work.get("fitted") == "joint":
        return "needs the attention of each word pair"
    if work["summed_by"] == "article" and at_most != "article":
        return "needs sums by sentence, and those with readers are by article"
    if work["summed_by"] == "article" and not cells.asked(reading, work).all():
        return "cannot leave out sentences, since sums with readers are by article"
    if changed(reading, work):
        return "needs sums with other readers than were there when they were formed (changed, or new)"
    return None


class SummedBlocks:
    """The columns of a piece, of which attention can be had in sums alone.

    Parameters
    ----------
    reading : Reading
        Used by the one thread of `pool`, in which this is made.
    works : sequence of mapping
        The units that are computed together, all of the same sentences.
    slices : sequence of Slice
        All slices that they read, attention of a layer among them.
    pool : Executor
        One thread, which pulls.
    """

    def __init__(self, reading: Reading, works: Sequence[Work], slices: Sequence[Slice], pool: Executor) -> None:
        self._reading, self._works, self._slices, self._pool = reading, works, slices, pool
        others = [replace(each, is_over_cells=False) if is_attention(each) else each for each in slices]
        self._cells = PieceBlocks(reading, works, others, pool)
        corpus = cells.sentences(reading, works[0])
        kept = cells.common_sentences(reading, works[0], [each.held for each in slices])
        self._parts = [(corpus.part(rows), kept[rows]) for rows in whole_articles(corpus) if kept[rows].any()]
        self._columns = (
            readers.columns_of(reading, works) if any(each.pull is readers.values for each in slices) else {}
        )

    def select(self, places: Sequence[int]) -> Iterator[Block]:
        """Yield the blocks of some of the slices; `BadInput` where attention is among them."""
        if any(is_attention(self._slices[place]) for place in places):
            raise self._refusal("its heads are too nearly dependent, or an article's are: this needs cells")
        return self._cells.select(places)

    def sums(self, places: Sequence[int], among: np.ndarray | None) -> Iterator[SummedBlock]:
        """Yield sums over cells, block by block of whole articles.

        Parameters
        ----------
        places : sequence of int
            Attention, readers or not, and the label of what the sums are of.
        among : ndarray of int or None
            The sentences to keep, by id; None keeps all.

        Raises
        ------
        BadInput
            If sums by sentence are asked for and those with readers are by article.
        """
        _, *targets, label = (self._slices[place] for place in places)
        if targets and label.pull is not cells.article and self._works[0]["summed_by"] == "article":
            raise self._refusal("its sums with readers are by article: this needs them by sentence, or cells")
        waiting: Future[SummedBlock] | None = None
        for part in self._parts:
            following = self._pool.submit(self._pulled, part, bool(targets), label, among)
            if waiting:
                yield waiting.result()
            waiting = following
        if waiting:
            yield waiting.result()

    def _pulled(self, part: CellBlock, has_targets: bool, label: Slice, among: np.ndarray | None) -> SummedBlock:
        corpus, kept = part
        kept = kept if among is None else kept & np.isin(corpus.sentence_id, among)
        labels = label.pull(self._reading, self._works[0], corpus)[corpus.first_cell][kept]
        zz = self._head_products(corpus, kept)
        if has_targets:
            zy, yy = self._reader_products(corpus, kept, zz.shape[1]), self._squares(corpus)[kept]
        else:
            zy, yy = np.empty((*zz.shape[:2], 0)), np.empty((len(zz), 0))
        starts = np.flatnonzero(np.diff(labels, prepend=labels[:1] - 1))
        if len(starts) == len(labels):
            return labels, zz, zy, yy
        return labels[starts], *(np.add.reduceat(each, starts, axis=0) for each in (zz, zy, yy))

    def _head_products(self, part: Sentences, kept: np.ndarray) -> np.ndarray:
        """Give the products of (1, heads) by sentence, (n_kept, 1 + n_heads, 1 + n_heads)."""
        work = self._works[0]
        sentence_id, packed = self._reading.arrays(_HEADS, [work["extraction_id"], work["layer"], *part.ids])
        chosen = np.isin(sentence_id, part.sentence_id[kept])
        if int(chosen.sum()) != int(kept.sum()):
            raise self._refusal("it lacks sums of some sentences")
        return unpacked(packed[chosen].astype(float))

    def _reader_products(self, part: Sentences, kept: np.ndarray, size: int) -> np.ndarray:
        """Give the products of (1, heads) with readers, (n_kept, 1 + n_heads, n_readers).

        Those of an article stand at its first sentence that is kept: there is no reader who read another one.
        """
        work, measures = self._works[0], sorted({measure_id for measure_id, _ in self._columns})
        sentence_id, measure_id, subject_id, products = self._reading.arrays(
            _READERS, [work["extraction_id"], work["layer"], *part.ids, measures]
        )
        found = np.zeros((int(kept.sum()), size, len(self._columns)))
        row = _rows(part, kept, is_by_article=work["summed_by"] == "article")[
            np.searchsorted(part.sentence_id, sentence_id)
        ]
        keys = zip(measure_id.tolist(), subject_id.tolist(), strict=True)
        column = np.array([self._columns.get(key, -1) for key in keys], dtype=int)
        is_asked = (row >= 0) & (column >= 0)
        found[row[is_asked], :, column[is_asked]] = products[is_asked] if len(products) else 0.0
        return found

    def _squares(self, part: Sentences) -> np.ndarray:
        """Give the readers' sums of squares by sentence, (n_sentences, n_readers): the readers themselves are there."""
        values = np.nan_to_num(readers.values(self._reading, self._works, part))
        return np.asarray(np.add.reduceat(values * values, part.first_cell, axis=0))

    def _refusal(self, what: str) -> BadInput:
        work = self._works[0]
        where = f"{work['model']}/{work['condition']}/{work['method']}, layer {work['layer']}, kept as sums"
        return BadInput(what, where, "ingest it again with --keep both, and with --sums-by sentence where it says so")


def whole_articles(corpus: Sentences) -> Iterator[slice]:
    """Cut sentences into blocks of whole articles of about `cells.BLOCK_CELLS` cells."""
    begins = np.flatnonzero(np.diff(corpus.article, prepend=-1))
    starts = begins[np.flatnonzero(np.diff(corpus.first_cell[begins] // cells.BLOCK_CELLS, prepend=-1))].tolist()
    for start, stop in zip(starts, [*starts[1:], len(corpus.article)], strict=True):
        yield slice(start, stop)


def _rows(part: Sentences, kept: np.ndarray, *, is_by_article: bool) -> np.ndarray:
    """Give the row of each sentence of a part among those that are kept, or of its article; -1 where it has none."""
    row = np.where(kept, np.cumsum(kept) - 1, -1)
    if not is_by_article:
        return row
    articles, number = np.unique(part.article, return_inverse=True)
    first = np.full(len(articles), -1)
    places = np.flatnonzero(kept)[::-1]
    first[number[places]] = row[places]  # the first one is written last
    return first[number]


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
