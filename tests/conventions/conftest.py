"""One warehouse for all pages, made by the commands that a user gives."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.conftest import cloned
from tools import pages
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer


class Documented(NamedTuple):
    """The warehouse that the pages speak of, and the pages as they are with it."""

    database: Database
    pages: dict[str, str]


@pytest.fixture(scope="session")
def documented(cluster: EmbeddedServer, template: str) -> Iterator[Documented]:
    with cloned(cluster, template) as database:
        yield Documented(database, pages.everything(database))


@pytest.fixture(scope="session")
def study(documented: Documented) -> Database:
    return documented.database
