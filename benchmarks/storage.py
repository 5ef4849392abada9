"""Bytes of a weight on disk: ``python -m benchmarks.storage``.

Four layers of each shape as the warehouse holds them (rows of a word pair, key included), beside the published .npy
arrays (padded to the longest sentence, in the dtype they come in), the same weights tight as float32, the Parquet file
that `warehouse export` writes (zstd), and a table of one row per weight with a primary key. What comes as float16 is
also stored as half, and its layers are pulled: processor time of client and server over that of the same as single.
"""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.made import GPT2, LLAMA_7B, LLAMA_30B, N_CELLS, Shape, arrays, empty_server, fill, load_arrays
from benchmarks.measuring import Finding, asked_scale, report
from benchmarks.processor import processor_seconds
from benchmarks.slices import exported
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.slices import Slices

LAYERS = 4
PULLS = 10
AS_HALF = " as half"


def pulling_s(server: EmbeddedServer, database: Database, model: str) -> float:
    """Pull every layer of a model many times over one connection; give the processor time of client and server [s]."""
    with database.connect(autocommit=True, read_only=True) as connection:
        works = [work for (work,) in connection.execute(_LAYERS, [model]).fetchall()]
        slices = Slices(connection)

        def pull() -> None:
            for work in works * PULLS:
                slices.arrays(["layer"], work)

        pull()
        return processor_seconds(server, pull)


def measured(database: Database, shape: Shape, npy: Path, folder: Path) -> dict[str, float]:
    """Give the bytes per weight of every way to store a shape."""
    extraction_id, own = stored_bytes(database, shape.name)
    with database.connect(autocommit=True) as connection:
        connection.execute(_BY_CELL.format(extraction_id))
        (by_cell,) = connection.execute("SELECT pg_total_relation_size('public.by_cell')").fetchone() or (0,)
        connection.execute("DROP TABLE public.by_cell")
    sizes = {
        "warehouse": own,
        ".npy as published": sum(path.stat().st_size for path in npy.iterdir()),
        ".npy tight, float32": shape.cells * np.dtype(np.float32).itemsize,
        "Parquet with zstd": exported(database, extraction_id, folder).stat().st_size,
    }
    return {
        **{way: size / shape.cells for way, size in sizes.items()},
        "one row per cell": by_cell / shape.heads / N_CELLS,
    }


def stored_bytes(database: Database, model: str) -> tuple[int, int]:
    """Give the number of a model's extraction, and its bytes with its key."""
    with database.connect(read_only=True) as connection:
        return connection.execute(_EXTRACTION, [model]).fetchone() or (0, 0)


def findings(shape: Shape, found: dict[str, float]) -> list[Finding]:
    own = found["warehouse"]
    return [
        Finding(f"{shape.heads} heads: bytes per cell", own),
        *(
            Finding(f"{shape.heads} heads: {way}, times our bytes", size / own)
            for way, size in found.items()
            if size != own
        ),
    ]


def main() -> None:
    asked_scale(__doc__)  # the same at any scale
    told: list[Finding] = []
    details: dict[str, Any] = {}
    with empty_server() as server, tempfile.TemporaryDirectory() as folder:
        database = Database(server.dsn())
        fill(database, {})
        for shape in (replace(whole, layers=LAYERS) for whole in (GPT2, LLAMA_7B, LLAMA_30B)):
            with arrays(shape) as files:
                load_arrays(database, files, shape, shape.name)
                found = measured(database, shape, files, Path(folder))
                if shape.dtype == "float16":
                    load_arrays(database, files, shape, shape.name + AS_HALF, store="half")
                    found["stored as half"] = stored_bytes(database, shape.name + AS_HALF)[1] / shape.cells
            told += findings(shape, found)
            if shape.dtype == "float16":
                half, single = (pulling_s(server, database, shape.name + how) for how in (AS_HALF, ""))
                told.append(Finding(f"{shape.heads} heads: pulled as half, times single", half / single))
            details[f"{shape.heads} heads: bytes per cell"] = found
    report("storage", told, details)


_EXTRACTION = """
SELECT extraction_id, pg_total_relation_size(('model.attention_' || extraction_id)::regclass)
FROM model.extraction JOIN model.language_model USING (language_model_id) WHERE model = %s
"""
_LAYERS = "SELECT to_jsonb(work) FROM slice.extraction_layer AS work WHERE model = %s ORDER BY layer"
_BY_CELL = """
CREATE TABLE public.by_cell AS
SELECT extraction_id, layer, (head - 1)::smallint AS head, sentence_id, from_word, to_word, weight
FROM model.attention CROSS JOIN unnest(weights) WITH ORDINALITY AS of_head (weight, head)
WHERE extraction_id = {} AND layer = 1;
ALTER TABLE public.by_cell ADD PRIMARY KEY (extraction_id, layer, head, sentence_id, from_word, to_word)
"""

if __name__ == "__main__":
    main()
