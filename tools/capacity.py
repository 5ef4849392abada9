"""Writes docs/capacity.md and the constants of `warehouse capacity` from the newest figures in benchmarks/results/."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tools.costs import costs_of, marginal, of_sums
from tools.results import ROOT, Run, history, latest
from warehouse.report.capacity import (
    CELL,
    LAYER,
    PAIR_CELL,
    PAIR_LAYER,
    READ,
    Constants,
    Study,
    bytes_of,
    count_of,
    time_of,
)

N_CELLS, SENTENCES = 8953, 148
"""Causal cells and sentences of the paper's corpus."""
MODELS, LAYERS, LAYER_HEADS = 2, 3, 32
"""What benchmarks.growth loads."""
GROUPS = (51, 54)
PREDICTORS = 50
"""Of the built-in sets, with the trivial patterns, about."""
READERS = sum(GROUPS)
"""Of the paper, by group."""
LOCKS = 2048 * 100
"""Of the embedded server: max_locks_per_transaction by max_connections, as they are set."""
TEMPLATE = ROOT / "tools/capacity.txt"
WORDS = ((1 + 8 * N_CELLS / SENTENCES) ** 0.5 - 1) / 2
"""Words of a sentence that has as many cells as one of the paper's has on average."""


@dataclass(frozen=True)
class Measured:
    """The constants, and the runs that they are from."""

    constants: Constants
    copies: int
    readers: int
    peak_mib: Mapping[str, list[float]]
    run: Run

    @classmethod
    def newest_of(cls, runs: Sequence[Run]) -> "Measured":
        """Take the newest run of benchmarks.growth that measured every analysis, of several sizes."""
        whole = [run for run in runs if "unique_variance" in _sizes(run)[1] and len(_sizes(run)) > 1]
        run = whole[-1]
        sizes = _sizes(run)
        peaks = {name: [sizes[n][name]["peak_mib"] for n in sorted(sizes)] for name in sizes[1] if name != "bytes"}
        copies, people = max(sizes), _people(run)
        constants = _constants_of(sizes, people, max(map(max, peaks.values())), _told(run))
        return cls(constants, copies, people, peaks, run)


def _constants_of(sizes: Mapping[int, Mapping[str, Any]], people: int, peak_mib: float, source: str) -> Constants:
    copies = max(sizes)
    size, largest = sizes[copies]["bytes"], _counts(copies, people)
    cells, read = largest[CELL], largest[READ]
    counts = {number: _counts(number, people) for number in sizes}
    sums = of_sums(latest(history("sums"))["details"]["sizes"])
    return Constants(
        analyses=costs_of(sizes, counts),
        bytes_per_cell=size["model.attention"] / cells,
        ingest_s=marginal(sizes, "attention", {number: of[CELL] for number, of in counts.items()}),
        ingest_sums_s=sums.seconds / (N_CELLS * LAYERS * LAYER_HEADS),
        sum_overhead=sums.overhead,
        text_bytes=sum(size[f"stimulus.{name}"] for name in ("sentence", "word", "word_pair")) / SENTENCES / copies,
        text_s=marginal(sizes, "text", {number: SENTENCES * number for number in sizes}),
        reader_bytes=sum(size[f"human.{name}"] for name in ("reading", "fixation", "saccade")) / read,
        reader_s=marginal(sizes, "readers", {number: of[READ] for number, of in counts.items()}),
        peak_mib=peak_mib,
        peak_sums_mib=sums.peak_mib,
        largest=largest,
        source=source,
    )


def _counts(copies: int, people: int) -> dict[str, float]:
    """Count what was measured of all that time goes with."""
    cells, layers = copies * N_CELLS * MODELS * LAYERS * LAYER_HEADS, MODELS * LAYERS
    return {
        CELL: cells, PAIR_CELL: cells, READ: people * SENTENCES * copies, LAYER: layers,
        PAIR_LAYER: layers * (MODELS - 1) / 2,
    }  # fmt: skip


def shipped() -> str:
    """Write the constants as `warehouse capacity` reads them from `MEASURED`."""
    return json.dumps(asdict(Measured.newest_of(history("growth")).constants), indent=2) + "\n"


def _people(run: Run) -> int:
    most = run["details"].get("readers of a group, at most", READERS)
    return sum(min(count, most) for count in GROUPS)


def _sizes(run: Run) -> dict[int, Mapping[str, Any]]:
    return {int(name): found for name, found in run["details"].items() if name.isdigit()}


def _study(models: int, sentences: int, readers: int = READERS) -> Study:
    """Give a study of models of the shape of LLaMA-7B, with sentences as long as the paper's on average."""
    return Study(models, 32, 32, sentences, WORDS, readers, predictors=PREDICTORS)


STUDIES = {
    "the paper's corpus, ten models": _study(10, 148),
    "ten times the sentences, fifty models": _study(50, 1_480),
    "a hundred times the sentences, ten models": _study(10, 14_800),
    "a hundred times the sentences, a hundred models": _study(100, 14_800),
    "a million sentences, one model, 20 readers": _study(1, 1_000_000, 20),
    "a million sentences, a thousand models, 20 readers": _study(1_000, 1_000_000, 20),
}


def page() -> str:
    """Make the page from its text and the figures."""
    c = Measured.newest_of(history("growth"))
    found = {
        "measured": _table(["what", "measured"], _constants(c.constants)),
        "memory": _table(
            ["MiB at the most", *(f"{n} times" for n in sorted(_sizes(c.run)))],
            [[name, *(f"{peak:.0f}" for peak in peaks)] for name, peaks in c.peak_mib.items()],
        ),
        "studies": _table(
            [
                "study",
                "cells",
                "attention",
                "text and readers",
                "loading",
                "resemblance",
                "all but divergence",
                "divergence of all pairs",
            ],
            [_row(name, study, c.constants) for name, study in STUDIES.items()],
        ),
        "ends": _table(["resource of one machine", "holds", "that is"], list(_ends(c.constants))),
        "sums": _table(["sums with readers", "bytes", "its cells", "ratio"], list(_sums(c.constants))),
        "partitions": _table(["figure", "value"], list(_partitions())),
        "source": f"{c.copies} times the paper's corpus, {c.readers} readers, {_told(c.run)}",
        "partitions_run": _told(latest(history("partitions"))),
        "kept": bytes_of(_study(1_000, 1_000_000, 20).sums_bytes("article", c.constants)),
        "sums_run": _told(latest(history("sums"))),
        "copies": str(c.copies),
        "locks": f"{LOCKS // 2:,}",
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in found.items():
        text = text.replace(f"[[{name}]]", value)
    return text


def _told(run: Run) -> str:
    return f"{run['date']} UTC, commit {run['commit']}, {run['cores']} cores, load {run['load_at_the_end']:.1f}"


def _constants(c: Constants) -> Iterator[Sequence[str]]:
    yield "attention on disk, 32 heads", f"{c.bytes_per_cell:.2f} bytes a cell, key included"
    yield "attention in", f"{1e-6 / c.ingest_s:.1f} million cells/s, made while written"
    yield "sums in its place", f"{1e-6 / c.ingest_sums_s:.1f} million cells/s, {c.sum_overhead:.2f} times 8 bytes a sum"
    yield "text on disk", f"{c.text_bytes / 1024:.1f} KiB a sentence"
    yield "text in", f"{1e3 * c.text_s:.2f} ms a sentence"
    yield "a reader on disk", f"{c.reader_bytes / 1024:.2f} KiB a sentence read"
    yield "a reader in", f"{1e3 * c.reader_s:.2f} ms a sentence read, saccades by two rules derived"
    for name, cost in c.analyses.items():
        yield f"`{name}`", f"{_short(cost.seconds)} a {cost.per}"


def _short(seconds: float) -> str:
    return f"{1e3 * seconds:.3g} ms" if seconds >= 1e-3 else f"{1e6 * seconds:.3g} us"


def _row(name: str, study: Study, c: Constants) -> list[str]:
    others = sum(study.analysis_s(analysis, c) for analysis, cost in c.analyses.items() if cost.per != PAIR_CELL)
    return [
        name, count_of(study.cells), bytes_of(study.cells * c.bytes_per_cell), bytes_of(study.human_bytes(c)),
        time_of(study.loading_s(c)), time_of(study.analysis_s("human_resemblance", c)), time_of(others),
        time_of(study.analysis_s("attention_divergence", c)) if study.models > 1 else "",
    ]  # fmt: skip


def _ends(c: Constants) -> Iterator[Sequence[str]]:
    whole = _study(1, 1).cells  # of one model a sentence
    for terabytes in (1, 8):
        cells = terabytes * 1e12 / c.bytes_per_cell
        yield (
            f"disk, {terabytes} TB", f"{count_of(cells)} cells",
            f"{cells / whole / 14_800:,.0f} models on a hundred times the paper's sentences",
        )  # fmt: skip
    day = 86_400 / c.ingest_s
    yield "a day of loading, one process", f"{count_of(day)} cells", f"{day / whole / 14_800:,.0f} such models"
    for name in ("human_resemblance", "corrected_resemblance"):
        day = 86_400 / c.analyses[name].seconds
        yield f"a day of `{name}`, one core", f"{count_of(day)} cells", f"{day / whole / 14_800:,.0f} such models"


def _sums(c: Constants) -> Iterator[Sequence[str]]:
    """Compare the sums of one layer over an article with its cells, on disk."""
    article = Study(1, 1, LAYER_HEADS, 30, WORDS, READERS, predictors=PREDICTORS)
    stored = article.cells * c.bytes_per_cell
    for name in ("sentence", "article"):
        size = article.sums_bytes(name, c)
        yield f"by {name}", bytes_of(size), bytes_of(stored), f"{stored / size:.3g}"


def _partitions() -> Iterator[Sequence[str]]:
    run = latest(history("partitions"))
    yield "extractions", f"{run['details']['partitions']:,}"
    for figure in run["figures"]:
        yield figure["what"], f"{figure['value']:.3g}"


def _table(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
