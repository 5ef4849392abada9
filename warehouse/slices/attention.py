"""What a model attends to, as a matrix of cells by heads, one layer at a time."""

import numpy as np

from warehouse.array_loader import VectorsLoader
from warehouse.slices.cells import Sentences, sentences
from warehouse.slices.reading import Reading, Work

ANSWER_BYTES = 256 << 20  # of one answer; a larger layer comes in several
MOST_HEADS = 128  # reckoned with when the sentences are cut into answers


def layer(reading: Reading, work: Work) -> np.ndarray:
    """Give the attention of a unit's layer over all cells, (n_cells, n_heads) float64; nan where it has none."""
    return of_layer(reading, work, work["extraction_id"], work["layer"])


def layer_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the matrix is made of."""
    return {"attention": f"{work['digest']}/{work['layer']}"}


def layer_held(reading: Reading, work: Work) -> np.ndarray:
    """Give the sentences that the unit's extraction has, (n_sentences,) bool."""
    return held(reading, work, work["extraction_id"])


def smallest_head_count(reading: Reading, work: Work) -> np.ndarray:
    """Give the heads of the model with the fewest, among the attention of the unit's corpus and method, ()."""
    row = reading.connection.execute(_FEWEST, [work["corpus_id"], work["method"]]).fetchone()
    return np.array(row[0] if row else 1)


def smallest_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the smallest number of heads is."""
    return {"smallest head count": str(smallest_head_count(reading, work))}


def of_layer(reading: Reading, work: Work, extraction_id: int, number: int, at_most: int = 1) -> np.ndarray:
    """Give one layer of one extraction over all cells of the unit's corpus; the last ones given are kept."""

    def pull() -> np.ndarray:
        return _pull(reading, sentences(reading, work), held(reading, work, extraction_id), extraction_id, number)

    found: np.ndarray = reading.remembered("layer", (extraction_id, number), pull, at_most)
    return found


def held(reading: Reading, work: Work, extraction_id: int) -> np.ndarray:
    """Give the sentences that an extraction has in its first layer, and so in each, (n_sentences,) bool."""

    def ask() -> np.ndarray:
        (found,) = reading.arrays(_HELD, [extraction_id, extraction_id])
        return np.isin(sentences(reading, work).sentence_id, found)

    found: np.ndarray = reading.remembered("held", extraction_id, ask, at_most=64)
    return found


def _pull(reading: Reading, corpus: Sentences, has: np.ndarray, extraction_id: int, number: int) -> np.ndarray:
    statement = _LAYER.format(weights=_sent(reading))
    parts = [reading.arrays(statement, [extraction_id, number, a, b])[0] for a, b in _ranges(corpus)]
    found = [part for part in parts if len(part)]
    if has.all():
        return found[0].astype(float) if len(found) == 1 else np.concatenate(found, dtype=float)
    whole = np.full((int(corpus.cell_count.sum()), found[0].shape[1]), np.nan)
    whole[np.repeat(has, corpus.cell_count)] = np.concatenate(found)
    return whole


def _sent(reading: Reading) -> str:
    """Say how weights are sent: as vectors where the server has pgvector, which takes half the time of arrays."""

    def ask() -> str:
        row = reading.connection.execute(_VECTOR).fetchone()
        if row is None:
            return "weights"
        schema, oid = row
        reading.connection.adapters.register_loader(oid, VectorsLoader)
        return f'weights::"{schema}".vector'

    found: str = reading.remembered("sent", "weights", ask, at_most=1)
    return found


def _ranges(corpus: Sentences) -> list[tuple[int, int]]:
    """Cut the sentences into ranges of ids whose answers are of a good size."""
    batch = np.cumsum(corpus.cell_count) * 8 * MOST_HEADS // ANSWER_BYTES
    starts = np.flatnonzero(np.diff(batch, prepend=-1))
    ends = np.append(starts[1:] - 1, len(batch) - 1)
    return [(int(corpus.sentence_id[a]), int(corpus.sentence_id[b])) for a, b in zip(starts, ends, strict=True)]


_VECTOR = """
SELECT nspname, typarray
FROM pg_extension
JOIN pg_namespace ON pg_namespace.oid = extnamespace
JOIN pg_type ON typnamespace = extnamespace AND typname = 'vector'
WHERE extname = 'vector'
"""
_LAYER = """
SELECT array_agg({weights})
FROM (
    SELECT weights FROM slice.layer_attention
    WHERE extraction_id = %s AND layer = %s AND sentence_id BETWEEN %s AND %s
    ORDER BY sentence_id, from_word, to_word
) AS ordered
"""
_FEWEST = """
SELECT min(head_count)
FROM model.extraction
JOIN model.language_model USING (language_model_id)
WHERE corpus_id = %s AND method = %s AND extraction_status = 'complete'
"""
_HELD = """
SELECT array_agg(DISTINCT sentence_id)
FROM slice.layer_attention
WHERE
    extraction_id = %s AND to_word = 0 AND from_word = 0
    AND layer = (SELECT min(layer) FROM slice.extraction_layer WHERE extraction_id = %s)
"""
