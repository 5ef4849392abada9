"""What must be so before anything is done in a database: its encoding, its sessions, its settings."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.command_line import Warehouse
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.database.server.processes import server_account
from warehouse.transfer import checksums


@contextmanager
def made(cluster: EmbeddedServer, options: str) -> Iterator[Database]:
    """A database of the test's own, made with these options."""
    name = f"test_{uuid4().hex}"
    with Database(cluster.dsn("postgres")).connect(autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {options}")
        yield Database(cluster.dsn(name))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_JP"])
@pytest.mark.parametrize("command", ["db upgrade", "demo", "ingest simulated-readers", "show noise-ceiling"])
def test_a_database_in_another_encoding_is_refused_before_anything_is_done(
    cluster: EmbeddedServer, warehouse: Warehouse, encoding: str, command: str
):
    with made(cluster, f"ENCODING '{encoding}' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0") as database:
        answer = warehouse("--dsn", database.dsn, *command.split())
        assert (answer.code, answer.out) == (4, "")
        assert answer.err == (
            f"Error: The database {database.place} is encoded in {encoding}, and texts of any script need UTF8: give "
            "another database, made with `createdb --encoding=UTF8 --template=template0 NAME`.\n"
        )
        with database.connect(any_encoding=True) as connection:
            assert connection.execute("SELECT to_regnamespace('ops')").fetchone() == (None,)


SETTINGS = {
    "datestyle": "'SQL, DMY'", "intervalstyle": "sql_standard", "timezone": "'Asia/Kathmandu'",
    "bytea_output": "escape", "extra_float_digits": "-15", "array_nulls": "off", "transform_null_equals": "on",
    "standard_conforming_strings": "off",
    "quote_all_identifiers": "on", "search_path": "mart, result", "row_security": "off", "jit": "on",
    "default_transaction_isolation": "serializable", "default_transaction_deferrable": "on",
    "default_transaction_read_only": "on",
}  # fmt: skip


def test_no_setting_of_the_database_changes_what_is_done_or_what_comes_out(study: Database, warehouse: Warehouse):
    def answers() -> list[str]:
        lines = ("show noise-ceiling --json", "runs 1", "db checksums --values-only", "explain 1", "plan", "db check")
        said = [warehouse("--dsn", study.dsn, *line.split()) for line in lines]
        assert [one.code for one in said] == [0] * len(lines)
        told = "Only when asked for by name, since it takes long: count-model.\n"
        assert [one.err for one in said] == [told if line == "plan" else "" for line in lines]
        return [one.out for one in said]

    before = answers()
    with study.connect(autocommit=True) as connection:
        for name, value in SETTINGS.items():
            connection.execute(f"ALTER DATABASE {study.name} SET {name} = {value}")
    assert answers() == before
    again = warehouse("--dsn", study.dsn, "ingest", "simulated-readers", "--readers", "4")
    assert (again.code, again.err) == (0, "")
    assert warehouse("--dsn", study.dsn, "compute", "noise-ceiling", "--measure", "duration").code == 0


def test_each_setting_of_a_session_is_what_the_program_needs(new_database: Database):
    with new_database.connect(autocommit=True) as connection:
        for name, value in SETTINGS.items():
            connection.execute(f"ALTER DATABASE {new_database.name} SET {name} = {value}")
    with new_database.connect() as connection:
        found = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in SETTINGS}
        connection.execute("CREATE TEMP TABLE made AS SELECT now() AS at, interval '1 day' AS long")
    assert found == {
        "datestyle": "ISO, YMD", "intervalstyle": "postgres", "timezone": "UTC", "bytea_output": "hex",
        "extra_float_digits": "1", "array_nulls": "on", "transform_null_equals": "off",
        "standard_conforming_strings": "on", "quote_all_identifiers": "off", "search_path": "pg_catalog, pg_temp",
        "row_security": "on", "jit": "off", "default_transaction_isolation": "read committed",
        "default_transaction_deferrable": "off", "default_transaction_read_only": "off",
    }  # fmt: skip


@pytest.fixture
def pooled(new_database: Database) -> Iterator[Callable[[str, int], Database]]:
    """Give a way to the database through PgBouncer in a mode, with a pool of some size."""
    if (program := shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")) is None:
        pytest.skip("there is no PgBouncer here: apt-get install pgbouncer")
    facts = {key: str(value) for key, value in conninfo_to_dict(new_database.dsn).items()}
    started: list[subprocess.Popen[bytes]] = []
    folders: list[Path] = []

    def start(mode: str, size: int) -> Database:
        folder = Path(tempfile.mkdtemp(prefix="aw", dir="/tmp"))
        folders.append(folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        users = folder / "users.txt"
        users.write_text(f'"{facts["user"]}" "{facts["password"]}"\n')
        settings = folder / "pgbouncer.ini"
        settings.write_text(f"""
[databases]
{facts["dbname"]} = host=127.0.0.1 port={facts["port"]}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = {mode}
default_pool_size = {size}
""")
        readable_for_the_server(folder)
        started.append(subprocess.Popen([program, "-q", *as_another(), settings], stderr=subprocess.DEVNULL))
        pooled = Database(make_conninfo(new_database.dsn, port=port))
        await_port(port)
        return pooled

    yield start
    for process in started:
        process.terminate()
        process.wait()
    for folder in folders:
        shutil.rmtree(folder)


def as_another() -> list[str]:
    """PgBouncer, as PostgreSQL, does not run as root."""
    account = server_account()
    return ["-u", account.name] if account.is_other else []


def readable_for_the_server(folder: Path) -> None:
    account = server_account()
    if account.is_other:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, account.name)


def await_port(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("PgBouncer did not start")


@pytest.mark.parametrize("size", [1, 5])
@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_a_pooler_that_keeps_no_sessions_is_refused_before_anything_is_done(pooled, warehouse: Warehouse, mode, size):
    database = pooled(mode, size)
    answer = warehouse("--dsn", database.dsn, "ingest", "simulated-readers", "--readers", "3")
    assert (answer.code, answer.out) == (4, "")
    assert answer.err.startswith(f"Error: A pooler at {database.place} gives each transaction another session")
    assert answer.err.endswith("(pool_mode = session).\n")
    assert answer.err.count("\n") == 1


def test_a_pooler_that_keeps_sessions_is_as_good_as_the_server(pooled, new_database: Database, warehouse: Warehouse):
    through = pooled("session", 20)
    loaded = warehouse("--dsn", through.dsn, "--quiet", "ingest", "simulated-readers", "--readers", "3")
    assert (loaded.code, loaded.err) == (0, "")
    with through.connect() as one, new_database.connect() as other:
        assert one.session != one.info.backend_pid and other.session == other.info.backend_pid
        assert checksums.of(one) == checksums.of(other)
