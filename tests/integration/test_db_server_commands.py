"""`warehouse db start|stop|status|url|psql`, on the embedded server and on one of the user's own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from click.testing import CliRunner, Result

from warehouse.cli.db_server import db
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput


@dataclass(frozen=True)
class GivenDoor:
    dsn: str | None
    environment: Mapping[str, str]


def run(door: GivenDoor, *arguments: str) -> Result:
    return CliRunner().invoke(db, arguments, obj=door)


@pytest.fixture
def embedded(cluster: EmbeddedServer) -> GivenDoor:
    return GivenDoor(None, {"WAREHOUSE_HOME": str(cluster.directory), "PATH": os.defpath})


@pytest.fixture
def own(cluster: EmbeddedServer) -> GivenDoor:
    return GivenDoor(None, {"DATABASE_URL": cluster.dsn(), "PATH": os.defpath})


def test_start_says_where_the_server_runs(embedded: GivenDoor, cluster: EmbeddedServer):
    assert run(embedded, "start").output == (
        f"The embedded server runs on 127.0.0.1:{cluster.status().port}; its data are in {cluster.directory}.\n"
    )


def test_url_prints_the_line_to_paste(embedded: GivenDoor, own: GivenDoor, cluster: EmbeddedServer):
    assert run(embedded, "url").output == run(own, "url").output == f"{cluster.dsn()}\n"


def test_status_tells_the_same_in_words_and_as_json(embedded: GivenDoor, cluster: EmbeddedServer):
    facts = json.loads(run(embedded, "status", "--json").output)
    assert (facts["server"], facts["is_running"], facts["port"]) == ("embedded", True, cluster.status().port)
    words = dict(line.rsplit(maxsplit=1) for line in run(embedded, "status").output.splitlines())
    assert {name.replace(" ", "_"): value for name, value in words.items()} == {
        name: str(value) for name, value in facts.items()
    }


def test_status_of_a_server_that_was_never_started_starts_nothing(tmp_path):
    door = GivenDoor(None, {"WAREHOUSE_HOME": str(tmp_path / "home")})
    facts = json.loads(run(door, "status", "--json").output)
    assert (facts["is_running"], facts["pid"], facts["port"], facts["version"]) == (False, None, None, None)
    assert not (tmp_path / "home").exists()
    assert run(door, "stop").output == "The embedded server did not run.\n"


def test_status_of_a_server_of_the_users_own_tells_its_version(own: GivenDoor, embedded: GivenDoor):
    facts = json.loads(run(own, "status", "--json").output)
    assert facts["server"] == "own"
    assert facts["version"] == json.loads(run(embedded, "status", "--json").output)["version"]


@pytest.mark.parametrize("command", ["start", "stop"])
def test_a_server_of_the_users_own_is_neither_started_nor_stopped(own: GivenDoor, command: str):
    refused = run(own, command).exception
    assert isinstance(refused, BadInput)
    assert str(refused).startswith("DATABASE_URL: names a server of your own (127.0.0.1:")


def psql(door: GivenDoor, *arguments: str) -> str:
    """Run it in a process of its own, since psql takes the process's place."""
    code = f"""
import sys
from types import SimpleNamespace
from warehouse.cli.db_server import db
db(obj=SimpleNamespace(dsn={door.dsn!r}, environment={dict(door.environment)!r}))
"""
    done = subprocess.run([sys.executable, "-c", code, "psql", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("door", ["embedded", "own"])
def test_psql_is_handed_what_follows_and_never_shows_the_password(door: str, request: pytest.FixtureRequest):
    given = request.getfixturevalue(door)
    shown = psql(given, "--", "-At", "-c", "SELECT 1 + 1", "-c", r"\! tr '\0' ' ' < /proc/$PPID/cmdline")
    answer, arguments = shown.split("\n", maxsplit=1)
    assert answer == "2"
    assert "dbname=warehouse" in arguments
    assert "password" not in arguments
