"""A server that does not answer ends a command in one sentence, and its locks go with it; a slow one does not."""

import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.network.proxy import Mode, Proxy, proxy
from tests.storage.conftest import QUIET
from warehouse.database import watched
from warehouse.database.connection import Database
from warehouse.database.role_login import temporary_login
from warehouse.database.server import EmbeddedServer
from warehouse.database.translation import translate_errors
from warehouse.errors import DatabaseUnavailable
from warehouse.transfer import backup
from warehouse.transfer.backup import archive

TIMES = {"SILENCE_S": 1.2, "AGAIN_S": 0.6, "ANSWER_S": 30}
"""Shorter than in use, so that the tests are; a server that does answer has the time to do so."""
NOBODY_S = 3
"""How long an answer is waited for that will not come."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in TIMES.items():
        monkeypatch.setattr(watched, name, seconds)
    monkeypatch.setattr(watched, "_unreachable", set())


@pytest.fixture
def less_impatient(impatient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """For programs that are at work for a second or two of their own, on a busy machine for more."""
    monkeypatch.setattr(watched, "SILENCE_S", 5)
    monkeypatch.setattr(watched, "AGAIN_S", 2)


@contextmanager
def between(database: Database, mode: Mode, pattern: str) -> Iterator[tuple[Database, Proxy]]:
    """The address of a database through a proxy that goes wrong."""
    port = int(str(conninfo_to_dict(database.dsn)["port"]))
    with proxy(port, mode, pattern) as made:
        yield Database(make_conninfo(database.dsn, port=made.port)), made


def sessions(database: Database) -> int:
    with database.connect(autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        ).fetchone()
    return row[0] if row else 0


def soon(condition: object, wanted: object, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while condition() != wanted and time.monotonic() < until:  # type: ignore[operator]
        time.sleep(0.05)
    assert condition() == wanted  # type: ignore[operator]


@pytest.mark.parametrize("mode", ["hole", "no_answers"])
def test_a_session_whose_words_are_swallowed_is_ended_on_both_sides(
    empty_database: Database, impatient: None, mode: Mode
):
    with between(empty_database, mode, "swallow me") as (through, _), through.connect(autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(20231206, 1)")
        with pytest.raises(DatabaseUnavailable, match="the server waits for this program, so something between them"):
            with translate_errors("asking"):
                connection.execute("SELECT 'swallow me'")
        soon(lambda: sessions(empty_database), 0)


def test_a_copy_whose_rows_are_swallowed_ends(empty_database: Database, impatient: None):
    with between(empty_database, "hole", "999999") as (through, _), through.connect() as connection:
        connection.execute("CREATE TABLE public.number (n bigint)")
        with pytest.raises(psycopg.OperationalError, match="the server waits for this program"):
            with connection.cursor().copy("COPY public.number FROM STDIN") as copy:
                for n in range(2_000_000):
                    copy.write_row([n])
        soon(lambda: sessions(empty_database), 0)


def test_a_copy_that_nobody_takes_ends(empty_database: Database, impatient: None):
    """Where nothing is read any more, buffers fill, and it is waited for room, not for an answer."""
    with between(empty_database, "unread", "99999") as (through, made), through.connect() as connection:
        connection.execute("CREATE TABLE public.number (n bigint)")
        with pytest.raises(psycopg.OperationalError, match="the server waits for this program"):
            with connection.cursor().copy("COPY public.number FROM STDIN") as copy:
                for _ in range(1000):
                    copy.write(b"99999\n" * 100_000)
        assert made.has_fired.is_set()
        soon(lambda: sessions(empty_database), 0)


def test_a_server_that_answers_nobody_ends_every_connection(
    empty_database: Database, impatient: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(watched, "ANSWER_S", NOBODY_S)
    with between(empty_database, "all", "swallow me") as (through, _):
        with through.connect(autocommit=True) as one, through.connect(autocommit=True) as other:
            began = time.monotonic()
            with pytest.raises(psycopg.OperationalError, match="the server does not answer"):
                one.execute("SELECT 'swallow me'")
            first = time.monotonic() - began
            with pytest.raises(psycopg.OperationalError, match="the server does not answer"):
                other.execute("SELECT 1")
            assert time.monotonic() - began - first < first  # what one has found out, all know
        with empty_database.connect(autocommit=True) as another:
            assert another.execute("SELECT 1").fetchone() == (1,)


def test_a_session_that_the_server_has_ended_behind_a_proxy_is_missed(empty_database: Database, impatient: None):
    with between(empty_database, "hole", "swallow me") as (through, _), through.connect(autocommit=True) as connection:
        pid = connection.info.backend_pid
        with empty_database.connect(autocommit=True) as other:
            threading.Timer(0.5, lambda: other.execute("SELECT pg_terminate_backend(%s)", [pid])).start()
            with pytest.raises(psycopg.OperationalError, match=r"ended the session|closed the connection|terminating"):
                connection.execute("SELECT 'swallow me'")


@pytest.mark.parametrize("mode", ["hole", "no_answers", "all"])
def test_a_backup_whose_server_falls_silent_ends(
    new_database: Database, less_impatient: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode
):
    if mode == "all":
        monkeypatch.setattr(watched, "ANSWER_S", NOBODY_S)
    with between(new_database, mode, "COPY ops.run ") as (through, made):
        with pytest.raises(
            DatabaseUnavailable, match=r"was lost while backing up \(nothing has come for \d+ s: the server"
        ):
            backup.backup(through, tmp_path / "a.backup", os.environ, QUIET)
        assert made.has_fired.is_set()
    assert list(tmp_path.iterdir()) == []
    if mode != "all":
        soon(lambda: sessions(new_database), 0)


@pytest.mark.parametrize("mode", ["hole", "no_answers"])
def test_a_restore_whose_server_falls_silent_ends(
    cluster: EmbeddedServer, new_database: Database, less_impatient: None, tmp_path: Path, mode: Mode
):
    backup.backup(new_database, tmp_path / "a.backup", os.environ, QUIET)
    with between(new_database, mode, "COPY ops.run ") as (through, made):
        with pytest.raises(
            DatabaseUnavailable, match=r"was lost while restoring \(nothing has come for \d+ s: the server"
        ):
            backup.restore(through, tmp_path / "a.backup", os.environ, QUIET, into="silent")
        assert made.has_fired.is_set()
    with new_database.connect(autocommit=True) as connection:
        names = "SELECT datname FROM pg_database WHERE datname LIKE 'silent%'"
        assert connection.execute(names).fetchall() == []


def test_a_backup_that_takes_long_to_write_goes_on(
    new_database: Database, impatient: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """pg_dump's session waits for a client that waits for a slow disk."""
    real, slept = archive.zipfile.ZipFile.open, []

    def slow(self: zipfile.ZipFile, name: str, mode: Any = "r", **named: Any) -> Any:
        entry = real(self, name, mode, **named)
        write = entry.write
        if mode == "w" and name == archive.DUMP:
            entry.write = lambda piece: (slept or slept.append(time.sleep(2.5)), write(piece))
        return entry

    monkeypatch.setattr(zipfile.ZipFile, "open", slow)
    backup.backup(new_database, tmp_path / "a.backup", os.environ, QUIET)
    assert len(slept) == 1


def test_whoever_entered_as_a_role_notices_too(empty_database: Database, impatient: None):
    with (
        between(empty_database, "hole", "swallow me") as (through, _),
        temporary_login(through, "warehouse_reader") as one,
    ):
        with one.connect(autocommit=True) as connection, pytest.raises(psycopg.OperationalError, match="waits for"):
            connection.execute("SELECT 'swallow me'")


@pytest.mark.parametrize("statement", [
    pytest.param("SELECT pg_sleep(2.5)", id="a long statement"),
    pytest.param("SELECT count(*) FROM generate_series(1, 100) WHERE pg_sleep(0.025) IS NOT NULL", id="work"),
])  # fmt: skip
def test_a_long_statement_goes_on(empty_database: Database, impatient: None, statement: str):
    with empty_database.connect(autocommit=True) as connection:
        assert connection.execute(statement).rowcount == 1


def test_a_lock_is_waited_for(empty_database: Database, impatient: None):
    with empty_database.connect(autocommit=True) as one, empty_database.connect(autocommit=True) as other:
        one.execute("SELECT pg_advisory_lock(1)")
        threading.Timer(2.5, lambda: one.execute("SELECT pg_advisory_unlock(1)")).start()
        other.execute("SELECT pg_advisory_lock(1)")


def test_all_patience_together_is_less_than_a_minute():
    assert watched.SILENCE_S + watched.AGAIN_S + 4 * watched.ANSWER_S <= 45
    assert int(watched.TCP["tcp_user_timeout"]) <= 30_000
    asked = int(watched.TCP["keepalives_interval"]) * int(watched.TCP["keepalives_count"])
    assert int(watched.TCP["keepalives_idle"]) + asked <= 30


def test_every_connection_asks_the_kernel_and_the_server_to_look_after_it(empty_database: Database):
    with empty_database.connect() as connection:
        known = connection.info.get_parameters()
        assert {name: known.get(name) for name in watched.TCP} == watched.TCP
        names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout",
                 "client_connection_check_interval")  # fmt: skip
        assert [connection.execute(f"SHOW {name}").fetchone() for name in names] == [
            ("20",), ("10",), ("3",), ("60000",), ("10s",)
        ]  # fmt: skip


PROGRAM = """
import signal, sys
from warehouse.database import watched
watched.SILENCE_S, watched.AGAIN_S = {silence}, 0.3
signal.signal(signal.SIGINT, signal.default_int_handler)
from warehouse.cli import main
main(sys.argv[1:])
"""
INGEST = ["--quiet", "ingest", "simulated-readers", "--readers", "4"]
LOCKS = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def begin(database: Database, *words: str, silence: float = 15) -> subprocess.Popen[str]:
    program = [sys.executable, "-c", PROGRAM.format(silence=silence), "--dsn", database.dsn, *words]
    return subprocess.Popen(program, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": "/tmp"})


def locks(database: Database) -> int:
    with database.connect(autocommit=True) as connection:
        row = connection.execute(LOCKS).fetchone()
    return row[0] if row else 0


@pytest.mark.parametrize(("mode", "pattern"), [
    pytest.param("hole", "COPY staging", id="rows are swallowed"),
    pytest.param("hole", "INSERT INTO ops.run ", id="the ledger is swallowed"),
    pytest.param("all", "INSERT INTO ops.unit", id="everything is swallowed"),
])  # fmt: skip
def test_a_command_against_a_silent_server_ends_in_one_sentence_and_its_locks_go(
    new_database: Database, mode: Mode, pattern: str
):
    with between(new_database, mode, pattern) as (through, made):
        command = begin(through, *INGEST, silence=1)
        said = command.communicate(timeout=60)[1]
        assert made.has_fired.is_set()
        assert (command.returncode, said.count("\n")) == (4, 1)
        assert said.startswith("Error: The connection to the database was lost while ")
    soon(lambda: locks(new_database), 0)


@pytest.mark.parametrize(
    ("mode", "pattern", "how"),
    [
        pytest.param("no_answers", 'COPY "model"', signal.SIGTERM, id="a layer's answer is swallowed"),
        pytest.param("hole", "INSERT INTO ops.run ", signal.SIGINT, id="the ledger is swallowed"),
        pytest.param("all", "INSERT INTO ops.unit", signal.SIGTERM, id="everything is swallowed"),
    ],
)
def test_a_command_told_to_end_ends_within_five_seconds_though_the_server_is_silent(
    new_database: Database, mode: Mode, pattern: str, how: signal.Signals
):
    with between(new_database, mode, pattern) as (through, made):
        command = begin(through, *INGEST)
        assert made.has_fired.wait(60)
        time.sleep(0.5)
        command.send_signal(how)
        began = time.monotonic()
        said = command.communicate(timeout=60)[1]
        assert time.monotonic() - began < 5
        assert (command.returncode, said.strip()) == (128 + how, INTERRUPTED)
        if mode != "all":  # the server could still be asked to end the session
            soon(lambda: locks(new_database), 0)


STUCK = """
import hashlib, os, signal, threading, time
from warehouse.cli import ending
def tell(code):
    print("still here", flush=True)
with ending.terminable(tell):
    {stuck}
"""


@pytest.mark.parametrize(
    ("stuck", "said"),
    [
        pytest.param(
            "threading.Thread(target=time.sleep, args=[60]).start(); os.kill(os.getpid(), signal.SIGTERM)", "",
            id="a thread that does not end",
        ),
        pytest.param(
            "threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGTERM]).start(); "
            "hashlib.pbkdf2_hmac('sha256', b'', b'', 10**9)", "still here\n",
            id="a library that is not interrupted",
        ),
    ],
)  # fmt: skip
def test_a_process_that_cannot_end_is_ended(stuck: str, said: str):
    program = [sys.executable, "-c", STUCK.format(stuck=stuck)]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stdout) == (143, said)


INTERRUPTED = "Interrupted: what was done is kept; the same command goes on from there."
