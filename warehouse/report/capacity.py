"""What a study will need of a machine, reckoned from figures that `python -m benchmarks.growth` measured."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MEASURED = Path(__file__).with_suffix(".json")
"""Written by `python -m tools.pages` from the newest results of the benchmark."""
OF_READERS = ("noise_ceiling", "reader_reliance")
"""Analyses that read no attention: their time goes with sentences read, not with cells."""
OF_PAIRS = "attention_divergence"
"""The analysis of pairs of models: what was measured is one pair, by the cells of both."""
DOUBLE = 8


@dataclass(frozen=True)
class Constants:
    """What was measured, and on what.

    Attributes
    ----------
    analyses : mapping of str to float
        Seconds a cell, or a sentence read for those of `OF_READERS`.
    bytes_per_cell, ingest_s : float
        Of attention, a cell.
    text_bytes, text_s : float
        A sentence.
    reader_bytes, reader_s : float
        A sentence read.
    peak_mib : float
        The most memory of any step, on `copies` times the paper's corpus [MiB].
    cells : float
        Cells of the largest study that was measured; what is larger is extrapolated.
    source : str
        When, where and on which commit.
    """

    analyses: Mapping[str, float]
    bytes_per_cell: float
    ingest_s: float
    text_bytes: float
    text_s: float
    reader_bytes: float
    reader_s: float
    peak_mib: float
    cells: float
    source: str

    @classmethod
    def shipped(cls) -> "Constants":
        """Give those that come with the program."""
        return cls(**json.loads(MEASURED.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Study:
    """A study to reckon: sentences all of one length, readers who read all of them, models all of one shape."""

    models: int
    layers: int
    heads: int
    sentences: int
    words: float
    readers: int

    @property
    def pairs(self) -> float:
        """Word pairs of a sentence, looking back or at the same word."""
        return self.words * (self.words + 1) / 2

    @property
    def cells(self) -> float:
        """Weights of all models."""
        return self.models * self.layers * self.heads * self.sentences * self.pairs

    @property
    def sums_bytes(self) -> float:
        """Bytes of the sums by sentence from which every regression follows.

        Of each layer and sentence the cross-products of (1, heads), (1 + H)(2 + H) / 2, and those of (1, heads) with
        the readers, (1 + H) R; of each sentence, once for all models, those of the readers, R (R + 1) / 2. As doubles.
        """
        h, r = self.heads, self.readers
        a_layer = (1 + h) * (2 + h) / 2 + (1 + h) * r
        return DOUBLE * self.sentences * (self.models * self.layers * a_layer + r * (r + 1) / 2)

    @property
    def reads(self) -> int:
        """Sentences read by all readers."""
        return self.sentences * self.readers

    def analysis_s(self, name: str, constants: Constants) -> float:
        """Give the time of one process for an analysis of all that there is [s]; of all pairs for `OF_PAIRS`."""
        times = self.reads if name in OF_READERS else self.cells * (self.models - 1 if name == OF_PAIRS else 1)
        return constants.analyses[name] * times

    def loading_s(self, constants: Constants) -> float:
        """Give the time of one process for text, readers and attention [s]."""
        c = constants
        return self.cells * c.ingest_s + self.sentences * c.text_s + self.reads * c.reader_s

    def human_bytes(self, constants: Constants) -> float:
        """Give the bytes of text and readers."""
        return self.sentences * constants.text_bytes + self.reads * constants.reader_bytes


def reckoned(study: Study, constants: Constants) -> Iterator[Sequence[str]]:
    """Yield what a study needs, row by row: what, with cells, with sums by sentence instead.

    Sums take the time of loading once, while a model is read; what follows from them is not slower than from cells.
    """
    c = constants
    human = study.human_bytes(c)
    yield "attention", f"{count_of(study.cells)} cells", f"{count_of(study.sums_bytes / DOUBLE)} sums"
    yield "attention on disk", bytes_of(study.cells * c.bytes_per_cell), bytes_of(study.sums_bytes)
    yield "text and readers on disk", bytes_of(human), bytes_of(human)
    yield "memory of a process", f"{c.peak_mib:,.0f} MiB", f"{c.peak_mib:,.0f} MiB"
    yield "loading", time_of(study.loading_s(c)), time_of(study.loading_s(c))
    for name in c.analyses:
        told = f"{name}, all pairs" if name == OF_PAIRS else name
        by_sums = "needs cells" if name == OF_PAIRS else f"at most {time_of(study.analysis_s(name, c))}"
        yield told, time_of(study.analysis_s(name, c)), by_sums


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
