"""What it takes to replace or forget an extraction of 100 million cells while others read: by hand.

``python -m benchmarks.replacing [--scale 0.1]``. 120 layers of 52 heads over 16,026 word pairs are made in the server;
a reader asks without a pause which extraction there is and how many rows its first layer has, and must never find none,
two, or a part. Deleting row by row stands beside it, as does forgetting a corpus of a hundred small extractions.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from benchmarks.made import QUIET, empty_server
from benchmarks.measuring import Finding, asked_scale, report
from warehouse.access import erasure
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.load import extractions, publication, sweeping
from warehouse.load.publication import Loading
from warehouse.plugin.contents import Extraction

LAYERS, HEADS, PAIRS = 120, 52, 16_026
MANY = 100
SEEN = """
SELECT extraction_id, (
    SELECT count(*) FROM model.attention WHERE attention.extraction_id = e.extraction_id AND layer = 0
)
FROM model.extraction AS e JOIN model.language_model USING (language_model_id)
WHERE extraction_status = 'complete' AND model = 'made'
"""


@dataclass
class Reader:
    """What a reader saw who asked without a pause, and the seconds that each answer took."""

    seen: set[tuple[tuple[int, int], ...]] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    gone_at: float = 0.0


@contextmanager
def reading(database: Database) -> Iterator[Reader]:
    """Read for the time of the block."""
    found, stop = Reader(), threading.Event()

    def ask() -> None:
        with database.connect(autocommit=True) as connection:
            while not stop.is_set():
                start = time.perf_counter()
                answer = tuple(connection.execute(SEEN).fetchall())
                found.seen.add(answer)
                found.seconds.append(time.perf_counter() - start)
                found.gone_at = found.gone_at or (0.0 if answer else time.perf_counter())

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(1.0)
    yield found
    time.sleep(0.5)
    stop.set()
    thread.join()


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def make(connection: Connection, model: str, layers: int, pairs: int) -> Loading:
    """Make an extraction that is loaded and verified, and not yet seen."""
    facts = {"model": model, "layer_count": layers, "head_count": HEADS}
    with connection.transaction():
        (number, run_id) = connection.execute(_MAKE, {**facts, "layers": list(range(layers))}).fetchone() or (0, 0)
        condition = {"condition": "plain", "prefix": "", "description": ""}
        extraction = Extraction(1, facts, condition, "raw", "word", "float32", True, tuple(range(layers)), "0", [])
        loading = Loading(int(number), int(run_id), extraction)
        partition = sql.Identifier("model", loading.partition)
        connection.execute(sql.SQL(extractions._CREATE).format(partition, loading.extraction_id))
        given = {"extraction": number, "layers": layers, "pairs": pairs, "heads": HEADS}
        rows = connection.execute(sql.SQL(_FILL).format(partition), given).rowcount
        connection.execute(_UNIT, [run_id, loading.unit_key("all"), rows, [f"extraction {number}", "corpus 1"]])
    publication.verify(connection, "ingest made", loading)
    connection.commit()
    return loading


def measure(database: Database, scale: float) -> list[Finding]:
    layers = max(2, round(LAYERS * scale))
    with database.connect() as connection:
        connection.execute(_TEXT)
        connection.commit()
        old = make(connection, "made", layers, PAIRS)
        publication.publish(connection, old, {})
        by_row = timed(lambda: delete_by_row(connection, old))
        new = make(connection, "made", layers, PAIRS)
        with reading(database) as reader:
            calm = max(reader.seconds)
            switch = timed(lambda: publication.publish(connection, new, {}))
            sweep = timed(lambda: sweeping.sweep(database))
        with reading(database) as last:
            start = time.perf_counter()
            forget = timed(lambda: erasure.forget(database, "extraction", ["made"], QUIET))
        for i in range(MANY):
            publication.publish(connection, make(connection, f"small-{i}", 2, 200), {})
    corpus = timed(lambda: erasure.forget(database, "corpus", ["made"], QUIET))
    whole = {((old.extraction_id, PAIRS),), ((new.extraction_id, PAIRS),)}
    return [
        Finding("replacing it: the switch [s]", switch, 1.0, at_most=True),
        Finding("replacing it: taking the old one off the disk [s]", sweep),
        Finding("answers that were neither old nor new", len(reader.seen - whole), 0, at_most=True),
        Finding("answers while it was replaced", len(reader.seconds)),
        Finding("slowest answer while it was replaced [ms]", 1e3 * max(reader.seconds)),
        Finding("slowest answer before, nothing going on [ms]", 1e3 * calm),
        Finding("forgetting it: until nobody sees it [s]", last.gone_at - start, 1.0, at_most=True),
        Finding("forgetting it: answers that were a part", len(last.seen - whole - {()}), 0, at_most=True),
        Finding("forgetting it: slowest answer [ms]", 1e3 * max(last.seconds)),
        Finding("forgetting it, the disk included [s]", forget),
        Finding("deleting it row by row, its file left as large [s]", by_row),
        Finding("forgetting a corpus of 100 extractions, the disk included [s]", corpus),
    ]


def delete_by_row(connection: Connection, loading: Loading) -> None:
    """Delete an extraction's rows, and take that back."""
    with connection.transaction(force_rollback=True):
        connection.execute("DELETE FROM model.attention WHERE extraction_id = %s", [loading.extraction_id])


_TEXT = """
INSERT INTO stimulus.corpus (corpus, language, licence, citation) VALUES ('made', 'en', 'CC0-1.0', 'benchmark')
"""
_MAKE = """
WITH
kept AS (
    INSERT INTO model.language_model (model, family, stage, layer_count, head_count)
    VALUES (%(model)s, 'made', 'pretrained', %(layer_count)s, %(head_count)s)
    ON CONFLICT (model) DO UPDATE SET family = 'made'
    RETURNING language_model_id
),

run AS (
    INSERT INTO ops.run (job, parameters, code_version, environment, host, process_id, started_by, run_status)
    VALUES ('ingest made', '{}', '0', '{}', '', 0, '', 'done')
    RETURNING run_id
)

INSERT INTO model.extraction (
    language_model_id, condition_id, corpus_id, method, alignment, dtype, is_causal, layers, digest, run_id,
    extraction_status
)
SELECT
    language_model_id, (SELECT condition_id FROM model.condition WHERE condition = 'plain'), 1, 'raw', 'word',
    'float32', true, %(layers)s, gen_random_uuid()::text, run_id, 'loading'
FROM kept, run
RETURNING extraction_id, run_id
"""
_FILL = """
INSERT INTO {}
SELECT
    %(extraction)s, layer, pair / 64, pair %% 64 / 8, pair %% 8,
    array_fill((0.001 * (pair %% 997))::real, ARRAY[%(heads)s])
FROM generate_series(0, %(layers)s - 1) AS layer, generate_series(0, %(pairs)s - 1) AS pair
"""
_UNIT = """
INSERT INTO ops.unit (run_id, unit_key, fingerprint, inputs, row_count, about) VALUES (%s, %s, '0', '{}', %s, %s)
"""


def main() -> None:
    scale = asked_scale(__doc__)
    with empty_server() as server:
        findings = measure(Database(server.dsn()), scale)
    report(
        "replacing", findings, {"cells": round(LAYERS * scale) * HEADS * PAIRS, "psycopg": psycopg.__version__}, scale
    )


if __name__ == "__main__":
    main()
