"""A withdrawal gets through, however much goes on: what waits to forget goes before what has not begun."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.conftest import STUDY
from warehouse import pipeline
from warehouse.access import erasure
from warehouse.compute.agenda import agenda
from warehouse.compute.everything import compute_all
from warehouse.database.connection import Database
from warehouse.errors import Busy
from warehouse.plugin.registry import sources
from warehouse.progress import Progress

QUIET = Progress(quiet=True)


class Load:
    """What goes on in a thread, again and again, until it is to end; a refusal is no harm, anything else is."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work, self._is_over = work, threading.Event()
        self.done = self.refused = 0
        self.harm: BaseException | None = None
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()

    def _go_on(self) -> None:
        while not self._is_over.is_set() and self.harm is None:
            try:
                self._work()
                self.done += 1
            except Busy:
                self.refused += 1
                time.sleep(0.02)
            except BaseException as error:
                self.harm = error

    def end(self) -> None:
        self._is_over.set()
        self._thread.join()


def test_a_withdrawal_gets_through_beside_a_mixed_load(study: Database):
    def ingest(**chosen: Any) -> object:
        return pipeline.ingest(study, sources()["simulated_readers"], [], chosen, QUIET)

    def compute(selection: Mapping[str, Any]) -> object:
        return pipeline.compute(study, "human_resemblance", selection, progress=QUIET)

    def read() -> None:
        with study.connect(read_only=True) as connection:
            connection.execute("SELECT count(*) FROM mart.model_summary").fetchall()

    loads = [
        Load(lambda: ingest(readers=4)),
        Load(lambda: ingest(readers=4, seed=20231206)),
        Load(lambda: compute(STUDY)),
        Load(read),
    ]
    try:
        began = time.monotonic()
        done = erasure.forget(study, "subject", ["L1/sim-02"], QUIET, wait_s=120)
        assert done.rows["human.subject"] == 1
        assert time.monotonic() - began < 120
        before = [load.done for load in loads]
        deadline = time.monotonic() + 60
        while not all(load.done > old for load, old in zip(loads, before, strict=True)) and time.monotonic() < deadline:
            assert [load.harm for load in loads] == [None] * len(loads)
            time.sleep(0.05)
    finally:
        for load in loads:
            load.end()
    assert [load.harm for load in loads] == [None] * len(loads)
    assert all(load.done > old for load, old in zip(loads, before, strict=True))  # and afterwards they go on
    with study.connect() as connection:
        left = connection.execute("SELECT count(*) FROM human.subject WHERE subject_label = 'sim-02'").fetchone()
    assert left == (1,)  # that of the other group


def test_computing_everything_gives_way_between_two_analyses_and_begins_anew(study: Database):
    computing = compute_all(study, STUDY, (), QUIET)
    first, _ = next(computing)
    done: list[erasure.Erasure] = []
    forgetting = threading.Thread(
        target=lambda: done.append(erasure.forget(study, "subject", ["L1/sim-02"], QUIET, wait_s=120))
    )
    forgetting.start()
    with study.connect(autocommit=True) as looking:
        waits = "SELECT 1 FROM pg_locks WHERE objid = 20231213 AND mode = 'ExclusiveLock' AND granted"
        deadline = time.monotonic() + 60
        while not looking.execute(waits).fetchone() and time.monotonic() < deadline:
            time.sleep(0.02)
    assert forgetting.is_alive()
    (again, _), *_ = computing
    forgetting.join(60)
    assert again == first
    assert done[0].rows["human.subject"] == 1
    with study.connect() as connection:
        finished = "SELECT job FROM ops.run ORDER BY finished_at"
        jobs = [job for (job,) in connection.execute(finished).fetchall()]
    assert jobs.index("forget subject") < len(jobs) - 1
    assert all(not due.plan.todo for due in agenda(study, STUDY))
