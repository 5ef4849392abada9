"""Scratch schemas: out of a backup unless they are asked for, and what is in them never runs as somebody else."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import cloned
from tests.storage.conftest import QUIET
from warehouse.access import roles
from warehouse.database.connection import Database, embedded_database
from warehouse.database.role_login import temporary_login
from warehouse.database.server import EmbeddedServer
from warehouse.transfer import backup, checksums

CASES = Path(__file__).parents[2] / "../shared/cases/security"
RAN = """
CREATE FUNCTION ran(why text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    attempt text;
BEGIN
    BEGIN
        -- a large object is in no schema: what a restore does to the tables of this one leaves it
        PERFORM lo_from_bytea(0, convert_to(json_build_array(why, session_user, current_user)::text, 'UTF8'));
        INSERT INTO scratch_sam.seen VALUES (why, session_user, current_user);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    FOREACH attempt IN ARRAY ARRAY[
        'RESET ROLE', 'RESET SESSION AUTHORIZATION', 'SET ROLE NONE', 'SET SESSION AUTHORIZATION DEFAULT',
        'SET SESSION AUTHORIZATION warehouse', 'SET ROLE warehouse_superuser', 'SET ROLE warehouse_owner',
        'ALTER ROLE sam CREATEROLE', 'ALTER ROLE sam SUPERUSER', 'GRANT warehouse_owner TO sam',
        'DELETE FROM human.exclusion', 'CREATE SCHEMA sams_own'
    ] LOOP
        BEGIN
            EXECUTE attempt;
            INSERT INTO scratch_sam.seen
            SELECT why || ': ' || attempt, session_user, rolname FROM pg_roles
            WHERE rolname = current_user AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls);
            PERFORM lo_from_bytea(0, convert_to(json_build_array(attempt, session_user, rolname)::text, 'UTF8'))
            FROM pg_roles
            WHERE rolname = current_user AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls);
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
    END LOOP;
    RETURN true;
END
$$;
"""
TABLES = """
CREATE TABLE seen (why text, by_session name, by_role name);
GRANT INSERT ON seen TO public; GRANT USAGE ON SCHEMA scratch_sam TO public;
CREATE TABLE checked (a integer CHECK (ran('check')));
CREATE DOMAIN positive AS integer CHECK (ran('domain'));
CREATE TABLE held (a positive);
CREATE TABLE made (a integer, b boolean GENERATED ALWAYS AS (immutable_ran()) STORED);
CREATE TABLE indexed (a integer);
CREATE INDEX ON indexed ((immutable_ran()));
CREATE TABLE secured (a integer, j json);
CREATE FUNCTION told(one secured) RETURNS text LANGUAGE sql AS $$ SELECT scratch_sam.ran('cast')::text $$;
CREATE CAST (secured AS text) WITH FUNCTION told(secured);
CREATE POLICY p ON secured USING (ran('policy'));
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
CREATE VIEW best AS SELECT model, r2 FROM mart.model_summary;
INSERT INTO checked VALUES (1); INSERT INTO held VALUES (1);
INSERT INTO made VALUES (1); INSERT INTO indexed VALUES (1);
INSERT INTO secured VALUES (1, '{}');
TRUNCATE seen;
"""
IMMUTABLE = """
CREATE FUNCTION immutable_ran() RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
$$ BEGIN RETURN scratch_sam.ran('immutable'); END $$;
"""


def rows(address: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def scratched(cluster: EmbeddedServer, study_template: str) -> Iterator[tuple[Database, str]]:
    """A study with a reader whose scratch schema runs code wherever it can, and their address."""
    with cloned(cluster, study_template) as study:
        sam = roles.grant(study, "sam", "reader", scratch=True)
        rows(sam, "SET check_function_bodies = off;" + RAN + IMMUTABLE + TABLES)
        yield study, sam
        roles.revoke(study, "sam", drop_scratch=True)
        for name in ("copied", "copied_by_superuser"):
            rows(cluster.superuser_dsn("postgres"), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        rows(cluster.superuser_dsn("postgres"), "DROP ROLE IF EXISTS sam")


def written_down(database: Database) -> list[list[str]]:
    """Give (why, session user, current user) of every call of `ran` that could write."""
    found = rows(database.superuser or "", "SELECT convert_from(lo_get(oid), 'UTF8') FROM pg_largeobject_metadata")
    return [json.loads(one) for (one,) in found]


def superuser(study: Database) -> Database:
    return Database(study.superuser or "")


@pytest.mark.parametrize("who", ["the everyday login", "a superuser"])
def test_without_being_asked_for_they_are_neither_read_nor_brought_back(
    scratched: tuple[Database, str], tmp_path: Path, who: str
):
    study, sam = scratched
    entered = superuser(study) if who == "a superuser" else study
    manifest = backup.backup(entered, tmp_path / "a.backup", os.environ, QUIET)
    assert {name.partition(".")[0] for name in manifest["tables"]} == {"ops", "stimulus", "human", "model", "result"}
    with entered.connect() as connection:
        assert checksums.of(connection) == manifest["tables"]
    done = backup.restore(entered, tmp_path / "a.backup", os.environ, QUIET, into="copied")
    assert (done.left_out, rows(sam, "SELECT * FROM seen")) == ([], [])
    assert rows(study.beside("copied").dsn, "SELECT to_regnamespace('scratch_sam')") == [(None,)]


@pytest.mark.parametrize("who", ["the everyday login", "a superuser"])
def test_asked_for_they_come_back_and_run_as_nobody_but_their_owner(
    scratched: tuple[Database, str], tmp_path: Path, who: str, caplog: pytest.LogCaptureFixture
):
    study, sam = scratched
    caplog.set_level("INFO", "warehouse")
    entered = superuser(study) if who == "a superuser" else study
    rows(sam, "INSERT INTO scratch_sam.seen VALUES ('before', 'sam', 'sam')")
    manifest = backup.backup(entered, tmp_path / "a.backup", os.environ, QUIET, with_scratch=True)
    assert {name for name in manifest["tables"] if name.startswith("scratch")} == {
        f"scratch_sam.{table}" for table in ("seen", "checked", "held", "made", "indexed", "secured")
    }
    done = backup.restore(entered, tmp_path / "a.backup", os.environ, QUIET, into="copied", with_scratch=True)
    assert done.left_out == [], caplog.text
    there = study.beside("copied")
    copied = Database(sam).beside("copied").dsn
    assert rows(copied, "SELECT * FROM scratch_sam.seen") == [("before", "sam", "sam")]
    assert rows(copied, "SELECT count(*) FROM scratch_sam.checked") == [(1,)]
    told = [one for address in (study, there) for one in written_down(address)]
    assert {why for why, _, _ in told} >= {"check", "domain", "immutable"}
    assert {by_role for _, _, by_role in told} <= {"sam"}
    assert {by_session.rstrip("0123456789abcdef") for _, by_session, _ in told} <= {"sam", "warehouse_for_"}
    assert rows(copied, "SELECT count(*) FROM scratch_sam.best") == [(8,)]
    owners = "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'scratch_sam'::regnamespace"
    assert rows(there.superuser or "", owners) == [("sam",)]
    for attribute in ("rolsuper", "rolcreaterole", "rolcreatedb"):
        assert rows(study.dsn, f"SELECT {attribute} FROM pg_roles WHERE rolname = 'sam'") == [(False,)]
    assert rows(study.dsn, "SELECT rolname FROM pg_roles WHERE rolname ~ '^warehouse_for_'") == []


def test_rows_that_code_beside_them_deletes_while_they_are_restored_are_there_again(
    scratched: tuple[Database, str], tmp_path: Path
):
    study, sam = scratched
    rows(
        sam,
        """
        CREATE TABLE a_kept (id integer, at date) PARTITION BY RANGE (id);
        CREATE TABLE a_part PARTITION OF a_kept FOR VALUES FROM (0) TO (10);
        CREATE FUNCTION deleting() RETURNS boolean LANGUAGE plpgsql AS $$
            BEGIN DELETE FROM scratch_sam.a_kept; RETURN true; EXCEPTION WHEN OTHERS THEN RETURN true; END
        $$;
        CREATE TABLE b_checked (a integer CHECK (deleting())); INSERT INTO b_checked VALUES (1);
        INSERT INTO a_kept VALUES (1, '2026-01-01'), (2, '2026-01-02');
    """,
    )
    backup.backup(study, tmp_path / "a.backup", os.environ, QUIET, with_scratch=True)
    done = backup.restore(study, tmp_path / "a.backup", os.environ, QUIET, into="copied", with_scratch=True)
    assert done.left_out == []
    assert rows(Database(sam).beside("copied").dsn, "SELECT id FROM a_kept ORDER BY id") == [(1,), (2,)]


def test_a_schema_whose_code_never_leaves_it_as_it_was_is_left_out_and_all_else_comes_back(
    scratched: tuple[Database, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    study, sam = scratched
    caplog.set_level("INFO", "warehouse")
    rows(
        sam,
        """
        CREATE TABLE one (a integer); CREATE TABLE other (a integer);
        INSERT INTO one VALUES (1); INSERT INTO other VALUES (1);
        CREATE FUNCTION writing(target text, a integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
            IF a > 0 AND current_database() LIKE 'copied%' THEN
                EXECUTE format('INSERT INTO scratch_sam.%I VALUES (-1)', target);
            END IF;
            RETURN true;
        END $$;
        ALTER TABLE one ADD CHECK (scratch_sam.writing('other', a));
        ALTER TABLE other ADD CHECK (scratch_sam.writing('one', a));
    """,
    )
    backup.backup(study, tmp_path / "a.backup", os.environ, QUIET, with_scratch=True)
    done = backup.restore(study, tmp_path / "a.backup", os.environ, QUIET, into="copied", with_scratch=True)
    assert done.left_out == ["scratch_sam"]
    assert "The schema scratch_sam is left out: its own code changed scratch_sam.one, " in caplog.text
    assert rows(
        study.beside("copied").dsn, "SELECT to_regnamespace('scratch_sam'), count(*) FROM mart.model_summary"
    ) == [(None, 8)]


def test_a_schema_that_holds_things_of_somebody_else_is_left_out(
    scratched: tuple[Database, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    study, _ = scratched
    caplog.set_level("INFO", "warehouse")
    rows(study.superuser or "", "CREATE TABLE scratch_sam.planted (a integer)")
    manifest = backup.backup(study, tmp_path / "a.backup", os.environ, QUIET, with_scratch=True)
    assert manifest["scratch"] == []
    assert "The schema scratch_sam is left out: scratch_sam.planted belongs to somebody else." in caplog.text
    rows(study.superuser or "", "DROP TABLE scratch_sam.planted")


def test_what_its_owner_put_into_it_keeps_nobody_from_a_backup(
    scratched: tuple[Database, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    study, sam = scratched
    caplog.set_level("INFO", "warehouse")
    rows(sam, "CREATE OR REPLACE FUNCTION scratch_sam.immutable_ran() RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS "
              "$$ BEGIN RAISE EXCEPTION 'not for you'; END $$")  # fmt: skip
    manifest = backup.backup(study, tmp_path / "a.backup", os.environ, QUIET, with_scratch=True)
    assert manifest["scratch"] == []
    assert "The schema scratch_sam is left out: not for you" in caplog.text
    assert backup.restore(study, tmp_path / "a.backup", os.environ, QUIET, into="copied").left_out == []


@pytest.mark.parametrize("case", ["checksum_cast.sql", "restore_check.sql"])
def test_the_cases_leave_a_reader_a_reader(cluster: EmbeddedServer, study_template: str, tmp_path: Path, case: str):
    if not (CASES / case).is_file():
        pytest.skip("the case is not here")
    with cloned(cluster, study_template) as study:
        reader = roles.grant(study, "reader_one", "reader", scratch=True)
        rows(reader, (CASES / case).read_text())
        for entered in (study, superuser(study)):
            with entered.connect() as connection:
                checksums.of(connection)
        path = tmp_path / "a.backup"
        backup.backup(superuser(study), path, os.environ, QUIET, with_scratch=True)  # who has most to lose
        backup.restore(superuser(study), path, os.environ, QUIET, into="copied", with_scratch=True)
        rows(cluster.superuser_dsn("postgres"), "DROP DATABASE copied WITH (FORCE)")
        assert rows(study.dsn, "SELECT rolsuper FROM pg_roles WHERE rolname = 'reader_one'") == [(False,)]
        assert list((cluster.directory / "data").glob("warehouse_case*")) == []
        roles.revoke(study, "reader_one", drop_scratch=True)


def test_whoever_enters_as_a_role_has_its_rights_and_no_way_back(study: Database, cluster: EmbeddedServer):
    with temporary_login(embedded_database(cluster, study.name), "warehouse_reader") as database:
        with database.connect(autocommit=True) as connection:
            for attempt in ("RESET ROLE", "SET ROLE NONE", "RESET SESSION AUTHORIZATION"):
                connection.execute(attempt)
                row = connection.execute(
                    "SELECT pg_has_role('warehouse', 'MEMBER'), pg_has_role('warehouse_owner', 'MEMBER'), "
                    "rolcreaterole FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
                assert row == (False, False, False)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DELETE FROM human.exclusion")
        name = database.dsn
    with pytest.raises(Exception, match=r"refuses the password|does not exist|not permitted"):
        Database(name).connect()
