"""Bytes of a weight on disk: ``python -m benchmarks.storage``.

Four layers of each shape as the warehouse holds them (rows of a word pair, key included), beside the published .npy
arrays (padded to the longest sentence, in the dtype they come in), the same weights tight as float32, the Parquet file
that `warehouse export` writes (zstd), and a table of one row per weight with a primary key.
"""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.made import GPT2, LLAMA_7B, LLAMA_30B, N_CELLS, Shape, arrays, load_arrays, made_warehouse
from benchmarks.measuring import Finding, asked_scale, report
from benchmarks.slices import exported
from warehouse.database.connection import Database

LAYERS = 4


def measured(database: Database, shape: Shape, npy: Path, folder: Path) -> dict[str, float]:
    """Give the bytes per weight of every way to store a shape."""
    with database.connect(autocommit=True) as connection:
        row = connection.execute(_EXTRACTION, [shape.name]).fetchone()
        extraction_id, own = row or (0, 0)
        connection.execute(_BY_CELL.format(extraction_id))
        (by_cell,) = connection.execute("SELECT pg_total_relation_size('by_cell')").fetchone() or (0,)
        connection.execute("DROP TABLE by_cell")
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
    with made_warehouse() as database, tempfile.TemporaryDirectory() as folder:
        for shape in (replace(whole, layers=LAYERS) for whole in (GPT2, LLAMA_7B, LLAMA_30B)):
            with arrays(shape) as files:
                load_arrays(database, files, shape, shape.name)
                found = measured(database, shape, files, Path(folder))
            told += findings(shape, found)
            details[f"{shape.heads} heads: bytes per cell"] = found
    report("storage", told, details)


_EXTRACTION = """
SELECT extraction_id, pg_total_relation_size(('model.attention_' || extraction_id)::regclass)
FROM model.extraction JOIN model.language_model USING (language_model_id) WHERE model = %s
"""
_BY_CELL = """
CREATE TABLE by_cell AS
SELECT extraction_id, layer, (head - 1)::smallint AS head, sentence_id, from_word, to_word, weight
FROM model.attention CROSS JOIN unnest(weights) WITH ORDINALITY AS of_head (weight, head)
WHERE extraction_id = {} AND layer = 1;
ALTER TABLE by_cell ADD PRIMARY KEY (extraction_id, layer, head, sentence_id, from_word, to_word)
"""

if __name__ == "__main__":
    main()
