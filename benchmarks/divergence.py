"""Divergence of two models of 40 layers by 40 heads, from database to result rows: ``python -m benchmarks.divergence``.

Ours is the whole of `warehouse compute attention-divergence` where nothing of it is computed yet: the plan, the pull of
both models, both divergences of every head and of averaged attention, by layer and by quarter, result rows and ledger
committed. Beside it, with the arrays already in memory, the nested loops that one writes from the description of the
method (sentence, head, word, then numpy on the row) for both divergences by head, without averaged attention and
quarters: once with scipy.stats.entropy, the usual way to a Kullback-Leibler divergence, and once with the least that
numpy needs; a sample of sentences of one layer, scaled to all cells. `numerics` is one layer without any database.

The scale is the share of the layers, whose time is then told for all of them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import entropy
from threadpoolctl import threadpool_limits

from analytics._stats.divergence import divergence, rows_of
from benchmarks.made import N_CELLS, QUIET, Shape, arrays, load_arrays, made_warehouse
from benchmarks.measuring import Finding, alternated, asked_scale, found, report
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.slices import Slices

TURNS = 5
SAMPLE = 4  # sentences of one layer that the loops are timed on in a turn
WHOLE = Shape("13B, 40 layers", 40, 40, 16, "float16")
Kl = Callable[[np.ndarray, np.ndarray], float]


def lean_kl(p: np.ndarray, q: np.ndarray) -> float:
    kept = p > 0
    return float(np.sum(p[kept] * np.log(p[kept] / q[kept])))


def by_loops(
    left: np.ndarray, right: np.ndarray, word_row: np.ndarray, sentence: np.ndarray, kl: Kl = lean_kl
) -> np.ndarray:
    """Both divergences by sentence and head, (n_sentences, n_heads, 2), one row of attention after the other."""
    found_values = []
    for each in np.unique(sentence):
        heads = []
        for head in range(left.shape[1]):
            rows = []
            for row in np.unique(word_row[sentence == each]):
                p, q = left[word_row == row, head], right[word_row == row, head]
                p, q = p / p.sum(), q / q.sum()
                m = (p + q) / 2
                rows.append([(kl(p, m) + kl(q, m)) / 2, (kl(p, q) + kl(q, p)) / 2])
            heads.append([np.mean([js for js, _ in rows]), np.sum([jeffreys for _, jeffreys in rows])])
        found_values.append(heads)
    return np.array(found_values)


def computed(database: Database, wanted: int) -> None:
    """Compute the divergences afresh: what stands is marked as superseded before."""
    with database.connect(autocommit=True) as connection:
        connection.execute("UPDATE ops.unit SET unit_state = 'superseded' WHERE unit_key LIKE 'made/%'")
        connection.execute("UPDATE ops.run SET parameters = parameters || jsonb_build_object('turn', run_id)")
    tally = pipeline.compute(database, "attention_divergence", {}, progress=QUIET)["attention_divergence"]
    if tally.inserted != wanted:
        raise RuntimeError(f"{tally.inserted} rows were written where {wanted} were to be")


def in_memory(database: Database) -> tuple[np.ndarray, ...]:
    """Give one layer of both models, and the row and sentence of its cells, as the analysis gets them."""
    with database.connect(autocommit=True, read_only=True) as connection:
        (work,) = connection.execute(_WORK).fetchone() or ({},)
        return tuple(Slices(connection).arrays(["left", "right", "word_row", "sentence"], work))


def measured(database: Database, shape: Shape) -> tuple[list[Finding], dict[str, Any]]:
    left, right, word_row, sentence = in_memory(database)
    few = sentence < np.unique(sentence)[SAMPLE]
    sample = left[few], right[few], word_row[few], sentence[few]
    rows = rows_of(word_row, sentence)
    by_rows = divergence(left, right, rows)
    both = np.stack([rows.means(by_rows.js, by_rows.is_left_out), rows.sums(by_rows.jeffreys)], axis=-1)
    np.testing.assert_allclose(both[:SAMPLE], by_loops(*sample), atol=1e-12)
    n_rows = (shape.layers + min(4, shape.layers)) * len(rows.sentence) + shape.layers * shape.heads
    ways = {
        "compute": lambda: computed(database, n_rows),
        "loops with scipy": lambda: by_loops(*sample, kl=entropy),
        "loops with numpy": lambda: by_loops(*sample),
        "numerics": lambda: divergence(left, right, rows),
    }
    ours, usual, lean, numerics = (timing := alternated(ways, TURNS)).values()
    for loops in (usual, lean):
        loops.seconds[:] *= shape.layers * N_CELLS / few.sum()
    numerics.seconds[:] *= shape.layers
    seconds = ours.of_more(WHOLE.layers / shape.layers)
    findings = [
        found(f"seconds for {WHOLE.layers} layers", seconds, 10, at_most=True),
        found("times faster than loops with scipy", usual.over(ours), 50),
        found("times faster than loops with numpy", lean.over(ours)),
        found("times the numerics by head alone", ours.over(numerics)),
    ]
    return findings, {f"{shape.layers} layers": {"heads": shape.heads, "cells": shape.cells, "seconds": timing}}


def main() -> None:
    shape = WHOLE.scaled(scale := asked_scale(__doc__))
    with threadpool_limits(1, "blas"), made_warehouse() as database:
        with arrays(shape) as folder:
            load_arrays(database, folder, shape, "base")
        with arrays(shape, seed=2) as folder:
            load_arrays(database, folder, shape, "tuned", stage="tuned", base_model="base")
        report("divergence", *measured(database, shape), scale)


_WORK = "SELECT to_jsonb(extraction_pair) FROM slice.extraction_pair WHERE depth_kind = 'layer' AND depth = 1"

if __name__ == "__main__":
    main()
