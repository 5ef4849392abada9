"""Before work goes elsewhere: the same code, the same packages, the same database, or a sentence."""

from dataclasses import replace

import pytest

from warehouse.compute.workers.handshake import Answer, answer_handshake, handshake_offered, versions
from warehouse.database.connection import Database


def test_a_worker_with_the_same_code_in_the_same_database_is_of_use(new_database: Database):
    with handshake_offered(new_database) as place:
        assert answer_handshake(place) == Answer()
    assert answer_handshake(place) != Answer()  # it is over


@pytest.mark.parametrize("what", ["attention-warehouse", "numpy", "scipy"])
def test_a_worker_of_another_version_is_refused_with_both_versions(new_database: Database, what: str):
    with handshake_offered(new_database) as place:
        answer = answer_handshake(replace(place, versions={**place.versions, what: "0.0.1"}))
    assert answer.complaint == f"has {what} {versions()[what]} where this machine has 0.0.1"
    assert answer.remedy == "install the same versions there"


def test_a_worker_that_does_not_reach_the_database_is_told_what_it_needs(new_database: Database):
    with handshake_offered(new_database) as place:
        answer = answer_handshake(replace(place, database=Database("postgresql://anna:secret@127.0.0.1:1/study")))
    assert answer.complaint.startswith("does not reach the database (No PostgreSQL server answers at 127.0.0.1")
    assert "--dsn" in answer.remedy and "embedded" in answer.remedy
    assert "secret" not in f"{answer}"


def test_a_worker_that_finds_another_database_under_the_address_is_refused(
    new_database: Database, empty_database: Database
):
    with handshake_offered(new_database) as place:
        answer = answer_handshake(replace(place, database=empty_database))
    assert answer.complaint == f"finds another database at {empty_database.place}"


def test_the_address_with_its_password_is_not_shown_where_programs_show_what_they_are_given():
    assert "secret" not in repr(Database("postgresql://anna:secret@db.lab/study"))
