"""`warehouse runs --follow`: another process's run is followed to its end by the ledger alone."""

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep

import pytest

from tests.command_line import Warehouse
from tests.observe.conftest import dead, running
from warehouse.cli import watching
from warehouse.database.connection import Database
from warehouse.errors import BadInput, DatabaseUnavailable, UnknownName
from warehouse.ledger import following, runs, unit_records
from warehouse.ledger.following import Snapshot, follow
from warehouse.ledger.queries import RunProgress


@contextmanager
def somewhere_else(work: Callable[[], object]) -> Iterator[None]:
    """Let work go on beside the block; the block ends when it has ended."""
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join(30)


def slow_run(database: Database, begun: threading.Event, units: int = 4, error: str | None = None) -> None:
    try:
        with running(database) as (run_id, connection):
            runs.expect(connection, run_id, units)
            begun.set()
            for number in range(units):
                sleep(0.1)
                unit_records.record_unit(connection, run_id, f"unit {number}", "digest", 10)
            if error:
                raise ValueError(error)
    except ValueError:
        pass


def course(**changed: object) -> RunProgress:
    facts = {"run_id": 7, "job": "compute it", "status": "running", "error": None, "done_count": 20, "unit_count": 48,
             "row_total": 1200, "seconds": 4.0, "rate": 7.0, "in_hand": []}  # fmt: skip
    return RunProgress(**{**facts, **changed})


def test_a_run_is_followed_to_its_end(new_database: Database):
    begun = threading.Event()
    with somewhere_else(lambda: slow_run(new_database, begun)):
        begun.wait(10)
        seen = [sight.courses for sight in follow(new_database, None, every_s=0.03, lingering_s=0.1)]
    counts = [one.done_count for courses in seen for one in courses]
    assert counts == sorted(counts)
    assert {one.unit_count for courses in seen for one in courses} == {4}
    ended = [one for courses in seen for one in courses if one.status != "running"]
    assert [(one.status, one.done_count, one.row_total) for one in ended] == [("done", 4, 40)]
    halfway = next(one for courses in seen for one in courses if one.done_count == 3)
    assert 1 < halfway.rate < 50
    assert halfway.seconds_left == pytest.approx(1 / halfway.rate)


def test_the_next_run_of_the_same_command_is_followed_too_however_short(new_database: Database):
    begun = threading.Event()

    def two_runs() -> None:
        slow_run(new_database, begun, 2)
        with running(new_database, "compute another thing", 3):
            pass

    with somewhere_else(two_runs):
        begun.wait(10)
        sights = list(follow(new_database, None, every_s=0.05, lingering_s=0.6))
    ended = [(one.job, one.status) for sight in sights for one in sight.courses if one.status != "running"]
    assert ended == [("compute something", "done"), ("compute another thing", "done")]


def test_questions_are_asked_at_most_once_a_second():
    assert following.SECONDS_BETWEEN_QUESTIONS >= 1


def test_a_server_that_does_not_answer_is_asked_again(new_database: Database, warehouse: Warehouse):
    with running(new_database) as (run_id, connection):
        sights = follow(new_database, run_id, every_s=0.01)
        assert next(sights).courses[0].status == "running"
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE '%%in_hand%%' AND pid <> pg_backend_pid()"
        )
        assert next(sights).trouble == "The server does not answer."
        assert next(sights).courses[0].status == "running"
    assert [sight.courses[0].status for sight in sights] == ["done"]


def test_a_server_that_never_answered_is_not_waited_for():
    with socket.socket() as nobody, pytest.raises(DatabaseUnavailable, match="No PostgreSQL server answers"):
        nobody.bind(("127.0.0.1", 0))
        next(follow(Database(f"postgresql://me@127.0.0.1:{nobody.getsockname()[1]}/it"), None))


def test_nothing_to_follow_is_said(study: Database, warehouse: Warehouse):
    with pytest.raises(BadInput, match="nothing is running"):
        next(follow(study, None))
    with pytest.raises(UnknownName, match="no such run"):
        next(follow(study, 99))


def test_a_run_that_is_done_is_told_at_once_and_exits_with_0(study: Database, warehouse: Warehouse):
    answer = warehouse("--dsn", study.dsn, "runs", "3", "--follow")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("3 compute human_resemblance: done after 48")


@pytest.mark.parametrize(
    ("status", "said"), [("failed", "failed"), ("interrupted", "was interrupted"), ("dead", "is dead")]
)
def test_a_run_that_ended_otherwise_exits_with_10_and_says_why(
    new_database: Database, warehouse: Warehouse, status: str, said: str
):
    run_id = dead(new_database, units=3)
    if status != "dead":
        with new_database.connect() as connection:
            connection.execute("UPDATE ops.run SET run_status = %s, error = 'No room.', finished_at = now()", [status])
    answer = warehouse("--dsn", new_database.dsn, "runs", str(run_id), "--follow")
    assert answer.code == 10
    assert answer.err.startswith(f"Error: Run {run_id} (`compute something`) {said} after 3 units, 30 rows, in ")
    assert answer.err.endswith(": its command, given again, goes on from there.\n")
    assert ("No room" in answer.err) == (status != "dead")


def test_where_there_is_no_terminal_lines_are_plain_and_few(capsys: pytest.CaptureFixture[str]):
    show = watching._Lines()
    for done in range(20, 30):
        show(Snapshot([course(done_count=done)]))
    show(Snapshot(trouble="The connection was lost."))
    show(Snapshot(trouble="The connection was lost."))
    show(Snapshot([course(done_count=48, status="done")]))
    assert capsys.readouterr().out.splitlines() == [
        "7 compute it: 20 of 48 units, 1,200 rows, 7/s, about 4 s to go",
        "The connection was lost. Trying again ...",
        "7 compute it: done after 48 of 48 units, 1,200 rows, in 4 s",
    ]


def test_on_a_terminal_what_runs_is_drawn_over_and_what_has_ended_stays(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)  # where it is none, click takes codes out
    show = watching._Redrawn()
    workers = [
        {"host": "lab-7", "process_id": 41, "is_held": True, "units": 16, "unit_key": "a/b", "since": None},
        {"host": "lab-8", "process_id": 42, "is_held": False, "units": 1, "unit_key": "c/d", "since": None},
    ]
    show(Snapshot([course(in_hand=workers)]))
    show(Snapshot([course(status="done", done_count=48), course(run_id=8)]))
    first, second = capsys.readouterr().out.split("\x1b[3A")
    assert "7 compute it:  42%" in first
    assert first.index("DEAD: 1 units, process 42 on lab-8") < first.index("in hand: 16 units, process 41 on lab-7")
    assert second.startswith("\r\x1b[J7 compute it: done after 48 of 48 units")
    assert "8 compute it:  42%" in second


def test_programs_get_an_object_a_line(capsys: pytest.CaptureFixture[str]):
    show = watching._JsonLines()
    show(Snapshot([course()]))
    show(Snapshot([course(seconds=5.0)]))
    show(Snapshot([course(done_count=48, status="done")]))
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["status"], one["done_count"]) for one in told] == [("running", 20), ("done", 48)]
    assert [one["seconds_left"] for one in told] == [4.0, None]
