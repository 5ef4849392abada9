"""Attention as Parquet: one file an extraction, one row group a layer and batch of sentences, never more in memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from warehouse.database.numpy_arrays import ARRAY_OIDS, NumpyArrayLoader, load_halves
from warehouse.database.types import Connection
from warehouse.progress import Progress
from warehouse.schema.tables import model
from warehouse.transfer.export.files import COMPRESSION, schema_of
from warehouse.transfer.export.manifest import StoredFile, stored_file

FOLDER = "model/attention"
CELLS = 1 << 24
"""Weights in a row group, about: 64 MiB."""


def write(connection: Connection, directory: Path, extractions: list[int], progress: Progress) -> list[StoredFile]:
    """Write the attention of some extractions: the numbers that are stored, as float32."""
    for oid in ARRAY_OIDS:
        connection.adapters.register_loader(oid, NumpyArrayLoader)
    (directory / FOLDER).mkdir(parents=True, exist_ok=True)
    written = []
    with progress.bar("attention", len(extractions), "extraction") as bar:
        for number in extractions:
            written.append(_write(connection, directory, number))
            bar.update()
    return written


def _write(connection: Connection, directory: Path, extraction_id: int) -> StoredFile:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path, schema, rows = directory / FOLDER / f"extraction_{extraction_id}.parquet", schema_of(model.attention), 0
    with pq.ParquetWriter(path, schema, compression=COMPRESSION) as writer:
        for layer, sentence_id, from_word, to_word, weights in _groups(connection, extraction_id):
            count, width = weights.shape
            ends = np.arange(0, count * width + 1, width, dtype=np.int32)
            matrix = pa.ListArray.from_arrays(ends, pa.array(weights.astype(np.float32).reshape(-1)))
            named = (np.full(count, extraction_id), np.full(count, layer), sentence_id, from_word, to_word)
            arrays = [
                pa.array(values.astype(field.type.to_pandas_dtype()))
                for field, values in zip(schema, named, strict=False)
            ]
            writer.write_table(
                pa.Table.from_arrays([*arrays, matrix.cast(schema.field("weights").type)], schema=schema)
            )
            rows += count
    return stored_file(directory, path, model.attention.fullname, rows)


def _groups(connection: Connection, extraction_id: int) -> Iterator[tuple[Any, ...]]:
    layers, sentences = connection.execute(_FACTS, [extraction_id], binary=True).fetchone() or ((), np.empty((0, 2)))
    for layer in layers:
        for first, last in _batches(sentences):
            row = connection.execute(_ROWS, [extraction_id, int(layer), first, last], binary=True).fetchone()
            if row and row[0] is not None:
                *keys, array, halves = row
                yield int(layer), *keys, array if halves is None else load_halves(halves, len(keys[0]))


def _batches(sentences: np.ndarray) -> Iterator[tuple[int, int]]:
    """Cut sentences, (n, 2) of id and weights per layer, into ranges of ids whose weights are about `CELLS`."""
    number = np.cumsum(sentences[:, 1]) // CELLS
    for batch in np.unique(number):
        ids = sentences[number == batch, 0]
        yield int(ids[0]), int(ids[-1])


_FACTS = """
SELECT
    layers::integer[],
    (
        SELECT array_agg(ARRAY[sentence_id, word_count * word_count * head_count] ORDER BY sentence_id)
        FROM stimulus.sentence JOIN stimulus.article USING (article_id)
        WHERE article.corpus_id = extraction.corpus_id
    )
FROM model.extraction
JOIN model.language_model USING (language_model_id)
WHERE extraction_id = %s
"""
_ROWS = """
SELECT
    array_agg(sentence_id), array_agg(from_word), array_agg(to_word),
    array_agg(weights) FILTER (WHERE half_weights IS NULL), string_agg(half_weights, '')
FROM (
    SELECT sentence_id, from_word, to_word, weights, half_weights FROM model.attention
    WHERE extraction_id = %s AND layer = %s AND sentence_id BETWEEN %s AND %s
    ORDER BY sentence_id, from_word, to_word
) AS ordered
"""
