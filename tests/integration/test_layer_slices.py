"""A layer arrives the same from a server with pgvector and from one without."""

import numpy as np

from warehouse.database.connection import Database
from warehouse.slices import Slices

WORK = (
    "SELECT to_jsonb(found) FROM (SELECT * FROM slice.extraction_layer ORDER BY extraction_id, layer LIMIT 1) AS found"
)


def layer(database: Database) -> np.ndarray:
    with database.connect(autocommit=True, read_only=True) as connection:
        (work,) = connection.execute(WORK).fetchone()
        return Slices(connection).arrays(["layer"], work)[0]


def test_arrays_and_vectors_give_the_same_layer_to_the_last_bit(study: Database):
    with study.connect(autocommit=True) as connection:
        has_vectors = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'").fetchone()
        as_shipped = layer(study)
    with Database(study.superuser or "").connect(autocommit=True) as connection:
        connection.execute("DROP EXTENSION IF EXISTS vector")
    as_arrays = layer(study)
    assert as_shipped.dtype == as_arrays.dtype == np.float64
    np.testing.assert_array_equal(as_shipped, as_arrays)
    assert has_vectors, "the embedded server ships pgvector; without it this test compares arrays with arrays"
