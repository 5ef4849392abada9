"""A layer of attention out of the warehouse: ``python -m benchmarks.slices``.

Ours is the slice that analyses get: the matrix (word pairs, heads) as float64, in canonical order, over the connection
of an embedded server. Beside it, the same query on a table of the same rows and the same floats packed as `bytea`,
DuckDB on the model's attention as Parquet (as `warehouse export` writes it, one thread), and numpy.load of the layer's
matrix from a file. Three layers are loaded at any scale.
"""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.made import GPT2, LLAMA_30B, N_CELLS, QUIET, Shape, arrays, load_arrays, made_warehouse
from benchmarks.measuring import Finding, alternated, asked_scale, found, report
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.slices import Slices
from warehouse.transfer.export import attention

TURNS = 21
LAYERS = 3  # loaded; the one in the middle is asked for


def pulled(database: Database, connection: Connection, work: dict[str, Any]) -> np.ndarray:
    return Slices(connection).arrays(["layer"], work)[0]


def as_bytea(connection: Connection, extraction_id: int, n_heads: int) -> np.ndarray:
    """The query of the slice on packed floats, and the cheapest way from its answer to numpy."""
    with connection.cursor(binary=True) as cursor:
        (whole,) = cursor.execute(_PACKED, [extraction_id]).fetchone() or (b"",)
    return np.frombuffer(whole, ">f4").reshape(-1, n_heads).astype(float)


def by_duckdb(file: Path, n_heads: int) -> np.ndarray:
    """The question of the slice asked of the Parquet export, answered as Arrow and cast."""
    with duckdb.connect(config={"threads": 1}) as connection:
        (weights,) = connection.sql(_PARQUET, params=[str(file)]).to_arrow_table().columns
    numbers = weights.combine_chunks().flatten().to_numpy()
    return np.asarray(numbers.reshape(-1, n_heads).astype(float))


def exported(database: Database, extraction_id: int, folder: Path) -> Path:
    """Write an extraction as Parquet; give the file."""
    with database.connect(autocommit=True, read_only=True) as connection:
        (file,) = attention.write(connection, folder, [extraction_id], QUIET)
    return folder / file.path


def pack(connection: Connection, extraction_id: int) -> None:
    """Copy the attention to a table with the floats in `bytea`, big-endian, keyed likewise."""
    connection.execute(_PACKED_TABLE)
    with connection.cursor(binary=True) as cursor, connection.cursor() as writing:
        rows = cursor.execute(_ROWS, [extraction_id]).fetchall()
        with writing.copy("COPY public.packed FROM STDIN") as copy:
            for *key, weights in rows:
                copy.write_row((*key, np.asarray(weights, dtype=">f4").tobytes()))
    connection.execute(
        "ALTER TABLE public.packed ADD PRIMARY KEY (extraction_id, layer, sentence_id, from_word, to_word)"
    )
    connection.execute("ANALYZE public.packed")


def measured(database: Database, shape: Shape, folder: Path) -> tuple[list[Finding], dict[str, Any]]:
    file = folder / f"{shape.heads}.npy"
    with database.connect(autocommit=True) as connection:
        (work,) = connection.execute(_WORK, [shape.name]).fetchone() or ({},)
        pack(connection, work["extraction_id"])
        with database.connect(autocommit=True, read_only=True) as reading:
            np.save(file, whole := pulled(database, reading, work))
            parquet = exported(database, work["extraction_id"], folder)
            np.testing.assert_array_equal(whole, as_bytea(reading, work["extraction_id"], shape.heads))
            np.testing.assert_array_equal(whole, by_duckdb(parquet, shape.heads))
            ways = {
                "slice": lambda: pulled(database, reading, work),
                "the query on bytea": lambda: as_bytea(reading, work["extraction_id"], shape.heads),
                "DuckDB on Parquet": lambda: by_duckdb(parquet, shape.heads),
                "numpy.load": lambda: np.load(file),
            }
            timing = alternated(ways, TURNS, warm_up=3)
        connection.execute("DROP TABLE public.packed")
    ours, packed, parquet_time, loaded = timing.values()
    findings = [
        found(f"{shape.heads} heads: million cells/s", ours.rate(N_CELLS * shape.heads), 14),
        found(f"{shape.heads} heads: times the query on bytea", ours.over(packed), 4, at_most=True),
        found(f"{shape.heads} heads: times DuckDB on Parquet", ours.over(parquet_time)),
        found(f"{shape.heads} heads: times numpy.load", ours.over(loaded)),
    ]
    return findings, {f"{shape.heads} heads": {"cells": N_CELLS * shape.heads, "seconds": timing}}


def main() -> None:
    findings: list[Finding] = []
    details: dict[str, Any] = {}
    asked_scale(__doc__)  # the same at any scale
    with made_warehouse() as database, tempfile.TemporaryDirectory() as folder:
        for whole in (GPT2, LLAMA_30B):
            shape = replace(whole, layers=LAYERS)
            with arrays(shape) as files:
                load_arrays(database, files, shape, shape.name)
            more, detail = measured(database, shape, Path(folder))
            findings += more
            details |= detail
    report("slices", findings, details)


_WORK = """
SELECT jsonb_build_object('extraction_id', extraction_id, 'layer', layer, 'corpus_id', corpus_id, 'digest', digest)
FROM slice.extraction_layer WHERE model = %s AND layer = 1
"""
_ROWS = """
SELECT extraction_id, layer, sentence_id, from_word, to_word, weights FROM model.attention WHERE extraction_id = %s
"""
_PARQUET = """
SELECT weights FROM read_parquet(?) WHERE layer = 1 AND to_word <= from_word ORDER BY sentence_id, from_word, to_word
"""
_PACKED_TABLE = """
CREATE TABLE public.packed (
    extraction_id integer NOT NULL, layer smallint NOT NULL, sentence_id integer NOT NULL,
    from_word smallint NOT NULL, to_word smallint NOT NULL, weights bytea STORAGE PLAIN NOT NULL
)
"""
_PACKED = """
SELECT string_agg(weights, '')
FROM (
    SELECT weights FROM public.packed JOIN model.extraction USING (extraction_id)
    WHERE extraction_id = %s AND layer = 1 AND extraction_status = 'complete' AND to_word <= from_word
    ORDER BY sentence_id, from_word, to_word
) AS ordered
"""

if __name__ == "__main__":
    main()
