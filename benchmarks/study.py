"""Human resemblance of a whole model, from database to result rows: ``python -m benchmarks.study --scale S``.

Ours is the whole of `warehouse compute human-resemblance` where nothing of it is computed yet: the plan, the pull of
every layer, R2, adjusted R2 and leave-one-article-out R2 of every reader, result rows and ledger committed; noise
ceilings stand already. Beside it, with the arrays already in memory, one scikit-learn LinearRegression per layer and
reader for the R2 alone: a sample of readers of a layer, scaled to all; as it comes, and held to one thread, which is
faster where other programs want the cores. `fit` is the numerics of one layer without any database, in one thread. The
scale is the share of the layers, whose time is then told for all of them.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from analytics._stats.least_squares import fit
from benchmarks.made import GPT2, LLAMA_30B, N_CELLS, N_READERS, QUIET, Shape, arrays, load_arrays, made_warehouse
from benchmarks.measuring import Finding, alternated, asked_scale, found, report
from benchmarks.regression import by_scikit_learn
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.slices import Slices

TURNS = 5
SAMPLE = 10  # readers of one layer that scikit-learn is timed on in a turn
CHOICE = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
SHAPES = {GPT2: 30, LLAMA_30B: 60}
"""How many times faster than scikit-learn is asked for."""


def computed(database: Database, model: str) -> int:
    """Compute the model's resemblance afresh: what stands is marked as superseded before."""
    with database.connect(autocommit=True) as connection:
        connection.execute(_SUPERSEDE)
        connection.execute("UPDATE ops.run SET parameters = parameters || jsonb_build_object('turn', run_id)")
    tallies = pipeline.compute(database, "human_resemblance", {**CHOICE, "model": [model]}, progress=QUIET)
    return tallies["human_resemblance"].inserted


def in_memory(database: Database, model: str) -> tuple[np.ndarray, ...]:
    """Give one layer, the readers and the articles of its cells as an analysis gets them."""
    with database.connect(autocommit=True, read_only=True) as connection:
        (work,) = connection.execute(_WORK, [model]).fetchone() or ({},)
        return tuple(Slices(connection).arrays(["layer", "readers", "article"], work))


def measured(database: Database, shape: Shape, whole: Shape, target: float) -> tuple[list[Finding], dict[str, Any]]:
    x, y, article = in_memory(database, shape.name)
    np.testing.assert_allclose(fit(x, y, article).r2, by_scikit_learn(x, y), atol=1e-10)
    sample = y[:, :SAMPLE]
    ways = {
        "compute": lambda: check(computed(database, shape.name), shape.layers * N_READERS),
        "scikit-learn": lambda: by_scikit_learn(x, sample),
        "scikit-learn, one thread": lambda: in_one_thread(lambda: by_scikit_learn(x, sample)),
        "fit": lambda: in_one_thread(lambda: fit(x, y, article)),
    }
    ours, theirs, alone, numerics = (timing := alternated(ways, TURNS)).values()
    for each, part in ((theirs, N_READERS / SAMPLE), (alone, N_READERS / SAMPLE), (numerics, 1)):
        each.seconds[:] *= shape.layers * part
    seconds = ours.of_more(whole.layers / shape.layers)
    findings = [
        found(f"{shape.name}: seconds for {whole.layers} layers", seconds, 3 * whole.layers / 36, at_most=True),
        found(f"{shape.name}: times faster than scikit-learn", theirs.over(ours), target),
        found(f"{shape.name}: times faster than scikit-learn in one thread", alone.over(ours)),
        found(f"{shape.name}: times the numerics alone", ours.over(numerics)),
        found(f"{shape.name}: numerics, times faster than scikit-learn in one thread", alone.over(numerics)),
    ]
    return findings, {shape.name: {"readers": N_READERS, "cells": N_CELLS, "seconds": timing}}


def in_one_thread(work: Callable[[], object]) -> None:
    with threadpool_limits(1, "blas"):
        work()


def check(found_rows: int, wanted: int) -> None:
    if found_rows != wanted:
        raise RuntimeError(f"{found_rows} rows were written where {wanted} were to be")


def results(scale: float) -> Iterator[tuple[list[Finding], dict[str, Any]]]:
    with made_warehouse(readers=N_READERS) as database:
        for whole, target in SHAPES.items():
            shape = whole.scaled(scale)
            with arrays(shape) as folder:
                load_arrays(database, folder, shape, shape.name)
            yield measured(database, shape, whole, target)


def main() -> None:
    findings: list[Finding] = []
    details: dict[str, Any] = {}
    for more, detail in results(scale := asked_scale(__doc__)):
        findings += more
        details |= detail
    report("study", findings, details, scale)


_SUPERSEDE = """
UPDATE ops.unit SET unit_state = 'superseded'
FROM ops.run WHERE run.run_id = unit.run_id AND job = 'compute human_resemblance'
"""
_WORK = """
SELECT to_jsonb(found)
FROM (
    SELECT *
    FROM slice.extraction_layer
    JOIN slice.reader_group USING (corpus_id)
    WHERE model = %s AND layer = 1 AND measure = 'saccade_count/consecutive' AND language_group = 'L1'
) AS found
"""

if __name__ == "__main__":
    main()
