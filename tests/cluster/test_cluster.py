"""Units computed by other processes and machines: the same rows, whoever dies meanwhile."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import Machines, free_port, started, wait_until
from tests.conftest import cloned
from warehouse import pipeline
from warehouse.compute.workers import dask_cluster, executors, processes
from warehouse.compute.workers.processes import Processes
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput, WarehouseError
from warehouse.progress import Progress

CHOSEN = {"quantity": ["saccade_duration"]}
COMPUTE = ["compute", "human-resemblance", "--measure", "duration"]
RESULTS = (
    "SELECT layer, measure_id, subject_id, extraction_id, r2, cv_r2, adjusted_r2, rank FROM result.human_resemblance "
    "ORDER BY extraction_id, layer, measure_id, subject_id"
)


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.connect(autocommit=True) as connection:
        return connection.execute(query).fetchall()


def command(database: Database, *more: str) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-m", "warehouse", "--quiet", "--dsn", database.dsn, *COMPUTE, *more]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    _, said = process.communicate(timeout=120)
    return process.returncode, said


@pytest.fixture(scope="module")
def expected(cluster: EmbeddedServer, study_template: str) -> list[tuple[Any, ...]]:
    """What one process finds."""
    with cloned(cluster, study_template) as database:
        pipeline.compute(database, "human_resemblance", CHOSEN, progress=Progress(quiet=True))
        return rows(database, RESULTS)


@contextmanager
def in_the_middle(database: Database, *more: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A command that computes, and a worker of its that has units in hand; none can be written within the block."""
    with database.connect() as holding:
        holding.execute("LOCK TABLE result.human_resemblance IN SHARE MODE")
        process = command(database, *more)
        mine = (
            "SELECT process_id FROM mart.lease "
            f"WHERE job = 'compute human_resemblance' AND is_held AND process_id <> {process.pid}"
        )
        found = wait_until(lambda: rows(database, mine) or process.poll() is not None, 60)
        assert isinstance(found, list), "it ended without a worker"
        yield process, found[0][0]


def assert_whole(database: Database, expected: list[tuple[Any, ...]]) -> None:
    """Nothing is missing, double or left over; a unit that was begun twice says so."""
    assert rows(database, RESULTS) == expected
    assert rows(database, "SELECT DISTINCT run_status FROM ops.run") == [("done",)]
    assert rows(database, "SELECT * FROM ops.lease") == []
    counts = "SELECT unit_count, done_count FROM mart.run WHERE unit_count IS NOT NULL AND job LIKE '%human%'"
    assert all(to_do == done for to_do, done in rows(database, counts))


def test_a_killed_process_of_this_machine_is_replaced(study: Database, expected: list[tuple[Any, ...]]):
    with in_the_middle(study, "--jobs", "2") as (process, worker):
        os.kill(worker, signal.SIGKILL)
    assert ended(process) == (0, "")
    assert_whole(study, expected)
    assert rows(study, "SELECT max(attempt) FROM ops.unit") == [(2,)]


def test_a_process_that_is_stopped_before_it_has_begun_is_replaced(
    study: Database, expected: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    start, stopped = Processes._start, list[int]()

    def start_and_stop(pool: Processes) -> None:
        start(pool)
        if not stopped:
            stopped.extend(pool.children())
            for child in stopped:
                os.kill(child, signal.SIGSTOP)

    monkeypatch.setattr(Processes, "_start", start_and_stop)
    monkeypatch.setattr(processes, "SILENT_S", 20)
    with caplog.at_level("INFO"):
        pipeline.compute(study, "human_resemblance", CHOSEN, progress=Progress(quiet=True), jobs=2)
    assert [f"Process {child} of this command has given no sign of life" in caplog.text for child in stopped] == [
        True, True,
    ]  # fmt: skip
    assert_whole(study, expected)


def test_a_process_that_is_stopped_when_all_is_done_is_not_waited_for(study: Database, monkeypatch: pytest.MonkeyPatch):
    with executors.worker_pool(study, 2, None) as pool:
        assert isinstance(pool, Processes)
        assert pool.executor(100)
        wait_until(lambda: all(number for number in pool._signs._table[::2]))
        os.kill(pool.children()[0], signal.SIGSTOP)
        monkeypatch.setattr(processes, "SILENT_S", 4)
        began = time.monotonic()
    assert 3 < time.monotonic() - began < 60


def test_workers_that_die_of_every_unit_end_with_a_sentence(study: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    monkeypatch.setattr(Processes, "_start", _start_doomed)
    with pytest.raises(WarehouseError, match=r"Workers died 3 times .* lack of memory") as told:
        pipeline.compute(study, "human_resemblance", CHOSEN, progress=Progress(quiet=True), jobs=2)
    assert told.value.exit_code == 9
    assert rows(study, "SELECT run_status FROM ops.run ORDER BY run_id DESC LIMIT 1") == [("failed",)]


def _start_doomed(pool: Processes) -> None:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool._pool, pool._started = ProcessPoolExecutor(pool.size, get_context("spawn"), os._exit, (1,)), []


def test_jobs_and_a_scheduler_do_not_go_together(study: Database):
    with pytest.raises(BadInput, match="--jobs and --scheduler: cannot go together; give one"):
        pipeline.compute(study, "human_resemblance", CHOSEN, jobs=2, scheduler="tcp://127.0.0.1:1")


def test_without_dask_it_is_told_what_to_install(study: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInput, match=r"needs Dask.*`pip install 'attention-warehouse\[cluster\]'`"):
        pipeline.compute(study, "human_resemblance", CHOSEN, scheduler="tcp://127.0.0.1:1")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        pytest.param("tcp://127.0.0.1:{port}", "no Dask scheduler answers within 1 s; start one", id="nobody there"),
        pytest.param("nonsense://x:y", "is not an address of a scheduler; give tcp://HOST:PORT", id="no address"),
    ],
)
def test_a_scheduler_that_is_not_there_is_told(
    study: Database, monkeypatch: pytest.MonkeyPatch, address: str, told: str
):
    pytest.importorskip("distributed")
    monkeypatch.setattr(dask_cluster, "PATIENCE_S", 1)
    with pytest.raises(BadInput, match=told):
        pipeline.compute(study, "human_resemblance", CHOSEN, scheduler=address.format(port=free_port()))
    assert rows(study, "SELECT count(*) FROM ops.run WHERE run_status <> 'done'") == [(0,)]


def test_a_scheduler_without_workers_is_told(study: Database, scheduler: Machines, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dask_cluster, "PATIENCE_S", 5)
    with pytest.raises(
        BadInput, match=f"{scheduler.address}: the scheduler has no workers; start some with `dask worker"
    ):
        pipeline.compute(study, "human_resemblance", CHOSEN, scheduler=scheduler.address)


def test_two_workers_of_a_scheduler_find_the_same_rows(
    study: Database, machines: Machines, expected: list[tuple[Any, ...]]
):
    assert ended(command(study, "--scheduler", machines.address)) == (0, "")
    assert_whole(study, expected)


def test_what_a_killed_coordinator_left_is_taken_up_by_the_same_command(
    study: Database, machines: Machines, expected: list[tuple[Any, ...]]
):
    with in_the_middle(study, "--scheduler", machines.address) as (process, _):
        process.kill()
    ended(process)
    assert ended(command(study, "--scheduler", machines.address)) == (0, "")
    assert_whole(study, expected)


def test_a_killed_worker_is_done_without(study: Database, machines: Machines, expected: list[tuple[Any, ...]]):
    with in_the_middle(study, "--scheduler", machines.address) as (process, worker):
        os.kill(worker, signal.SIGKILL)
    assert ended(process) == (0, "")
    assert_whole(study, expected)
    assert rows(study, "SELECT max(attempt) FROM ops.unit") == [(2,)]


def test_a_stopped_worker_is_done_without(
    study: Database, machines: Machines, expected: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
):
    """It is really stopped; the minute after which it is given up is put back in the ledger, and shortened for Dask."""
    from distributed import Client

    monkeypatch.setattr(dask_cluster, "SILENT_S", 8)
    monkeypatch.setattr(dask_cluster, "LOOK_S", 2)
    machines.start_worker()
    with Client(machines.address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    computing = threading.Thread(target=pipeline.compute, args=[study, "human_resemblance", CHOSEN],
                                 kwargs={"scheduler": machines.address, "progress": Progress(quiet=True)})  # fmt: skip
    with study.connect() as holding:
        holding.execute("LOCK TABLE result.human_resemblance IN SHARE MODE")
        computing.start()
        mine = f"SELECT process_id FROM mart.lease WHERE is_held AND process_id <> {os.getpid()}"
        found = wait_until(lambda: rows(study, mine) or not computing.is_alive())
        assert isinstance(found, list), "it ended without a worker"
        ((worker,), *_) = found
        os.kill(worker, signal.SIGSTOP)
    try:
        with study.connect() as connection:
            connection.execute(
                "UPDATE ops.worker SET heartbeat_at = heartbeat_at - interval '70 s' WHERE process_id = %s", [worker]
            )
        computing.join(120)
        assert not computing.is_alive()
        assert_whole(study, expected)
    finally:
        os.kill(worker, signal.SIGKILL)
        computing.join(60)


def test_a_scheduler_that_goes_in_the_middle_is_told_and_the_rest_is_done_when_it_is_there_again(
    study: Database, expected: list[tuple[Any, ...]], tmp_path: Path
):
    with started(tmp_path) as machines:
        machines.start_worker()
        with in_the_middle(study, "--scheduler", machines.address) as (process, _):
            machines.stop()
        assert ended(process) == (
            9, f"Error: The scheduler at {machines.address} is gone; what was done is kept: start it again with its "
            "workers, and give the same command again.\n",
        )  # fmt: skip
    pipeline.compute(study, "human_resemblance", CHOSEN, progress=Progress(quiet=True))
    assert_whole(study, expected)


def test_no_password_is_in_what_scheduler_and_workers_say(machines: Machines, cluster: EmbeddedServer):
    password = Database(cluster.dsn()).password()
    assert password and "Run out-of-band function" in machines.said()
    assert password not in machines.said()
