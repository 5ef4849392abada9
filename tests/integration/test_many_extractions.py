"""A warehouse of many extractions: the server is asked as often as for a few."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from warehouse.compute import agenda
from warehouse.compute.plan import count_units, make_plan
from warehouse.database.connection import Database
from warehouse.plugin.registry import analyses
from warehouse.report.state import status
from warehouse.slices import Slices

COPIES = 40
CHECKPOINTS = """
WITH checkpoint AS (
    INSERT INTO model.language_model (model, family, stage, parameter_count, layer_count, head_count)
    SELECT 'checkpoint-' || number, 'checkpoints', 'pretrained', 1000 + number, 8, 8
    FROM generate_series(1, %(copies)s) AS number
    RETURNING language_model_id, model
)

INSERT INTO model.extraction (
    language_model_id, condition_id, corpus_id, method, alignment, dtype, is_causal, layers, extraction_status, digest,
    run_id, completed_at
)
SELECT
    checkpoint.language_model_id, condition_id, corpus_id, method, alignment, dtype, is_causal, layers,
    extraction_status, md5(checkpoint.model), run_id, completed_at
FROM model.extraction
JOIN model.language_model USING (language_model_id)
CROSS JOIN checkpoint
WHERE language_model.model = 'simulated-large'
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], int]:
    """Count the statements that something sends."""
    sent: list[Any] = []
    send = psycopg.Cursor.execute

    def noted(cursor: psycopg.Cursor[Any], query: Any, *arguments: Any, **options: Any) -> Any:
        sent.append(query)
        return send(cursor, query, *arguments, **options)

    def count(do: Callable[[], Any]) -> int:
        sent.clear()
        do()
        return len(sent)

    monkeypatch.setattr(psycopg.Cursor, "execute", noted)
    return count


def test_status_and_plan_ask_no_more_often_of_many_extractions(
    study: Database, asked: Callable[[Callable[[], Any]], int]
) -> None:
    def of_resemblance() -> tuple[int, int]:
        row = next(row for row in status(study).computed if row["analysis"] == "human_resemblance")
        return row["standing"], row["missing"]

    (standing, missing), telling = of_resemblance(), asked(lambda: status(study))
    planning = asked(lambda: agenda.agenda(study, {}))
    with study.connect() as connection:
        connection.execute(CHECKPOINTS, {"copies": COPIES})
    assert asked(lambda: status(study)) < telling + COPIES  # analyses of few units are planned
    assert asked(lambda: agenda.agenda(study, {})) < planning + 2 * COPIES  # once for 500 units of an analysis
    groups_and_measures = 8
    assert of_resemblance() == (standing, missing + COPIES * 8 * groups_and_measures)


def test_units_that_are_looked_ahead_at_read_what_each_reads_alone(study: Database) -> None:
    with study.connect(read_only=True) as connection:
        together = Slices(connection)
        for name, analysis in analyses().items():
            units = make_plan(together, analysis, {}, {}).units
            for unit in units[:: len(units) // 4 + 1]:
                alone = Slices(connection).inputs(analysis.reads, unit.work)
                assert {part: unit.inputs[part] for part in alone} == alone, name


def test_units_are_counted_as_they_are_planned(study: Database) -> None:
    with study.connect(read_only=True) as connection:
        slices = Slices(connection)
        for analysis in analyses().values():
            assert count_units(slices, analysis) == len(make_plan(slices, analysis, {}, {}).units)


def test_the_next_size_is_found_among_many_checkpoints_of_one_size(study: Database) -> None:
    with study.connect() as connection:
        connection.execute(CHECKPOINTS, {"copies": 3})
        connection.execute("UPDATE model.language_model SET layer_count = 12 WHERE model = 'checkpoint-3'")
        pairs = connection.execute(
            "SELECT left_model, right_model FROM current.extraction_pair "
            "WHERE comparison = 'scale' AND left_model LIKE 'checkpoint%' ORDER BY 1"
        ).fetchall()
    assert pairs == [("checkpoint-1", "checkpoint-3"), ("checkpoint-2", "checkpoint-3")]
