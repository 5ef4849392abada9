"""The paper's corpus once, ten and a hundred times: ``python -m benchmarks.growth --times 1 10 100``.

Two models of 3 layers by 32 heads and 105 readers over a streamed corpus; text, readers and attention come in, a layer
is pulled, every analysis of cells is computed. Each step runs in a process of its own, whose peak memory is read; the
server's is watched beside it. Time should grow as the cells do (an exponent of 1) and memory should stay. A size that
was measured at this commit is not measured again; figures are written after each size.
"""

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
from tabulate import tabulate

from benchmarks import streamed
from benchmarks.made import N_CELLS, QUIET, empty_server
from benchmarks.measuring import Finding, kept, report
from benchmarks.memory import own_peak, watched
from warehouse import pipeline
from warehouse.database import Database
from warehouse.registry import Source
from warehouse.server import EmbeddedServer
from warehouse.slices import Slices

LAYERS, HEADS = 3, 32
READERS = {"L1": 51, "L2": 54}
MODELS = {"base": None, "tuned": "base"}
CHOICE = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
ANALYSES = (
    "noise_ceiling", "human_resemblance", "corrected_resemblance", "trivial_reliance", "reader_reliance",
    "attention_divergence",
)  # fmt: skip
"""Those that read cells; the others read results, which do not grow with the corpus."""
MEBIBYTES = 1536
"""The most that a process may hold at any size."""


def cells(copies: int) -> int:
    """Weights of all models over a corpus of so many copies."""
    return len(MODELS) * LAYERS * HEADS * N_CELLS * copies


def text(database: Database, copies: int) -> None:
    _loaded(database, streamed.text(copies))


def readers(database: Database, copies: int) -> None:
    for group, count in READERS.items():
        _loaded(database, streamed.people(copies, group, count))


def attention(database: Database, copies: int) -> None:
    for name, base in MODELS.items():
        _loaded(database, streamed.model(copies, name, LAYERS, HEADS, base))


def layer(database: Database, copies: int) -> None:
    """Pull one layer of one model as a matrix of cells by heads."""
    with database.connect(autocommit=True, read_only=True) as connection:
        (work,) = connection.execute(_WORK).fetchone() or ({},)
        if Slices(connection).arrays(["layer"], work)[0].shape != (N_CELLS * copies, HEADS):
            raise RuntimeError("the layer has not all cells")


def _loaded(database: Database, source: Source) -> None:
    pipeline.ingest(database, source, [], {}, QUIET)


def _computed(name: str, database: Database) -> None:
    selection = {} if name in ("attention_divergence", "trivial_reliance") else CHOICE
    pipeline.compute(database, name, selection, progress=QUIET)


def step(name: str, dsn: str, copies: int) -> tuple[float, float]:
    """Do one step; give its seconds and the process's peak [MiB]. Runs in a process of its own."""
    start = time.perf_counter()
    ingest: dict[str, Callable[[Database, int], None]] = {
        "text": text, "readers": readers, "attention": attention, "layer": layer,
    }  # fmt: skip
    if name in ingest:
        ingest[name](Database(dsn), copies)
    else:
        _computed(name, Database(dsn))
    return time.perf_counter() - start, own_peak()


STEPS = ("text", "readers", "attention", "layer", *ANALYSES)


@dataclass(frozen=True)
class Measured:
    """One step at one size."""

    seconds: float
    peak_mib: float
    server_mib: float
    database_bytes: int


def measured(copies: int) -> dict[str, Any]:
    """Measure all steps of a size, each printed when it is done."""
    found: dict[str, Any] = {}
    with empty_server() as server:
        for name in STEPS:
            found[name] = vars(done := _in_its_own_process(server, name, copies))
            per_cell = 1e6 * done.seconds / cells(copies)
            print(
                f"{copies:5}x {name:22}{done.seconds:9.2f} s {per_cell:8.4f} us/cell {done.peak_mib:7.0f} MiB "
                f"{done.server_mib:7.0f} MiB server {done.database_bytes / 2**20:8.0f} MiB on disk", flush=True,
            )  # fmt: skip
        with Database(server.dsn()).connect(read_only=True) as connection:
            found["bytes"] = dict(connection.execute(_BYTES).fetchall())
    return found


def _in_its_own_process(server: EmbeddedServer, name: str, copies: int) -> Measured:
    with watched(server.status().pid or 0) as peak, ProcessPoolExecutor(1, get_context("spawn")) as pool:
        seconds, own = pool.submit(step, name, server.dsn(), copies).result()
    with Database(server.dsn()).connect(read_only=True) as connection:
        (size,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    return Measured(seconds, own, peak.mebibytes, size)


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
    parser.add_argument("--again", action="store_true", help="Measure sizes again that were measured at this commit.")
    given = parser.parse_args(sys.argv[1:])
    sizes = {} if given.again else kept("growth")
    for copies in given.times:
        if str(copies) not in sizes:
            sizes[str(copies)] = measured(copies)
            report("growth", findings(sizes), sizes)
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
FROM slice.extraction_layer WHERE model = 'base' AND layer = 1
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
