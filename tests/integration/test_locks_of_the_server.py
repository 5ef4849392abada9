"""A server whose table of locks is too small for the partitions of attention says so in one sentence."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer, find_binaries, settings
from warehouse.schema import migrations

FEW = (
    "max_locks_per_transaction = 10\nmax_connections = 14\n"
    "autovacuum_worker_slots = 3\nmax_worker_processes = 1\nmax_wal_senders = 0\n"
)


@pytest.fixture(scope="module")
def small_server() -> Iterator[EmbeddedServer]:
    """A server with 400 partitions of attention, and room for some 200 locks."""
    directory = Path(tempfile.mkdtemp(prefix="aw", dir="/tmp"))
    directory.chmod(0o711)
    server = EmbeddedServer(directory / "server", find_binaries(os.environ), volatile=True)
    try:
        server.ensure_running()
        migrations.upgrade(Database(server.dsn()))
        with Database(server.dsn()).connect() as connection:
            for number in range(1, 401):
                connection.execute(
                    f"CREATE TABLE model.attention_{number} PARTITION OF model.attention FOR VALUES IN ({number})"
                )
            connection.commit()
        server.stop()
        with (directory / "server" / "data" / "postgresql.conf").open("a") as conf:
            conf.write(FEW)
        server.ensure_running()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory)


def test_a_full_table_of_locks_is_one_sentence_with_the_setting(small_server: EmbeddedServer):
    program = [sys.executable, "-m", "warehouse", "--dsn", small_server.dsn(), "db", "checksums"]
    ended = subprocess.run(program, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr.strip().splitlines()[-1]) == (11, (
        "Error: The database server has no room in memory while working (out of shared memory): its owner raises "
        "max_locks_per_transaction (`ALTER SYSTEM SET max_locks_per_transaction = 2048` is enough for 50,000 "
        "extractions with 100 connections) and restarts it; what was committed is kept, then give the same command "
        "again."
    ))  # fmt: skip
    assert "Traceback" not in ended.stderr


def test_the_embedded_server_has_room_for_questions_about_fifty_thousand_extractions():
    locks = int(settings.SETTINGS["max_locks_per_transaction"]) * int(settings.SETTINGS["max_connections"])
    assert locks >= 2 * 2 * 50_000  # a partition and its index, for two such questions at once


def test_a_directory_of_an_earlier_version_gets_the_setting_and_one_that_has_it_keeps_it(small_server: EmbeddedServer):
    assert settings.missing("#max_locks_per_transaction = 64\n") == (
        "max_locks_per_transaction = 2048\nenable_mergejoin = off\n"
    )
    assert settings.missing("max_locks_per_transaction = 9000  # ours\nenable_mergejoin = on\n") == ""
    with Database(small_server.dsn()).connect() as connection:
        assert connection.execute("SHOW max_locks_per_transaction").fetchone() == ("10",)
    small_server.stop()
    conf = small_server.directory / "data" / "postgresql.conf"
    written = conf.read_text()
    try:
        conf.write_text("\n".join(line for line in written.splitlines() if not line.startswith("max_locks")) + "\n")
        small_server.ensure_running()
        with Database(small_server.dsn()).connect() as connection:
            assert connection.execute("SHOW max_locks_per_transaction").fetchone() == ("2048",)
    finally:
        small_server.stop()
        conf.write_text(written)
        small_server.ensure_running()
