"""What a source yields: rejections, units of rows, and extractions of attention in pieces and blocks."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from warehouse.declarations import Table

Columns = Mapping[str, Sequence[Any] | np.ndarray]
"""One table's rows by column: every value has the length of the first."""
Float32 = np.ndarray
"""float32 array; shapes are told where it is used."""


@dataclass(frozen=True)
class Rejection:
    """Something of the input that is not loaded, told instead of lost.

    Attributes
    ----------
    place : str
        Where in the input: file and line, reader and sentence.
    reason : str
        In words, a clause without a full stop.
    text : str
        The offending text, at most a few hundred characters.
    """

    place: str
    reason: str
    text: str = ""


Rows = Generator["tuple[Table, Columns] | Rejection", "list[int] | None", None]
"""Yields (table, columns) and is sent the surrogate ids of those rows, in order, where the table has such ids.

Rows of a table must precede the rows that refer to them. Rows that are there already are left as they are, and rows
there with other values raise `StoredDiffers`. ::

    corpus_id, = yield stimulus.corpus, {"corpus": ["reading_brain"], ...}
    yield Rejection("reader 3, sentence t.01.21", "the matrix is 12 x 12 where the sentence has 10 words")
"""


@dataclass(frozen=True)
class Unit:
    """What is loaded whole or not at all, in one transaction.

    Attributes
    ----------
    key : str
        Its name within the source, e.g. ``L1/sub-02``.
    digest : str
        SHA-256 (hex) over everything it is read from; the same digest again means that nothing is to be done.
    rows : callable
        Makes the generator of its rows; called only where the digest is new.
    files : mapping of str to str
        The files it is read from: name to SHA-256.
    of : int
        How many units and extractions its source yields in all; 0 where that is not known.
    """

    key: str
    digest: str
    rows: Callable[[], Rows]
    files: Mapping[str, str] = field(default_factory=dict)
    of: int = 0


@dataclass(frozen=True)
class Pairs:
    """The word pairs of some sentences, in the order of an attention block's rows.

    Attributes
    ----------
    sentence_id, from_word, to_word : ndarray (n_pairs,) of int64
        `from_word` looks at `to_word`; words count from 0.
    """

    sentence_id: np.ndarray
    from_word: np.ndarray
    to_word: np.ndarray

    def __len__(self) -> int:
        return len(self.sentence_id)


@dataclass(frozen=True)
class Block:
    """The attention of one layer over some word pairs: ``weights`` is float32 (n_pairs, n_heads)."""

    layer: int
    pairs: Pairs
    weights: Float32


@dataclass(frozen=True)
class RowSums:
    """What was found in checking a piece: it is kept with the piece, and attested to that of all pieces.

    Attributes
    ----------
    rows_checked : int
        Rows of attention, one a head, whose sum was looked at.
    row_sum_error : float or None
        The largest distance of such a sum from 1; None where rows need not sum to 1.
    zero_row_count : int
        Rows in which no word attends to any word, as where float16 has no number so small: the extraction carries a
        usage warning then, and divergences leave these rows out.
    least_row_sum : float or None
        The least sum over the words of the sentence; near 0, a word attends to nearly nothing but what is not a word.
    """

    rows_checked: int
    row_sum_error: float | None = None
    zero_row_count: int = 0
    least_row_sum: float | None = None


@dataclass(frozen=True)
class Piece:
    """The part of an extraction that is written in one transaction: a layer, or a batch of sentences.

    ``contents`` makes an iterator of attention blocks and of rows (table, columns) that belong to them; the column
    ``extraction_id`` is added to those rows. It may end with what was found of the rows' sums.
    """

    key: str
    digest: str
    contents: Callable[[], Iterator["Block | tuple[Table, Columns] | Rejection | RowSums"]]


@dataclass(frozen=True)
class Extraction:
    """The attention of one model to one corpus under one condition, loaded piece by piece and seen only when whole.

    Attributes
    ----------
    corpus_id : int
        The corpus it was taken over.
    model : mapping
        Columns of `model.language_model`; ``base_model`` is the name of the model it was tuned from, or None.
    condition : mapping
        Columns of `model.condition`: ``condition``, ``prefix``, ``description``.
    method, alignment, dtype : str
        How attention was taken (``raw``, ``rollout``, ...), how tokens were matched to words (``word``,
        ``as published``), and the type it was delivered in.
    is_causal : bool
        True where a word sees only itself and what precedes it.
    layers : tuple of int
        The layers it holds, counted from 0: all of the model's, or some.
    digest : str
        SHA-256 over everything it comes from.
    pieces : iterable of Piece
        In the order of writing.
    attest : callable
        Called when all pieces are written: the facts to store beside the extraction and its rows' sums. Raises
        `WarehouseError` where they do not hold; then the extraction is never seen.
    warnings : mapping of str to str
        Usage warnings that go with every number derived from it: code to reason.
    files : mapping of str to str
        Name to SHA-256.
    map_count : int or None
        Weights per word pair where the method does not give one per head (value zeroing gives one).
    content : str or None
        What its rows were where it comes from (`database.content`); rows that differ are refused.
    kept : str
        ``cells``, ``sums`` over them in their place, or ``both``. Each piece holds whole articles where sums are kept.
    summed_by : str or None
        What sums with readers are over: ``sentence``, ``article``, or empty, where the loader chooses; None for cells.
    stored_as : str
        How the weights of cells are stored: ``single``, or ``half``, which must hold them exactly.
    """

    corpus_id: int
    model: Mapping[str, Any]
    condition: Mapping[str, Any]
    method: str
    alignment: str
    dtype: str
    is_causal: bool
    layers: tuple[int, ...]
    digest: str
    pieces: Iterable[Piece]
    attest: Callable[[], Mapping[str, Any]] = dict
    warnings: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    map_count: int | None = None
    content: str | None = None
    kept: str = "cells"
    summed_by: str | None = None
    stored_as: str = "single"

    @property
    def key(self) -> str:
        """Its name in the ledger and in messages."""
        return f"{self.model['model']}/{self.condition['condition']}/{self.method}"
