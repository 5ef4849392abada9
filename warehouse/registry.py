"""What a room declares: sources of data and analyses, found by name.

A newcomer adds a data set or a question by adding one file or folder to `ingest` or `analytics` and decorating one
function there; nothing central is edited. The annotated keyword-only arguments of the function are its parameters:
the command line makes its options from them, and the run ledger records them.
"""

import ast
import hashlib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Table

from warehouse.errors import UnknownName

Columns = Mapping[str, Sequence[Any] | np.ndarray]
"""One table's rows by column: every value has the length of the first."""

Function = TypeVar("Function", bound=Callable[..., Columns | Mapping[str, Columns]])
"""An analysis: it returns the columns of its table, or those of its tables by name."""

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
class Piece:
    """The part of an extraction that is written in one transaction: a layer, or a batch of sentences.

    ``contents`` makes an iterator of attention blocks and of rows (table, columns) that belong to them; the column
    ``extraction_id`` is added to those rows by the floor.
    """

    key: str
    digest: str
    contents: Callable[[], Iterator["Block | tuple[Table, Columns] | Rejection"]]


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
        Called when all pieces are written: the facts to store beside the extraction. Raises `WarehouseError` where
        they do not hold; then the extraction is never seen.
    warnings : mapping of str to str
        Usage warnings that go with every number derived from it: code to reason.
    files : mapping of str to str
        Name to SHA-256.
    map_count : int or None
        Weights per word pair where the method does not give one per head (value zeroing gives one).
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

    @property
    def key(self) -> str:
        """Its name in the ledger and in messages."""
        return f"{self.model['model']}/{self.condition['condition']}/{self.method}"


@dataclass(frozen=True)
class Source:
    """A declared source: `function` yields `Unit` and `Extraction` in the order of loading."""

    name: str
    function: Callable[..., Iterator[Unit | Extraction]]
    licence: str
    citation: str


@dataclass(frozen=True)
class Analysis:
    """A declared analysis: `function` goes from arrays to arrays and knows no connection.

    Attributes
    ----------
    name : str
        The function's name.
    over : tuple of str
        The views whose rows, joined by corpus, are the pieces of work there can be.
    reads : tuple of str
        The slices handed to it as positional arguments, by name (see `slices.py`).
    unit : tuple of str
        The columns that name one piece of work: the largest thing that shares its predictors.
    writes : tuple of Table
        The result tables. The function returns the columns of the table, apart from those of the unit and the run; of
        several tables, a mapping from a table's name to its columns.
    per : str or None
        ``"subject_id"`` where it returns one value per reader of the unit, in their order.
    after : tuple of str
        Analyses whose results belong beside its own: computed first, for the same selection.
    shows : tuple of str
        The views that people read its results from: the summary first, then the details.
    permits : tuple of str
        Names of parameters that only allow what is refused without them: they decide no number, so that what was
        computed with one stands without it.
    """

    name: str
    function: Callable[..., Columns | Mapping[str, Columns]]
    over: tuple[str, ...]
    reads: tuple[str, ...]
    unit: tuple[str, ...]
    writes: tuple[Table, ...]
    per: str | None = None
    after: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    permits: tuple[str, ...] = ()


_sources: dict[str, Source] = {}
_analyses: dict[str, Analysis] = {}


def source(
    *, licence: str, citation: str
) -> Callable[[Callable[..., Iterator[Unit | Extraction]]], Callable[..., Iterator[Unit | Extraction]]]:
    """Declare the decorated generator as a source of data, named as the function."""

    def declare(function: Callable[..., Iterator[Unit | Extraction]]) -> Callable[..., Iterator[Unit | Extraction]]:
        _sources[function.__name__] = Source(function.__name__, function, licence, citation)
        return function

    return declare


def analysis(
    *,
    over: tuple[str, ...],
    reads: tuple[str, ...],
    unit: tuple[str, ...],
    writes: Table | tuple[Table, ...],
    per: str | None = None,
    after: tuple[str, ...] = (),
    shows: tuple[str, ...] = (),
    permits: tuple[str, ...] = (),
) -> Callable[[Function], Function]:
    """Declare the decorated function as an analysis, named as the function."""

    def declare(function: Function) -> Function:
        name = function.__name__
        tables = (writes,) if isinstance(writes, Table) else writes
        _analyses[name] = Analysis(name, function, over, reads, unit, tables, per, after, shows, permits)
        return function

    return declare


def parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Give the parameters of a declared function: its keyword-only arguments, in order."""
    signature = inspect.signature(function)
    return {name: p for name, p in signature.parameters.items() if p.kind is inspect.Parameter.KEYWORD_ONLY}


def sources() -> Mapping[str, Source]:
    """Find every source, by name."""
    _discover("ingest")
    return _sources


def analyses() -> Mapping[str, Analysis]:
    """Find every analysis, by name."""
    _discover("analytics")
    return _analyses


def analysis_named(name: str) -> Analysis:
    """Find an analysis; `UnknownName` lists those there are."""
    if name not in analyses():
        raise UnknownName("analysis", name, list(_analyses))
    return _analyses[name]


def in_order(names: Sequence[str]) -> list[Analysis]:
    """Give the named analyses and all that they come after, each once, what is needed first."""
    after: dict[str, tuple[str, ...]] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in after:
            after[name] = analysis_named(name).after
            waiting += after[name]
    return [_analyses[name] for name in TopologicalSorter(after).static_order()]


def code_digest(analysis: Analysis) -> str:
    """SHA-256 over the code that makes an analysis's numbers: its module and the shared numerics, comments apart."""
    module = Path(inspect.getfile(analysis.function))
    digest = hashlib.sha256()
    for path in [module, *sorted((module.parent / "_stats").glob("*.py"))]:
        digest.update(ast.dump(_without_docstrings(ast.parse(path.read_text(encoding="utf-8")))).encode())
    return digest.hexdigest()


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:]
    return tree


def _discover(package_name: str) -> None:
    package = importlib.import_module(package_name)
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{package_name}.{module.name}")
