"""Leases: a unit is in one hand at a time; a dead hand's is taken over, and a hand that lost it writes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from warehouse.compute import results
from warehouse.compute.plan import Planned
from warehouse.database.connection import Database
from warehouse.ledger import leases, locks, runs
from warehouse.ledger.leases import LeaseLost, Leases
from warehouse.plugin.registry import analysis_named

UNITS = {"one": "print of one", "two": "print of two"}


@pytest.fixture
def run_id(new_database: Database) -> Iterator[int]:
    """A run that somebody leads."""
    with runs.record_run(new_database, "compute noise_ceiling", {}, "1") as number:
        yield number


@contextmanager
def worker(database: Database) -> Iterator[Leases]:
    with database.connect() as connection:
        yield Leases(connection)


def held(database: Database) -> list[tuple[str, int, bool]]:
    with database.connect(autocommit=True) as connection:
        return connection.execute("SELECT unit_key, attempt, is_held FROM mart.lease ORDER BY unit_key").fetchall()


def recorded(database: Database) -> list[tuple[str, int]]:
    with database.connect(autocommit=True) as connection:
        return connection.execute("SELECT unit_key, attempt FROM ops.unit ORDER BY unit_key").fetchall()


def write(worker: Leases, run_id: int, key: str) -> bool:
    """Write a unit without rows; tell whether the run is led."""
    unit = Planned({"corpus_id": 1, "language_group": "L1"}, key, {}, "missing")
    none = {"measure_id": [], "ceiling_kind": [], "ceiling": []}
    return results.write(worker, run_id, analysis_named("noise_ceiling"), [unit], [none]).is_led


def test_what_one_has_in_hand_another_does_not_get(new_database: Database, run_id: int):
    with worker(new_database) as first, worker(new_database) as second:
        assert first.take(run_id, {"one": "print of one"}) == ({"one"}, set())
        assert second.take(run_id, UNITS) == ({"two"}, set())
        assert held(new_database) == [("one", 1, True), ("two", 1, True)]


def test_what_is_given_back_another_gets(new_database: Database, run_id: int):
    with worker(new_database) as first, worker(new_database) as second:
        first.take(run_id, UNITS)
        first.give_back(run_id, ["one"])
        assert second.take(run_id, UNITS) == ({"one"}, set())


def test_what_a_dead_worker_had_is_seen_as_dead_and_taken_over(new_database: Database, run_id: int):
    with worker(new_database) as first:
        first.take(run_id, UNITS)
    assert held(new_database) == [("one", 1, False), ("two", 1, False)]
    with worker(new_database) as second:
        assert second.take(run_id, UNITS) == ({"one", "two"}, set())
        assert held(new_database) == [("one", 2, True), ("two", 2, True)]
        write(second, run_id, "one")
    assert recorded(new_database) == [("one", 2)]


def test_who_takes_again_what_it_has_gets_it_again(new_database: Database, run_id: int):
    with worker(new_database) as first:
        assert first.take(run_id, UNITS) == first.take(run_id, UNITS) == ({"one", "two"}, set())


def test_what_another_is_taking_over_is_left_to_it(new_database: Database, run_id: int):
    with worker(new_database) as dead:
        dead.take(run_id, UNITS)
    with worker(new_database) as second, new_database.connect() as another:
        second.connection.execute("SET lock_timeout = '2s'")
        second.connection.commit()
        another.execute("SELECT 1 FROM ops.lease WHERE unit_key = 'one' FOR UPDATE")
        assert second.take(run_id, UNITS) == ({"two"}, set())


def test_a_unit_comes_with_the_end_of_its_lease_or_not_at_all(new_database: Database, run_id: int):
    with worker(new_database) as first:
        first.take(run_id, UNITS)
        with pytest.raises(ZeroDivisionError):
            with first.settling(run_id, ["one"]):
                raise ZeroDivisionError
        assert (held(new_database)[0], recorded(new_database)) == (("one", 1, True), [])
        assert write(first, run_id, "one")
        assert (held(new_database), recorded(new_database)) == ([("two", 1, True)], [("one", 1)])


def test_what_the_run_has_done_is_not_taken_again_unless_its_inputs_have_changed(new_database: Database, run_id: int):
    print_ = Planned({}, "one", {}, None).fingerprint
    with worker(new_database) as first, worker(new_database) as second:
        first.take(run_id, {"one": print_})
        write(first, run_id, "one")
        assert second.take(run_id, {"one": print_}) == (set(), {"one"})
        assert held(new_database) == []
        assert second.take(run_id, {"one": "another"}) == ({"one"}, set())


def test_who_lost_a_lease_writes_nothing(new_database: Database, run_id: int):
    with worker(new_database) as first, worker(new_database) as second:
        first.take(run_id, UNITS)
        first.connection.execute("SELECT pg_advisory_unlock(%s, %s)", [leases.LEASES, first.worker])
        first.connection.commit()
        assert second.take(run_id, {"one": "print of one"}) == ({"one"}, set())
        with pytest.raises(LeaseLost):
            write(first, run_id, "one")
        assert recorded(new_database) == []
        write(second, run_id, "one")
        with pytest.raises(LeaseLost):
            write(first, run_id, "one")
    assert recorded(new_database) == [("one", 2)]


def test_who_comes_back_from_the_dead_has_no_connection_to_write_with(new_database: Database, run_id: int):
    with worker(new_database) as second:
        with pytest.raises(psycopg.OperationalError):
            with worker(new_database) as first:
                first.take(run_id, UNITS)
                second.connection.execute("SELECT pg_terminate_backend(%s, 5000)", [first.connection.info.backend_pid])
                second.connection.commit()
                assert second.take(run_id, UNITS) == ({"one", "two"}, set())
                write(first, run_id, "one")
        assert recorded(new_database) == []


def test_nothing_is_taken_of_a_run_that_nobody_leads_and_its_workers_are_told(new_database: Database):
    with worker(new_database) as one:
        with runs.record_run(new_database, "compute noise_ceiling", {}, "1") as run_id:
            one.take(run_id, {"one": "print of one"})
        assert one.take(run_id, UNITS) == (set(), set())
        assert not write(one, run_id, "one")


def test_dead_leases_go_when_their_job_has_been_done(new_database: Database, run_id: int):
    with worker(new_database) as first, worker(new_database) as second:
        first.take(run_id, {"one": ""})
        second.take(run_id, {"two": ""})
        first.connection.close()
        with new_database.connect(autocommit=True) as connection:
            leases.sweep(connection, "compute another")
            assert len(held(new_database)) == 2
            leases.sweep(connection, "compute noise_ceiling")
        assert held(new_database) == [("two", 1, True)]


def test_views_know_locks_by_the_numbers_that_they_are_taken_with(new_database: Database):
    holders = "SELECT number, pid = pg_backend_pid() FROM fn.lock_holder(%s)"
    with new_database.connect() as connection:
        for first in (locks.RUNS, locks.LEASES, locks.WORKERS):
            connection.execute("SELECT pg_advisory_lock(%s, %s)", [first, first])
        assert connection.execute(holders, ["runs"]).fetchall() == [(locks.RUNS, True)]
        assert connection.execute(holders, ["leases"]).fetchall() == [(locks.LEASES, True)]
        assert connection.execute(holders, ["workers"]).fetchall() == [(locks.WORKERS, True)]
