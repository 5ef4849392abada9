"""A piece of work whose attention is kept as sums: its heads come as sums, all else over cells as ever."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from itertools import chain

import numpy as np

from warehouse.errors import BadInput
from warehouse.plugin.columns import Block, SummedBlock
from warehouse.slices import attention, cells, designs, pairs, patterns, predictors, readers
from warehouse.slices.blocks import CellBlock, PieceBlocks
from warehouse.slices.cells import Sentences
from warehouse.slices.column_digests import changed, of_predictors, summed_predictors
from warehouse.slices.products import HEADS, ONE, PREDICTORS, READERS, Products
from warehouse.slices.reading import Reading, Slice, Work


def is_attention(each: Slice) -> bool:
    """Tell whether a slice is attention over cells."""
    return each.pull in (attention.layer, designs.values, pairs.left, pairs.right)


def is_summed(work: Work) -> bool:
    """Tell whether the attention that a unit is about is there as sums only."""
    return work.get("fitted") != "set" and "sums" in (work.get("kept"), work.get("left_kept"), work.get("right_kept"))


def kinds_of(each: Slice, work: Work) -> list[str]:
    """Name the kinds of columns that a slice has for a unit, in their order."""
    if each.pull in (predictors.values, patterns.patterns):
        return [PREDICTORS]
    if each.pull is designs.values and work["fitted"] == "joint":
        return [PREDICTORS, HEADS]
    return [HEADS] if is_attention(each) else [READERS]


def lacking(reading: Reading, work: Work, at_most: str, slices: Sequence[Slice]) -> str | None:
    """Say why the sums of a unit's attention do not serve it, if they do not; `at_most` is what they may be over."""
    if not at_most:
        return "needs the attention of each word pair"
    is_by_article = work["summed_by"] == "article"
    if is_by_article and at_most != "article":
        return "needs sums by sentence, and those with readers are by article"
    if is_by_article and not cells.asked(reading, work).all():
        return "cannot leave out sentences, since sums with readers are by article"
    if "measure_id" in work and changed(reading, work):
        return "needs sums with other readers than were there when they were formed (changed, or new)"
    if any(PREDICTORS in kinds_of(each, work) for each in slices):
        return _lacking_predictors(reading, work, slices) if is_by_article else _unsummed_predictors(reading, work)
    return None


def _unsummed_predictors(reading: Reading, work: Work) -> str | None:
    if set(of_predictors(reading, [work])) <= summed_predictors(reading, work["extraction_id"]).keys():
        return None
    return "needs sums with other predictors than were there when they were formed (changed, or new)"


def _lacking_predictors(reading: Reading, work: Work, slices: Sequence[Slice]) -> str | None:
    """Say what sums by article lack: they hold all sentences that the extraction has, or are of no use."""
    common = cells.common_sentences(reading, work, [each.held for each in slices])
    is_whole = np.array_equal(common, attention.sentences_of_layer(reading, work))
    if is_whole and ("measure_id" not in work or readers.have_read_alike(reading, work)):
        return _unsummed_predictors(reading, work)
    return "needs sums by sentence, since not all predictors and readers have all sentences of an article"


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

    def select(self, places: Sequence[int]) -> Iterator[Block]:
        """Yield the blocks of some of the slices; `BadInput` where attention is among them."""
        if any(is_attention(self._slices[place]) for place in places):
            raise self._refusal("its heads are too nearly dependent, or an article's are: this needs cells")
        return self._cells.select(places)

    def sums(self, places: Sequence[int], among: np.ndarray | None) -> Iterator[SummedBlock] | None:
        """Give sums over cells, block by block of whole articles; None where none of the columns is attention.

        Parameters
        ----------
        places : sequence of int
            What explains, what is explained (or nothing), and the label of what the sums are of.
        among : ndarray of int or None
            The sentences to keep, by id; None keeps all.

        Raises
        ------
        BadInput
            When it is gone through: if sums by sentence are asked for and those with readers or predictors are by
            article, or of a part of an article.
        """
        chosen = [self._slices[place] for place in places]
        return self._summed(chosen, among) if any(map(is_attention, chosen)) else None

    def _summed(self, chosen: Sequence[Slice], among: np.ndarray | None) -> Iterator[SummedBlock]:
        *sides, label = chosen
        kinds = [kinds_of(each, self._works[0]) for each in sides]
        if kinds != [[HEADS]] and label.pull is not cells.article and self._is_by_article:
            raise self._refusal("its sums with readers are by article: this needs them by sentence, or cells")
        explaining, explained = [*chain(*(kinds[:-1] or kinds))], kinds[-1] if kinds[1:] else []
        waiting: Future[SummedBlock] | None = None
        for part in self._parts:
            following = self._pool.submit(self._pulled, part, ([ONE, *explaining], explained), label, among)
            if waiting:
                yield waiting.result()
            waiting = following
        if waiting:
            yield waiting.result()

    def _pulled(
        self, part: CellBlock, kinds: tuple[list[str], list[str]], label: Slice, among: np.ndarray | None
    ) -> SummedBlock:
        corpus, kept = part
        kept = kept if among is None else kept & np.isin(corpus.sentence_id, among)
        explaining, explained = kinds
        labels = label.pull(self._reading, self._works[0], corpus)[corpus.first_cell][kept]
        products = self._products(corpus, kept, has_predictors=PREDICTORS in explaining)
        zz = products.between(explaining, explaining)
        if explained:
            zy, yy = products.between(explaining, explained), products.squares(explained)
        else:
            zy, yy = np.empty((*zz.shape[:2], 0)), np.empty((len(zz), 0))
        starts = np.flatnonzero(np.diff(labels, prepend=labels[:1] - 1))
        if len(starts) == len(labels):
            return labels, zz, zy, yy
        return labels[starts], *(np.add.reduceat(each, starts, axis=0) for each in (zz, zy, yy))

    def _products(self, corpus: Sentences, kept: np.ndarray, *, has_predictors: bool) -> Products:
        found = Products(self._reading, self._works, corpus, kept)
        if found.lacks_sentences:
            raise self._refusal("it lacks sums of some sentences")
        if has_predictors and self._is_by_article and not found.is_of_whole_articles:
            raise self._refusal("readers read parts of articles, and its sums with predictors are by article")
        return found

    @property
    def _is_by_article(self) -> bool:
        return bool(self._works[0]["summed_by"] == "article")

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
