"""`warehouse db start|stop|status|url|psql`, on the embedded server and on one of the user's own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.command_line import Warehouse
from warehouse.cli.context import CommandContext
from warehouse.cli.db_server import _advice, db
from warehouse.database.server import EmbeddedServer
from warehouse.database.server.binaries import release
from warehouse.errors import BadInput


def run(command: CommandContext, *arguments: str) -> Result:
    return CliRunner().invoke(db, arguments, obj=command)


@pytest.fixture
def embedded(cluster: EmbeddedServer) -> CommandContext:
    return CommandContext(environment={"WAREHOUSE_HOME": str(cluster.directory), "PATH": os.defpath})


@pytest.fixture
def own(cluster: EmbeddedServer) -> CommandContext:
    return CommandContext(environment={"DATABASE_URL": cluster.dsn(), "PATH": os.defpath})


def test_start_says_where_the_server_runs(embedded: CommandContext, cluster: EmbeddedServer):
    assert run(embedded, "start").output == (
        f"The embedded server runs on 127.0.0.1:{cluster.status().port}; its data are in {cluster.directory}.\n"
    )


def test_url_prints_the_line_to_paste(embedded: CommandContext, own: CommandContext, cluster: EmbeddedServer):
    assert run(embedded, "url").output == run(own, "url").output == f"{cluster.dsn()}\n"


def test_status_tells_the_same_in_words_and_as_json(embedded: CommandContext, cluster: EmbeddedServer):
    facts = json.loads(run(embedded, "status", "--json").output)
    assert (facts["server"], facts["is_running"], facts["port"]) == ("embedded", True, cluster.status().port)
    words = dict(re.split(r"  +", line, maxsplit=1) for line in run(embedded, "status").output.splitlines())
    assert {name.replace(" ", "_"): value for name, value in words.items()} == {
        name: str(value) for name, value in facts.items()
    }


def test_status_of_a_server_that_was_never_started_starts_nothing(tmp_path):
    command = CommandContext(environment={"WAREHOUSE_HOME": str(tmp_path / "home")})
    facts = json.loads(run(command, "status", "--json").output)
    assert (facts["is_running"], facts["pid"], facts["port"], facts["version"]) == (False, None, None, None)
    assert not (tmp_path / "home").exists()
    assert run(command, "stop").output == "The embedded server did not run.\n"


def test_status_of_a_server_of_the_users_own_tells_its_version(own: CommandContext, embedded: CommandContext):
    facts = json.loads(run(own, "status", "--json").output)
    assert facts["server"] == "own"
    assert facts["version"] == json.loads(run(embedded, "status", "--json").output)["version"]


def test_status_says_which_programs_of_which_release_run(embedded: CommandContext, cluster: EmbeddedServer):
    facts = json.loads(run(embedded, "status", "--json").output)
    assert (facts["programs"], facts["programs_version"]) == (str(cluster.binaries), release(cluster.binaries))
    assert facts["version"] == facts["programs_version"]


@pytest.mark.parametrize(
    ("facts", "advice"),
    [
        pytest.param({"version": None, "programs_version": "18.6"}, None, id="current, stopped"),
        pytest.param({"version": "18.6", "programs_version": "18.6"}, None, id="current"),
        pytest.param({"version": "18.4", "programs_version": "18.4"}, "programs are PostgreSQL 18.4", id="old"),
        pytest.param({"version": None, "programs_version": "18.4"}, "install --upgrade", id="old, stopped"),
        pytest.param({"version": "18.4", "programs_version": "18.6"}, "still runs", id="not restarted"),
        pytest.param({"version": "18.4"}, "The server is PostgreSQL 18.4, and 18.6 is out: ask", id="own, old"),
        pytest.param({"version": "17.2"}, None, id="own, of another major version"),
    ],
)  # fmt: skip
def test_status_warns_of_what_is_behind_the_pins(facts: dict[str, str | None], advice: str | None):
    said = _advice(facts)
    assert (said is None) is (advice is None)
    assert (advice or "") in (said or "")


def test_a_warning_goes_to_standard_error(tmp_path: Path, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.1'\n")
    for program in ("postgres", "initdb", "pg_ctl"):
        (tmp_path / program).touch()
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("WAREHOUSE_PG_BIN", str(tmp_path))
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path / "home"))
    answer = warehouse("db", "status", "--json")
    assert (answer.code, json.loads(answer.out)["programs_version"]) == (0, "18.1")
    assert answer.err.startswith("The server's programs are PostgreSQL 18.1, and 18.6 is out")


@pytest.mark.parametrize("command", ["start", "stop"])
def test_a_server_of_the_users_own_is_neither_started_nor_stopped(own: CommandContext, command: str):
    refused = run(own, command).exception
    assert isinstance(refused, BadInput)
    assert str(refused).startswith("DATABASE_URL: names a server of your own (127.0.0.1:")


def psql(command: CommandContext, *arguments: str) -> str:
    """Run it in a process of its own, since psql takes the process's place."""
    code = f"""
import sys
from types import SimpleNamespace
from warehouse.cli.db_server import db
db(obj=SimpleNamespace(dsn={command.dsn!r}, environment={dict(command.environment)!r}))
"""
    done = subprocess.run([sys.executable, "-c", code, "psql", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("command", ["embedded", "own"])
def test_psql_is_handed_what_follows_and_never_shows_the_password(command: str, request: pytest.FixtureRequest):
    given = request.getfixturevalue(command)
    shown = psql(given, "--", "-At", "-c", "SELECT 1 + 1", "-c", r"\! tr '\0' ' ' < /proc/$PPID/cmdline")
    answer, arguments = shown.split("\n", maxsplit=1)
    assert answer == "2"
    assert "dbname=warehouse" in arguments
    assert "password" not in arguments
