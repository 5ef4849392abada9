"""A backup of the simulated study, and a second server that has seen none of its roles."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import cloned
from warehouse.access import roles
from warehouse.database.connection import Database, embedded_database
from warehouse.database.server import EmbeddedServer, find_binaries
from warehouse.progress import Progress
from warehouse.transfer import backup, checksums

QUIET = Progress(quiet=True)


@dataclass(frozen=True)
class Made:
    """A backup, and what it was made of."""

    path: Path
    manifest: dict[str, Any]
    checksums: dict[str, str]


@pytest.fixture(scope="session")
def made(cluster: EmbeddedServer, study_template: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The simulated study, with two people let in."""
    path = tmp_path_factory.mktemp("backup") / "study.backup"
    with cloned(cluster, study_template) as database:
        roles.grant(database, "storage_reader", "reader", scratch=True)
        roles.grant(database, "storage_writer", "writer")
        manifest = backup.backup(database, path, os.environ, QUIET)
        with database.connect() as connection:
            found = checksums.of(connection)
        roles.revoke(database, "storage_reader", drop_scratch=True)
        roles.revoke(database, "storage_writer")
    return Made(path, manifest, found)


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[EmbeddedServer]:
    """Another server."""
    directory = Path(tempfile.mkdtemp(prefix="aw", dir="/tmp"))
    server = EmbeddedServer(directory, find_binaries(os.environ), volatile=True)
    server.ensure_running()
    yield server
    server.stop()
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def moved(elsewhere: EmbeddedServer, made: Made) -> tuple[backup.Restored, Database]:
    """The study, restored on the other server."""
    done = backup.restore(embedded_database(elsewhere, "postgres"), made.path, os.environ, QUIET, into="moved")
    return done, embedded_database(elsewhere, "moved")
