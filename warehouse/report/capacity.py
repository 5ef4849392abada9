"""What a study will need of a machine, reckoned from what `benchmarks.growth` and `benchmarks.sums` measured."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEASURED = Path(__file__).with_suffix(".json")
"""Written by `python -m tools.pages` from the newest results of the benchmarks."""
CELL, PAIR_CELL, READ, LAYER, PAIR_LAYER = "cell", "cell of a pair", "sentence read", "layer", "layer of a pair"
"""What the time of an analysis goes with: `PAIR_CELL` and `PAIR_LAYER` are of analyses of two models."""
DOUBLE = 8
HALF = 0.69
"""Bytes of attention stored as half over those of single, with the key, at 32 heads (`benchmarks.storage`)."""


@dataclass(frozen=True)
class Cost:
    """What an analysis takes.

    Attributes
    ----------
    per : str
        What its time goes with (`CELL`, ...).
    seconds : float
        Of one of these, of one measure.
    is_by_measure : bool
        Whether it takes that for every measure of the readers: at most, since what they share is read once.
    from_sums : str
        What sums serve it, ``article`` or ``sentence``; empty where it needs cells.
    """

    per: str
    seconds: float
    is_by_measure: bool
    from_sums: str


@dataclass(frozen=True)
class Constants:
    """What was measured, and on what.

    Attributes
    ----------
    analyses : mapping of str to Cost
        By name.
    bytes_per_cell, ingest_s, ingest_sums_s : float
        Of attention, a cell: on disk, loaded as cells, loaded as sums.
    sum_overhead : float
        Bytes of sums on disk, times those of their numbers.
    text_bytes, text_s : float
        A sentence.
    reader_bytes, reader_s : float
        A sentence read.
    peak_mib, peak_sums_mib : float
        The most memory of any step, with cells and with sums [MiB].
    largest : mapping of str to float
        How many of what time goes with were measured; more is extrapolated.
    source : str
        When, where and on which commit.
    """

    analyses: Mapping[str, Cost]
    bytes_per_cell: float
    ingest_s: float
    ingest_sums_s: float
    sum_overhead: float
    text_bytes: float
    text_s: float
    reader_bytes: float
    reader_s: float
    peak_mib: float
    peak_sums_mib: float
    largest: Mapping[str, float]
    source: str

    @classmethod
    def shipped(cls) -> "Constants":
        """Give those that come with the program."""
        given = json.loads(MEASURED.read_text(encoding="utf-8"))
        given["analyses"] = {name: Cost(**cost) for name, cost in given["analyses"].items()}
        return cls(**given)


@dataclass(frozen=True)
class Study:
    """A study to reckon: sentences all of one length, readers who read all of them, models all of one shape."""

    models: int
    layers: int
    heads: int
    sentences: int
    words: float
    readers: int
    measures: int = 1
    predictors: int = 0
    article: int = 30
    """Sentences of an article."""

    @property
    def pairs(self) -> float:
        """Word pairs of a sentence, looking back or at the same word."""
        return self.words * (self.words + 1) / 2

    @property
    def cells(self) -> float:
        """Weights of all models."""
        return self.models * self.layers * self.heads * self.sentences * self.pairs

    @property
    def reads(self) -> int:
        """Sentences read by all readers."""
        return self.sentences * self.readers

    def sums(self, by: str) -> float:
        """Count the sums that are kept in place of cells, with readers and predictors by sentence or by article.

        Of each layer and sentence the products of (1, heads) with each other, (1 + H)(2 + H) / 2; of each layer and
        sentence or article those of (1, heads) with R readers in M measures and with P predictors, (1 + H)(R M + P).
        """
        of_heads = (1 + self.heads) * (2 + self.heads) / 2 * self.sentences
        blocks = self.sentences if by == "sentence" else math.ceil(self.sentences / self.article)
        beside = (1 + self.heads) * (self.readers * self.measures + self.predictors) * blocks
        return self.models * self.layers * (of_heads + beside)

    def count(self, per: str) -> float:
        """Count what the time of analyses goes with."""
        layers = self.models * self.layers
        return {
            CELL: self.cells, PAIR_CELL: self.cells * (self.models - 1), READ: self.reads, LAYER: layers,
            PAIR_LAYER: layers * (self.models - 1) / 2,
        }[per]  # fmt: skip

    def analysis_s(self, name: str, constants: Constants) -> float:
        """Give the processor time of an analysis of all that there is, of all pairs where it is of pairs [s]."""
        cost = constants.analyses[name]
        return cost.seconds * self.count(cost.per) * (self.measures if cost.is_by_measure else 1)

    def loading_s(self, constants: Constants, kept: str = "cells") -> float:
        """Give the processor time for text, readers and attention, kept as ``cells`` or as ``sums`` [s]."""
        c = constants
        of_cell = c.ingest_s if kept == "cells" else c.ingest_sums_s
        return self.cells * of_cell + self.sentences * c.text_s + self.reads * c.reader_s

    def human_bytes(self, constants: Constants) -> float:
        """Give the bytes of text and readers."""
        return self.sentences * constants.text_bytes + self.reads * constants.reader_bytes

    def sums_bytes(self, by: str, constants: Constants) -> float:
        """Give the bytes of sums on disk."""
        return DOUBLE * self.sums(by) * constants.sum_overhead


def reckoned(study: Study, constants: Constants) -> Iterator[dict[str, Any]]:
    """Yield what a study needs, row by row: what, with cells, with sums by sentence and by article instead.

    Time is that of one processor, client and server together. Sums take it of loading while a model is read; what
    follows from them is not slower than from cells.
    """
    c, human = constants, bytes_of(study.human_bytes(constants))
    yield _row("numbers of attention", count_of(study.cells), *(count_of(study.sums(by)) for by in BY))
    attention = bytes_of(study.cells * c.bytes_per_cell)
    half = bytes_of(study.cells * c.bytes_per_cell * HALF)
    more = _is_more(study, c, CELL)
    yield _row("attention on disk", attention, *(bytes_of(study.sums_bytes(by, c)) for by in BY), is_more=more)
    yield _row("attention stored as half", half, "sums", "sums", is_more=more)
    yield _row("text and readers on disk", human, human, human, is_more=_is_more(study, c, READ))
    yield _row("memory of a process", f"{c.peak_mib:,.0f} MiB", *[f"{c.peak_sums_mib:,.0f} MiB"] * 2)
    sums_s = time_of(study.loading_s(c, "sums"))
    yield _row("loading", time_of(study.loading_s(c)), sums_s, sums_s, is_more=_is_more(study, c, CELL, READ))
    for name, cost in c.analyses.items():
        taken = time_of(study.analysis_s(name, c))
        yield _row(name, taken, *(taken if _serves(by, cost) else "cells" for by in BY),
                   is_more=_is_more(study, c, cost.per))  # fmt: skip
    whole = [study.analysis_s(name, c) for name in c.analyses]
    served = (sum(study.analysis_s(name, c) for name, cost in c.analyses.items() if _serves(by, cost)) for by in BY)
    yield _row("compute all", time_of(sum(whole)), *map(time_of, served),
               is_more=_is_more(study, c, *{cost.per for cost in c.analyses.values()}))  # fmt: skip


BY = ("sentence", "article")


def _serves(by: str, cost: Cost) -> bool:
    """Tell whether sums by sentence or article serve an analysis; who reads no attention is served by any."""
    return cost.per not in (CELL, PAIR_CELL) or cost.from_sums in ("article", by)


def _is_more(study: Study, constants: Constants, *each: str) -> bool:
    return any(study.count(per) > constants.largest[per] for per in each)


def _row(what: str, cells: str, by_sentence: str, by_article: str, *, is_more: bool | None = None) -> dict[str, Any]:
    return {"what": what, "cells": cells, "sentence": by_sentence, "article": by_article, "is_extrapolated": is_more}


def count_of(number: float) -> str:
    """Write a number for people."""
    return _in((1e12, " trillion"), (1e9, " billion"), (1e6, " million"), number=number, unit="")


def bytes_of(number: float) -> str:
    """Write a number of bytes for people."""
    return _in((1e12, " TB"), (1e9, " GB"), (1e6, " MB"), (1e3, " kB"), number=number, unit=" bytes")


def time_of(seconds: float) -> str:
    """Write a time for people."""
    for size, name in ((86_400 * 365, "years"), (86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.3g} {name}" if seconds < 1000 * size else f"{seconds / size:,.0f} {name}"
    return f"{seconds:.0f} s"


def _in(*units: tuple[float, str], number: float, unit: str) -> str:
    for size, name in units:
        if number >= size:
            return f"{number / size:,.3g}{name}"
    return f"{number:,.0f}{unit}"
