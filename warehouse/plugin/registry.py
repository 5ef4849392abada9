"""What a room declares: sources of data and analyses, found by name.

A newcomer adds a data set or a question by adding one file or folder to `ingest` or `analytics` and decorating one
function there; nothing central is edited. The annotated keyword-only arguments of the function are its parameters:
the command line makes its options from them, and the run ledger records them.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from typing import Any, TypeVar

from warehouse.declarations import Table
from warehouse.errors import UnknownName
from warehouse.plugin.contents import Columns, Extraction, Unit
from warehouse.plugin.discovery import discover, discover_module

Found = Columns | Mapping[str, Columns]
"""Of a unit: the columns of its table, or those of its tables by name."""
Drawn = str | Sequence[Mapping[str, Any]]
"""A sentence, or the rows of a table by their headings."""
Function = TypeVar("Function", bound=Callable[..., Found | Sequence[Found]])
"""An analysis: it returns what it found of a unit, or of each unit of a piece."""


@dataclass(frozen=True)
class Formerly:
    """Stands in an annotation after the help: the name that a parameter had, which the command line still takes."""

    name: str


@dataclass(frozen=True)
class Source:
    """A declared source: `function` yields `Unit` and `Extraction` in the order of loading.

    All that it yields is one transaction where it loads `at_once`: seen whole or not at all. `instead` holds functions
    of the same arguments, by the name of a flag that asks for their text instead of loading; what `draws` gives of them
    and of a ``width`` in characters, sentences and tables of rows, is shown before the counts of a trial run.
    """

    name: str
    function: Callable[..., Iterator[Unit | Extraction]]
    licence: str
    citation: str
    at_once: bool = False
    instead: Mapping[str, Callable[..., str]] = field(default_factory=dict)
    draws: Callable[..., Iterator[Drawn]] | None = None


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
        The columns that name one piece of work: the largest thing that shares its predictors. Its key in the ledger
        follows from them, and so does what a result table must have in its key.
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
    in_blocks : bool
        True where the function takes its slices over cells by `columns.together`, a block at a time, so that a large
        corpus needs no more memory than a small one; False where it takes whole arrays.
    order : tuple of str
        The columns by which units follow each other, where another order than that of `unit` lets neighbours share
        slices.
    piece: tuple of str
        The columns of `unit` that units share which are computed together: what is left of `unit` tells their targets
        apart. The function takes the targets of all of them side by side, as the slice ``groups`` says, and returns a
        result of each group, in their order; with `per` the values of all columns. Empty: each unit by itself.
    quantities : tuple of str
        The quantities of human measures that it is for; others are refused where they are chosen. Empty: all.
    on_request : bool
        True where it takes so long that it is computed when it is asked for by name, and not with everything.
    unless_chosen : mapping
        What the columns of its views that are chosen from are restricted to where nothing is chosen.
    from_sums : str
        What sums over cells it can take in place of attention: those with readers ``article`` by article, or only
        ``sentence`` by sentence. Empty: it needs cells.
    predictors : str
        What least squares has as columns, of which it needs fewer than there are word pairs beside the largest article:
        the slice ``layer`` or ``patterns``, or the ``head_average``.
        Units with too few are left out where there are others. Empty: it gives such units no value by itself.
    """

    name: str
    function: Callable[..., Found | Sequence[Found]]
    over: tuple[str, ...]
    reads: tuple[str, ...]
    unit: tuple[str, ...]
    writes: tuple[Table, ...]
    per: str | None = None
    after: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    permits: tuple[str, ...] = ()
    in_blocks: bool = False
    order: tuple[str, ...] = ()
    piece: tuple[str, ...] = ()
    quantities: tuple[str, ...] = ()
    on_request: bool = False
    unless_chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    from_sums: str = ""
    predictors: str = ""

    @property
    def is_ours(self) -> bool:
        """Tell whether it comes with the warehouse, and not from a package or a file of others."""
        return self.function.__module__.partition(".")[0] == "analytics"


_sources: dict[str, Source] = {}
_analyses: dict[str, Analysis] = {}


def source(
    *,
    licence: str,
    citation: str,
    at_once: bool = False,
    instead: Mapping[str, Callable[..., str]] | None = None,
    draws: Callable[..., Iterator[Drawn]] | None = None,
) -> Callable[[Callable[..., Iterator[Unit | Extraction]]], Callable[..., Iterator[Unit | Extraction]]]:
    """Declare the decorated generator as a source of data, named as the function."""

    def declare(function: Callable[..., Iterator[Unit | Extraction]]) -> Callable[..., Iterator[Unit | Extraction]]:
        name = function.__name__
        _sources[name] = Source(name, function, licence, citation, at_once, instead or {}, draws)
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
    in_blocks: bool = False,
    order: tuple[str, ...] = (),
    piece: tuple[str, ...] = (),
    quantities: tuple[str, ...] = (),
    on_request: bool = False,
    unless_chosen: Mapping[str, Sequence[str]] | None = None,
    from_sums: str = "",
    predictors: str = "",
) -> Callable[[Function], Function]:
    """Declare the decorated function as an analysis, named as the function."""

    def declare(function: Function) -> Function:
        name = function.__name__
        tables = (writes,) if isinstance(writes, Table) else writes
        _analyses[name] = Analysis(
            name,
            function,
            over,
            reads,
            unit,
            tables,
            per,
            after,
            shows,
            permits,
            in_blocks,
            order,
            piece,
            quantities,
            on_request,
            unless_chosen or {},
            from_sums,
            predictors,
        )
        return function

    return declare


@cache
def parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Give the parameters of a declared function: its keyword-only arguments, in order."""
    signature = inspect.signature(function)
    return {name: p for name, p in signature.parameters.items() if p.kind is inspect.Parameter.KEYWORD_ONLY}


def sources() -> Mapping[str, Source]:
    """Find every source, by name."""
    discover("ingest")
    return _sources


def analyses() -> Mapping[str, Analysis]:
    """Find every analysis, by name and in the order of names, whichever was asked for first."""
    discover("analytics")
    return dict(sorted(_analyses.items()))


def find_analysis(name: str) -> Analysis | None:
    """Find an analysis, in the module that is named like it before all others are imported."""
    if name not in _analyses:
        discover_module("analytics", name)
    return _analyses.get(name) or analyses().get(name)


def source_named(name: str) -> Source:
    """Find a source, by its name with hyphens or underscores; `UnknownName` lists those there are."""
    found = sources().get(name.replace("-", "_"))
    if found is None:
        raise UnknownName("source", name, list(sources()))
    return found


def analysis_named(name: str) -> Analysis:
    """Find an analysis; `UnknownName` lists those there are."""
    if found := find_analysis(name):
        return found
    raise UnknownName("analysis", name, list(analyses()))


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
