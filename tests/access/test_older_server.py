"""An embargo on PostgreSQL 16, where an owner cannot drop what the planner knows of hidden values."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.access.conftest import rows
from warehouse import pipeline
from warehouse.access import embargoes
from warehouse.cli import main
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.database.server.binaries import directories_of_wheels
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.schema import migrations

UNTIL = (datetime.now(UTC) + timedelta(days=30)).date()
POLICIES, STATISTICS, HIDDEN = (
    "SELECT count(*) > 0 FROM pg_policy",
    "SELECT count(*) > 0 FROM pg_stats WHERE schemaname IN ('human', 'stimulus', 'model', 'ops', 'result')",
    "SELECT count(*) FROM ops.embargo",
)


@pytest.fixture
def on_16() -> Iterator[tuple[Database, Database]]:
    """A study on a server of version 16, entered by the everyday login and by the superuser."""
    programs = [found.parents[1] / "pginstall" / "bin" for found in directories_of_wheels()]
    older = next((found for found in programs if (found / "postgres").exists() and "pixeltable" in str(found)), None)
    if older is None:
        pytest.skip("the wheel with PostgreSQL 16's programs is not installed")
    with tempfile.TemporaryDirectory(prefix="aw", dir="/tmp", ignore_cleanup_errors=True) as directory:
        server = EmbeddedServer(Path(directory), older, volatile=True)
        try:
            server.ensure_running()
            database = Database(server.dsn(), superuser=server.superuser_dsn())
            migrations.upgrade(database)
            pipeline.ingest(database, sources()["simulated_readers"], [], {"readers": 3}, Progress(quiet=True))
            yield database, Database(server.superuser_dsn())
        finally:
            server.stop()


def test_the_first_embargo_is_a_superusers_and_the_rest_an_owners(
    on_16: tuple[Database, Database], capsys: pytest.CaptureFixture[str]
) -> None:
    owner, superuser = on_16
    assert rows(owner, STATISTICS) == [(True,)]
    with pytest.raises(SystemExit) as ended:
        main(["--dsn", owner.dsn, "access", "embargo", "group", "L2", "--until", str(UNTIL)])
    told = capsys.readouterr().err
    assert (ended.value.code, told.count("\n")) == (4, 1)
    assert "before PostgreSQL 18 only a superuser drops statistics" in told
    assert [rows(owner, asked) for asked in (POLICIES, HIDDEN, STATISTICS)] == [[(False,)], [(0,)], [(True,)]]

    embargoes.impose(superuser, "group", "L2", UNTIL, [])
    assert [rows(owner, asked) for asked in (POLICIES, HIDDEN, STATISTICS)] == [[(True,)], [(1,)], [(False,)]]
    embargoes.impose(owner, "corpus", "simulated", UNTIL, [])
    for kind, name in (("corpus", "simulated"), ("group", "L2")):
        embargoes.lift(owner, kind, name)
    assert [rows(owner, asked) for asked in (POLICIES, HIDDEN, STATISTICS)] == [[(False,)], [(0,)], [(True,)]]
