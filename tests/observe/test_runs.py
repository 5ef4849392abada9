"""`warehouse runs`: what ran and what runs; a run whose process is gone is dead, whatever the ledger says."""

import json

import pytest

from tests.command_line import Warehouse
from tests.conftest import Database
from tests.observe.conftest import dead, running
from warehouse.errors import UnknownName
from warehouse.ledger import queries, runs
from warehouse.report.state import status


def listed(database: Database, **chosen: object) -> list[dict[str, object]]:
    with database.connect(read_only=True) as connection:
        return queries.last_runs(connection, **{"last": 20, "job": None, "statuses": (), **chosen})


def test_runs_are_listed_newest_first_with_units_and_rows(study: Database):
    found = listed(study)
    assert [row["job"] for row in found] == [
        "compute human_resemblance", "compute noise_ceiling", "ingest simulated_readers",
    ]  # fmt: skip
    assert [row["run_status"] for row in found] == ["done"] * 3
    assert (found[0]["done_count"], found[1]["done_count"]) == (48, 2)
    with study.connect() as connection:
        (rows,) = connection.execute("SELECT count(*) FROM result.human_resemblance").fetchone()
    assert found[0]["row_total"] >= rows > 0
    assert all(0 < row["duration_s"] < 600 for row in found)


def test_the_last_few_runs_of_a_job_are_chosen_by_a_part_of_its_name(study: Database):
    assert [row["job"] for row in listed(study, job="noise-ceiling")] == ["compute noise_ceiling"]
    assert len(listed(study, job="compute", last=1)) == 1
    with pytest.raises(UnknownName, match="no such job; known: compute human_resemblance"):
        listed(study, job="nothing")


def test_a_run_without_its_process_is_dead_and_not_running(new_database: Database):
    with running(new_database, "ingest something") as (run_id, _):
        gone = dead(new_database)  # any run that begins later would find it
        assert {row["run_id"]: row["run_status"] for row in listed(new_database)} == {gone: "dead", run_id: "running"}
        assert [row["run_id"] for row in listed(new_database, statuses=["running"])] == [run_id]
        assert [row["run_id"] for row in listed(new_database, statuses=["dead"])] == [gone]
        with new_database.connect() as connection:
            alive = connection.execute("SELECT run_id, is_alive FROM mart.run").fetchall()
        assert dict(alive) == {gone: False, run_id: True}
        standing = {row["run_id"]: row["run_status"] for row in status(new_database).unfinished}
        assert standing == {gone: "dead", run_id: "running"}


def test_of_a_run_that_has_ended_it_is_not_asked_whether_it_is_alive(study: Database):
    with study.connect() as connection:
        assert connection.execute("SELECT DISTINCT is_alive FROM mart.run").fetchall() == [(None,)]


def test_a_dead_run_ended_with_its_last_unit_and_not_when_it_was_found(new_database: Database):
    gone = dead(new_database, units=2)
    with new_database.connect() as connection:
        connection.execute("UPDATE ops.run SET taken_up_at = '2026-01-01 00:00:00+00'")
        connection.execute("UPDATE ops.unit SET finished_at = '2026-01-01 00:00:12+00' WHERE unit_key = 'unit 1'")
        connection.execute("UPDATE ops.unit SET finished_at = '2026-01-01 00:00:07+00' WHERE unit_key = 'unit 0'")
    assert listed(new_database)[0]["duration_s"] == 12
    with new_database.connect(autocommit=True) as connection:
        runs.bury_the_dead(connection)
        found = connection.execute(
            "SELECT run_status, duration_s, finished_at::text FROM mart.run WHERE run_id = %s", [gone]
        ).fetchone()
    assert found == ("interrupted", 12, "2026-01-01 00:00:12+00")


def test_a_run_that_is_taken_up_again_takes_as_long_as_its_last_attempt(new_database: Database):
    gone = dead(new_database)
    with new_database.connect() as connection:
        connection.execute(
            "UPDATE ops.run SET started_at = '2026-01-01', taken_up_at = '2026-01-01', finished_at = '2026-01-02', "
            "run_status = 'interrupted'"
        )
    with running(new_database) as (run_id, _):
        pass
    (found,) = listed(new_database)
    assert (found["run_id"], run_id, found["attempt"]) == (gone, gone, 2)
    assert found["duration_s"] < 60
    assert found["started_at"].year == 2026


def test_one_run_is_told_in_full(study: Database, warehouse: Warehouse):
    told = json.loads(warehouse("--dsn", study.dsn, "runs", "1", "--json", "--last", "3").out)
    assert told["job"] == "ingest simulated_readers"
    assert told["parameters"]["readers"] == 4
    assert len(told["units"]) == 3
    assert told["input_count"] > 8
    text = warehouse("--dsn", study.dsn, "runs", "1").out
    assert text.startswith("1  ingest simulated_readers\n  status     done, attempt 1\n")
    assert "'warehouse explain 1'" not in text
    assert "`warehouse explain 1`" in text


def test_what_was_rejected_is_told_with_its_reason(new_database: Database, warehouse: Warehouse):
    with running(new_database) as (run_id, connection):
        runs.record_rejection(connection, run_id, "unit 1", "reader 3", "has no words", "NaN")
    text = warehouse("--dsn", new_database.dsn, "runs", str(run_id)).out
    assert "reader 3  has no words  NaN" in text


def test_who_has_which_unit_in_hand_is_told_and_the_dead_are_marked(new_database: Database, warehouse: Warehouse):
    with running(new_database) as (run_id, connection):
        connection.execute("SELECT pg_advisory_lock(20231208, 41)")
        for key, worker in (("living", 41), ("forsaken", 42)):
            connection.execute(
                "INSERT INTO ops.lease (run_id, unit_key, worker, host, process_id) VALUES (%s, %s, %s, 'lab-7', 7)",
                [run_id, key, worker],
            )
        told = json.loads(warehouse("--dsn", new_database.dsn, "runs", str(run_id), "--json").out)
        assert {lease["unit_key"]: lease["is_held"] for lease in told["leases"]} == {"living": True, "forsaken": False}
        lines = warehouse("--dsn", new_database.dsn, "runs", str(run_id)).out.splitlines()
        states = {line.split()[0]: line.split()[-1] for line in lines if "7 on lab-7" in line}
        assert states == {"living": "alive", "forsaken": "dead"}
        (course,) = queries.going_on(connection, [run_id])
        assert [(worker["is_held"], worker["units"]) for worker in course.in_hand] == [(False, 1), (True, 1)]


def test_a_run_that_there_is_not_is_missed_with_those_there_are(study: Database, warehouse: Warehouse):
    answer = warehouse("--dsn", study.dsn, "runs", "99")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err == "Error: '99': no such run; known: 1, 2, 3.\n"


def test_the_list_has_a_line_a_run_and_a_long_reason_is_cut(new_database: Database, warehouse: Warehouse):
    with pytest.raises(ValueError), running(new_database):
        raise ValueError("No room. " * 20)
    heading, _, line = warehouse("--dsn", new_database.dsn, "runs", "--wide").out.splitlines()
    assert heading.split() == [
        "run",
        "job",
        "status",
        "by",
        "started,",
        "UTC",
        "took",
        "units",
        "rows",
        "rejected",
        "why",
    ]
    assert line.split()[3] == "failed"
    assert line.endswith("...")
    assert json.loads(warehouse("--dsn", new_database.dsn, "runs", "--json").out)[0]["error"] == "No room. " * 20


def test_nothing_chosen_is_nothing_found(new_database: Database, warehouse: Warehouse):
    assert warehouse("--dsn", new_database.dsn, "runs").out == "No such run.\n"
    assert warehouse("--dsn", new_database.dsn, "runs", "--json").out == "[]\n"
    assert warehouse("--dsn", new_database.dsn, "runs", "3", "--status", "done").code == 3


@pytest.mark.parametrize("line", ["runs 1 --format csv", "runs --follow --format markdown"])
def test_one_run_and_what_is_followed_are_no_rows(warehouse: Warehouse, line: str):
    answer = warehouse("--dsn", "postgresql://me@127.0.0.1:1/nowhere", *line.split())
    assert (answer.code, answer.out) == (2, "")
    assert "is for the list of runs: leave it out, or" in answer.err
