"""Sums in place of cells, at sizes of the corpus: ``python -m benchmarks.sums --times 1 10 100``.

A model of 3 layers by 32 heads over the paper's corpus so many times, kept as cells and then as sums by article with
its readers; `human_resemblance` from either. Each step runs in a process of its own, of which the processor time, with
the server's, and the peak memory are told. Time should grow as the cells do, memory stay, and the numbers be the same.
"""

import argparse
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

from benchmarks import streamed
from benchmarks.made import N_CELLS, QUIET, empty_server
from benchmarks.measuring import Finding, report
from benchmarks.memory import own_peak
from benchmarks.processor import processor_seconds
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer

LAYERS, HEADS = 3, 32
CHOICE = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
TABLES = {
    "attention, cells": r"attention_\d+",
    "attention, sums": "(head|reader|predictor)_sums|summed_(reader|predictor)",
}
"""What of a model is measured; a partition that is retired may stay for a moment."""
Values = list[tuple[Any, ...]]


def text_and_readers(database: Database, copies: int, readers: int) -> None:
    for source in (streamed.text(copies), *(streamed.people(copies, group, readers) for group in ("L1", "L2"))):
        pipeline.ingest(database, source, [], {}, QUIET)


def keep(kept: str) -> Callable[[Database, int, int], None]:
    def ingest(database: Database, copies: int, readers: int) -> None:
        pipeline.ingest(database, streamed.model(copies, "made", LAYERS, HEADS, kept=kept), [], {}, QUIET)

    return ingest


def compute(database: Database, copies: int, readers: int) -> None:
    pipeline.compute(database, "human_resemblance", CHOICE, progress=QUIET)


STEPS: Mapping[str, Callable[[Database, int, int], None]] = {
    "text and readers": text_and_readers,
    "attention, cells": keep("cells"),
    "human_resemblance, cells": compute,
    "attention, sums": keep("sums"),
    "human_resemblance, sums": compute,
}


def step(name: str, dsn: str, copies: int, readers: int) -> float:
    """Do one step; give the process's peak [MiB]. Runs in a process of its own."""
    STEPS[name](Database(dsn), copies, readers)
    return own_peak()


def measured(copies: int, readers: int) -> dict[str, Any]:
    """Measure all steps of a size, the bytes of either way, and how far the numbers differ."""
    found: dict[str, Any] = {}
    with empty_server(None) as server:
        database, values = Database(server.dsn()), list[Values]()
        for name in STEPS:
            found[name] = _in_its_own_process(server, name, copies, readers)
            if name.startswith("human_resemblance"):
                values.append(_ask(database, _VALUES))
            if name.startswith("attention"):
                found[f"{name}: bytes"] = _ask(database, _BYTES.format(tables=TABLES[name]))[0][0]
                found[f"{name}: numbers"] = int(_ask(database, _NUMBERS)[0][0])
            print(f"{copies:5}x {name:26} {found[name]}", flush=True)
        found["largest difference"] = float(np.abs(np.subtract(*map(np.array, values))).max())
    return found


def _in_its_own_process(server: EmbeddedServer, name: str, copies: int, readers: int) -> dict[str, float]:
    peaks: list[float] = []

    def work() -> None:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            peaks.append(pool.submit(step, name, server.dsn(), copies, readers).result())

    return {"processor_s": processor_seconds(server, work), "peak_mib": peaks[0]}


def findings(sizes: Mapping[int, Mapping[str, Any]]) -> list[Finding]:
    """Tell how time and memory grow from the least size to the largest, and what sums save."""
    first, last = min(sizes), max(sizes)
    of_cells, of_sums = (sizes[last][f"attention, {kept}: bytes"] for kept in ("cells", "sums"))
    found = [
        Finding(
            "largest difference of R2 from sums", max(one["largest difference"] for one in sizes.values()), 1e-10, True
        ),
        Finding("bytes of sums, times those of cells", of_sums / of_cells),
    ]
    for name in STEPS:
        known = [sizes[copies][name]["processor_s"] for copies in sorted(sizes)]
        if len(known) > 1 and name != "text and readers":
            exponent = float(np.polyfit(np.log(sorted(sizes)), np.log(known), 1)[0])
            grown = sizes[last][name]["peak_mib"] / sizes[first][name]["peak_mib"]
            found += [
                Finding(f"{name}: exponent of processor time over cells", exponent, 1.1, at_most=True),
                Finding(f"{name}: memory at {last}x, times that at {first}x", grown),
                Finding(f"{name}: microseconds a cell at {last}x", 1e6 * known[-1] / (LAYERS * HEADS * N_CELLS * last)),
            ]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sums", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10], help="Copies of the paper's corpus.")
    parser.add_argument("--scale", type=float, help="As for other benchmarks; below 1 only up to four times.")
    parser.add_argument("--readers", type=int, default=10, help="Of each of two groups.")
    given = parser.parse_args()
    sizes: dict[int, Any] = {}
    for copies in given.times if (given.scale or 1) >= 1 else (1, 4):
        sizes[copies] = measured(copies, given.readers)
    report("sums", findings(sizes), {"sizes": sizes, "readers of a group": given.readers})


def _ask(database: Database, question: str) -> Values:
    with database.connect(read_only=True) as connection:
        return connection.execute(question).fetchall()


_VALUES = "SELECT r2, adjusted_r2, cv_r2 FROM current.human_resemblance ORDER BY layer, measure_id, subject_id"
_BYTES = """
SELECT sum(pg_total_relation_size(pg_class.oid))::bigint
FROM pg_class
WHERE relnamespace = 'model'::regnamespace AND relkind = 'r' AND relname ~ '^({tables})$'
"""
_NUMBERS = """
SELECT
    (SELECT COALESCE(sum(cardinality(head_products)), 0) FROM model.head_sums)
    + (SELECT COALESCE(sum(cardinality(reader_products)), 0) FROM model.reader_sums)
    + (SELECT COALESCE(sum(cardinality(predictor_products)), 0) FROM model.predictor_sums)
"""

if __name__ == "__main__":
    main()
