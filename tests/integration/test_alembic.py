"""Alembic's own commands outside of `warehouse db`: they read, upgrade what is meant, refuse what they cannot do."""

import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config, main
from alembic.script import ScriptDirectory

from tests.command_line import Said
from warehouse.database.connection import Database
from warehouse.schema import migrations
from warehouse.schema.directories import alembic_directory

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = {"WAREHOUSE_HOME": "/proc/nowhere"}
"""Where the default database cannot be: a command that opens it all the same fails."""


def alembic(database: Database | None, *words: str, cwd: Path = ROOT) -> Said:
    """Run alembic as it is run in a checkout, with an address in the environment, in this process."""
    address = {"DATABASE_URL": database.dsn} if database else {}
    with pytest.MonkeyPatch.context() as around, redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        for name, value in (NOWHERE | address).items():
            around.setenv(name, value)
        around.chdir(cwd)
        around.setattr("alembic.config.Config", partial(Config, stdout=out))  # else that of when it was imported
        code = 0
        try:
            main([*words])
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


def state(database: Database) -> list[tuple[object, ...]]:
    """Everything that a command might have changed."""
    with database.connect(read_only=True) as connection:
        return connection.execute("""
            SELECT oid::regclass::text, relkind::text, relfilenode FROM pg_class WHERE oid >= 16384
            UNION ALL
            SELECT object_name, sha256, extract(epoch FROM installed_at)::bigint FROM ops.sql_object
            UNION ALL
            SELECT version_num, '', 0 FROM ops.alembic_version
            ORDER BY 1, 2, 3
        """).fetchall()


def test_current_and_check_tell_the_revision_and_that_nothing_is_due(study: Database):
    before = state(study)
    current = alembic(study, "current")
    assert (current.code, current.out) == (0, f"{migrations.head()} (head)\n"), current.err
    program, environment = Path(sys.executable).with_name("alembic"), {**os.environ, "DATABASE_URL": study.dsn}
    installed = subprocess.run([program, "current"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (installed.returncode, installed.stdout) == (current.code, current.out), installed.stderr
    check = alembic(study, "check")
    assert (check.code, check.out) == (0, "No new upgrade operations detected.\n"), check.err + check.out
    assert state(study) == before


def test_check_tells_a_table_of_ours_that_differs_and_leaves_those_of_others_alone(new_database: Database):
    with new_database.connect(autocommit=True) as connection:
        connection.execute("CREATE SCHEMA scratch; CREATE TABLE scratch.mine (a integer); CREATE TABLE public.too ()")
        connection.execute("CREATE TABLE model.attention_7 PARTITION OF model.attention FOR VALUES IN (7)")
    assert alembic(new_database, "check").code == 0
    with new_database.connect(autocommit=True) as connection:
        connection.execute("ALTER TABLE human.region ADD COLUMN colour text")
    check = alembic(new_database, "check")
    assert check.code != 0
    assert "New upgrade operations detected: [('remove_column', 'human', 'region', Column('colour'" in check.out
    assert "mine" not in check.out and "attention_7" not in check.out


@pytest.mark.parametrize("words", [["current"], ["check"], ["revision", "--autogenerate", "-m", "x"]], ids=" ".join)
def test_an_empty_database_stays_empty(empty_database: Database, words: list[str]):
    said = alembic(empty_database, *words)
    assert said.code == 0 or "FAILED: Target database is not up to date." in said.out + said.err, said.err
    with empty_database.connect() as connection:
        assert connection.execute("SELECT to_regnamespace('ops')").fetchone() == (None,)


def test_a_new_revision_takes_the_next_number_and_is_empty_where_nothing_differs(
    new_database: Database, tmp_path: Path
):
    shutil.copytree(ROOT / "alembic", tmp_path / "alembic")
    (tmp_path / "pyproject.toml").write_text('[tool.alembic]\nscript_location = "%(here)s/alembic"\n')
    made = alembic(new_database, "revision", "--autogenerate", "-m", "what changes", cwd=tmp_path)
    assert made.code == 0, made.err
    number = f"{int(migrations.head()) + 1:04}"
    text = (tmp_path / "alembic" / "versions" / f"{number}_what_changes.py").read_text()
    assert f"revision = '{number}'\ndown_revision = '{migrations.head()}'" in text
    assert "op.create" not in text and "op.drop" not in text and "op.alter" not in text


def test_upgrade_goes_to_the_database_that_the_environment_names(empty_database: Database):
    done = alembic(empty_database, "upgrade", "head")
    assert done.code == 0, done.err
    migrations.check(empty_database)
    with empty_database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM mart.model_summary").fetchone() == (0,)


def test_the_address_on_the_command_line_comes_first(empty_database: Database, new_database: Database):
    done = alembic(new_database, "-x", f"url={empty_database.dsn}", "current")
    assert (done.code, done.out) == (0, ""), done.err


@pytest.mark.parametrize(
    ("words", "way"),
    [
        pytest.param(
            ["downgrade", "base"], "`warehouse db downgrade REVISION`, which says what will be lost", id="down"
        ),
        pytest.param(["downgrade", "-1"], "`warehouse db downgrade REVISION`", id="one down"),
        pytest.param(["stamp", "0001"], "use `warehouse db upgrade`", id="stamp"),
        pytest.param(["ensure_version"], "use `warehouse db upgrade`", id="ensure_version"),
        pytest.param(["upgrade", "head", "--sql"], "Nothing is done offline", id="upgrade offline"),
        pytest.param(["upgrade", "0001:0003", "--sql"], "Nothing is done offline", id="upgrade of a range offline"),
        pytest.param(["downgrade", "0017:0012", "--sql"], "Nothing is done offline", id="downgrade offline"),
        pytest.param(["stamp", "head", "--sql"], "Nothing is done offline", id="stamp offline"),
    ],
)
def test_what_alembic_alone_cannot_do_is_refused_with_the_way_and_changes_nothing(
    study: Database, words: list[str], way: str
):
    before = state(study)
    done = alembic(study, *words)
    assert done.code not in (0, 1)
    assert done.out + done.err == f"FAILED: {(done.out + done.err).removeprefix('FAILED: ')}"
    assert way in done.out + done.err and "Traceback" not in done.err
    assert state(study) == before


def test_offline_mode_opens_no_database():
    done = alembic(None, "upgrade", "head", "--sql")
    assert "Nothing is done offline" in done.out + done.err


def test_without_a_database_it_is_told_in_a_sentence():
    done = alembic(Database("postgresql://me@127.0.0.1:1/nowhere"), "current")
    assert done.code not in (0, 1)
    assert "No PostgreSQL server answers at 127.0.0.1:1/nowhere" in done.out + done.err
    assert "Traceback" not in done.err


class TestAsPytestAlembicDoes:
    """What pytest-alembic tests, which hands an engine over; test_migrations goes through the revisions one by one."""

    @pytest.fixture
    def config(self, empty_database: Database) -> Config:
        config = Config()
        config.set_main_option("script_location", str(alembic_directory()))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = empty_database.engine()
        return config

    def test_there_is_a_single_head(self, config: Config):
        assert ScriptDirectory.from_config(config).get_heads() == [migrations.head()]

    def test_the_tables_match_what_the_revisions_make(self, config: Config):
        command.upgrade(config, "head")
        command.check(config)
