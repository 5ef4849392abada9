"""`warehouse db downgrade`: what would be lost is told and asked for; a restore takes the emptied database."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.asking import rows
from tests.command_line import Said, Warehouse
from warehouse.database.connection import Database
from warehouse.schema import migrations
from warehouse.transfer import checksums


def sums(database: Database) -> dict[str, str]:
    with database.connect() as connection:
        return checksums.of(connection)


def on_a_terminal(database: Database, answer: str, *words: str) -> Said:
    """Run the program with a terminal as its input, and answer what it asks."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "warehouse", "--dsn", database.dsn, *words]
    with subprocess.Popen(command, stdin=its, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        os.write(ours, answer.encode())
        out, err = process.communicate()
    os.close(ours)
    os.close(its)
    return Said(process.returncode, out, err)


def test_where_nobody_can_be_asked_it_says_what_would_be_lost_and_changes_nothing(
    study: Database, warehouse: Warehouse
):
    (fixations,) = rows(study, "SELECT count(*) FROM human.fixation")[0]
    before = sums(study)
    answer = warehouse("--dsn", study.dsn, "db", "downgrade", "base")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.startswith(f"Error: database {study.name}: schema revision base has no place for ")
    assert f"human.fixation {fixations:,}" in answer.err
    assert answer.err.endswith("and nobody can be asked whether it may; give --yes.\n")
    assert sums(study) == before
    assert warehouse("--dsn", study.dsn, "db", "check").code == 0


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 130)], ids=["yes", "no"])
def test_on_a_terminal_it_asks(study: Database, answer: str, code: int):
    said = on_a_terminal(study, answer, "db", "downgrade", "0005")
    assert said.code == code, said.err
    assert "Schema revision 0005 has no place for " in said.err
    assert f"Take this away from {study.place} for ever? [y/N]" in said.err
    assert migrations.current(study) == ("0005" if code == 0 else migrations.head())


def test_with_yes_it_does_not_ask_and_says_what_went(study: Database, warehouse: Warehouse):
    answer = warehouse("--dsn", study.dsn, "db", "downgrade", "base", "--yes")
    assert (answer.code, answer.out) == (0, f"{study.name} is at schema revision none.\n")
    assert answer.err.startswith("Taken away: ")
    assert answer.err.endswith(").\n")


def test_a_column_that_goes_is_named(new_database: Database):
    with new_database.connect(autocommit=True) as connection:
        connection.execute("TRUNCATE result.published_ceiling, result.published_resemblance, result.claim")
    lost = migrations.downgrade(new_database, "0004", trial=True)
    assert migrations.current(new_database) == migrations.head()
    assert any(name.startswith("ops.") for name in lost.columns)
    assert "columns of other tables (" in str(lost)
    assert not any(name.startswith("result.") for name in lost.columns)


def test_where_nothing_is_lost_nothing_is_asked(new_database: Database, warehouse: Warehouse):
    migrations.downgrade(new_database, "0012")
    assert not migrations.downgrade(new_database, "0012", trial=True)
    assert warehouse("--dsn", new_database.dsn, "db", "downgrade", "0012").code == 0


def test_a_restore_takes_the_database_that_its_own_advice_empties(
    study: Database, warehouse: Warehouse, tmp_path: Path
):
    file = tmp_path / "study.backup"
    at = ["--dsn", study.dsn]
    assert warehouse(*at, "backup", str(file)).code == 0
    before = sums(study)
    refused = warehouse(*at, "restore", str(file), "--yes")
    assert refused.code == 3
    assert "empty it first with `warehouse db downgrade base`" in refused.err
    assert warehouse(*at, "db", "downgrade", "base", "--yes").code == 0
    restored = warehouse(*at, "restore", str(file), "--yes")
    assert restored.code == 0, restored.err
    assert sums(study) == before
    assert warehouse(*at, "db", "check").code == 0


LEFT_BY_EARLIER_VERSIONS = """
CREATE SCHEMA ops; CREATE SCHEMA fn; CREATE SCHEMA current; CREATE SCHEMA slice; CREATE SCHEMA mart;
CREATE TABLE ops.alembic_version (version_num varchar(32) PRIMARY KEY)
"""


def test_a_restore_takes_what_an_earlier_version_emptied_too(
    study: Database, empty_database: Database, warehouse: Warehouse, tmp_path: Path
):
    file = tmp_path / "study.backup"
    assert warehouse("--dsn", study.dsn, "backup", str(file)).code == 0
    with empty_database.connect(autocommit=True) as connection:
        connection.execute(LEFT_BY_EARLIER_VERSIONS)
    restored = warehouse("--dsn", empty_database.dsn, "restore", str(file), "--yes")
    assert restored.code == 0, restored.err
    assert sums(empty_database) == sums(study)


@pytest.mark.parametrize(
    "held",
    [
        pytest.param("CREATE TABLE public.mine (a integer)", id="table"),
        pytest.param("CREATE FUNCTION public.mine() RETURNS integer RETURN 1", id="function"),
        pytest.param("CREATE SCHEMA mine", id="schema"),
        pytest.param("INSERT INTO ops.alembic_version VALUES ('0001')", id="revision"),
    ],
)
def test_a_restore_goes_over_nothing_else(
    study: Database, empty_database: Database, warehouse: Warehouse, tmp_path: Path, held: str
):
    file = tmp_path / "study.backup"
    assert warehouse("--dsn", study.dsn, "backup", str(file)).code == 0
    with empty_database.connect(autocommit=True) as connection:
        connection.execute(f"{LEFT_BY_EARLIER_VERSIONS}; {held}")
    assert warehouse("--dsn", empty_database.dsn, "restore", str(file), "--yes").code == 3


@pytest.mark.parametrize(
    ("made", "told"),
    [
        pytest.param("model; CREATE TABLE model.car (wheels integer)", "holds table or view car", id="table"),
        pytest.param("fn; CREATE FUNCTION fn.r2() RETURNS integer RETURN 1", "holds function r2", id="function"),
        pytest.param("mart AUTHORIZATION pg_monitor", "belongs to pg_monitor", id="owner"),
    ],
)
def test_schemas_of_our_names_that_are_anothers_are_refused_before_anything_is_done(
    empty_database: Database, warehouse: Warehouse, made: str, told: str
):
    with Database(empty_database.superuser or "").connect(autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {made}")
    name = re.split(r"\W", made)[0]
    answer = warehouse("--dsn", empty_database.dsn, "db", "upgrade")
    assert (answer.code, answer.out) == (5, "")
    assert answer.err.startswith(
        f"Error: The schema {name} of this database {told} and does not belong to a warehouse, which "
    )
    assert answer.err.count("\n") == 1
    found = rows(empty_database, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|inf|pub)'")
    assert found == [(name,)]


def test_an_owner_without_rights_is_refused_a_schema_of_another(
    cluster, empty_database: Database, warehouse: Warehouse
):
    password = "look-but-do-not-touch"
    with Database(empty_database.superuser or "").connect(autocommit=True) as connection:
        try:
            connection.execute(f"CREATE ROLE downgrade_tester LOGIN PASSWORD '{password}'")
            connection.execute(f"GRANT CREATE ON DATABASE {empty_database.name} TO downgrade_tester")
            connection.execute("CREATE SCHEMA human")
            place = cluster.dsn(empty_database.name).partition("@")[2]
            answer = warehouse("--dsn", f"postgresql://downgrade_tester:{password}@{place}", "db", "upgrade")
            assert answer.code == 5, answer.err
            assert "The schema human of this database belongs to warehouse_superuser" in answer.err
        finally:
            connection.execute("DROP OWNED BY downgrade_tester; DROP ROLE downgrade_tester")


def test_empty_schemas_of_ones_own_are_no_obstacle(empty_database: Database, warehouse: Warehouse):
    with empty_database.connect(autocommit=True) as connection:
        connection.execute(LEFT_BY_EARLIER_VERSIONS)
    assert warehouse("--dsn", empty_database.dsn, "db", "upgrade").code == 0
