"""Attention arrays into the warehouse beside bare COPY: ``python -m benchmarks.ingest --scale S``.

Ours is the whole of `warehouse ingest attention-arrays`: headers and digests of the files, every value checked, rows
written layer by layer with their ledger, the key built, counts verified, the extraction published. Beside it, the same
weights as bytes, already in memory and in COPY's format, go into a table of one `bytea` column (a row per sentence and
layer) in one transaction; and a sample goes row by row through psycopg. The server is durable, with default settings.
LLaMA-7B has 18 layers here and LLaMA-30B 20; the scale is the share of the layers. By processor time of client and
server it is compared with a COPY of the very rows, ready made, into the same layout with its key.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.made import GPT2, LLAMA_7B, LLAMA_30B, N_CELLS, Shape, arrays, empty_server, fill, load_arrays
from benchmarks.measuring import Finding, Timing, alternated, asked_scale, found, report
from benchmarks.processor import processor_seconds
from warehouse.database.binary_copy import CHUNK, HEADER, TRAILER
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.database.types import Connection

TURNS = 5
SENTENCES = 148
BYTES_PER_CELL = {20: 9.2, 32: 7.3, 52: 6.2}


def bytea_copy(shape: Shape) -> bytes:
    """The weights of all layers as COPY BINARY of one column, a row per sentence and layer."""
    rng = np.random.default_rng(3)
    cells = N_CELLS * shape.heads
    rows = []
    for _ in range(shape.layers):
        for part in np.array_split(rng.random(cells, dtype=np.float32), SENTENCES):
            rows.append(b"\0\1" + part.nbytes.to_bytes(4, "big") + part.tobytes())
    return HEADER + b"".join(rows) + TRAILER


def copy_bytes(connection: Connection, whole: bytes) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE public.blocks (weights bytea NOT NULL)")
        cursor.execute("ALTER TABLE public.blocks ALTER weights SET STORAGE EXTERNAL")
        with cursor.copy("COPY public.blocks FROM STDIN BINARY") as copy:
            for start in range(0, len(whole), CHUNK):
                copy.write(whole[start : start + CHUNK])
    connection.execute("DROP TABLE public.blocks")


def copy_rows(connection: Connection, weights: list[list[float]]) -> None:
    """psycopg's own way: a tuple a row, a list of numbers in it."""
    with connection.transaction(force_rollback=True), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE public.by_row (layer smallint, sentence_id int, f smallint, t smallint, weights real[])"
        )
        with cursor.copy("COPY public.by_row FROM STDIN BINARY") as copy:
            copy.set_types(["int2", "int4", "int2", "int2", "float4[]"])
            for number, row in enumerate(weights):
                copy.write_row((0, number, 0, 0, row))


def measured(database: Database, shape: Shape, folder: Path) -> tuple[list[Finding], dict[str, Any]]:
    whole, numbers = bytea_copy(shape), iter(range(1000))
    sample = np.random.default_rng(4).random((2000, shape.heads)).tolist()
    with database.connect(autocommit=True) as connection:
        ways = {
            "pipeline.ingest": lambda: load_arrays(database, folder, shape, f"{shape.name} {next(numbers)}"),
            "COPY of bytea": lambda: copy_bytes(connection, whole),
            "psycopg row by row": lambda: copy_rows(connection, sample),
        }
        timing = alternated(ways, TURNS)
        size = connection.execute(_SIZE, [f"{shape.name} 0"]).fetchone() or (0,)
    ours, bare, by_row = timing.values()
    sample_cells = 2000 * shape.heads
    by_row.seconds[:] *= shape.cells / sample_cells
    findings = [
        found(f"{shape.name}: million cells/s", ours.rate(shape.cells), 8),
        found(f"{shape.name}: rate over COPY of bytea", bare.over(ours), 0.35),
        found(f"{shape.name}: times faster than psycopg row by row", by_row.over(ours)),
        Finding(f"{shape.name}: bytes per cell", size[0] / shape.cells, BYTES_PER_CELL[shape.heads], at_most=True),
    ]
    return findings, {shape.name: {"cells": shape.cells, "seconds": timing}}


def copy_again(connection: Connection, partition: str, rows: list[bytes]) -> None:
    """COPY the rows of an extraction into a table like its own, and build the key."""
    with connection.transaction(force_rollback=True), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE public.bare (LIKE {partition} INCLUDING STORAGE)")
        with cursor.copy("COPY public.bare FROM STDIN BINARY") as copy:
            for chunk in rows:
                copy.write(chunk)
        cursor.execute(
            "ALTER TABLE public.bare ADD PRIMARY KEY (extraction_id, layer, sentence_id, from_word, to_word)"
        )


def beside_a_bare_copy(server: EmbeddedServer, shape: Shape, folder: Path) -> tuple[Finding, dict[str, Any]]:
    """Compare the processor time of client and server with that of the same rows, ready made, into the same layout."""
    database, numbers = Database(server.dsn()), iter(range(1000))
    with database.connect(autocommit=True) as connection:
        load_arrays(database, folder, shape, f"{shape.name} again")
        (partition,) = connection.execute(_PARTITION, [f"{shape.name} again"]).fetchone() or ("",)
        with connection.cursor().copy(f"COPY {partition} TO STDOUT BINARY") as copy:
            whole = b"".join(bytes(part) for part in copy)
        rows = [whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK)]
        ways = {
            "ingest": lambda: load_arrays(database, folder, shape, f"{shape.name} beside {next(numbers)}"),
            "bare": lambda: copy_again(connection, partition, rows),
        }
        turns = [[processor_seconds(server, way) for way in ways.values()] for _ in range(TURNS)]
    ours, bare = (Timing(column) for column in np.array(turns).T)
    what = f"{shape.name}: times the processor time of a bare COPY with key"
    return found(what, ours.over(bare), 2, at_most=True), {what: {"ingest": ours, "bare COPY": bare}}


def results(scale: float) -> Iterator[tuple[list[Finding], dict[str, Any]]]:
    with empty_server() as server:
        database = Database(server.dsn())
        fill(database, {})
        for shape in (whole.scaled(scale) for whole in (GPT2, LLAMA_7B, LLAMA_30B)):
            with arrays(shape) as folder:
                findings, details = measured(database, shape, folder)
                finding, detail = beside_a_bare_copy(server, shape, folder)
                yield [*findings, finding], details | detail


def main() -> None:
    findings: list[Finding] = []
    details: dict[str, Any] = {}
    for more, detail in results(scale := asked_scale(__doc__)):
        findings += more
        details |= detail
    report("ingest", findings, details, scale)


_PARTITION = """
SELECT 'model.attention_' || extraction_id
FROM model.extraction JOIN model.language_model USING (language_model_id) WHERE model = %s
"""
_SIZE = """
SELECT pg_total_relation_size(('model.attention_' || extraction_id)::regclass)
FROM model.extraction JOIN model.language_model USING (language_model_id) WHERE model = %s
"""

if __name__ == "__main__":
    main()
