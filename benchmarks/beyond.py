"""What it costs to ask what attention explains beyond the baseline: ``python -m benchmarks.beyond --scale S``.

`warehouse compute unique-variance` for baseline47, with articles and with sentences held out, beside
`warehouse compute human-resemblance`, of the same layers of 52 heads with 106 readers: the plan, the pull of every
layer, the fits, result rows and ledger committed. By the clock, and in processor time of client and server, which a
loaded machine stretches less, and in which nothing overlaps as the pull of a layer does with fits of the one before.
`numerics` are the fits alone, of arrays in memory, in one thread. The scale is the share of the layers.
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from analytics.human_resemblance import human_resemblance
from analytics.unique_variance import unique_variance
from benchmarks.made import LLAMA_30B, N_CELLS, QUIET, arrays, empty_server, fill, load_arrays
from benchmarks.measuring import Timing, alternated, asked_scale, found, report
from benchmarks.processor import processor_seconds
from benchmarks.study import CHOICE, check, in_one_thread
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.slices import Slices

READERS = {"L1": 51, "L2": 55}
TURNS = 5
READS = ["layer", "readers", "predictors", "article", "sentence", "subject_labels", "predictor_columns", "groups"]


def computed(database: Database, analysis: str, model: str) -> int:
    """Compute an analysis afresh: what stands of it is marked as superseded before."""
    with database.connect(autocommit=True) as connection:
        connection.execute(_SUPERSEDE, [f"compute {analysis}"])
        connection.execute("UPDATE ops.run SET parameters = parameters || jsonb_build_object('turn', run_id)")
    tallies = pipeline.compute(database, analysis, {**CHOICE, "model": [model]}, progress=QUIET)
    return tallies[analysis].inserted


def timed(server: EmbeddedServer, command: Callable[[], object]) -> tuple[float, float]:
    """Time a command by the clock and by the processor [s]."""
    seconds = list[float]()

    def work() -> None:
        start = time.perf_counter()
        command()
        seconds.append(time.perf_counter() - start)

    processor = processor_seconds(server, work)
    return seconds[0], processor


def in_memory(database: Database, model: str) -> list[np.ndarray]:
    """Give one layer and all readers as the analysis gets them."""
    with database.connect(autocommit=True, read_only=True) as connection:
        works = [work for (work,) in connection.execute(_WORK, [model]).fetchall()]
        return Slices(connection).arrays(READS, *works)


def main() -> None:
    shape = LLAMA_30B.scaled(scale := asked_scale(__doc__))
    with empty_server() as server, arrays(shape) as folder:
        database = Database(server.dsn())
        fill(database, READERS)
        load_arrays(database, folder, shape, shape.name)
        layer, readers, predictors, article, sentence, labels, columns, groups = in_memory(database, shape.name)
        beyond = partial(unique_variance, layer, readers, predictors, article, sentence, labels, columns, groups)
        rows = shape.layers * readers.shape[1]
        commands = (
            lambda: check(computed(database, "human_resemblance", shape.name), rows),
            lambda: check(computed(database, "unique_variance", shape.name), 3 * shape.layers * len(READERS)),
        )
        turns = [[timed(server, command) for command in commands] for _ in range(TURNS + 1)]
        (usual, ours), (usual_cpu, ours_cpu) = (map(Timing, side) for side in np.array(turns[1:]).T)
        ways = {
            "human-resemblance, numerics": lambda: in_one_thread(lambda: human_resemblance(layer, readers, article)),
            "unique-variance, numerics": lambda: in_one_thread(beyond),
        }
        plain, numerics = (timing := alternated(ways, TURNS)).values()
    findings = [
        found("unique-variance: ms a layer", ours.of_more(1e3 / shape.layers)),
        found("unique-variance: times human-resemblance", ours.over(usual), 3, at_most=True),
        found("unique-variance: processor ms a layer", ours_cpu.of_more(1e3 / shape.layers)),
        found("unique-variance: times human-resemblance, processor time", ours_cpu.over(usual_cpu)),
        found("unique-variance, numerics: ms a layer", numerics.of_more(1e3)),
        found("unique-variance, numerics: times those of human-resemblance", numerics.over(plain)),
    ]
    report(
        "beyond",
        findings,
        {
            "heads": shape.heads,
            "cells": N_CELLS,
            "seconds": timing | {"human-resemblance": usual, "unique-variance": ours},
        },
        scale,
    )


_SUPERSEDE = """
UPDATE ops.unit SET unit_state = 'superseded' FROM ops.run WHERE run.run_id = unit.run_id AND job = %s
"""
_WORK = """
SELECT to_jsonb(found)
FROM (
    SELECT *
    FROM slice.extraction_layer
    JOIN slice.reader_group USING (corpus_id)
    JOIN slice.predictor_set USING (corpus_id)
    WHERE model = %s AND layer = 1 AND measure = 'saccade_count/consecutive' AND predictor_set = 'baseline47'
    ORDER BY language_group
) AS found
"""

if __name__ == "__main__":
    main()
