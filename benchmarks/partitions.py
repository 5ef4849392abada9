"""What a thousand extractions cost beside their cells: ``python -m benchmarks.partitions --scale S``.

Extractions of one layer, one head and one sentence are ingested one after the other through the usual pipeline, so that
nothing but what each of them costs in itself is left: its partition, key, statistics, attaching, ledger. Beside that:
how long a question takes to plan that names one extraction by id or by model, and one that names none; the end of an
ingest; `pg_dump`. The scale is the share of a thousand.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarks.made import CORPUS, QUIET, causal_attention, empty_server
from benchmarks.measuring import Finding, Timing, asked_scale, found, report
from benchmarks.streamed import text
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer, find_binaries
from warehouse.database.types import Connection
from warehouse.load import sweeping
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Block, Extraction, Pairs, Piece
from warehouse.plugin.registry import Source

WHOLE = 1000
TURNS = 9
CELL = "AND layer = 0 AND sentence_id = 1 AND to_word <= from_word"
QUESTIONS = {
    "a slice by extraction": f"SELECT weights FROM slice.layer_attention WHERE extraction_id = 7 {CELL}",
    "cells by model": f"SELECT weight FROM mart.attention_cell WHERE model = 'made-7' {CELL}",
    "cells of all models": f"SELECT avg(weight) FROM mart.attention_cell WHERE head = 0 {CELL}",
}


def many(count: int) -> Source:
    """Yield so many extractions of one sentence."""

    def made_many(*, stored: Stored) -> Iterator[Extraction]:
        stimulus, plain = stored.stimulus(CORPUS["corpus"], (0, 0)), stored.conditions()["plain"]
        n = int(stimulus.word_count[0])
        pairs = Pairs(np.full(n * (n + 1) // 2, stimulus.sentence_id[0]), *np.tril_indices(n))
        for number in range(count):
            facts = {
                "model": f"made-{number}", "family": "made", "stage": "pretrained", "base_model": None,
                "parameter_count": 1_000_000, "layer_count": 1, "head_count": 1,
            }  # fmt: skip
            pieces = [Piece("layer 0", str(number), partial(_blocks, pairs, number))]
            yield Extraction(
                stimulus.corpus_id, facts, plain, "raw", "word", "float32", True, (0,), str(number), pieces
            )

    return Source("made_many", made_many, CORPUS["licence"], CORPUS["citation"])


def _blocks(pairs: Pairs, number: int) -> Iterator[Block]:
    yield Block(0, pairs, causal_attention(pairs, 1, (number,)))


def growth(database: Database) -> list[Finding]:
    """Tell the time of an extraction, and how the last tenth compares with the first."""
    with database.connect(read_only=True) as connection:
        ends = np.array(connection.execute(_COMPLETED).fetchall(), dtype=float)[:, 0]
    seconds, part = np.diff(ends), max(1, len(ends) // 10)
    last = seconds[-part:]
    slower = {"median": float(np.median(last) / np.median(seconds[:part]))}
    spread = {name: 1e3 * value for name, value in Timing(last).as_json().items()}
    return [
        found("ms an extraction, the last ones", spread),
        Finding("the last ones, times the first", slower["median"], 2, at_most=True),
    ]


def planning(database: Database) -> Iterator[Finding]:
    """Tell how long questions take to plan: on a connection that has seen no partition yet, and later."""
    for what, question in QUESTIONS.items():
        first, later = [], []
        for _ in range(TURNS):
            with database.connect(autocommit=True, read_only=True) as connection:
                first.append(_planned(connection, question))
                later.append(_planned(connection, question))
        yield found(f"{what}: ms to plan, first of a connection", _spread(first))
        yield found(f"{what}: ms to plan, later", _spread(later))


def _planned(connection: Connection, question: str) -> float:
    ((told,),) = connection.execute(f"EXPLAIN (SUMMARY, FORMAT JSON) {question}").fetchall()
    return float(told[0]["Planning Time"])


def _spread(values: list[float]) -> dict[str, float]:
    return Timing(np.array(values)).as_json()


def swept(database: Database) -> Finding:
    return found("s for the end of an ingest", _spread([_seconds(partial(sweeping.sweep, database)) for _ in range(5)]))


def _locks(connection: Connection) -> int:
    """Count what a question of all models locks; the server has room for max_locks_per_transaction by connection."""
    connection.execute(QUESTIONS["cells of all models"])
    (count,) = connection.execute(_LOCKS).fetchone() or (0,)
    return int(count)


def dumped(server: EmbeddedServer, count: int) -> Finding:
    """Tell what a partition adds to pg_dump; its rows are few."""
    program = find_binaries(os.environ) / "pg_dump"

    def dump(*what: str) -> None:
        subprocess.run([program, server.dsn(), *what], check=True, stdout=subprocess.DEVNULL)

    with_them = [_seconds(partial(dump)) for _ in range(5)]
    without = [_seconds(partial(dump, "--exclude-table=model.attention*")) for _ in range(5)]
    return Finding("ms of pg_dump a partition, fastest of five", 1e3 * (min(with_them) - min(without)) / count)


def _seconds(work: partial[Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    scale = asked_scale(__doc__)
    count = max(20, round(WHOLE * scale))
    with empty_server() as server:
        database = Database(server.dsn())
        for source in (text(1), many(count)):
            pipeline.ingest(database, source, [], {}, QUIET)
        findings = [*growth(database), *planning(database), swept(database), dumped(server, count)]
        with database.connect(read_only=True) as connection:
            (size,) = connection.execute(_SIZE).fetchone() or (0,)
            locks = _locks(connection) / count
    findings += [
        Finding("KiB of disk an empty partition", size / 1024),
        Finding("locks a partition, cells of all models", locks),
    ]
    report("partitions", findings, {"partitions": count}, scale)


_COMPLETED = "SELECT EXTRACT(epoch FROM completed_at) FROM model.extraction ORDER BY completed_at"
_LOCKS = """
SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation
WHERE pid = pg_backend_pid() AND relname LIKE 'attention_%'
"""
_SIZE = """
SELECT avg(pg_total_relation_size(inhrelid))::float8 FROM pg_inherits WHERE inhparent = 'model.attention'::regclass
"""

if __name__ == "__main__":
    main()
