"""Writes docs/capacity.md and the constants of `warehouse capacity` from the newest figures in benchmarks/results/."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from tools.results import ROOT, Run, history, latest
from warehouse.report.capacity import OF_PAIRS, OF_READERS, Constants, Study, bytes_of, count_of, time_of

N_CELLS, SENTENCES = 8953, 148
"""Causal cells and sentences of the paper's corpus."""
MODELS, LAYERS, LAYER_HEADS = 2, 3, 32
"""What benchmarks.growth loads."""
GROUPS = (51, 54)
READERS = sum(GROUPS)
"""Of the paper, by group."""
ANALYSES = ("noise_ceiling", "human_resemblance", "corrected_resemblance", "trivial_reliance", "reader_reliance",
            "attention_divergence")  # fmt: skip
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
    newest: Run

    @classmethod
    def newest_of(cls, runs: Sequence[Run]) -> "Measured":
        """Take times from the newest run of benchmarks.growth on a machine of its own, memory from the newest."""
        quiet = [run for run in runs if run["load_at_the_end"] <= run["cores"] + 1]
        run, newest = (quiet or runs)[-1], runs[-1]
        sizes, newest_sizes = _sizes(run), _sizes(newest)
        peaks = {name: [newest_sizes[n][name]["peak_mib"] for n in sorted(newest_sizes)] for name in newest_sizes[1]
                 if name != "bytes"}  # fmt: skip
        copies, people = max(sizes), _people(run)
        constants = _constants_of(sizes[copies], copies, people, max(map(max, peaks.values())), _told(run))
        return cls(constants, copies, people, peaks, run, newest)


def _constants_of(found: Mapping[str, Any], copies: int, people: int, peak_mib: float, source: str) -> Constants:
    cells, read, size = copies * N_CELLS * MODELS * LAYERS * LAYER_HEADS, people * SENTENCES * copies, found["bytes"]
    return Constants(
        analyses={name: found[name]["seconds"] / (read if name in OF_READERS else cells) for name in ANALYSES},
        bytes_per_cell=size["model.attention"] / cells,
        ingest_s=found["attention"]["seconds"] / cells,
        text_bytes=sum(size[f"stimulus.{name}"] for name in ("sentence", "word", "word_pair")) / SENTENCES / copies,
        text_s=found["text"]["seconds"] / SENTENCES / copies,
        reader_bytes=sum(size[f"human.{name}"] for name in ("reading", "fixation", "saccade")) / read,
        reader_s=found["readers"]["seconds"] / read,
        peak_mib=peak_mib,
        cells=cells,
        source=source,
    )


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
    return Study(models, 32, 32, sentences, WORDS, readers)


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
            ["MiB at the most", *(f"{n} times" for n in sorted(_sizes(c.newest)))],
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
        "sums": _table(["one sum for", "bytes", "attention of as many sentences", "ratio"], list(_sums(c.constants))),
        "partitions": _table(["figure", "value"], list(_partitions())),
        "source": f"{c.copies} times the paper's corpus, {c.readers} readers, {_told(c.run)}",
        "newest": _told(c.newest),
        "newest_readers": str(_people(c.newest)),
        "partitions_run": _told(latest(history("partitions"))),
        "kept": bytes_of(replace(_study(1_000, 1_000_000, 20), sentences=1_000).sums_bytes),
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
    yield "text on disk", f"{c.text_bytes / 1024:.1f} KiB a sentence"
    yield "text in", f"{1e3 * c.text_s:.2f} ms a sentence"
    yield "a reader on disk", f"{c.reader_bytes / 1024:.2f} KiB a sentence read"
    yield "a reader in", f"{1e3 * c.reader_s:.2f} ms a sentence read, saccades by two rules derived"
    for name in ANALYSES:
        unit = "sentence read" if name in OF_READERS else "cell"
        yield f"`{name}`", f"{1e6 * c.analyses[name]:.3g} us a {unit}"


def _row(name: str, study: Study, c: Constants) -> list[str]:
    others = sum(study.analysis_s(analysis, c) for analysis in c.analyses if analysis != OF_PAIRS)
    return [
        name, count_of(study.cells), bytes_of(study.cells * c.bytes_per_cell), bytes_of(study.human_bytes(c)),
        time_of(study.loading_s(c)), time_of(study.analysis_s("human_resemblance", c)), time_of(others),
        time_of(study.analysis_s(OF_PAIRS, c)) if study.models > 1 else "",
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
        day = 86_400 / c.analyses[name]
        yield f"a day of `{name}`, one core", f"{count_of(day)} cells", f"{day / whole / 14_800:,.0f} such models"


def _sums(c: Constants) -> Iterator[Sequence[str]]:
    """Compare the sums of one layer over a block of sentences with its cells; the readers' own are kept once."""
    for name, sentences in (("a sentence", 1), ("an article of 30 sentences", 30), ("1,000 sentences", 1000)):
        of_block = Study(1, 1, LAYER_HEADS, 1, WORDS, READERS)
        size = of_block.sums_bytes - Study(0, 1, LAYER_HEADS, 1, WORDS, READERS).sums_bytes
        stored = sentences * of_block.cells * c.bytes_per_cell
        yield name, bytes_of(size), bytes_of(stored), f"{stored / size:.3g}"


def _partitions() -> Iterator[Sequence[str]]:
    run = latest(history("partitions"))
    yield "extractions", f"{run['details']['partitions']:,}"
    for figure in run["figures"]:
        yield figure["what"], f"{figure['value']:.3g}"


def _table(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
