"""`warehouse db slow`: what took most time, without a value in it; a server that does not count says how it would."""

import json
import os
from pathlib import Path

import pytest

from tests.command_line import Warehouse
from warehouse.database.connection import Database
from warehouse.database.server import find_binaries
from warehouse.database.server.settings import COUNTING, preload_settings
from warehouse.database.slow_statements import readable

COUNTS = bool(preload_settings(find_binaries(os.environ)))


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        pytest.param("SELECT *\n  FROM t -- why\n WHERE a = $1", "SELECT * FROM t WHERE a = $1", id="plain"),
        pytest.param("COPY model.attention_3 FROM STDIN", "COPY model.attention_3 FROM STDIN", id="copy"),
        pytest.param(
            "COPY (SELECT 1 FROM t2 WHERE n = 'Anna' AND i = 7.5) TO STDOUT",
            "COPY (SELECT ... FROM t2 WHERE n = '...' AND i = ...) TO STDOUT",
            id="copy of a question",
        ),
        pytest.param("ALTER ROLE anna PASSWORD 'secret'", "ALTER ROLE ...", id="role"),
        pytest.param("set my.token='secret'", "SET MY ...", id="setting"),
        pytest.param("DO $x$ BEGIN PERFORM 'secret'; END $x$", "DO ...", id="block"),
        pytest.param("SELECT E'it\\'s', 'a''b', $$c$$", "SELECT '...', '...', '...'", id="quotes"),
        pytest.param("DECLARE c CURSOR FOR SELECT 'secret", "DECLARE c CURSOR FOR SELECT '...'", id="cut off"),
        pytest.param("/* secret */ GRANT x TO y", "GRANT X ...", id="comment"),
        pytest.param("<insufficient privilege>", None, id="of another role"),
        pytest.param(None, None, id="text lost"),
    ],
)
def test_a_statement_is_shown_without_any_value(statement: str | None, shown: str | None):
    assert readable(statement) == shown


def test_the_library_is_preloaded_only_where_the_programs_have_it(tmp_path: Path):
    binaries = tmp_path / "bin"
    assert preload_settings(binaries) == []
    (tmp_path / "lib" / "postgresql").mkdir(parents=True)
    (tmp_path / "lib" / "postgresql" / f"{COUNTING}.so").touch()
    assert preload_settings(binaries) == [f"-c shared_preload_libraries={COUNTING}"]


@pytest.mark.skipif(COUNTS, reason="this server counts statements")
def test_a_server_that_does_not_count_says_how_to_turn_it_on(new_database: Database, warehouse: Warehouse):
    answer = warehouse("--dsn", new_database.dsn, "db", "slow")
    assert (answer.code, answer.out) == (4, "")
    assert answer.err.count("\n") == 1
    for word in ("not counted", "shared_preload_libraries", f"CREATE EXTENSION {COUNTING}"):
        assert word in answer.err


@pytest.mark.skipif(not COUNTS, reason="these server programs come without pg_stat_statements (WAREHOUSE_PG_BIN)")
def test_statements_are_counted_with_their_share(new_database: Database, warehouse: Warehouse):
    with new_database.connect() as connection:
        for value in ("Anna", "Bert"):
            connection.execute("SELECT pg_sleep(0.3), %s::text AS slowest_here", [value])
    found = json.loads(warehouse("--dsn", new_database.dsn, "db", "slow", "--json").out)
    (one,) = [row for row in found if "slowest_here" in (row["statement"] or "")]
    assert (one["call_count"], one["row_count"]) == (2, 2)
    assert 0.6 <= one["total_s"] < 10
    assert 0 < one["share"] <= 1
    assert "Anna" not in json.dumps(found)
    heading, *_ = warehouse("--dsn", new_database.dsn, "db", "slow", "--last", "1", "--wide").out.splitlines()
    assert heading.split() == ["total", "mean", "calls", "rows", "share", "%", "statement"]
