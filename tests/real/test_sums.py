"""Sums of the published attention of GPT-2 with the published readers give the numbers of the cells."""

import numpy as np
import pytest

from tests.conftest import cloned
from tests.real.conftest import DATA, GPT2, PUBLISHED, QUIET, ingest
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer

FOLDER = PUBLISHED / "model_attention/gpt2/large"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no real data at {DATA} (set WAREHOUSE_REAL_DATA)"),
]
CHOICE = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
VALUES = "SELECT r2, adjusted_r2, cv_r2 FROM current.human_resemblance ORDER BY layer, subject_id"
BYTES = """
SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
WHERE relkind = 'r' AND (relname ~ '^attention_[0-9]+$' OR relname IN ('head_sums', 'reader_sums', 'predictor_sums'))
"""


def found(database: Database) -> tuple[np.ndarray, int]:
    pipeline.compute(database, "human_resemblance", CHOICE, progress=QUIET)
    with database.connect(read_only=True) as connection:
        values = np.array(connection.execute(VALUES).fetchall(), dtype=float)
        return values, int((connection.execute(BYTES).fetchone() or (0,))[0])


def test_36_layers_from_sums_are_those_from_cells_in_fewer_bytes(cluster: EmbeddedServer, gpt2_template: str):
    with cloned(cluster, gpt2_template) as database:
        of_cells, cell_bytes = found(database)
        ingest(database, "attention_arrays", FOLDER, as_published=True, keep="sums", **GPT2)
        of_sums, sum_bytes = found(database)
    assert len(of_sums) == len(of_cells) == 36 * 106
    np.testing.assert_allclose(of_sums, of_cells, rtol=0, atol=1e-10)
    assert sum_bytes < 0.65 * cell_bytes  # with every measure of 106 readers and all predictors, by article
