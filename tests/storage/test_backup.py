"""What a backup holds comes back, proved table by table; what cannot come back is told, and leaves nothing."""

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.conftest import STUDY
from tests.storage.conftest import QUIET, Made
from warehouse.access import roles
from warehouse.cli import cli
from warehouse.cli.formats import Form
from warehouse.cli.show import show
from warehouse.database.connection import Database, embedded_database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput, Busy, DatabaseUnavailable, OutOfSpace, SchemaMismatch, WarehouseError
from warehouse.ledger import runs
from warehouse.schema import migrations
from warehouse.transfer import backup, checksums
from warehouse.transfer.backup import archive
from warehouse.transfer.backup.loading import is_of

LEFT = "SELECT datname FROM pg_database WHERE datname LIKE '%being_restored' OR datname LIKE '%was_empty'"


def restored(server: EmbeddedServer, path: Path, name: str) -> tuple[backup.Restored, Database]:
    done = backup.restore(embedded_database(server, "postgres"), path, os.environ, QUIET, into=name)
    return done, embedded_database(server, name)


def sums(database: Database) -> dict[str, str]:
    with database.connect() as connection:
        return checksums.of(connection)


def asked(server: EmbeddedServer, question: str) -> list[tuple]:
    with Database(server.superuser_dsn("postgres")).connect(autocommit=True) as connection:
        return connection.execute(question).fetchall()


def retold(made: Made, path: Path, **facts: object) -> Path:
    """Copy a backup, with other facts in its manifest."""
    with archive.dump_of(made.path) as dump, archive.write_archive(path) as file:
        file.writestr(archive.DUMP, dump.read())
        archive.add_manifest(file, {**made.manifest, **facts})
    return path


# What comes back


def test_a_study_restored_elsewhere_has_the_same_checksums_and_shows_the_same(
    moved: tuple[backup.Restored, Database], made: Made, study: Database, capsys: pytest.CaptureFixture
):
    done, database = moved
    assert sums(database) == made.checksums
    assert (done.tables, done.rows) == (
        len(made.checksums),
        sum(int(each.split("-")[0]) for each in made.checksums.values()),
    )
    migrations.check(database)
    for place in (study, database):
        show(place, "human_resemblance", "mart.model_summary", STUDY, Form("csv"))
    shown = capsys.readouterr().out
    assert shown[: len(shown) // 2] == shown[len(shown) // 2 :]


def test_people_come_along_without_their_passwords(elsewhere: EmbeddedServer, moved: tuple[backup.Restored, Database]):
    _, database = moved
    people = [(one.name, one.role, one.scratch) for one in roles.list_people(database)]
    assert [one for one in people if one[0].startswith("storage_")] == [
        ("storage_reader", "reader", None), ("storage_writer", "writer", None)
    ]  # fmt: skip
    login = "SELECT rolcanlogin, rolbypassrls, rolconnlimit, rolpassword FROM pg_authid WHERE rolname = '{}'"
    assert asked(elsewhere, login.format("storage_reader")) == [(True, False, 10, None)]
    assert asked(elsewhere, login.format("storage_writer")) == [(True, True, 20, None)]
    settings = "SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase "
    found = asked(elsewhere, settings + "WHERE datname = 'moved' ORDER BY 1")
    assert [setting for (setting,) in found] == [
        "default_transaction_read_only=off", "enable_mergejoin=off", "idle_in_transaction_session_timeout=5min",
        "search_path=scratch_storage_reader, mart", "statement_timeout=1min",
    ]  # fmt: skip


def test_who_may_enter_the_database_comes_along(elsewhere: EmbeddedServer, moved: tuple[backup.Restored, Database]):
    may = "SELECT has_database_privilege('{}', 'moved', '{}')"
    assert asked(elsewhere, may.format("warehouse_owner", "CREATE")) == [(True,)]
    assert asked(elsewhere, may.format("warehouse_reader", "TEMPORARY")) == [(False,)]


def test_row_security_holds_after_a_restore(moved: tuple[backup.Restored, Database]):
    _, database = moved
    with database.connect() as connection:
        connection.execute("""
            INSERT INTO ops.embargo (corpus_id, embargoed_until, visible_to)
            SELECT corpus_id, current_date + 1, '{}' FROM stimulus.corpus
        """)
        connection.execute("SELECT fn.enforce_embargoes()")
        connection.execute("GRANT storage_reader TO CURRENT_USER WITH INHERIT FALSE; SET LOCAL ROLE storage_reader")
        assert connection.execute("SELECT count(*) FROM mart.attention_cell").fetchone() == (0,)
        connection.execute("RESET ROLE")
        assert connection.execute("SELECT count(*) > 0 FROM mart.attention_cell").fetchone() == (True,)
        connection.rollback()


def written_until(stop: Event, database: Database) -> int:
    written = 0
    with database.connect(autocommit=True) as connection:
        while not stop.is_set():
            connection.execute("INSERT INTO ops.usage_warning VALUES (%s, 'Made meanwhile.')", [f"made_{written}"])
            written += 1
            time.sleep(0.002)
    return written


def test_a_backup_is_of_one_moment_while_others_write_and_what_was_unfinished_comes_over_as_unfinished(
    study: Database, cluster: EmbeddedServer, tmp_path: Path
):
    with study.connect() as connection:
        extraction_id, run_id = connection.execute(
            "SELECT extraction_id, run_id FROM model.extraction LIMIT 1"
        ).fetchone()
        partition = sql.Identifier("model", f"attention_{extraction_id}")
        connection.execute(sql.SQL("ALTER TABLE model.attention DETACH PARTITION {}").format(partition))
        connection.execute(
            "UPDATE model.extraction SET extraction_status = 'loading' WHERE extraction_id = %s", [extraction_id]
        )
        connection.execute("UPDATE ops.run SET run_status = 'running' WHERE run_id = %s", [run_id])
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(written_until, stop, study)
        manifest = backup.backup(study, tmp_path / "half.backup", os.environ, QUIET)
        stop.set()
        assert writing.result() > 0
    _, database = restored(cluster, tmp_path / "half.backup", "half")
    assert sums(database) == manifest["tables"] != sums(study)
    with database.connect(autocommit=True) as connection:
        assert (
            connection.execute(
                "SELECT DISTINCT extraction_id FROM mart.attention_cell WHERE extraction_id = %s", [extraction_id]
            ).fetchall()
            == []
        )
        assert connection.execute(sql.SQL("SELECT count(*) > 0 FROM {}").format(partition)).fetchone() == (True,)
        runs.bury_the_dead(connection)
        assert connection.execute("SELECT run_status FROM ops.run WHERE run_id = %s", [run_id]).fetchone() == (
            "interrupted",
        )


def test_a_backup_is_an_archive_that_other_tools_open(made: Made):
    with zipfile.ZipFile(made.path) as file:
        assert file.namelist() == ["database.dump", "manifest.json"]
        assert file.read("database.dump").startswith(b"PGDMP")
        assert json.loads(file.read("manifest.json"))["tables"] == made.checksums
    assert made.path.stat().st_mode & 0o777 == 0o600


# What cannot be used


def cut(share: float) -> Callable[[bytes], bytes]:
    return lambda whole: whole[: int(len(whole) * share)]


def flipped(share: float) -> Callable[[bytes], bytes]:
    def change(whole: bytes) -> bytes:
        at = int(len(whole) * share)
        return whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(cut(0.5), "is cut off or damaged", id="half of it"),
        pytest.param(lambda whole: whole[:-1], "is cut off or damaged", id="its last byte missing"),
        pytest.param(flipped(0.01), "is cut off or damaged", id="a bit flipped at the beginning"),
        pytest.param(flipped(0.6), "is cut off or damaged", id="a bit flipped in the middle"),
        pytest.param(flipped(0.999), "is cut off or damaged", id="a bit flipped in the manifest"),
        pytest.param(lambda whole: b"", "is not a backup", id="nothing in it"),
        pytest.param(lambda whole: b"PGDMP" + whole, "is not a backup", id="something else"),
        pytest.param(lambda whole: b"PK\3\4" + whole[:3], "is cut off or damaged", id="some other archive's beginning"),
    ],
)
def test_a_damaged_file_is_refused_before_anything_is_made(
    cluster: EmbeddedServer, made: Made, tmp_path: Path, change: Callable[[bytes], bytes], told: str
):
    path = tmp_path / "damaged.backup"
    path.write_bytes(change(made.path.read_bytes()))
    with pytest.raises(BadInput, match=told):
        restored(cluster, path, "never")
    assert ("never",) not in asked(cluster, "SELECT datname FROM pg_database")


def test_another_archive_is_refused(cluster: EmbeddedServer, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as file:
        file.writestr("letter.txt", "Dear reader")
    with pytest.raises(BadInput, match="damaged"):
        restored(cluster, tmp_path / "other.zip", "never")


def test_a_file_that_is_not_there_is_told(cluster: EmbeddedServer, tmp_path: Path):
    with pytest.raises(WarehouseError, match="absent: no such file or directory"):
        restored(cluster, tmp_path / "absent", "never")


@pytest.mark.parametrize(
    ("facts", "error", "told"),
    [
        pytest.param({"format": "attention-warehouse backup 3"}, BadInput, "backup 3", id="a later format"),
        pytest.param({"schema_revision": "9999"}, SchemaMismatch, "install a newer", id="a schema from the future"),
        pytest.param({"server_major": 99}, DatabaseUnavailable, "warehouse export parquet", id="a newer server"),
        pytest.param({"tool_major": 99}, DatabaseUnavailable, "pg_restore of PostgreSQL 99", id="a newer pg_dump"),
        pytest.param({"scratch": ["public"]}, BadInput, "not that of a backup", id="a schema of somebody else"),
    ],
)  # fmt: skip
def test_what_this_server_cannot_take_is_refused_at_once(
    cluster: EmbeddedServer, made: Made, tmp_path: Path, facts: dict[str, object], error: type[Exception], told: str
):
    with pytest.raises(error, match=told):
        restored(cluster, retold(made, tmp_path / "told.backup", **facts), "never")
    assert ("never",) not in asked(cluster, "SELECT datname FROM pg_database")


def test_tables_that_came_back_differently_are_taken_away(cluster: EmbeddedServer, made: Made, tmp_path: Path):
    tables = {**made.checksums, "human.subject": "23-0000000000000000"}
    with pytest.raises(BadInput, match=r"differs from what was there in human\.subject, and was taken away"):
        restored(cluster, retold(made, tmp_path / "told.backup", tables=tables), "never")
    assert ("never",) not in asked(cluster, "SELECT datname FROM pg_database")
    assert asked(cluster, LEFT) == []


def test_only_what_is_of_the_warehouse_is_taken_out_of_a_dump():
    lines = """
        2; 3079 16389 EXTENSION - vector
        6; 2615 16385 SCHEMA - ops warehouse_owner
        7; 2615 16385 SCHEMA - scratch_bob bob
        3600; 0 0 ACL - SCHEMA ops warehouse_owner
        3601; 0 0 COMMENT - SCHEMA scratch_bob bob
        3602; 0 0 COMMENT - EXTENSION ops
        215; 1259 16419 TABLE ops run warehouse_owner
        216; 1259 16420 TABLE public ops warehouse
        3700; 0 0 ACL pg_catalog FUNCTION lo_create(oid) warehouse
        3701; 826 17000 DEFAULT ACL mart DEFAULT PRIVILEGES FOR TABLES warehouse
        3702; 0 16419 TABLE DATA ops run warehouse_owner
        3703; 1417 17001 SERVER - ops warehouse
    """
    kept = [line.split(";")[0].strip() for line in lines.splitlines() if is_of(line.strip(), ["ops"])]
    assert kept == ["6", "3600", "215", "3702"]
    assert not is_of("6; 2615 16385 SCHEMA - ops warehouse_owner", ["ops"], has_schemas=True)


# Where it goes


def test_a_database_that_holds_something_is_left_alone(study: Database, made: Made):
    before = sums(study)
    with pytest.raises(
        BadInput, match=r"holds \d+ tables, functions and schemas already.*--into NAME.*db downgrade base"
    ):
        backup.restore(study, made.path, os.environ, QUIET)
    assert sums(study) == before


def test_an_empty_database_is_filled_in_its_place(empty_database: Database, cluster: EmbeddedServer, made: Made):
    done = backup.restore(empty_database, made.path, os.environ, QUIET)
    assert (done.database, done.left_out) == (empty_database.name, [])
    assert sums(empty_database) == made.checksums
    assert asked(cluster, LEFT) == []


def test_an_older_schema_comes_back_and_is_to_be_upgraded(
    new_database: Database, cluster: EmbeddedServer, tmp_path: Path
):
    migrations.downgrade(new_database, "0013")
    backup.backup(new_database, tmp_path / "old.backup", os.environ, QUIET)
    arguments = ["--dsn", cluster.dsn("postgres"), "restore", str(tmp_path / "old.backup"), "--into", "older", "--yes"]
    told = CliRunner().invoke(cli, arguments, catch_exceptions=False).output
    assert "It is at schema revision 0013: run `warehouse db upgrade`." in told
    database = Database(cluster.dsn("older"))
    migrations.upgrade(database)
    migrations.check(database)


def test_an_empty_database_that_someone_is_in_is_not_replaced(
    empty_database: Database, cluster: EmbeddedServer, made: Made
):
    with empty_database.connect(), pytest.raises(Busy, match="Someone is connected to the empty database"):
        backup.restore(empty_database, made.path, os.environ, QUIET)
    assert asked(cluster, LEFT) == []


def test_a_database_of_the_unfinished_name_that_no_restore_made_is_left_alone(cluster: EmbeddedServer, made: Made):
    asked_for = Database(cluster.superuser_dsn("postgres"))
    with asked_for.connect(autocommit=True) as connection:
        connection.execute("CREATE DATABASE mine_being_restored")
        connection.execute("COMMENT ON DATABASE mine_being_restored IS 'Precious.'")
        with pytest.raises(BadInput, match="not from a restore"):
            restored(cluster, made.path, "mine")
        connection.execute("DROP DATABASE mine_being_restored")


def test_who_may_make_no_roles_is_told_so(cluster: EmbeddedServer, made: Made):
    with Database(cluster.dsn("postgres")).connect(autocommit=True) as connection:
        connection.execute("CREATE ROLE storage_nobody LOGIN CREATEDB PASSWORD 'told'")
        poor = Database(make_conninfo(cluster.dsn("postgres"), user="storage_nobody", password="told"))
        with pytest.raises(
            DatabaseUnavailable, match=r'storage_nobody may not make.*"Without the right to make roles"'
        ):
            backup.restore(poor, made.path, os.environ, QUIET, into="never")
        connection.execute("DROP ROLE storage_nobody")
    page = (Path(__file__).parents[2] / "docs/how-to/backup.md").read_text()
    assert "\n## Without the right to make roles\n" in page


# What is broken off


def begun(dsn: str, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "warehouse", "--dsn", dsn, *arguments], stderr=subprocess.DEVNULL)


def test_a_restore_that_is_killed_shows_nothing_and_can_be_begun_again(cluster: EmbeddedServer, made: Made):
    process = begun(cluster.dsn("postgres"), "restore", str(made.path), "--into", "killed", "--yes")
    while asked(cluster, LEFT) == []:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert asked(cluster, LEFT) == [("killed_being_restored",)]
    assert ("killed",) not in asked(cluster, "SELECT datname FROM pg_database")
    _, database = restored(cluster, made.path, "killed")
    assert sums(database) == made.checksums
    assert asked(cluster, LEFT) == []


def test_a_backup_that_is_killed_leaves_no_file_of_its_name(study: Database, tmp_path: Path):
    path = tmp_path / "killed.backup"
    process = begun(study.dsn, "backup", str(path))
    while not list(tmp_path.iterdir()):
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [each.name for each in tmp_path.iterdir()] == [".killed.backup.unfinished"]
    backup.backup(study, path, os.environ, QUIET)
    assert [each.name for each in tmp_path.iterdir()] == ["killed.backup"]


def test_a_file_that_is_there_is_replaced_only_by_force_and_only_by_a_whole_one(new_database: Database, tmp_path: Path):
    path = tmp_path / "kept.backup"
    path.write_text("precious")
    with pytest.raises(BadInput, match=r"is there already.*--force"):
        backup.backup(new_database, path, os.environ, QUIET)
    hurried = Database(new_database.dsn + "?options=-c%20statement_timeout%3D1ms")
    with pytest.raises(psycopg.errors.QueryCanceled):
        backup.backup(hurried, path, os.environ, QUIET, force=True)
    assert [each.name for each in tmp_path.iterdir()] == ["kept.backup"]
    assert path.read_text() == "precious"
    backup.backup(new_database, path, os.environ, QUIET, force=True)
    assert archive.verify_archive(path).format == archive.FORMAT


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path):
    with pytest.raises(OutOfSpace, match=r"full\.backup: there is no room for it on its disk"):
        with archive.write_archive(tmp_path / "full.backup"):
            raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_database_larger_than_the_disk_is_not_begun(tmp_path: Path):
    with pytest.raises(OutOfSpace):
        archive.require_room(tmp_path / "large.backup", 1 << 60)


def test_two_backups_into_one_file_do_not_mix(tmp_path: Path):
    with archive.write_archive(tmp_path / "one.backup") as file:
        archive.add_manifest(file, {})
        with pytest.raises(Busy, match="Another process writes"), archive.write_archive(tmp_path / "one.backup"):
            pytest.fail("both were let in")
    assert [each.name for each in tmp_path.iterdir()] == ["one.backup"]


def test_a_database_without_a_warehouse_is_not_backed_up(empty_database: Database, tmp_path: Path):
    with pytest.raises(SchemaMismatch, match="run `warehouse db upgrade`"):
        backup.backup(empty_database, tmp_path / "none.backup", os.environ, QUIET)
    assert list(tmp_path.iterdir()) == []


def test_who_does_not_see_everything_makes_no_backup(study: Database, tmp_path: Path):
    url = roles.grant(study, "storage_looker", "reader")
    try:
        with pytest.raises(DatabaseUnavailable, match="does not allow this role to do what backing up needs"):
            backup.backup(Database(url), tmp_path / "part.backup", os.environ, QUIET)
        assert list(tmp_path.iterdir()) == []
    finally:
        roles.revoke(study, "storage_looker")
