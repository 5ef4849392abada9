"""All analyses in one go: what is due and why, several processes, and a kill in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from tests.asking import rows
from tests.conftest import cloned
from warehouse import pipeline
from warehouse.cli import main
from warehouse.compute import agenda
from warehouse.compute.everything import compute_all
from warehouse.compute.one_analysis import compute_one
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput, UnknownName
from warehouse.load.tally import Tally
from warehouse.plugin.registry import analyses, in_order
from warehouse.progress import Progress

QUIET = Progress(quiet=True)
ONE_MEASURE = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
OTHER_MEASURE = {"quantity": ["saccade_duration"], "saccade_rule": ["consecutive"]}
FEW_DRAWS: dict[str, Any] = {"resamples": 10, "subsets": 3}
ALL = ["compute", "all", "--measure", "count", "--rule", "consecutive", "--resamples", "10", "--subsets", "3"]
RESULTS = (
    "SELECT extraction_id, layer, measure_id, subject_id, r2, adjusted_r2, cv_r2, cell_count, rank "
    "FROM current.human_resemblance ORDER BY 1, 2, 3, 4"
)


@contextmanager
def study_of(cluster: EmbeddedServer, template: str) -> Iterator[Database]:
    with cloned(cluster, template) as database:
        yield database


def due(database: Database, name: str) -> agenda.Due:
    return next(d for d in agenda.agenda(database, ONE_MEASURE, **FEW_DRAWS) if d.plan.analysis.name == name)


def everything(database: Database, jobs: int = 1) -> dict[str, Any]:
    return dict(compute_all(database, ONE_MEASURE, (), QUIET, jobs, **FEW_DRAWS))


def test_every_analysis_comes_after_those_that_it_stands_on() -> None:
    order = [analysis.name for analysis in in_order(sorted(analyses()))]
    assert sorted(order) == sorted(analyses())
    for name, analysis in analyses().items():
        assert all(order.index(needed) < order.index(name) for needed in analysis.after)


def test_the_plan_says_what_is_missing_and_what_stands(study: Database) -> None:
    assert due(study, "trivial_reliance").reasons == {"missing": len(due(study, "trivial_reliance").plan.units)}
    resemblance = due(study, "human_resemblance")
    assert resemblance.reasons == {}
    assert len(resemblance.plan.units) > 0
    assert resemblance.seconds == 0


def test_the_plan_says_that_a_reader_who_was_excluded_makes_results_stale(study: Database) -> None:
    with study.connect() as connection:
        connection.execute(
            "INSERT INTO human.exclusion (subject_id, excluded_because, source) "
            "SELECT max(subject_id), 'planted', 'test' FROM human.subject WHERE language_group = 'L2'"
        )
    resemblance = due(study, "human_resemblance")
    (reason,) = resemblance.reasons
    assert reason == "stale: readers changed"
    assert {unit.key.rpartition("/")[2] for unit in resemblance.plan.todo} == {"L2"}
    assert resemblance.waits_for == ("noise_ceiling",)
    assert resemblance.seconds == pytest.approx((resemblance.pace or 0) * len(resemblance.plan.todo))


def test_the_plan_is_printed_by_analysis_and_as_json(study: Database, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--dsn", study.dsn, "plan", "--measure", "count", "--rule", "consecutive"])
    printed, told = capsys.readouterr()
    assert "Only when asked for by name, since it takes long: count-model." in told
    assert "trivial_reliance" in printed
    assert "missing" in printed
    assert "units to do" in printed
    main(["--dsn", study.dsn, "compute", "all", "--dry-run", "--json", "--measure", "count", "--rule", "consecutive"])
    facts = {entry["analysis"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert facts["human_resemblance"]["to_do"] == 0
    assert facts["trivial_reliance"]["units"][0]["reason"] == "missing"
    assert facts["trivial_reliance"]["seconds"] is None  # never run: nobody can tell


def test_what_was_computed_is_not_due_and_a_second_time_nothing_is_done(study: Database) -> None:
    first = everything(study)
    assert first["trivial_reliance"].inserted > 0
    second = everything(study)
    assert all(isinstance(tally, Tally) and tally.inserted == 0 for tally in second.values())
    assert all(not d.plan.todo for d in agenda.agenda(study, ONE_MEASURE, **FEW_DRAWS))


def test_two_processes_find_the_same_rows_as_one(cluster: EmbeddedServer, study_template: str) -> None:
    found = []
    for jobs in (1, 2):
        with study_of(cluster, study_template) as database:
            pipeline.compute(database, "human_resemblance", OTHER_MEASURE, progress=QUIET, jobs=jobs)
            found.append(rows(database, RESULTS))
            assert rows(database, "SELECT count(*) FROM ops.run WHERE job = 'compute human_resemblance'") == [(2,)]
    one, two = (np.array(result, dtype=float) for result in found)
    assert one.shape == two.shape
    np.testing.assert_allclose(two, one, rtol=1e-9, atol=1e-12)


def test_an_unknown_model_is_named_before_anything_is_computed(study: Database) -> None:
    with pytest.raises(UnknownName, match="no such model"):
        next(compute_all(study, {"model": ["simulated-huge"]}, (), QUIET))


def test_what_cannot_be_done_is_told_and_the_rest_is_done(study: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(workers: Any, analysis: Any, *rest: Any) -> Tally:
        if analysis.name == "attention_divergence":
            raise BadInput("lacks layers", "models to compare", "choose others")
        return compute_one(workers, analysis, *rest)

    monkeypatch.setattr("warehouse.compute.everything.compute_one", refuses)
    outcome = everything(study)
    assert isinstance(outcome["attention_divergence"], BadInput)
    assert "stands on attention_divergence" in str(outcome["divergence_significance"])
    assert outcome["trivial_reliance"].inserted > 0


def test_killed_in_the_middle_of_everything_it_ends_in_the_same_rows(
    cluster: EmbeddedServer, study_template: str
) -> None:
    counts = (
        "SELECT job, count(DISTINCT unit_key), sum(row_count) FROM ops.unit JOIN ops.run USING (run_id) "
        "WHERE unit_state = 'done' AND run_status = 'done' AND job LIKE 'compute %' GROUP BY job ORDER BY job"
    )
    with study_of(cluster, study_template) as database:
        everything(database)
        undisturbed = rows(database, counts)
    with study_of(cluster, study_template) as database:
        arguments = [sys.executable, "-m", "warehouse", "--quiet", "--dsn", database.dsn, *ALL, "--jobs", "2"]
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        begun = "SELECT count(*) FROM ops.unit JOIN ops.run USING (run_id) WHERE run_status = 'running'"
        until = time.monotonic() + 60
        while rows(database, begun) == [(0,)] and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        everything(database)
        assert rows(database, counts) == undisturbed
        assert rows(database, "SELECT count(*) FROM ops.run WHERE run_status = 'running'") == [(0,)]
        assert_no_process_is_left(database)


def assert_no_process_is_left(database: Database) -> None:
    """Workers of a killed process end by themselves: their connections are gone soon."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    until = time.monotonic() + 10
    while rows(database, others) != [(0,)] and time.monotonic() < until:
        time.sleep(0.05)
    assert rows(database, others) == [(0,)]
