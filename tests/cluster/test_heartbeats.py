"""A process that gives no sign of life loses its sessions, and with them all that it holds, to whoever needs it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.cluster.conftest import wait_until
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import Busy
from warehouse.ledger import heartbeats, jobs, leases, runs, sessions
from warehouse.ledger.heartbeats import Heartbeat, beating
from warehouse.ledger.leases import Leases

UNITS = {"one": "print of one"}
COMPUTE = ["compute", "human-resemblance", "--measure", "duration"]


def run(database: Database, statement: str, given: object = None) -> list[tuple[object, ...]]:
    with database.connect(autocommit=True) as connection:
        cursor = connection.execute(statement, given)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def be_silent(database: Database, heartbeat: Heartbeat | None = None, seconds: int = 61) -> None:
    """Let processes have given their last sign of life a while ago."""
    number = heartbeat.number if heartbeat else None
    run(database, "UPDATE ops.worker SET heartbeat_at = clock_timestamp() - %s * interval '1 s' "
        "WHERE worker = COALESCE(%s, worker)", [seconds, number])  # fmt: skip


@contextmanager
def worker(database: Database) -> Iterator[tuple[Leases, Heartbeat]]:
    with beating(database) as heartbeat, database.connect() as connection:
        yield Leases(connection, heartbeat), heartbeat


def test_a_process_gives_signs_of_life_and_leaves_nothing_behind(
    new_database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(heartbeats, "BEAT_S", 0.05)
    with beating(new_database) as heartbeat:
        be_silent(new_database, heartbeat)
        fresh = "SELECT heartbeat_at > clock_timestamp() - interval '5 s' FROM ops.worker"
        wait_until(lambda: run(new_database, fresh) == [(True,)], 5)
        assert run(new_database, "SELECT host, process_id FROM ops.worker") == [(os.uname().nodename, os.getpid())]
    assert run(new_database, "SELECT * FROM ops.worker") == []


def test_signs_of_life_go_on_over_another_connection(new_database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(heartbeats, "BEAT_S", 0.05)
    with beating(new_database) as heartbeat:
        run(new_database, "SELECT pg_terminate_backend(%s, 5000)", [heartbeat._connection.info.backend_pid])
        be_silent(new_database, heartbeat)
        fresh = "SELECT heartbeat_at > clock_timestamp() - interval '5 s' FROM ops.worker"
        wait_until(lambda: run(new_database, fresh) == [(True,)], 5)


def test_who_was_killed_is_taken_off_the_list_by_the_next(new_database: Database):
    run(new_database, "INSERT INTO ops.worker (worker, host, process_id) VALUES (7, 'lab', 7)")
    with beating(new_database) as heartbeat:
        assert run(new_database, "SELECT worker FROM ops.worker") == [(heartbeat.number,)]


def test_a_silent_worker_is_told_and_taken_over_and_writes_nothing(
    new_database: Database, caplog: pytest.LogCaptureFixture
):
    with runs.record_run(new_database, "compute noise_ceiling", {}, "1") as run_id, worker(new_database) as (second, _):
        with pytest.raises(psycopg.OperationalError), worker(new_database) as (first, silent):
            first.take(run_id, UNITS)
            assert second.take(run_id, UNITS) == (set(), set())
            be_silent(new_database, silent, 59)
            assert second.take(run_id, UNITS) == (set(), set())
            be_silent(new_database, silent)
            with caplog.at_level("INFO"):
                assert second.take(run_id, UNITS) == ({"one"}, set())
            with first.settling(run_id, ["one"]):
                pytest.fail("who was taken over must not write")
        assert caplog.messages == [
            f"Waiting for host {os.uname().nodename}, process {os.getpid()}, 61 s without a sign of life: its sessions "
            "are ended, and its work is taken over."
        ]
        assert run(new_database, "SELECT unit_key, attempt FROM mart.lease") == [("one", 2)]


@pytest.mark.parametrize("doing", ["taking", "writing"])
def test_who_was_stopped_in_the_middle_of_a_transaction_on_leases_is_taken_over(
    new_database: Database, doing: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(leases, "PATIENCE", "50ms")
    with runs.record_run(new_database, "compute noise_ceiling", {}, "1") as run_id, worker(new_database) as (second, _):
        with pytest.raises(psycopg.OperationalError), worker(new_database) as (first, silent):
            if doing == "writing":
                first.take(run_id, UNITS)
            with first.transaction() if doing == "taking" else first.settling(run_id, ["one"]):
                if doing == "taking":
                    first.connection.execute(leases._TAKE, [run_id, first.worker, "lab", 1, ["one"]])
                be_silent(new_database, silent)
                assert second.take(run_id, UNITS) == ({"one"}, set())
        assert run(new_database, "SELECT unit_key FROM mart.lease") == [("one",)]


def test_who_takes_the_same_units_a_little_longer_is_waited_for(
    new_database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(leases, "PATIENCE", "50ms")
    with runs.record_run(new_database, "compute noise_ceiling", {}, "1") as run_id, worker(new_database) as (second, _):
        with worker(new_database) as (first, _), ThreadPoolExecutor(1) as pool:
            with first.transaction() as connection:
                connection.execute(leases._TAKE, [run_id, first.worker, "lab", 1, ["one"]])
                taking = pool.submit(second.take, run_id, UNITS)
                with pytest.raises(TimeoutError):
                    taking.result(timeout=0.3)
            assert taking.result(timeout=60) == (set(), set())


@pytest.fixture
def writers(cluster: EmbeddedServer, new_database: Database) -> Iterator[tuple[Database, Database]]:
    """A database as two people reach it who may both write, and neither of whom may end the other's sessions."""
    names = [f"writer_{uuid4().hex}" for _ in range(2)]
    for name in names:
        run(new_database, f"CREATE ROLE {name} LOGIN PASSWORD 'secret' IN ROLE warehouse_writer")
    first, second = (Database(make_conninfo(new_database.dsn, user=name, password="secret")) for name in names)
    yield first, second
    for name in names:
        run(new_database, f"DROP ROLE {name}")


def test_all_sessions_of_a_silent_process_end_and_no_others(writers: tuple[Database, Database]):
    mine, theirs = writers
    with theirs.connect(autocommit=True) as one, theirs.connect(autocommit=True) as other:
        with beating(theirs) as silent, beating(theirs) as living:
            silent.join(one)
            living.join(other)
            be_silent(theirs, silent)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run(mine, "SELECT pg_terminate_backend(%s)", [one.info.backend_pid])
            assert run(mine, "SELECT fn.end_silent_worker(%s)", [living.number]) == [(0,)]
            assert run(mine, "SELECT fn.end_silent_worker(%s)", [silent.number]) == [(2,)]
            with pytest.raises(psycopg.OperationalError):
                one.execute("SELECT 1")
            assert other.execute("SELECT 1").fetchone() == (1,)


def test_a_job_of_another_writers_silent_process_is_taken_over(writers: tuple[Database, Database]):
    mine, theirs = writers
    with pytest.raises(psycopg.OperationalError), theirs.connect() as connection:
        with runs.record_run(theirs, "compute x", {}, "1") as first:
            be_silent(theirs)
            with runs.record_run(mine, "compute x", {}, "1") as second:
                assert first == second
            runs.hold(connection, first)


def test_a_reader_may_not_end_anything(new_database: Database):
    told = "SELECT has_function_privilege('warehouse_reader', 'fn.end_silent_worker(integer)', 'EXECUTE')"
    assert run(new_database, told) == [(False,)]


def test_a_job_of_a_silent_process_is_taken_over_and_its_run_taken_up(new_database: Database):
    with pytest.raises(psycopg.OperationalError):
        with runs.record_run(new_database, "compute x", {}, "1") as first:
            with pytest.raises(Busy, match=rf"does `compute x` at this moment \(run {first}, process {os.getpid()} on"):
                with runs.record_run(new_database, "compute x", {}, "1"):
                    pytest.fail("it is done by another")
            be_silent(new_database, seconds=40)
            with pytest.raises(Busy, match=r"no sign of life for 4\d s: wait until"):
                with runs.record_run(new_database, "compute x", {}, "1"):
                    pytest.fail("it is done by another")
            be_silent(new_database)
            with runs.record_run(new_database, "compute x", {}, "1") as second:
                assert (second, run(new_database, "SELECT attempt FROM ops.run")) == (first, [(2,)])
            with new_database.connect() as connection:
                runs.hold(connection, first)


def test_who_forgets_does_not_wait_for_a_silent_process(new_database: Database):
    with new_database.connect(autocommit=True) as reading, new_database.connect(autocommit=True) as guard:
        with beating(new_database) as silent:
            silent.join(reading)
            sessions.enter(reading)
            with pytest.raises(Busy, match=rf"Process {os.getpid()} on .* uses the warehouse now"):
                sessions.refuse_users(guard, "forget")
            be_silent(new_database, silent)
            sessions.refuse_users(guard, "forget")
            with pytest.raises(psycopg.OperationalError):
                reading.execute("SELECT 1")


def test_a_role_that_may_not_end_the_sessions_is_told(new_database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(heartbeats, "_END", "SELECT pg_terminate_backend(%s) FROM pg_authid_of_nobody")
    with beating(new_database) as silent, new_database.connect(autocommit=True) as connection:
        with pytest.raises(psycopg.errors.UndefinedTable):
            heartbeats.end(connection, heartbeats.Holder(None, None, "lab", 7, None, silent.number, 70.0))
        monkeypatch.setattr(heartbeats, "_END", "DO $$ BEGIN RAISE insufficient_privilege; END $$ -- %s")
        connection.execute("DROP FUNCTION fn.end_silent_worker")
        connection.execute(
            "CREATE FUNCTION fn.end_silent_worker(integer) RETURNS integer LANGUAGE plpgsql "
            "AS $$ BEGIN RAISE insufficient_privilege; END $$"
        )
        with pytest.raises(Busy, match="In the way is host lab, process 7, which has given no sign of life for 70 s"):
            heartbeats.end(connection, heartbeats.Holder(None, None, "lab", 7, None, silent.number, 70.0))


def test_work_on_other_parts_goes_side_by_side(new_database: Database):
    with new_database.connect(autocommit=True) as one, new_database.connect(autocommit=True) as other:
        with jobs.holding(one, "compute x", ["corpus 1", "corpus 2"]):
            with jobs.holding(other, "compute x", ["corpus 3"]) as has_waited:
                assert not has_waited
            for parts in (["corpus 2", "corpus 3"], []):
                with pytest.raises(Busy), jobs.holding(other, "compute x", parts):
                    pytest.fail("one of them is in another's hand")
            with jobs.holding(other, "compute y"):
                pass
        with jobs.holding(one, "compute x"), pytest.raises(Busy), jobs.holding(other, "compute x", ["corpus 3"]):
            pytest.fail("all of it is in another's hand")


def test_a_refusal_leaves_no_lock(new_database: Database):
    with new_database.connect(autocommit=True) as one, new_database.connect(autocommit=True) as other:
        with jobs.holding(one, "x", ["b"]), pytest.raises(Busy), jobs.holding(other, "x", ["a", "b"]):
            pytest.fail("one of them is in another's hand")
        assert run(new_database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = %s",
                   [other.info.backend_pid]) == [(0,)]  # fmt: skip


def test_who_waits_for_one_part_keeps_nobody_from_another(new_database: Database):
    connect = new_database.connect
    with connect(autocommit=True) as one, connect(autocommit=True) as waiting, connect(autocommit=True) as third:

        def wait() -> None:
            with jobs.holding(waiting, "x", ["a", "b"], wait_s=60):
                pass

        with jobs.holding(one, "x", ["b"]):
            thread = threading.Thread(target=wait)
            thread.start()
            time.sleep(0.5)
            with jobs.holding(third, "x", ["a"], wait_s=5):
                assert thread.is_alive()
        thread.join(60)
        assert not thread.is_alive()


def test_a_job_is_waited_for_as_long_as_it_was_asked_and_it_is_said_for_whom(
    new_database: Database, caplog: pytest.LogCaptureFixture
):
    ended = threading.Event()

    def hold() -> None:
        with runs.record_run(new_database, "compute x", {}, "1"):
            ended.wait()

    holding = threading.Thread(target=hold)
    holding.start()
    wait_until(lambda: run(new_database, "SELECT 1 FROM ops.run WHERE run_status = 'running'"), 5)
    try:
        began = time.monotonic()
        with pytest.raises(Busy, match="give it with `--wait SECONDS`"), caplog.at_level("INFO"):
            with runs.record_run(new_database, "compute x", {}, "1", wait_s=0.5):
                pytest.fail("it is done by another")
        assert time.monotonic() - began >= 0.5
        assert caplog.messages[0] == (
            f"Waiting for host {os.uname().nodename}, process {os.getpid()} (run 1, `compute x`), 0 s."
        )
        threading.Timer(0.5, ended.set).start()
        with runs.hold_job(new_database, "compute x", wait_s=30) as (_, has_waited):
            assert has_waited
    finally:
        ended.set()
        holding.join()


def test_a_waiting_withdrawal_goes_before_new_work_and_what_runs_goes_on(new_database: Database):
    connect = new_database.connect
    with connect(autocommit=True) as old, connect(autocommit=True) as new, connect(autocommit=True) as helping:
        with connect(autocommit=True) as guard:
            sessions.enter(old)
            forgetting = threading.Thread(target=sessions.refuse_users, args=(guard, "forget", 30))
            forgetting.start()
            wait_until(lambda: run(new_database, "SELECT 1 FROM pg_locks WHERE objid = 20231213"), 5)
            with pytest.raises(Busy, match="Something is being withdrawn from the warehouse"):
                sessions.enter(new)
            sessions.use(helping)  # a worker of a command that has begun
            sessions.release(helping)
            assert forgetting.is_alive()
            sessions.release(old)
            forgetting.join(10)
            assert not forgetting.is_alive()
            with pytest.raises(Busy):
                sessions.enter(new)
        sessions.enter(new, wait_s=10)


def stopped(*words: str, database: Database) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "warehouse", "--dsn", database.dsn, *words]
    return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told_by(command: subprocess.Popen[str]) -> str:
    try:
        return command.communicate(timeout=300)[1]
    except subprocess.TimeoutExpired:
        command.kill()
        command.communicate()
        raise


RESULTS = "SELECT layer, measure_id, subject_id, extraction_id, r2 FROM result.human_resemblance ORDER BY 1, 2, 3, 4"


@pytest.mark.parametrize("jobs_", ["1", "2"])
def test_a_command_whose_process_is_stopped_is_taken_over_by_the_same_command(study: Database, jobs_: str):
    """The process is really stopped, and really goes on afterwards; time is not waited for but put back."""
    first, before = stopped(*COMPUTE, "--jobs", jobs_, database=study), list[tuple[object, ...]]()
    try:
        wait_until(lambda: run(study, "SELECT 1 FROM ops.lease") or first.poll() is not None)
        first.send_signal(signal.SIGSTOP)
        assert first.poll() is None
        for child in run(study, "SELECT process_id FROM ops.worker WHERE process_id <> %s", [first.pid]):
            os.kill(int(str(child[0])), signal.SIGSTOP)
        before = run(study, "SELECT process_id FROM ops.worker")
        again = stopped(*COMPUTE, database=study)
        assert "at this moment" in told_by(again)
        assert again.returncode == 7
        be_silent(study)
        again = stopped(*COMPUTE, database=study)
        said = told_by(again)
        assert again.returncode == 0, said
        assert f"process {first.pid}" in said and "is taken over." in said
        done = run(study, RESULTS)
    finally:
        for pid in {first.pid, *(int(str(pid)) for (pid,) in before)}:
            os.kill(pid, signal.SIGCONT)
        said = told_by(first)
    assert (first.returncode, "The connection" in said, "Traceback" in said) == (4, True, False)
    assert run(study, RESULTS) == done
    assert len(done) == len({row[:4] for row in done})
    assert run(study, "SELECT DISTINCT run_status FROM ops.run") == [("done",)]


def test_a_process_that_computes_beside_others_is_stopped_and_replaced(study: Database):
    command = stopped(*COMPUTE, "--jobs", "2", database=study)
    children = "SELECT process_id FROM ops.worker WHERE process_id <> %s"
    wait_until(lambda: run(study, children, [command.pid]) or command.poll() is not None, 180)
    ((child,),) = run(study, f"{children} LIMIT 1", [command.pid])
    os.kill(int(str(child)), signal.SIGSTOP)
    run(study, "UPDATE ops.worker SET heartbeat_at = heartbeat_at - interval '70 s' WHERE process_id = %s", [child])
    said = told_by(command)
    assert command.returncode == 0, said
    assert f"process {child}, " in said and "without a sign of life" in said
    assert run(study, "SELECT * FROM ops.lease") == []
