"""Reading Brain event files into the warehouse, and how soon the command line answers: ``python -m benchmarks.events``.

The real files are taken where they are (WAREHOUSE_REAL_DATA, default ../shared/data beside the checkout); otherwise,
and at any scale but 1, files of made-up fixations in the same layout: the scale is the share of the readers. Ours is
the whole of `warehouse ingest reading-brain`: checks, rows, ledger, saccades derived by every rule. Beside it: parsing
the files with the csv module alone.
"""

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.made import QUIET, articles, made_warehouse
from benchmarks.measuring import Finding, Timing, alternated, asked_scale, found, report
from warehouse import pipeline
from warehouse.plugin.registry import sources

READERS = {"L1": 52, "L2": 56}
DEMOGRAPHICS = {
    "L1": ("L1_Adults_demographics.tsv", "ID\tGender\tAge(Year)\tMajor/field"),
    "L2": ("L2_adults_demographics.tsv", "OpenNeuroID\tGender\tAge(Year;Month)\tMajor/field"),
}
COLUMNS = (
    "onset", "duration", "Words", "CURRENT_FIX_DURATION", "CURRENT_FIX_INTEREST_AREA_ID", "CURRENT_FIX_START",
    "SentenceID", "SentenceRT",
)  # fmt: skip
REAL = Path(os.environ.get("WAREHOUSE_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))
TURNS = 5
FEWEST = 2_000
"""Rows of a folder below which it was not read."""
START_TURNS = 9
WHOLE = 539
"""Files of the published readers, whose time is told at any scale."""


@contextmanager
def datasets(scale: float) -> Iterator[tuple[list[Path], Path]]:
    """Give the folders of the readers and the file of the sentences."""
    real = [REAL / "reading_brain" / name for name in ("ds003974", "ds003988")]
    if scale == 1 and all(folder.is_dir() for folder in real):
        yield real, REAL / "sentences" / "reading_brain.txt"
        return
    with tempfile.TemporaryDirectory(prefix="aw-events") as folder:
        text = articles()
        sentences = Path(folder, "sentences.txt")
        sentences.write_text("\n\n".join("\n".join(article.values()) for article in text) + "\n", encoding="utf-8")
        counts = {group: max(3, round(count * scale)) for group, count in READERS.items()}
        yield [_dataset(Path(folder, group), group, count, text) for group, count in counts.items()], sentences


def _dataset(folder: Path, group: str, readers: int, text: list[dict[str, str]]) -> Path:
    name, header = DEMOGRAPHICS[group]
    folder.mkdir()
    lines = [header, *(f"{number}\tF\t30\tn/a" for number in range(1, readers + 1))]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    rng = np.random.default_rng(len(group))
    for number in range(1, readers + 1):
        func = folder / f"sub-{number:02}" / "func"
        func.mkdir(parents=True)
        for run, article in enumerate(text, 1):
            rows = [row for label, sentence in article.items() for row in _fixations(rng, label, sentence.split())]
            table = "\n".join("\t".join(map(str, row)) for row in [COLUMNS, *rows])
            (func / f"sub-{number:02}_task-read_run-{run}_events.tsv").write_text(table + "\n", encoding="utf-8")
    return folder


def _fixations(rng: np.random.Generator, label: str, words: list[str]) -> Iterator[tuple[object, ...]]:
    start = 0
    for word in np.sort(rng.integers(0, len(words), len(words) + 3)).tolist():
        duration = int(rng.integers(80, 500))
        yield start, duration, words[word], duration, word + 1, start, label, 4000
        start += duration + 30


def ingested(folders: list[Path], sentences: Path, times: list[float]) -> None:
    """Load everything into a fresh warehouse; the time of the ingest alone goes to `times`."""
    with made_warehouse() as database:

        def load() -> None:
            tally = pipeline.ingest(database, sources()["reading_brain"], folders, {"sentences": sentences}, QUIET)
            if tally.inserted < FEWEST * len(folders):
                raise RuntimeError(f"only {tally.inserted} rows were inserted")

        times += alternated({"ingest": load}, 1, warm_up=0)["ingest"].seconds.tolist()


def parsed(files: list[Path]) -> int:
    count = 0
    for path in files:
        with path.open(newline="") as file:
            count += sum(1 for _ in csv.reader(file, delimiter="\t"))
    return count


def command_line() -> tuple[list[Finding], dict[str, Any]]:
    """Time ``warehouse --help`` beside an interpreter that does nothing."""
    ways = {"--help": ["-m", "warehouse", "--help"], "python -c pass": ["-c", "pass"]}
    timing = alternated({name: partial(_run, *arguments) for name, arguments in ways.items()}, START_TURNS, warm_up=2)
    seconds = timing["--help"].as_json()
    return [
        found("warehouse --help: seconds", seconds, 0.5, at_most=True),
        found("warehouse --help: times python -c pass", timing["--help"].over(timing["python -c pass"])),
    ], {"command line": timing}


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def main() -> None:
    with datasets(scale := asked_scale(__doc__)) as (folders, sentences):
        files = [path for folder in folders for path in sorted(folder.glob("sub-*/func/*_events.tsv"))]
        times: list[float] = []
        ways = {
            "ingest, with a new server": lambda: ingested(folders, sentences, times),
            "csv alone": lambda: parsed(files),
        }
        timing = alternated(ways, TURNS)
    seconds = np.array(times[1:])
    ours = Timing(seconds).of_more(WHOLE / len(files))
    times_csv = Timing(seconds).over(timing["csv alone"])
    findings, details = command_line()
    events = [
        found(f"{WHOLE} event files: seconds", ours, 30, at_most=True),
        found(f"{WHOLE} event files: times parsing them by csv", times_csv),
    ]
    where = "real" if REAL in sentences.parents else "made"
    report(
        "events", [*events, *findings],
        {**details, "files": where, "seconds": times[1:], "csv": timing["csv alone"]}, scale,
    )  # fmt: skip


if __name__ == "__main__":
    main()
