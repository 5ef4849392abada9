"""The run ledger: which run is taken up, which unit holds, and that who has lost a run writes nothing to it."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import pytest

from warehouse.database.connection import Database
from warehouse.errors import Busy
from warehouse.ledger import runs, unit_records
from warehouse.ledger.locks import RUNS
from warehouse.load import publication, units
from warehouse.load.publication import Loading
from warehouse.plugin.contents import Extraction, Unit
from warehouse.schema.tables import human

JOB = "ingest a test"


def rows(database: Database, question: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with database.connect(autocommit=True) as connection:
        cursor = connection.execute(question, given)
        return cursor.fetchall() if cursor.description else []


def attempt(
    database: Database, keys: Sequence[str] = (), *, fails: bool = False, job: str = JOB, code: str = "1",
    parameters: Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """Run a job that writes units without rows; give the run's number."""
    number = 0
    try:
        with runs.record_run(database, job, parameters or {}, code) as number, database.connect() as connection:
            for key in keys:
                with unit_records.whole(connection):
                    runs.hold(connection, number)
                    unit_records.record_unit(connection, number, key, f"print of {key} by {code}", 0)
            if fails:
                raise ZeroDivisionError("it fails")
    except ZeroDivisionError:
        pass
    return number


def states(database: Database) -> list[tuple[Any, ...]]:
    return rows(database, "SELECT run_id, unit_key, unit_state FROM ops.unit ORDER BY unit_id")


class TestWhichRunIsTakenUp:
    def test_the_same_command_takes_up_what_failed_and_counts_the_attempt(self, new_database: Database):
        first = attempt(new_database, ["a"], fails=True)
        assert rows(new_database, "SELECT run_status, error FROM ops.run") == [("failed", "it fails")]
        assert attempt(new_database, ["b"]) == first
        assert rows(new_database, "SELECT run_status, error, attempt FROM ops.run") == [("done", None, 2)]

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param({"code": "2"}, id="of other code"),
            pytest.param({"parameters": {"seed": 1}}, id="with other parameters"),
            pytest.param({"job": "ingest another"}, id="of another job"),
        ],
    )
    def test_an_unfinished_run_is_not_taken_up_by_a_command(self, new_database: Database, other: dict[str, Any]):
        first = attempt(new_database, ["a"], fails=True)
        second = attempt(new_database, ["a"], **other)
        assert second != first
        assert rows(new_database, "SELECT run_status FROM ops.run ORDER BY run_id") == [("failed",), ("done",)]

    def test_a_run_that_is_done_is_not_taken_up(self, new_database: Database):
        assert attempt(new_database, ["a"]) != attempt(new_database, ["a"])

    def test_a_run_whose_process_lives_is_not_taken_up(self, new_database: Database):
        with runs.record_run(new_database, JOB, {}, "1", parts=["one"]) as first:
            with runs.record_run(new_database, JOB, {}, "1", parts=["other"]) as second:
                assert first != second

    def test_a_run_whose_process_is_gone_is_taken_up(self, new_database: Database):
        with pytest.raises(psycopg.OperationalError), runs.record_run(new_database, JOB, {}, "1") as first:
            lose_the_lock(new_database)
            raise psycopg.OperationalError
        assert rows(new_database, "SELECT run_status FROM ops.run") == [("running",)]
        assert attempt(new_database) == first


class TestWhichUnitHolds:
    def test_a_newer_unit_supersedes_an_older_one_when_its_run_is_done(self, new_database: Database):
        old, new = attempt(new_database, ["a", "b"]), attempt(new_database, ["a"], code="2")
        assert states(new_database) == [(old, "a", "superseded"), (old, "b", "done"), (new, "a", "done")]

    def test_an_older_run_that_is_finished_late_does_not_come_before_a_newer_one(self, new_database: Database):
        old = attempt(new_database, ["a"], fails=True)
        new = attempt(new_database, ["a"], code="2")
        assert attempt(new_database, ["b"]) == old
        assert states(new_database) == [(old, "a", "superseded"), (new, "a", "done"), (old, "b", "done")]

    def test_a_unit_that_is_committed_after_a_newer_one_was_done_does_not_come_before_it(self, new_database: Database):
        with runs.record_run(new_database, JOB, {}, "1", parts=["one"]) as old, new_database.connect() as connection:
            with unit_records.whole(connection):
                unit_records.record_unit(connection, old, "a", "print of a by 1", 0)
                with runs.record_run(new_database, JOB, {}, "2", parts=["other"]) as new:
                    with new_database.connect() as beside, unit_records.whole(beside):
                        unit_records.record_unit(beside, new, "a", "print of a by 2", 0)
        assert states(new_database) == [(old, "a", "superseded"), (new, "a", "done")]

    def test_a_unit_of_a_newer_run_that_failed_supersedes_nothing(self, new_database: Database):
        old, new = attempt(new_database, ["a"]), attempt(new_database, ["a"], code="2", fails=True)
        assert states(new_database) == [(old, "a", "done"), (new, "a", "done")]

    def test_nor_does_it_when_the_older_run_is_finished_after_that(self, new_database: Database):
        old, new = attempt(new_database, ["a"], fails=True), attempt(new_database, ["a"], code="2", fails=True)
        assert attempt(new_database, ["b"]) == old
        assert states(new_database) == [(old, "a", "done"), (new, "a", "done"), (old, "b", "done")]

    def test_a_unit_of_another_job_supersedes_nothing(self, new_database: Database):
        one, other = attempt(new_database, ["a"]), attempt(new_database, ["a"], job="ingest another")
        assert states(new_database) == [(one, "a", "done"), (other, "a", "done")]

    def test_results_count_when_their_run_is_done_and_data_at_once(self, new_database: Database):
        done, failed = attempt(new_database, ["a"]), attempt(new_database, ["b"], code="2", fails=True)
        with new_database.connect() as connection:
            assert list(unit_records.done_units(connection, JOB)) == ["a"]
            assert list(unit_records.done_units(connection, JOB, also_run=failed)) == ["a", "b"]
            known = unit_records.done_units(connection, JOB, seen_only=False)
            assert {key: unit.run_id for key, unit in known.items()} == {"a": done, "b": failed}
            assert unit_records.done_units(connection, "ingest another", seen_only=False) == {}

    def test_what_is_superseded_does_not_count(self, new_database: Database):
        attempt(new_database, ["a"])
        new = attempt(new_database, ["a"], code="2")
        with new_database.connect() as connection:
            found = unit_records.done_units(connection, JOB, seen_only=False)
        assert {key: (unit.run_id, unit.fingerprint) for key, unit in found.items()} == {"a": (new, "print of a by 2")}
        rows(new_database, "UPDATE ops.unit SET unit_state = 'superseded'")
        with new_database.connect() as connection:
            assert unit_records.done_units(connection, JOB, seen_only=False) == {}


def lose_the_lock(database: Database) -> None:
    """End the session that holds a run, and wait until it has gone."""
    of_runs = f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = {RUNS}::oid"
    ((pid,),) = rows(database, of_runs)
    assert rows(database, "SELECT pg_terminate_backend(%s, 5000)", [pid]) == [(True,)]


def reader(key: str, then: Any = None) -> Unit:
    """A unit of one row, in the middle of which something happens."""

    def written() -> Any:
        if then:
            then()
        yield human.region, {"region": [f"region {key}"], "description": ["for a test"]}

    return Unit(key, f"digest of {key}", written)


class TestWhoHasLostARun:
    def test_holds_it_no_more(self, new_database: Database):
        with pytest.raises(psycopg.OperationalError), runs.record_run(new_database, JOB, {}, "1") as number:
            with new_database.connect() as connection:
                runs.hold(connection, number)
                connection.rollback()
                lose_the_lock(new_database)
                with pytest.raises(psycopg.OperationalError, match="this process no longer holds the run"):
                    runs.hold(connection, number)
            raise psycopg.OperationalError

    @pytest.mark.parametrize(
        "changed", ["host = 'elsewhere'", "process_id = process_id + 1", "run_status = 'interrupted'"]
    )
    def test_nor_does_it_hold_a_run_that_another_has_taken_up(self, new_database: Database, changed: str):
        with runs.record_run(new_database, JOB, {}, "1") as number, new_database.connect() as connection:
            rows(new_database, f"UPDATE ops.run SET {changed} WHERE run_id = %s", [number])
            with pytest.raises(psycopg.OperationalError, match="this process no longer holds the run"):
                runs.hold(connection, number)

    def test_keeps_others_from_taking_it_over_in_the_middle_of_a_unit(self, new_database: Database):
        with runs.record_run(new_database, JOB, {}, "1") as number, new_database.connect() as connection:
            runs.hold(connection, number)
            with new_database.connect(autocommit=True) as rival:
                rival.execute("SET lock_timeout = '100ms'")
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    rival.execute("UPDATE ops.run SET process_id = 1 WHERE run_id = %s", [number])

    def test_writes_no_unit(self, new_database: Database):
        with pytest.raises(psycopg.OperationalError), runs.record_run(new_database, JOB, {}, "1") as number:
            with new_database.connect() as connection:
                units.load(connection, number, reader("one"), {}, JOB)
                lose_the_lock(new_database)
                with pytest.raises(psycopg.OperationalError, match="this process no longer holds the run"):
                    units.load(connection, number, reader("two"), {}, JOB)
            raise psycopg.OperationalError
        assert rows(new_database, "SELECT unit_key FROM ops.unit") == [("one",)]
        assert rows(new_database, "SELECT region FROM human.region WHERE region LIKE 'region %%'") == [("region one",)]

    def test_publishes_no_extraction(self, new_database: Database):
        model = {"model": "m", "head_count": 1}
        extraction = Extraction(1, model, {"condition": "plain"}, "raw", "word", "float32", True, (0,), "d", [])
        with pytest.raises(psycopg.OperationalError), runs.record_run(new_database, JOB, {}, "1") as number:
            lose_the_lock(new_database)
            with new_database.connect() as connection:
                with pytest.raises(psycopg.OperationalError, match="this process no longer holds the run"):
                    publication.publish(connection, Loading(1, number, extraction), {})
            raise psycopg.OperationalError


class TestAUnit:
    def test_comes_with_its_rows_or_not_at_all(self, new_database: Database):
        with runs.record_run(new_database, JOB, {}, "1") as number, new_database.connect() as connection:
            with pytest.raises(ZeroDivisionError):
                units.load(connection, number, reader("one", lambda: 1 // 0), {}, JOB)
            with new_database.connect() as other, pytest.raises(ZeroDivisionError), unit_records.whole(other):
                unit_records.record_unit(other, number, "two", "", 0)
                raise ZeroDivisionError
        assert rows(new_database, "SELECT unit_key FROM ops.unit") == []
        assert rows(new_database, "SELECT region FROM human.region WHERE region LIKE 'region %%'") == []

    def test_leaves_no_rows_where_the_ledger_does_not_take_it(
        self, new_database: Database, monkeypatch: pytest.MonkeyPatch
    ):
        with runs.record_run(new_database, JOB, {}, "1") as number, new_database.connect() as connection:
            monkeypatch.setattr(unit_records, "record_unit", lambda *_: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                units.load(connection, number, reader("one"), {}, JOB)
        assert rows(new_database, "SELECT region FROM human.region WHERE region LIKE 'region %%'") == []

    def test_that_two_commands_load_side_by_side_is_written_once(self, new_database: Database):
        is_in_the_middle, may_go_on, tallies = threading.Event(), threading.Event(), []

        def then() -> None:
            is_in_the_middle.set()
            may_go_on.wait(10)

        def load(parts: list[str], unit: Unit) -> None:
            with (
                runs.record_run(new_database, JOB, {}, "1", parts=parts) as number,
                new_database.connect() as connection,
            ):
                tallies.append(units.load(connection, number, unit, {}, JOB))

        first = threading.Thread(target=load, args=(["one"], reader("a", then)))
        first.start()
        is_in_the_middle.wait(10)
        second = threading.Thread(target=load, args=(["other"], reader("a")))
        second.start()
        waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while second.is_alive() and not rows(new_database, waits):
            pass
        may_go_on.set()
        first.join()
        second.join()
        assert sorted((tally.inserted, tally.unchanged) for tally in tallies) == [(0, 1), (1, 0)]
        assert rows(new_database, "SELECT unit_key, row_count FROM ops.unit") == [("a", 1)]


def test_the_same_run_is_not_held_twice(new_database: Database):
    with runs.record_run(new_database, JOB, {}, "1"), pytest.raises(Busy):
        attempt(new_database)
