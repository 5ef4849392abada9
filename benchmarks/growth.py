"""The paper's corpus once, ten and a hundred times: ``python -m benchmarks.growth --times 1 10 100``.

Two models of 3 layers by 32 heads and 105 readers over a streamed corpus; text, readers and attention come in, a layer
is pulled, every analysis of `compute all` is computed. Each step runs in a process of its own, whose peak memory is
read, and its processor time with the server's; the server's memory is watched beside it. Time should grow as the cells
do (an exponent of 1) and memory should stay. With
``--keep FOLDER`` the servers stay, what came in is not loaded again, and a run that was cut off goes on; analyses and
the pull of a layer are measured anew. Figures are written after each size.
"""

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from tabulate import tabulate

from benchmarks import streamed
from benchmarks.made import N_CELLS, QUIET, empty_server
from benchmarks.measuring import Finding, report
from benchmarks.memory import own_peak, watched
from benchmarks.processor import processor_seconds
from warehouse import pipeline
from warehouse.database import columns
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.plugin.columns import together
from warehouse.plugin.registry import Source, analyses, analysis_named, in_order
from warehouse.slices import Slices

LAYERS, HEADS = 3, 32
READERS = {"L1": 51, "L2": 54}
MODELS = {"base": None, "tuned": "base"}
CHOICE = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
ANALYSES = tuple(one.name for one in in_order(sorted(analyses())) if not one.on_request)
"""Those that read results do not grow with the corpus."""
MEBIBYTES = 1536
"""The most that a process may hold at any size."""


def cells(copies: int) -> int:
    """Weights of all models over a corpus of so many copies."""
    return len(MODELS) * LAYERS * HEADS * N_CELLS * copies


def text(database: Database, copies: int) -> None:
    _loaded(database, streamed.text(copies))


def readers(database: Database, copies: int, most: int) -> None:
    for group, count in READERS.items():
        _loaded(database, streamed.people(copies, group, min(count, most)))


def attention(database: Database, copies: int) -> None:
    for name, base in MODELS.items():
        _loaded(database, streamed.model(copies, name, LAYERS, HEADS, base))


def layer(database: Database, copies: int) -> None:
    """Pull every layer of a model, one after the other, in blocks as analyses do."""
    with database.connect(autocommit=True, read_only=True) as connection, ThreadPoolExecutor(1) as pool:
        slices = Slices(connection)
        for (work,) in connection.execute(_WORK).fetchall():
            (column,) = pool.submit(slices.columns, ["layer"], [work], pool).result()
            if sum(len(block) for (block,) in together(column)) != N_CELLS * copies:
                raise RuntimeError("the layer has not all cells")


def _loaded(database: Database, source: Source) -> None:
    pipeline.ingest(database, source, [], {}, QUIET)


def _computed(name: str, database: Database) -> None:
    with database.connect() as connection:  # what stands from an earlier measurement does not count
        connection.execute(_SUPERSEDE, [name])
    selection = CHOICE if {"quantity", "saccade_rule"} <= columns_of(database, name) else {}
    pipeline.compute(database, name, selection, progress=QUIET)


def step(name: str, dsn: str, copies: int, most_readers: int) -> tuple[float, float]:
    """Do one step; give its seconds and the process's peak [MiB]. Runs in a process of its own."""
    start = time.perf_counter()
    ingest: dict[str, Callable[[Database, int], None]] = {
        "text": text, "readers": partial(readers, most=most_readers), "attention": attention, "layer": layer,
    }  # fmt: skip
    if name in ingest:
        ingest[name](Database(dsn), copies)
    else:
        _computed(name, Database(dsn))
    return time.perf_counter() - start, own_peak()


def columns_of(database: Database, name: str) -> set[str]:
    """Name the columns by which the units of an analysis can be chosen."""
    with database.connect(read_only=True) as connection:
        return set(columns.columns_of(connection, analysis_named(name).over))


INGEST = ("text", "readers", "attention")
STEPS = (*INGEST, "layer", *ANALYSES)


@dataclass(frozen=True)
class Measured:
    """One step at one size."""

    seconds: float
    processor_s: float
    peak_mib: float
    server_mib: float
    database_bytes: int


def measured(copies: int, most_readers: int, folder: Path | None) -> dict[str, Any]:
    """Measure all steps of a size, each printed when it is done, those of ingest only where they are not kept."""
    found: dict[str, Any] = {}
    keeping = folder / f"{copies}x" if folder else None
    with empty_server(keeping) as server:
        for name in STEPS:
            place = keeping / f"{name}.json" if keeping and name in INGEST else None
            if place and place.exists():
                found[name] = json.loads(place.read_text(encoding="utf-8"))
            else:
                found[name] = vars(_in_its_own_process(server, name, copies, most_readers))
            if place:
                place.write_text(json.dumps(found[name]), encoding="utf-8")
            print(_line(copies, name, Measured(**found[name])), flush=True)
        with Database(server.dsn()).connect(read_only=True) as connection:
            found["bytes"] = dict(connection.execute(_BYTES).fetchall())
    return found


def _line(copies: int, name: str, done: Measured) -> str:
    return (
        f"{copies:5}x {name:26}{done.seconds:9.2f} s {done.processor_s:9.2f} s of processor "
        f"{done.peak_mib:7.0f} MiB {done.server_mib:7.0f} MiB server {done.database_bytes / 2**20:8.0f} MiB on disk"
    )


def _in_its_own_process(server: EmbeddedServer, name: str, copies: int, most_readers: int) -> Measured:
    done: list[tuple[float, float]] = []

    def work() -> None:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            done.append(pool.submit(step, name, server.dsn(), copies, most_readers).result())

    with watched(server.status().pid or 0) as peak:
        processor_s = processor_seconds(server, work)
    seconds, own = done[0]
    with Database(server.dsn()).connect(read_only=True) as connection:
        (size,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    return Measured(seconds, processor_s, own, peak.mebibytes, size)


def findings(sizes: dict[str, dict[str, Any]]) -> list[Finding]:
    """Tell of each step the time per cell and the memory at the largest size, and how they grow."""
    copies = sorted(map(int, sizes))
    largest = sizes[str(copies[-1])]
    found = []
    for name in STEPS:
        compute = name in ANALYSES
        found += [
            Finding(f"{name}: microseconds a cell", 1e6 * largest[name]["seconds"] / cells(copies[-1])),
            Finding(f"{name}: MiB of the process", largest[name]["peak_mib"], MEBIBYTES if compute else None, True),
        ]
        if len(copies) > 1:
            seconds = [sizes[str(each)][name]["seconds"] for each in copies]
            exponent = float(np.polyfit(np.log(copies), np.log(seconds), 1)[0])
            found.append(Finding(f"{name}: exponent of time over cells", exponent, 1.1, at_most=True))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10], help="Copies of the paper's corpus.")
    parser.add_argument("--scale", type=float, help="As for other benchmarks; below 1 only up to four times.")
    parser.add_argument("--keep", type=Path, help="Folder in which the servers stay.")
    parser.add_argument("--readers", type=int, default=54, help="At most so many of a group, where time is short.")
    given = parser.parse_args()
    sizes: dict[str, Any] = {}
    for copies in given.times if (given.scale or 1) >= 1 else (1, 4):
        sizes[str(copies)] = measured(copies, given.readers, given.keep)
        report("growth", findings(sizes), {**sizes, "readers of a group, at most": given.readers})
    print(_profile(sizes))


def _profile(sizes: dict[str, dict[str, Any]]) -> str:
    """Print seconds and MiB of every step by size."""
    copies = sorted(map(int, sizes))
    rows = [
        [name, *(sizes[str(each)][name][kind] for kind in ("seconds", "peak_mib") for each in copies)] for name in STEPS
    ]
    names = [*(f"{each}x: s" for each in copies), *(f"{each}x: MiB" for each in copies)]
    return tabulate(rows, ["step", *names], floatfmt=".4g")


_WORK = """
SELECT jsonb_build_object('extraction_id', extraction_id, 'layer', layer, 'corpus_id', corpus_id, 'digest', digest)
FROM slice.extraction_layer WHERE model = 'base' ORDER BY layer
"""
_SUPERSEDE = """
UPDATE ops.unit SET unit_state = 'superseded'
FROM ops.run WHERE run.run_id = unit.run_id AND job = 'compute ' || %s
"""
_BYTES = """
SELECT
    CASE WHEN relname LIKE 'attention_%' THEN 'model.attention' ELSE nspname || '.' || relname END,
    sum(pg_total_relation_size(pg_class.oid))::bigint
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND nspname IN ('stimulus', 'human', 'model', 'result', 'ops')
GROUP BY 1
"""

if __name__ == "__main__":
    main()
