"""A fixation report into the warehouse, and its measures of reading: ``python -m benchmarks.fixations``.

A report of 1 million fixations as Data Viewer writes it: 500 readers of 10 pages of ten sentences, 1,500 words, 200
fixations a page. Ours is the whole of `warehouse ingest fixations`: mapping, words, checks, rows, ledger, transitions
by every rule. Beside it: parsing the report with the csv module, which is the least that a loader in Python does.
Seconds are those of the processor, of this process and of the server together, since a machine has other things to do;
the scale is the share of the readers. Memory is held against that of a tenth of the readers.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.events import parsed
from benchmarks.made import QUIET, empty_server
from benchmarks.measuring import Finding, alternated, asked_scale, found, report
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.plugin.registry import sources

READERS, PAGES, SENTENCES, WORDS, FIXATIONS = 500, 10, 10, 15, 200
"""Readers, pages, sentences of a page, words of a sentence, fixations of a trial."""
TICKS = 100
"""A second of the processor, in /proc."""
TURNS = 7
MAPPING = """
[corpus]
name = "made"
language = "en"
licence = "CC0-1.0"
citation = "Made for benchmarks"
[columns]
reader = "RECORDING_SESSION_LABEL"
page = "text"
order = "CURRENT_FIX_INDEX"
start_ms = "CURRENT_FIX_START"
duration_ms = "CURRENT_FIX_DURATION"
word = "CURRENT_FIX_INTEREST_AREA_ID"
[checks]
word_text = "CURRENT_FIX_INTEREST_AREA_LABEL"
"""
HEADER = (
    "RECORDING_SESSION_LABEL", "text", "CURRENT_FIX_INDEX", "CURRENT_FIX_START", "CURRENT_FIX_END",
    "CURRENT_FIX_DURATION", "CURRENT_FIX_INTEREST_AREA_ID", "CURRENT_FIX_INTEREST_AREA_LABEL", "CURRENT_FIX_PUPIL",
)  # fmt: skip
MEASURES = "SELECT count(*), sum(gaze_duration_ms) FROM mart.reading_measure WHERE subject_label"
OF_ONE, OF_SOME, SOME = f"{MEASURES} = 'readers/r003'", f"{MEASURES} < 'readers/r100'", 100


@dataclass(frozen=True)
class Files:
    """A report, its words and their mapping."""

    report: Path
    words: Path
    mapping: Path

    @classmethod
    def written(cls, folder: Path, readers: int) -> "Files":
        made = cls(folder / "report.tsv", folder / "words.tsv", folder / "mapping.toml")
        made.mapping.write_text(MAPPING)
        made.words.write_text("page\tsentence\ttext\n" + "".join(_words()))
        with made.report.open("w") as file:
            file.write("\t".join(HEADER) + "\n")
            for reader in range(readers):
                file.writelines(_looks(reader))
        return made


def _words() -> Iterator[str]:
    for page in range(PAGES):
        for place in range(SENTENCES * WORDS):
            yield f"page{page}\t{place // WORDS}\tword{place}\n"


def _looks(reader: int) -> Iterator[str]:
    rng = np.random.default_rng(reader)
    count = SENTENCES * WORDS
    for page in range(PAGES):
        word = np.clip(np.arange(FIXATIONS) * count // FIXATIONS + rng.integers(-3, 3, FIXATIONS), 0, count - 1)
        duration = rng.integers(80, 400, FIXATIONS)
        start = np.cumsum(duration + 30) - duration
        is_off = rng.random(FIXATIONS) < 0.05
        for i in range(FIXATIONS):
            area, label = (".", ".") if is_off[i] else (word[i] + 1, f"word{word[i]}")
            yield (f"r{reader:03}\tpage{page}\t{i + 1}\t{start[i]}\t{start[i] + duration[i]}\t{duration[i]}\t{area}\t"
                   f"{label}\t{900 + i}.5\n")  # fmt: skip


@contextmanager
def counted(server: EmbeddedServer) -> Iterator[dict[str, float]]:
    """Count the seconds of the processor that the block takes, of this process and of the server."""
    spent: dict[str, float] = {}
    ours, theirs = time.process_time(), _of_server(server)
    yield spent
    spent |= {"client": time.process_time() - ours, "server": _of_server(server) - theirs}


def _of_server(server: EmbeddedServer) -> float:
    """Add up the processor's time of the server's processes, those that have ended included."""
    postmaster, found = server.status().pid, 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own, parent = int(path.parent.name), int(told[1])
        if own == postmaster:
            found += sum(map(int, told[11:15])) / TICKS
        elif parent == postmaster:
            found += sum(map(int, told[11:13])) / TICKS
    return found


def ingested(database: Database, files: Files) -> None:
    given = {"mapping": str(files.mapping), "words": (files.words,), "suggest": False}
    pipeline.ingest(database, sources()["fixations"], [files.report], given, QUIET)


def peak(readers: int) -> float:
    """Give the most memory [MiB] that an ingest of so many readers takes, in a process of its own."""
    code = f"from benchmarks.fixations import alone; alone({readers})"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(run.stdout.split()[-1])


def alone(readers: int) -> None:
    with tempfile.TemporaryDirectory(prefix="aw-report") as folder, empty_server() as server:
        ingested(Database(server.dsn()), Files.written(Path(folder), readers))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measured(database: Database, readers: int) -> list[Finding]:
    """Time the measures of one reader [ms] and of a hundred [s]."""
    with database.connect(read_only=True) as connection:
        ways = {name: lambda question=question: connection.execute(question).fetchall()
                for name, question in (("one", OF_ONE), ("some", OF_SOME))}  # fmt: skip
        timing = alternated(ways, TURNS)
    return [
        found("measures of one reader of 1,500 words: ms", timing["one"].of_more(1e3), 50, at_most=True),
        found("measures of 100 readers: seconds", timing["some"].of_more(SOME / min(SOME, readers)), 3, at_most=True),
    ]


def main() -> None:
    scale = asked_scale(__doc__)
    readers = max(10, round(READERS * scale))
    with tempfile.TemporaryDirectory(prefix="aw-report") as folder, empty_server() as server:
        files, database = Files.written(Path(folder), readers), Database(server.dsn())
        with counted(server) as spent:
            ingested(database, files)
        with counted(server) as by_csv:
            parsed([files.report])
        latencies = measured(database, readers)
    seconds, details = sum(spent.values()) * READERS / readers, {"seconds": spent, "csv": by_csv, "readers": readers}
    small, large = peak(max(1, readers // 10)), peak(readers)
    findings: list[Finding] = [
        Finding("1 million fixations: seconds of the processor", seconds, 60, at_most=True),
        Finding("1 million fixations: times parsing them by csv", sum(spent.values()) / sum(by_csv.values())),
        Finding("memory: times that of a tenth of the readers", large / small, 1.5, at_most=True),
        *latencies,
    ]
    more: dict[str, Any] = {**details, "MiB": [small, large]}
    report("fixations", findings, more, scale)


if __name__ == "__main__":
    main()
