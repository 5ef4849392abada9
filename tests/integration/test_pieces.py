"""A layer with all its readers is one piece of work, and each group of readers stays a unit of its own."""

from collections import Counter
from typing import Any

import pytest

from tests.asking import rows
from tests.conftest import STUDY
from warehouse import pipeline
from warehouse.compute import results
from warehouse.compute.plan import Plan, Planned, make_plan
from warehouse.compute.workers.worker import Task, Worker
from warehouse.database.connection import Database
from warehouse.ledger import runs, unit_records
from warehouse.ledger.leases import Leases
from warehouse.plugin.registry import analysis_named
from warehouse.progress import Progress
from warehouse.slices import Slices

OTHER = {"quantity": ["saccade_duration"], "saccade_rule": ["consecutive"]}
QUIET = Progress(quiet=True)
RESEMBLANCE = analysis_named("human_resemblance")


def planned(database: Database, selection: dict[str, list[str]]) -> Plan:
    with database.connect(autocommit=True, read_only=True) as connection:
        return make_plan(Slices(connection), RESEMBLANCE, selection, {})


@pytest.fixture
def opened(study: Database) -> tuple[Database, Plan]:
    """A study, and a plan of which nothing is done."""
    return study, planned(study, OTHER)


def test_a_layer_is_one_piece_with_a_unit_for_each_group(opened: tuple[Database, Plan]):
    _, plan = opened
    layers = Counter((unit.work["extraction_id"], unit.work["layer"]) for unit in plan.todo)
    assert len(plan.pieces) == len(layers) and set(layers.values()) == {2}
    for piece in plan.pieces:
        assert len({(unit.work["extraction_id"], unit.work["layer"]) for unit in piece}) == 1
        assert [unit.work["language_group"] for unit in piece] == ["L1", "L2"]
    assert plan.counted_in == "layer"


def test_groups_of_other_sentences_are_another_piece(study: Database):
    with study.connect() as connection:
        connection.execute(
            "INSERT INTO human.exclusion (subject_id, sentence_id, excluded_because, source) "
            "SELECT subject_id, (SELECT min(sentence_id) FROM stimulus.sentence), 'looked away', 'test' "
            "FROM human.subject WHERE language_group = 'L2'"
        )
    plan = planned(study, OTHER)
    sentences = {unit.inputs["sentences"] for unit in plan.todo}
    assert len(sentences) == 2 and len(plan.pieces) == len(plan.todo)


def test_a_group_that_has_changed_is_computed_without_the_others(study: Database):
    with study.connect() as connection:
        connection.execute(
            "INSERT INTO human.exclusion (subject_id, excluded_because, source) "
            "SELECT max(subject_id), 'planted', 'test' FROM human.subject WHERE language_group = 'L2'"
        )
    before = dict(rows(study, UNITS_OF_L1))
    plan = planned(study, STUDY)
    assert {unit.work["language_group"] for unit in plan.todo} == {"L2"}
    tally = pipeline.compute(study, "human_resemblance", STUDY, progress=QUIET)["human_resemblance"]
    assert (tally.unchanged, tally.inserted) == (len(plan.todo), 3 * len(plan.todo))
    assert dict(rows(study, UNITS_OF_L1)) == before


def test_two_processes_share_the_units_of_a_layer_and_do_none_twice(opened: tuple[Database, Plan]):
    study, plan = opened
    first, second = plan.pieces[0]
    with study.connect(autocommit=True) as ledger, runs.record(ledger, plan.job, plan.parameters, plan.code) as run_id:
        with study.connect() as elsewhere:
            Leases(elsewhere).take(run_id, {first.key: first.fingerprint})
            worker = Worker.entering(study, ())
            outcomes = list(worker.carry_out(Task(run_id, "human_resemblance", {}), [first, second]))
            worker.close()
        assert {outcome.unit.key: outcome.rows for outcome in outcomes} == {first.key: None, second.key: 4}
    written = rows(study, f"SELECT unit_key, row_count FROM ops.unit WHERE run_id = {run_id}")
    assert written == [(second.key, 4)]


def test_units_of_a_layer_are_written_in_one_transaction_whole_or_not_at_all(
    opened: tuple[Database, Plan], monkeypatch: pytest.MonkeyPatch
):
    study, plan = opened
    piece = plan.pieces[0]
    found = [_found(unit) for unit in piece]
    with study.connect(autocommit=True) as ledger, runs.record(ledger, plan.job, plan.parameters, plan.code) as run_id:
        with study.connect() as connection:
            held = Leases(connection)
            held.take(run_id, {unit.key: unit.fingerprint for unit in piece})
            with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
                patch.setattr(unit_records, "record_units", lambda *_: 1 / 0)
                results.write(held, run_id, RESEMBLANCE, piece, found)
            assert rows(study, f"SELECT unit_key FROM ops.unit WHERE run_id = {run_id}") == []
            assert len(rows(study, "SELECT unit_key FROM ops.lease")) == 2
            written = results.write(held, run_id, RESEMBLANCE, piece, found)
    assert written.row_counts == {unit.key: 1 for unit in piece}
    stored = rows(study, f"SELECT unit_key, row_count FROM ops.unit WHERE run_id = {run_id} ORDER BY unit_key")
    assert stored == [(unit.key, 1) for unit in piece]
    assert rows(study, "SELECT unit_key FROM ops.lease") == []


def _found(unit: Planned) -> dict[str, list[Any]]:
    readers = {"L1": 1, "L2": 5}
    return {
        "subject_id": [readers[unit.work["language_group"]]], "r2": [0.5], "adjusted_r2": [0.4], "cv_r2": [0.3],
        "rank": [3], "condition_number": [2.0], "cell_count": [100], "predictor_count": [3],
    }  # fmt: skip


UNITS_OF_L1 = """
SELECT unit_key, unit_id FROM ops.unit JOIN ops.run USING (run_id)
WHERE job = 'compute human_resemblance' AND unit_state = 'done' AND unit_key LIKE '%L1%'
"""
