"""One server for the whole run, one migrated template in it, and a clone of that for each test that commits."""

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg import sql

from tests.command_line import Warehouse, said
from warehouse import pipeline
from warehouse.database.connection import Database, embedded_database
from warehouse.database.server import EmbeddedServer, find_binaries
from warehouse.database.server.binaries import major_version
from warehouse.database.server.roles import EVERYDAY, SUPERUSER
from warehouse.errors import WarehouseError
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.schema import migrations


def pytest_configure() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a job in the background ignores, its children would
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: fixtures end, and with them the server


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage among the modules that tests import, then or later: it took a fifth of the collection."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # else libraries tell at the end what they take for leaks


def pytest_report_header() -> str:
    try:
        binaries = find_binaries(os.environ)
        return f"PostgreSQL {major_version(binaries)} from {binaries}"
    except WarehouseError as error:
        return str(error)


@pytest.fixture
def warehouse() -> Warehouse:
    """The command line in this process."""
    return said


@pytest.fixture(scope="session")
def cluster() -> Iterator[EmbeddedServer]:
    """A server that never waits for the disk, gone when the run ends."""
    directory = Path(tempfile.mkdtemp(prefix="aw", dir=roomy_memory() or "/tmp"))
    try:
        server = EmbeddedServer(directory, find_binaries(os.environ), volatile=True)
        server.ensure_running()
    except WarehouseError as error:
        shutil.rmtree(directory)
        pytest.exit(str(error), returncode=error.exit_code)
    _recognise_at_once(server)
    yield server
    server.stop()
    shutil.rmtree(directory)


def _recognise_at_once(server: EmbeddedServer) -> None:
    """Have the passwords of the two logins hashed once at every entrance, and not 4,096 times."""
    everyday, superuser = Database(server.dsn("postgres")), Database(server.superuser_dsn("postgres"))
    with superuser.connect(autocommit=True) as connection:
        connection.execute("SET scram_iterations = 1")
        for login, password in ((EVERYDAY, everyday.password()), (SUPERUSER, superuser.password())):
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), password))


def roomy_memory() -> str | None:
    """Name a file system in memory with room for a server: to clone a database there takes a tenth of the time."""
    memory = "/dev/shm"
    fits = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if fits else None


@pytest.fixture(scope="session")
def template(cluster: EmbeddedServer) -> str:
    """The name of a migrated database that is cloned and never entered."""
    name = "template_warehouse"
    _administer(cluster, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    migrations.upgrade(embedded_database(cluster, name))
    _administer(cluster, _SEAL.format(sql.Identifier(name)))
    return name


@pytest.fixture
def new_database(cluster: EmbeddedServer, template: str) -> Iterator[Database]:
    """A migrated database of the test's own."""
    with cloned(cluster, template) as database:
        yield database


@pytest.fixture
def empty_database(cluster: EmbeddedServer) -> Iterator[Database]:
    """A database of the test's own without any schema."""
    with cloned(cluster, "template0") as database:
        yield database


@pytest.fixture(scope="session")
def study_template(cluster: EmbeddedServer, template: str) -> str:
    """The name of a database that holds a simulated study of eight readers, with its results."""
    with becoming_template(cluster, "template_study", template) as database:
        pipeline.ingest(database, sources()["simulated_readers"], [], {"readers": 4}, Progress(quiet=True))
        pipeline.compute(database, "human_resemblance", STUDY, progress=Progress(quiet=True))
    return database.name


@pytest.fixture
def study(cluster: EmbeddedServer, study_template: str) -> Iterator[Database]:
    """A simulated study with its results, of the test's own."""
    with cloned(cluster, study_template) as database:
        yield database


@contextmanager
def becoming_template(cluster: EmbeddedServer, name: str, parent: str) -> Iterator[Database]:
    """Clone a database, to be filled in the block and after that cloned and never entered."""
    _administer(cluster, _CLONE.format(sql.Identifier(name), sql.Identifier(parent)))
    yield embedded_database(cluster, name)
    _administer(cluster, _SEAL.format(sql.Identifier(name)))


@contextmanager
def cloned(cluster: EmbeddedServer, template: str) -> Iterator[Database]:
    """Clone a database for the time of the block."""
    name = f"test_{uuid4().hex}"
    _administer(cluster, _CLONE.format(sql.Identifier(name), sql.Identifier(template)))
    yield embedded_database(cluster, name)
    _administer(cluster, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _administer(cluster: EmbeddedServer, statement: sql.Composed) -> None:
    with embedded_database(cluster, "postgres").connect(autocommit=True) as connection:
        connection.execute(statement)


ROOM = 4 << 30
"""What the servers of a run may take of memory [bytes]."""
STUDY = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
"""The choice whose results `study` holds."""
_CLONE = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
_SEAL = sql.SQL("ALTER DATABASE {} WITH is_template true allow_connections false")
