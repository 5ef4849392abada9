"""`--log-format json`: what a command says on standard error is one JSON object a line, and no password is in it."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
import warnings
from datetime import datetime

import pytest

from tests.command_line import Warehouse
from tests.observe.conftest import running
from warehouse import logs
from warehouse.database.connection import Database
from warehouse.ledger import queries
from warehouse.progress import Bar, Progress

JSON = ("--log-format", "json")


def test_a_computation_is_told_from_its_beginning_to_its_end(study: Database, warehouse: Warehouse):
    answer = warehouse(*JSON, "--dsn", study.dsn, "compute", "noise-ceiling", "--measure", "duration", "--json")
    assert json.loads(answer.out)["inserted"] > 0
    told = [event["event"] for event in answer.events]
    assert (told[0], told[-1]) == ("run_started", "run_ended")
    assert set(told[1:-1]) == {"progress"}
    assert {(event["run_id"], event["job"], event["level"]) for event in answer.events} == {
        (4, "compute noise_ceiling", "info")
    }
    assert answer.events[-1]["outcome"] == "done"
    last = answer.events[-2]
    assert (last["done"], last["total"], last["counted_in"]) == (4, 4, "unit")
    assert last["rows"] > 0
    assert last["unit"].startswith("simulated/")
    assert last["rate"] > 0
    for event in answer.events:
        assert datetime.fromisoformat(event["time"]).utcoffset().total_seconds() == 0


@pytest.mark.parametrize(
    ("arguments", "kind", "code"),
    [
        pytest.param(["compute", "human-resemblance", "--model", "nobody"], "UnknownName", 3, id="name"),
        pytest.param(["runs", "99"], "UnknownName", 3, id="run"),
        pytest.param(["compute", "human-resemblance", "--nothing"], "NoSuchOption", 2, id="option"),
        pytest.param(["nothing"], "NoSuchCommand", 2, id="command"),
        pytest.param(["--nothing"], "NoSuchOption", 2, id="option before the command"),
        pytest.param(
            ["ingest", "simulated-readers", "--readers", "4", "--seed", "1"], "StoredDiffers", 6, id="differs"
        ),
    ],
)
def test_an_error_has_its_class_sentence_and_exit_code(
    study: Database, warehouse: Warehouse, arguments: list[str], kind: str, code: int
):
    answer = warehouse(*JSON, "--dsn", study.dsn, *arguments)
    assert answer.code == code
    last = answer.events[-1]
    assert (last["event"], last["level"], last["exit_code"]) == ("error", "error", code)
    assert last["class"] in (kind, "UsageError")
    assert last["message"]
    assert "traceback" not in last


def test_a_run_that_fails_is_told_before_its_error(study: Database, warehouse: Warehouse):
    answer = warehouse(*JSON, "--dsn", study.dsn, "ingest", "simulated-readers", "--readers", "4", "--seed", "1")
    ended, error = answer.events[-2:]
    assert (ended["event"], ended["outcome"]) == ("run_ended", "failed")
    assert ended["error"] == error["message"]


def test_a_bug_is_told_with_its_traceback_in_one_line(
    study: Database, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise ZeroDivisionError(f"while asking {study.dsn}")

    monkeypatch.setattr(queries, "last_runs", broken)
    answer = warehouse(*JSON, "--dsn", study.dsn, "runs")
    (bug,) = answer.events
    assert (answer.code, bug["class"], bug["exit_code"]) == (1, "ZeroDivisionError", 1)
    assert bug["traceback"].startswith("Traceback (most recent call last)")
    assert "in broken" in bug["traceback"]
    assert study.password() not in answer.err
    with pytest.raises(ZeroDivisionError):
        warehouse("--dsn", study.dsn, "runs")


@pytest.mark.parametrize(
    "told",
    [
        "postgresql://anna:correct-horse@db/it",
        "host=db password=correct-horse user=anna",
        "{'password': 'correct-horse', 'user': 'anna'}",
        "ALTER ROLE anna PASSWORD: correct-horse",
    ],
)
def test_no_password_is_written(told: str, capsys: pytest.CaptureFixture[str]):
    with logs.log_to_stderr("json"):
        logs.remark(told, nested={"within": [told]})
    (line,) = capsys.readouterr().err.splitlines()
    assert "correct-horse" not in line
    assert "***" in json.loads(line)["message"]
    assert "anna" in json.loads(line)["nested"]["within"][0]


def test_a_password_that_is_known_is_hidden_wherever_it_stands(capsys: pytest.CaptureFixture[str]):
    logs.hide("tr0ub4dor", unless=("warehouse",))
    logs.hide("warehouse", unless=("warehouse",))
    with logs.log_to_stderr("json"):
        logs.remark("it is tr0ub4dor of the warehouse")
    assert json.loads(capsys.readouterr().err)["message"] == "it is *** of the warehouse"


def test_what_libraries_and_python_warn_of_has_the_same_form(capsys: pytest.CaptureFixture[str]):
    with logs.log_to_stderr("json"), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("that is odd", RuntimeWarning, stacklevel=1)
        logging.getLogger("somebody.else").warning("out of %s", "paper")
    odd, paper = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (odd["event"], odd["level"]) == ("warning", "warning")
    assert "RuntimeWarning: that is odd" in odd["message"]
    assert (paper["event"], paper["logger"], paper["message"]) == ("log", "somebody.else", "out of paper")


def test_quiet_leaves_warnings_and_errors(study: Database, warehouse: Warehouse):
    quiet = warehouse(*JSON, "--quiet", "--dsn", study.dsn, "compute", "noise-ceiling", "--measure", "duration")
    assert quiet.err == ""
    failed = warehouse(*JSON, "--quiet", "--dsn", study.dsn, "runs", "99")
    assert [event["event"] for event in failed.events] == ["error"]


def test_people_see_sentences_and_no_event(new_database: Database, capsys: pytest.CaptureFixture[str]):
    with logs.log_to_stderr("text"), running(new_database):
        logs.remark("So it is.", level=logging.INFO)
        logs.event("progress", done=1)
    assert capsys.readouterr().err == "So it is.\n"


def test_the_facts_around_end_with_their_block(capsys: pytest.CaptureFixture[str]):
    with logs.log_to_stderr("json"):
        with logs.about(run_id=7), logs.about(job="it"):
            logs.event("inside")
        logs.event("outside")
    inside, outside = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (inside["run_id"], inside["job"]) == (7, "it")
    assert not {"run_id", "job"} & outside.keys()


def test_progress_is_a_line_a_second_at_most_and_one_at_the_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with logs.log_to_stderr("json"), Progress(as_lines=True).bar("it", 1000, "unit") as bar:
        bar.began = now
        for _ in range(1000):
            now += 0.01
            bar.update(rows=2)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(lines) == 10
    assert (lines[-1]["done"], lines[-1]["rows"], lines[-1]["seconds_left"]) == (1000, 2000, 0.0)
    assert lines[4]["rate"] == pytest.approx(100, rel=0.02)
    assert lines[4]["seconds_left"] == pytest.approx(5, abs=0.2)


def test_without_a_total_or_a_first_part_no_time_is_promised():
    assert Bar("it", "unit", None, done=3).facts()["seconds_left"] is None
    assert Bar("it", "unit", 5).facts()["seconds_left"] is None


def test_where_there_is_no_terminal_no_bar_is_drawn(capsys: pytest.CaptureFixture[str]):
    with Progress().bar("it", 2, "unit") as bar:
        bar.update()
    assert capsys.readouterr().err == ""


def test_ctrl_c_is_told_in_lines_too(new_database: Database):
    command = [sys.executable, "-m", "warehouse", *JSON, "--dsn", new_database.dsn, "ingest", "simulated-readers"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ})
    assert process.stderr is not None
    first = json.loads(process.stderr.readline())
    assert json.loads(process.stderr.readline())["event"] == "progress"
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    told = [first, *(json.loads(line) for line in rest.splitlines())]
    assert told[0]["event"] == "run_started"
    assert [event["event"] for event in told[-2:]] == ["run_ended", "interrupted"]
    assert (told[-2]["outcome"], told[-1]["exit_code"], process.returncode) == ("interrupted", 130, 130)
