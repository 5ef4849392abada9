"""Writes docs/capacity.md: where one machine ends, reckoned from the newest figures in benchmarks/results/."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.results import ROOT, Run, history, latest

N_CELLS, SENTENCES = 8953, 148
"""Causal cells and sentences of the paper's corpus."""
MODELS, LAYERS, LAYER_HEADS = 2, 3, 32
"""What benchmarks.growth loads."""
HEADS = 1024
"""Of the model that is reckoned with: 32 layers of 32 heads, as LLaMA-7B."""
GROUPS = (51, 54)
READERS = sum(GROUPS)
"""Of the paper, by group."""
ANALYSES = ("noise_ceiling", "human_resemblance", "corrected_resemblance", "trivial_reliance", "reader_reliance",
            "attention_divergence")  # fmt: skip
OF_READERS = ("noise_ceiling", "reader_reliance")
"""Analyses that read no attention: their time goes with sentences read, not with cells."""
LOCKS = 2048 * 100
"""Of the embedded server: max_locks_per_transaction by max_connections, as they are set."""
TEMPLATE = ROOT / "tools/capacity.txt"


@dataclass(frozen=True)
class Constants:
    """What was measured: seconds per cell or sentence read of each analysis, bytes and seconds of what is loaded."""

    copies: int
    readers: int
    analyses: Mapping[str, float]
    ingest_s: float
    bytes_per_cell: float
    text_bytes: float
    text_s: float
    reader_bytes: float
    reader_s: float
    peak_mib: Mapping[str, list[float]]
    run: Run
    newest: Run

    @classmethod
    def measured(cls) -> "Constants":
        """Take times from the newest run of benchmarks.growth on a machine of its own, memory from the newest."""
        runs = history("growth")
        quiet = [run for run in runs if run["load_at_the_end"] <= run["cores"] + 1]
        run, newest = (quiet or runs)[-1], runs[-1]
        sizes, newest_sizes = _sizes(run), _sizes(newest)
        copies = max(sizes)
        found, cells = sizes[copies], copies * N_CELLS * MODELS * LAYERS * LAYER_HEADS
        people = _people(run)
        size = found["bytes"]
        read = people * SENTENCES * copies
        return cls(
            copies, people,
            {name: found[name]["seconds"] / (read if name in OF_READERS else cells) for name in ANALYSES},
            found["attention"]["seconds"] / cells, size["model.attention"] / cells,
            sum(size[f"stimulus.{name}"] for name in ("sentence", "word", "word_pair")) / SENTENCES / copies,
            found["text"]["seconds"] / SENTENCES / copies,
            sum(size[f"human.{name}"] for name in ("reading", "fixation", "saccade")) / read,
            found["readers"]["seconds"] / read,
            {name: [newest_sizes[n][name]["peak_mib"] for n in sorted(newest_sizes)] for name in newest_sizes[1]
             if name != "bytes"}, run, newest,
        )  # fmt: skip


def _people(run: Run) -> int:
    most = run["details"].get("readers of a group, at most", READERS)
    return sum(min(count, most) for count in GROUPS)


def _sizes(run: Run) -> dict[int, Mapping[str, Any]]:
    return {int(name): found for name, found in run["details"].items() if name.isdigit()}


@dataclass(frozen=True)
class Study:
    """A study to reckon: models of 1,024 heads, sentences as long as the paper's, readers who read all of them."""

    name: str
    models: int
    sentences: int
    readers: int = READERS

    @property
    def cells(self) -> float:
        """Weights of all models."""
        return self.models * HEADS * self.sentences * N_CELLS / SENTENCES


STUDIES = (
    Study("the paper's corpus, ten models", 10, 148),
    Study("ten times the sentences, fifty models", 50, 1_480),
    Study("a hundred times the sentences, ten models", 10, 14_800),
    Study("a hundred times the sentences, a hundred models", 100, 14_800),
    Study("a million sentences, one model, 20 readers", 1, 1_000_000, 20),
    Study("a million sentences, a thousand models, 20 readers", 1_000, 1_000_000, 20),
)


def page() -> str:
    """Make the page from its text and the figures."""
    c = Constants.measured()
    found = {
        "measured": _table(["what", "measured"], _constants(c)),
        "memory": _table(
            ["MiB at the most", *(f"{n} times" for n in sorted(_sizes(c.newest)))],
            [[name, *(f"{peak:.0f}" for peak in peaks)] for name, peaks in c.peak_mib.items()],
        ),
        "studies": _table(
            ["study", "cells", "attention", "readers' rows", "loading", "resemblance", "all analyses"],
            [_row(study, c) for study in STUDIES],
        ),
        "ends": _table(["resource of one machine", "holds", "that is"], list(_ends(c))),
        "sums": _table(["one sum for", "bytes", "attention of as many sentences", "ratio"], list(_sums(c))),
        "partitions": _table(["figure", "value"], list(_partitions())),
        "source": f"{c.copies} times the paper's corpus, {c.readers} readers, {_told(c.run)}",
        "newest": _told(c.newest),
        "newest_readers": str(_people(c.newest)),
        "partitions_run": _told(latest(history("partitions"))),
        "kept": _bytes(1_000 * 1_000 * 32 * _sum_bytes()),
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


def _row(study: Study, c: Constants) -> list[str]:
    loading = study.cells * c.ingest_s + study.sentences * (c.text_s + study.readers * c.reader_s)
    resemblance = study.cells * c.analyses["human_resemblance"]
    everything = sum(
        seconds * (study.sentences * study.readers if name in OF_READERS else study.cells)
        for name, seconds in c.analyses.items()
    )
    return [
        study.name, _count(study.cells), _bytes(study.cells * c.bytes_per_cell),
        _bytes(study.sentences * (c.text_bytes + study.readers * c.reader_bytes)),
        *map(_time, (loading, resemblance, everything)),
    ]  # fmt: skip


def _ends(c: Constants) -> Iterator[Sequence[str]]:
    whole = HEADS * N_CELLS / SENTENCES  # cells of one model a sentence
    for terabytes in (1, 8):
        cells = terabytes * 1e12 / c.bytes_per_cell
        yield (
            f"disk, {terabytes} TB", f"{_count(cells)} cells",
            f"{cells / whole / 14_800:,.0f} models on a hundred times the paper's sentences",
        )  # fmt: skip
    day = 86_400 / c.ingest_s
    yield "a day of loading, one process", f"{_count(day)} cells", f"{day / whole / 14_800:,.0f} such models"
    for name in ("human_resemblance", "corrected_resemblance"):
        day = 86_400 / c.analyses[name]
        yield f"a day of `{name}`, one core", f"{_count(day)} cells", f"{day / whole / 14_800:,.0f} such models"


def _sum_bytes() -> float:
    """Give the bytes of the cross-products of (1, heads, readers): half of a square of doubles."""
    wide = 1 + LAYER_HEADS + READERS
    return wide * (wide + 1) / 2 * 8


def _sums(c: Constants) -> Iterator[Sequence[str]]:
    size = _sum_bytes()
    for name, sentences in (("a sentence", 1), ("an article of 30 sentences", 30), ("1,000 sentences", 1000)):
        stored = sentences * N_CELLS / SENTENCES * LAYER_HEADS * c.bytes_per_cell
        yield name, _bytes(size), _bytes(stored), f"{stored / size:.3g}"


def _partitions() -> Iterator[Sequence[str]]:
    run = latest(history("partitions"))
    yield "extractions", f"{run['details']['partitions']:,}"
    for figure in run["figures"]:
        yield figure["what"], f"{figure['value']:.3g}"


def _table(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _count(number: float) -> str:
    for size, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= size:
            return f"{number / size:,.3g} {name}"
    return f"{number:,.0f}"


def _bytes(number: float) -> str:
    for size, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if number >= size:
            return f"{number / size:,.3g} {name}"
    return f"{number:,.0f} bytes"


def _time(seconds: float) -> str:
    for size, name in ((86_400 * 365, "years"), (86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.3g} {name}"
    return f"{seconds:.0f} s"
