"""What tests of access share: a study, and people who enter it."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.conftest import cloned
from warehouse.access import roles
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer

Enter = Callable[..., Database]


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    """Ask as any SQL client does, with the settings of the login."""
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def above(database: Database) -> Database:
    """The database as its server's superuser enters it: for what a test looks at and nobody else may."""
    assert database.superuser
    return Database(database.superuser)


@pytest.fixture
def enter(cluster: EmbeddedServer) -> Iterator[Enter]:
    """Let someone in; at the end everyone is gone from the server."""
    names = []

    def let_in(database: Database, name: str, role: str, *, scratch: bool = False) -> Database:
        names.append(name)
        return Database(roles.grant(database, name, role, scratch=scratch))

    yield let_in
    for name in names:
        rows(Database(cluster.superuser_dsn("postgres")), f"DROP ROLE IF EXISTS {name}")


@pytest.fixture
def clean(cluster: EmbeddedServer, study_template: str, enter: Enter) -> Iterator[Database]:
    """A study that is dropped before those who own something in it."""
    with cloned(cluster, study_template) as study:
        yield study
