"""The dashboard of a simulated study, served in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from psycopg import sql

from warehouse.database.connection import Database

pytest.importorskip("tornado", reason="the extra [dashboard] is not installed")


@contextmanager
def served(database: Database) -> Iterator[str]:
    """Serve a dashboard for the time of the block; give its address without the last slash."""
    from tornado.httpserver import HTTPServer
    from tornado.netutil import bind_sockets

    from warehouse.dashboard.serving import ADDRESS, server_of

    loop = asyncio.new_event_loop()
    sockets = bind_sockets(0, ADDRESS)
    server: list[HTTPServer] = []

    def run() -> None:
        asyncio.set_event_loop(loop)
        server.append(server_of(database))
        server[0].add_sockets(sockets)
        loop.run_forever()
        server[0].stop()
        loop.run_until_complete(server[0].close_all_connections())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield f"http://{ADDRESS}:{sockets[0].getsockname()[1]}"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


@pytest.fixture
def serve() -> Callable[[Database], object]:
    return served


@pytest.fixture(scope="session")
def shown_study(cluster, study_template: str) -> Iterator[Database]:
    """The simulated study, for tests that only look."""
    name = f"shown_{uuid4().hex}"
    clone = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    with Database(cluster.dsn("postgres")).connect(autocommit=True) as connection:
        connection.execute(clone.format(sql.Identifier(name), sql.Identifier(study_template)))
    yield Database(cluster.dsn(name))
    with Database(cluster.dsn("postgres")).connect(autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def address(shown_study: Database) -> Iterator[str]:
    """Where the dashboard of the simulated study is."""
    with served(shown_study) as address:
        yield address
