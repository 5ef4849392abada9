"""What a model attends to, as a matrix of cells by heads, one layer at a time."""

import hashlib
from collections.abc import Sequence

import numpy as np

from warehouse.database.numpy_arrays import VectorsLoader, load_halves
from warehouse.slices.cells import Sentences, sentences
from warehouse.slices.reading import NO_NUMBERS, Reading, Work


def layer(reading: Reading, work: Work, part: Sentences) -> np.ndarray:
    """Give the attention of a unit's layer over a part's cells, (n_cells, n_heads) float64; nan where it has none."""
    return layer_weights(reading, part, work["extraction_id"], work["layer"])


def layer_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the matrix is made of, or the sums that are kept in its place."""
    if work.get("kept") == "sums":
        return {"sums": f"{work['digest']}/{work['layer']}, by {work['summed_by']} {_summed(reading, work)[:12]}"}
    return {"attention": f"{work['digest']}/{work['layer']}"}


def _summed(reading: Reading, work: Work) -> str:
    """Digest the readers that an extraction was summed with: summed with others, it is another."""

    def ask() -> str:
        row = reading.connection.execute(_SUMMED, [work["extraction_id"]]).fetchone()
        return hashlib.sha256(repr(row).encode()).hexdigest()

    found: str = reading.remember("summed with", work["extraction_id"], ask, at_most=64)
    return found


def sentences_of_layer(reading: Reading, work: Work) -> np.ndarray:
    """Give the sentences that the unit's extraction has, (n_sentences,) bool."""
    return sentences_of_extraction(reading, work, work["extraction_id"])


def head_count(reading: Reading, work: Work) -> int:
    """Count the heads of the unit's model."""
    return _facts(reading, work["extraction_id"])[0]


def _facts(reading: Reading, extraction_id: int) -> tuple[int, str]:
    """Give the heads of an extraction's model and how its weights are stored; those of all are asked for at once."""
    known: dict[int, tuple[int, str]] = reading.remember("facts of extractions", "", dict, at_most=1)
    if extraction_id not in known:
        known.update({number: (heads, stored_as) for number, heads, stored_as in reading.rows(_FACTS, {})})
    return known[extraction_id]


def smallest_head_count(reading: Reading, work: Work) -> np.ndarray:
    """Give the heads of the model with the fewest, among the attention of the unit's corpus and method, ()."""
    key = work["corpus_id"], work["method"]

    def ask() -> np.ndarray:
        row = reading.connection.execute(_FEWEST, key).fetchone()
        return np.array(row[0] if row else 1)

    found: np.ndarray = reading.remember("smallest head count", key, ask, at_most=16)
    return found


def smallest_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the smallest number of heads is."""
    return {"smallest head count": str(smallest_head_count(reading, work))}


def layer_weights(reading: Reading, part: Sentences, extraction_id: int, number: int, at_most: int = 1) -> np.ndarray:
    """Give one layer of one extraction over the cells of a part; the layers given last are kept."""

    def pull() -> np.ndarray:
        return _in_place(_pulled(reading, part, extraction_id, number), part, _held_ids(reading, extraction_id))

    return reading.column("layer", (extraction_id, number), at_most).get(part.ids, pull, part.is_whole)


def _pulled(reading: Reading, part: Sentences, extraction_id: int, number: int) -> np.ndarray:
    """Pull the rows of a layer; those that are stored as half come as they are, and are never made arrays of SQL."""
    first, last = part.ids
    asked = {"extraction_id": extraction_id, "layer": number, "first": first, "last": last}
    if _facts(reading, extraction_id)[1] == "half":
        ((sent, row_count),) = reading.rows(_HALF_LAYER, asked)
        return load_halves(sent, row_count)
    (found,) = reading.arrays(_LAYER.format(weights=_sent(reading)), asked)
    return found


def sentences_of_extraction(reading: Reading, work: Work, extraction_id: int) -> np.ndarray:
    """Give the sentences that an extraction has in its first layer, and so in each, (n_sentences,) bool."""

    def look() -> np.ndarray:
        return np.isin(sentences(reading, work).sentence_id, _held_ids(reading, extraction_id))

    found: np.ndarray = reading.remember("sentences of extraction", extraction_id, look, at_most=64)
    return found


def look_ahead(reading: Reading, works: Sequence[Work], *columns: str) -> None:
    """Ask at once which sentences the extractions in some columns of units have."""
    keys = [work[column] for work in works for column in columns or ("extraction_id",)]
    reading.look_ahead("held", keys, lambda lacking: _held_by(reading, lacking))


def _held_ids(reading: Reading, extraction_id: int) -> np.ndarray:
    def ask() -> np.ndarray:
        return _held_by(reading, [extraction_id])[extraction_id]

    found: np.ndarray = reading.remember("held", extraction_id, ask, at_most=64)
    return found


def _held_by(reading: Reading, extraction_ids: list[int]) -> dict[int, np.ndarray]:
    found = dict(reading.rows(_HELD, {"extraction_ids": extraction_ids}))
    return {number: found.get(number, NO_NUMBERS) for number in extraction_ids}


def _in_place(found: np.ndarray, part: Sentences, held_ids: np.ndarray) -> np.ndarray:
    """Put the rows of the sentences that an extraction has at their places, float64; nan in those of the others."""
    n_cells = int(part.cell_count.sum())
    if len(found) == n_cells:
        return found.astype(float)
    whole = np.full((n_cells, found.shape[1]), np.nan)
    whole[np.repeat(np.isin(part.sentence_id, held_ids), part.cell_count)] = found
    return whole


def _sent(reading: Reading) -> str:
    """Say how weights are sent: as vectors where the server has pgvector, which takes half the time of arrays.

    A database that was made where pgvector is may now be served by programs that came without its library.
    """

    def ask() -> str:
        row = reading.connection.execute(_VECTOR).fetchone()
        if row is None:
            return "weights"
        schema, oid = row
        reading.connection.adapters.register_loader(oid, VectorsLoader)
        return f'weights::"{schema}".vector'

    found: str = reading.remember("sent", "weights", ask, at_most=1)
    return found


_VECTOR = """
SELECT nspname, typarray
FROM pg_extension
JOIN pg_namespace ON pg_namespace.oid = extnamespace
JOIN pg_type ON typnamespace = extnamespace AND typname = 'vector'
WHERE extname = 'vector' AND extname IN (SELECT name FROM pg_available_extensions)
"""
_CELLS = """
    FROM slice.layer_attention
    WHERE extraction_id = %(extraction_id)s AND layer = %(layer)s AND sentence_id BETWEEN %(first)s AND %(last)s
    ORDER BY sentence_id, from_word, to_word
"""
_LAYER = f"SELECT array_agg({{weights}}) FROM (SELECT weights {_CELLS}) AS ordered"
_HALF_LAYER = f"SELECT string_agg(half_weights, ''), count(*) FROM (SELECT half_weights {_CELLS}) AS ordered"
_SUMMED = "SELECT array_agg(values_digest ORDER BY values_digest) FROM model.summed_reader WHERE extraction_id = %s"
_FACTS = """
SELECT extraction_id, head_count, stored_as FROM model.extraction JOIN model.language_model USING (language_model_id)
"""
_FEWEST = """
SELECT min(head_count)
FROM model.extraction
JOIN model.language_model USING (language_model_id)
WHERE corpus_id = %s AND method = %s AND extraction_status = 'complete'
"""
_HELD = """
WITH first AS (
    SELECT extraction_id, min(layer) AS layer, min(kept) AS kept FROM slice.extraction_layer GROUP BY extraction_id
)

SELECT extraction_id, array_agg(DISTINCT sentence_id)
FROM slice.layer_attention
JOIN first USING (extraction_id, layer)
WHERE extraction_id = ANY (%(extraction_ids)s) AND to_word = 0 AND from_word = 0
GROUP BY extraction_id
UNION ALL
SELECT extraction_id, array_agg(sentence_id)
FROM slice.head_sums
JOIN first USING (extraction_id, layer)
WHERE extraction_id = ANY (%(extraction_ids)s) AND kept = 'sums'
GROUP BY extraction_id
"""
