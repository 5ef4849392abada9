"""Every analysis of the paper's models, from database to results: ``python -m benchmarks.full_study --scale S``.

Nine models and the two reference Vicunas in their published shapes, with made attention, two groups of readers, counts
by one rule, 1,000 resamples; `warehouse compute all --jobs 2` as a user gives it, once. The scale is the share of every
model's layers: the time of a cell must be the same at each. Memory is that of the largest process of the command, times
their number. More is computed than when this was measured first: the analyses of that day are told beside everything,
so that like can be compared with like.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.made import CORPUS, N_CELLS, QUIET, causal_attention, made_warehouse
from benchmarks.measuring import Finding, asked_scale, history, report
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.ledger.fingerprints import fingerprint
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Block, Extraction, Pairs, Piece
from warehouse.plugin.registry import Source

READERS = {"L1": 51, "L2": 54}
JOBS = 2
SECONDS, SECONDS_AT_FIRST, GIBIBYTES = 300, 45, 4
CHOICE = ("--measure", "count", "--rule", "consecutive")


@dataclass(frozen=True)
class Model:
    """One of the paper's models: parameters in billions, layers, heads, and what it was tuned from."""

    name: str
    billions: float
    layers: int
    heads: int
    base: str | None = None

    @property
    def family(self) -> str:
        return self.name.partition("-")[0]


MODELS = (
    Model("gpt2-large", 0.774, 36, 20),
    Model("llama-7b", 7, 32, 32),
    Model("alpaca-7b", 7, 32, 32, "llama-7b"),
    Model("vicuna-7b", 7, 32, 32, "llama-7b"),
    Model("llama-13b", 13, 40, 40),
    Model("alpaca-13b", 13, 40, 40, "llama-13b"),
    Model("vicuna-13b", 13, 40, 40, "llama-13b"),
    Model("vicuna-13b-v0", 13, 40, 40, "llama-13b"),
    Model("vicuna-13b-v1.1", 13, 40, 40, "llama-13b"),
    Model("llama-30b", 33, 60, 52),
    Model("llama-65b", 65, 80, 64),
)


def models(part: float) -> Source:
    """Yield the models' attention, made while it is written; of each the first `part` of its layers."""

    def made_models(*, stored: Stored) -> Iterator[Extraction]:
        stimulus = stored.stimulus(CORPUS["corpus"])
        plain = stored.conditions()["plain"]
        for number, model in enumerate(MODELS):
            layers = max(4, round(model.layers * part))
            facts = {
                "model": model.name, "family": model.family, "stage": "tuned" if model.base else "pretrained",
                "base_model": model.base, "parameter_count": int(model.billions * 1e9), "layer_count": layers,
                "head_count": model.heads,
            }  # fmt: skip
            digest = fingerprint({"model": model.name, "part": part})
            pieces = [_piece(stimulus.causal_pairs, number, layer, model.heads, digest) for layer in range(layers)]
            yield Extraction(
                stimulus.corpus_id, facts, plain, "raw", "word", "float32", True, tuple(range(layers)), digest, pieces
            )

    return Source("made_models", made_models, CORPUS["licence"], CORPUS["citation"])


def _piece(pairs: Pairs, number: int, layer: int, heads: int, digest: str) -> Piece:
    return Piece(f"layer {layer}", f"{digest}/{layer}", partial(_contents, pairs, number, layer, heads))


def _contents(pairs: Pairs, number: int, layer: int, heads: int) -> Iterator[Block]:
    yield Block(layer, pairs, causal_attention(pairs, heads, (number, layer)))


def measured(part: float) -> dict[str, Any]:
    """Time the ingest and the computing of everything, and tell how long each analysis took."""
    with made_warehouse(READERS) as database:
        start = time.perf_counter()
        cells = pipeline.ingest(database, models(part), [], {}, QUIET).inserted
        _choose_reference(database)
        loaded = time.perf_counter()
        warehouse = [sys.executable, "-m", "warehouse", "--dsn", database.dsn]
        subprocess.run(
            [*warehouse, "compute", "all", *CHOICE, "--jobs", str(JOBS)], check=True, stdout=subprocess.DEVNULL
        )
        done = time.perf_counter()
        with database.connect(read_only=True) as connection:
            profile: dict[str, float] = dict(connection.execute(_PROFILE).fetchall())
    heads = sum(max(4, round(model.layers * part)) * model.heads for model in MODELS)
    return {
        "part": part, "million_cells": heads * N_CELLS / 1e6, "pairs": cells, "ingest_seconds": loaded - start,
        "compute_seconds": done - loaded, "largest_process_gib": _largest(), "seconds_by_analysis": profile,
    }  # fmt: skip


def _choose_reference(database: Database) -> None:
    with database.connect() as connection:
        connection.execute("SELECT fn.add_reference_pair('vicuna-13b-v0', 'vicuna-13b-v1.1', 'as in the paper')")


def _largest() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20


def findings(run: dict[str, Any]) -> list[Finding]:
    at_first = history("full_study")[0]["details"]["seconds_by_analysis"]
    of_these = sum(run["seconds_by_analysis"][name] for name in at_first)
    found = [
        Finding("seconds for the analyses of the first report", of_these, SECONDS_AT_FIRST, at_most=True),
        Finding("GiB", run["largest_process_gib"] * (JOBS + 1), GIBIBYTES, at_most=True),
        Finding("microseconds a cell", run["compute_seconds"] / run["million_cells"]),
    ]
    if run["part"] == 1:
        found.append(Finding("seconds for everything", run["compute_seconds"], SECONDS, at_most=True))
    return found


def main() -> None:
    part = asked_scale(__doc__)
    run = measured(part)
    report("full_study", findings(run), run, part)


_PROFILE = """
SELECT job, sum(EXTRACT(epoch FROM finished_at - started_at))::float8
FROM ops.run WHERE job LIKE 'compute%' GROUP BY job
"""

if __name__ == "__main__":
    main()
