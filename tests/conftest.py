"""One server for the whole run, one migrated template in it, and a clone of that for each test that commits."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from warehouse.database import Database
from warehouse.errors import WarehouseError
from warehouse.server import EmbeddedServer, find_binaries
from warehouse.server.binaries import major_version


def pytest_configure() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: fixtures end, and with them the server


def pytest_report_header() -> str:
    try:
        binaries = find_binaries(os.environ)
        return f"PostgreSQL {major_version(binaries)} from {binaries}"
    except WarehouseError as error:
        return str(error)


@pytest.fixture(scope="session")
def cluster() -> Iterator[EmbeddedServer]:
    """A server that never waits for the disk, gone when the run ends."""
    directory = Path(tempfile.mkdtemp(prefix="aw", dir="/tmp"))
    try:
        server = EmbeddedServer(directory, find_binaries(os.environ), volatile=True)
        server.ensure_running()
    except WarehouseError as error:
        shutil.rmtree(directory)
        pytest.exit(str(error), returncode=error.exit_code)
    yield server
    server.stop()
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def template(cluster: EmbeddedServer) -> str:
    """The name of a database that is cloned and never entered."""
    with _administrator(cluster) as connection:
        connection.execute("CREATE DATABASE template_warehouse")
        connection.execute("ALTER DATABASE template_warehouse WITH is_template true allow_connections false")
    return "template_warehouse"


@pytest.fixture
def new_database(cluster: EmbeddedServer, template: str) -> Iterator[Database]:
    """A database of the test's own, with all that the template holds."""
    name = f"test_{uuid4().hex}"
    clone = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    with _administrator(cluster) as connection:
        connection.execute(clone.format(sql.Identifier(name), sql.Identifier(template)))
    yield Database(cluster.dsn(name))
    with _administrator(cluster) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _administrator(cluster: EmbeddedServer) -> psycopg.Connection:
    return Database(cluster.dsn("postgres")).connect(autocommit=True)
