"""What is read does not depend on the order in which rows lie: a sum of the same numbers has the same last digit."""

import json

import pytest

from warehouse import pipeline
from warehouse.compute import everything
from warehouse.database.connection import Database
from warehouse.progress import Progress

CHOICE = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
MARTS = ("mart.model_loss", "mart.divergence_curve", "mart.group_reliance", "mart.layer_choice", "mart.claim")
LOSSES = """
INSERT INTO model.sentence_loss (
    extraction_id, sentence_id, loss_sum_nats, predicted_token_count, token_count, loss_mean_nats,
    loss_per_token_per_length
)
SELECT extraction_id, sentence_id, 1, 1, 1, 1, 1.0 / (1 + sentence_id * sentence_id + extraction_id)
FROM model.extraction CROSS JOIN stimulus.sentence
"""


@pytest.fixture
def computed(study: Database) -> Database:
    """A study with losses and with what is averaged over sentences, readers and articles."""
    with study.connect(autocommit=True) as connection:
        connection.execute(LOSSES)
    for name in ("attention_divergence", "reader_reliance"):
        pipeline.compute(study, name, CHOICE, progress=Progress(quiet=True))
    dict(everything.compute_all(study, CHOICE, (), Progress(quiet=True), 1, resamples=5, subsets=2))
    return study


def test_the_last_digit_of_a_mean_is_the_same_in_whatever_order_the_rows_lie(computed: Database):
    with Database(computed.superuser or "").connect() as connection:

        def read() -> dict[str, list[str]]:
            asked = {mart: connection.execute(f"SELECT to_jsonb(one) FROM {mart} AS one") for mart in MARTS}
            return {mart: sorted(json.dumps(row) for (row,) in rows) for mart, rows in asked.items()}

        before = read()
        assert all(before.values())
        connection.execute("SET LOCAL session_replication_role = replica")  # no constraint looks on; a superuser's
        for (table,) in connection.execute(TABLES).fetchall():
            connection.execute(f"CREATE TEMP TABLE aside AS SELECT * FROM {table} ORDER BY ctid DESC")
            connection.execute(f"DELETE FROM {table}")
            connection.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM aside")
            connection.execute("DROP TABLE aside")
        assert read() == before
        connection.rollback()


TABLES = """
SELECT oid::regclass::text
FROM pg_class
WHERE
    relkind = 'r' AND NOT relispartition AND relname <> 'alembic_version'
    AND relnamespace::regnamespace::text IN ('ops', 'stimulus', 'human', 'model', 'result')
"""
