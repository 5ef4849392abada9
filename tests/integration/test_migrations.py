"""Schema revisions: up from nothing, down and up again with data, and nothing without a comment."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from tests.asking import execute, rows
from warehouse import pipeline
from warehouse.compute import one_analysis
from warehouse.database.connection import Database
from warehouse.errors import BadInput, SchemaMismatch, ViewInUse
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.schema import installing, migrations, rolefiles, sqlfiles
from warehouse.schema.directories import alembic_directory
from warehouse.schema.for_alembic import sqlalchemy_metadata
from warehouse.schema.tables import SCHEMAS, metadata

OURS = [*SCHEMAS, *sqlfiles.SQL_SCHEMAS]


@pytest.fixture
def connection(new_database: Database) -> Iterator[Connection]:
    with new_database.engine().connect() as connection:
        yield connection


CATALOGUE = """
SELECT table_schema || '.' || table_name || '.' || column_name, data_type || ' ' || is_nullable ||
    COALESCE(' ' || column_default, '') || COALESCE(' ' || identity_generation, '')
FROM information_schema.columns WHERE table_schema = ANY (%s)
UNION ALL
SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace::regnamespace::text = ANY (%s)
UNION ALL
SELECT schemaname || '.' || indexname, indexdef FROM pg_indexes WHERE schemaname = ANY (%s)
ORDER BY 1
"""


def catalogue(database: Database) -> dict[str, str]:
    return dict(rows(database, CATALOGUE, OURS, OURS, OURS))


def test_there_is_one_line_of_revisions_and_its_end_is_what_the_code_needs():
    config = Config()
    config.set_main_option("script_location", str(alembic_directory()))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [migrations.head()]
    assert sorted(revision.revision for revision in script.walk_revisions()) == migrations.revisions()


def test_a_revision_imports_nothing_of_ours():
    for path in (alembic_directory() / "versions").glob("*.py"):
        assert re.findall(r"^(?:import|from) (\w+)", path.read_text(), re.MULTILINE) == ["alembic"]


def test_the_head_has_the_tables_of_the_metadata(connection: Connection):
    options = {
        "version_table_schema": "ops",
        "include_schemas": True,
        "compare_type": True,
        "compare_server_default": True,
    }
    differences = compare_metadata(MigrationContext.configure(connection, opts=options), sqlalchemy_metadata())
    comments = {
        "add_table_comment",
        "remove_table_comment",
        "modify_comment",
    }  # those are the installer's, tested below
    assert [each for each in differences if not _is_about(each, comments)] == []


def _is_about(difference: Any, kinds: set[str]) -> bool:
    first = difference[0] if isinstance(difference, list) else difference
    return first[0] in kinds


def test_the_head_has_the_constraints_that_the_metadata_would_make(empty_database: Database, new_database: Database):
    with empty_database.engine().begin() as connection:
        for schema in SCHEMAS:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        sqlalchemy_metadata().create_all(connection)
    made, migrated = catalogue(empty_database), catalogue(new_database)
    views = {file.name for file in sqlfiles.sql_files()}
    migrated = {
        name: what
        for name, what in migrated.items()
        if name.rpartition(".")[0] not in views and "alembic_version" not in name
    }
    assert migrated == made


def test_every_table_column_view_and_function_has_a_comment(new_database: Database):
    bare = """
    SELECT 'schema ' || nspname FROM pg_namespace
    WHERE nspname = ANY (%(ours)s) AND obj_description(oid, 'pg_namespace') IS NULL
    UNION ALL
    SELECT oid::regclass::text FROM pg_class
    WHERE relnamespace::regnamespace::text = ANY (%(ours)s) AND relkind IN ('r', 'p', 'v') AND NOT relispartition
        AND COALESCE(obj_description(oid, 'pg_class'), '') = '' AND oid <> 'ops.alembic_version'::regclass
    UNION ALL
    SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace::regnamespace::text = ANY (%(ours)s) AND relkind IN ('r', 'p', 'v') AND attnum > 0
        AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL
        AND attrelid <> 'ops.alembic_version'::regclass
    UNION ALL
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace::regnamespace::text = ANY (%(ours)s) AND obj_description(oid, 'pg_proc') IS NULL
    """
    with new_database.connect() as connection:
        assert connection.execute(bare, {"ours": OURS}).fetchall() == []


def test_psql_a_bi_tool_and_the_file_say_the_same_of_a_view(new_database: Database):
    (file,) = [file for file in sqlfiles.sql_files() if file.name == "mart.model_summary"]
    assert rows(new_database, "SELECT obj_description('mart.model_summary'::regclass)") == [(file.comment,)]
    assert file.comment.startswith("The best layer of each model")


def test_down_to_nothing_and_up_again_gives_the_same_catalogue(new_database: Database):
    before = catalogue(new_database)
    migrations.downgrade(new_database, "base")
    assert migrations.current(new_database) is None
    left = rows(new_database, "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'v') "
                              "AND relnamespace::regnamespace::text = ANY (%s)", OURS)  # fmt: skip
    assert left == []
    assert rows(new_database, "SELECT nspname FROM pg_namespace WHERE nspname = ANY (%s)", OURS) == []
    migrations.upgrade(new_database)
    assert catalogue(new_database) == before


def test_with_data_each_revision_can_be_taken_back_and_put_on_again(study: Database):
    revisions, eighth = migrations.revisions(), "decode(repeat('3000', cardinality(weights)), 'hex')"
    execute(study, f"UPDATE model.attention SET weights = NULL, half_weights = {eighth} WHERE extraction_id = 1")
    for before, revision in reversed([*pairwise(revisions)]):
        migrations.downgrade(study, before)
        if revision == "0044":
            found = "SELECT DISTINCT unnest(weights), cardinality(weights) FROM model.attention WHERE extraction_id = 1"
            assert [weight for weight, _ in rows(study, found)] == [0.125]
        migrations.upgrade(study, revision)
    assert migrations.current(study) == revisions[1]


@pytest.mark.parametrize("revision", [*migrations.revisions()[:-2:8], migrations.revisions()[-2]])
def test_with_data_one_can_go_down_to_a_revision_and_up_again_and_load_what_went(study: Database, revision: str):
    execute(study, "CREATE TABLE model.attention_99 (LIKE model.attention)")  # as a killed ingest leaves it
    counted = _counts(study)
    migrations.downgrade(study, revision)
    assert migrations.current(study) == revision
    migrations.upgrade(study)
    quiet = Progress(quiet=True)
    pipeline.ingest(study, sources()["simulated_readers"], [], {"readers": 4}, quiet)
    choice = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
    pipeline.compute(study, "human_resemblance", choice, progress=quiet)
    assert _counts(study) == counted


def test_what_was_loaded_before_an_upgrade_is_as_this_program_makes_it(study: Database):
    migrations.downgrade(study, "0043")
    migrations.upgrade(study)
    assert migrations.differences(study) == []


def test_no_result_is_stale_when_readings_and_trials_have_come(study: Database):
    before = rows(study, "SELECT subject_id, layer, r2::text FROM current.human_resemblance ORDER BY 1, 2")
    migrations.downgrade(study, "0022")
    migrations.upgrade(study)
    choice = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
    for plan in one_analysis.plans(study, "human_resemblance", choice):
        assert plan.units
        assert plan.todo == []
    assert rows(study, "SELECT subject_id, layer, r2::text FROM current.human_resemblance ORDER BY 1, 2") == before


READ_AGAIN = """
INSERT INTO human.reading (subject_id, sentence_id, reading_ordinal, presentation_order)
SELECT subject_id, sentence_id, 2, presentation_order FROM human.reading;
INSERT INTO human.fixation (subject_id, sentence_id, reading_ordinal, fixation_ordinal, word_position, duration_ms)
SELECT subject_id, sentence_id, 2, fixation_ordinal, word_position, duration_ms FROM human.fixation;
DO $$ BEGIN PERFORM fn.derive_saccades(array_agg(subject_id)) FROM human.subject; END $$
"""


def test_later_readings_and_their_results_go_with_their_columns_and_can_come_again(study: Database):
    counted = _counts(study)
    execute(study, READ_AGAIN)
    choice = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"], "reading": ["2"]}
    pipeline.compute(study, "human_resemblance", choice, progress=Progress(quiet=True))
    twice = rows(study, "SELECT measure_id, avg(r2)::text FROM current.human_resemblance GROUP BY 1 ORDER BY 1")
    assert len(twice) == 2
    assert twice[0][1] == twice[1][1]
    migrations.downgrade(study, "0022")
    migrations.upgrade(study)
    assert rows(study, "SELECT count(*) FROM human.measure WHERE of_reading IS DISTINCT FROM 1") == [(0,)]
    pipeline.ingest(study, sources()["simulated_readers"], [], {"readers": 4}, Progress(quiet=True))
    assert _counts(study) == counted


def _counts(database: Database) -> dict[str, int]:
    tables = ["human.fixation", "human.saccade", "slice.layer_attention", "current.human_resemblance",
              "current.noise_ceiling", "mart.model_summary", "stimulus.word_pair"]  # fmt: skip
    return {table: rows(database, f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def test_upgrading_twice_installs_nothing_the_second_time(new_database: Database):
    query = "SELECT object_name, installed_at FROM ops.sql_object ORDER BY 1"
    before = rows(new_database, query)
    migrations.upgrade(new_database)
    assert rows(new_database, query) == before


@pytest.fixture
def sql_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the SQL files that a test may change."""
    for file in sqlfiles.sql_files():
        path = tmp_path / file.schema / file.path.name
        path.parent.mkdir(exist_ok=True)
        path.write_text(file.text)
    monkeypatch.setattr(sqlfiles, "sql_directory", lambda: tmp_path)
    return tmp_path


def test_a_changed_file_is_installed_again_with_all_that_stands_on_it(new_database: Database, sql_folders: Path):
    ceiling = sql_folders / "current" / "noise_ceiling.sql"
    ceiling.write_text(ceiling.read_text().replace("that hold now.", "that hold today."))
    query = "SELECT object_name FROM ops.sql_object WHERE installed_at > (SELECT min(installed_at) FROM ops.sql_object)"
    migrations.upgrade(new_database)
    assert {name for (name,) in rows(new_database, query)} >= {
        "current.noise_ceiling", "slice.layer_curve", "mart.layer_curve", "mart.model_summary", "mart.noise_ceiling"
    }  # fmt: skip
    assert "mart.run" not in {name for (name,) in rows(new_database, query)}
    (told,) = rows(new_database, "SELECT obj_description('current.noise_ceiling'::regclass)")[0]
    assert told.startswith("The noise ceilings that hold today.")


def test_tables_are_locked_before_rights_to_them_are_given(
    new_database: Database, sql_folders: Path, monkeypatch: pytest.MonkeyPatch
):
    """Else autovacuum holds a table and waits for what was granted on it, and a comment on it waits for autovacuum."""
    run, held = rolefiles.run, set[str]()

    def looking(connection: Connection) -> None:
        held.update(connection.execute(text(HELD)).scalars())
        run(connection)

    monkeypatch.setattr(rolefiles, "run", looking)
    (sql_folders / "mart" / "run.sql").unlink()
    migrations.upgrade(new_database)
    assert {table.fullname for table in metadata.sorted_tables} - held == set()


HELD = """
SELECT relation::regclass::text FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND mode = 'ShareUpdateExclusiveLock'
"""


def test_a_file_that_is_gone_takes_its_view_along_and_a_new_one_brings_one(new_database: Database, sql_folders: Path):
    (sql_folders / "mart" / "run.sql").unlink()
    (sql_folders / "mart" / "newcomer.sql").write_text(
        "-- Readers.\n-- Grain: a row per reader.\nCREATE VIEW mart.newcomer AS SELECT subject_id FROM human.subject;\n"
    )
    migrations.upgrade(new_database)
    found = rows(new_database, "SELECT to_regclass('mart.run')::text, to_regclass('mart.newcomer')::text")
    assert found == [(None, "mart.newcomer")]


def test_a_collaborators_view_is_named_and_never_dropped(new_database: Database, sql_folders: Path):
    execute(new_database, "CREATE VIEW public.favourites AS SELECT model, r2 FROM mart.model_summary")
    summary = sql_folders / "mart" / "model_summary.sql"
    summary.write_text(summary.read_text() + "-- changed\n")
    with pytest.raises(ViewInUse, match=r"public\.favourites of warehouse stands on mart\.model_summary") as refused:
        migrations.upgrade(new_database)
    assert refused.value.exit_code == 5
    with pytest.raises(ViewInUse):
        migrations.downgrade(new_database, "base")
    assert rows(new_database, "SELECT * FROM public.favourites") == []
    execute(new_database, "DROP VIEW public.favourites")
    migrations.upgrade(new_database)


def test_views_not_as_in_this_program_are_told(new_database: Database, sql_folders: Path):
    (sql_folders / "mart" / "run.sql").unlink()
    with new_database.engine().connect() as connection, pytest.raises(SchemaMismatch, match=r"mart\.run"):
        installing.check(connection)


def test_a_schema_older_than_the_code_is_refused_with_the_remedy(empty_database: Database):
    with pytest.raises(SchemaMismatch, match=r"has no warehouse in it: run `warehouse db upgrade`") as refused:
        migrations.check(empty_database)
    assert refused.value.exit_code == 5
    migrations.upgrade(empty_database, "0002")
    with pytest.raises(SchemaMismatch, match="revision 0002, this code needs"):
        pipeline.ingest(empty_database, sources()["simulated_readers"], [], {}, Progress(quiet=True))


def test_a_schema_newer_than_the_code_is_refused_and_left_alone(new_database: Database):
    execute(new_database, "UPDATE ops.alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match=r"9999, which this code .* does not know: install a newer") as refused:
        migrations.check(new_database)
    assert refused.value.exit_code == 5
    with pytest.raises(SchemaMismatch, match="install a newer"):
        migrations.upgrade(new_database)


def test_a_revision_that_is_not_there_is_told_with_those_that_are(new_database: Database):
    with pytest.raises(BadInput, match=r"schema revision: .*'7777'; give one of base, 0001"):
        migrations.upgrade(new_database, "7777")
    for revision in ("", "@", "head@", "-1x", "0040:0041"):
        with pytest.raises(BadInput, match=rf"schema revision: '{revision}' is none; give one of base, 0001"):
            migrations.downgrade(new_database, revision)


def test_every_view_is_written_down_the_same_after_it_was_dumped_and_restored(new_database: Database):
    """Else `db check` takes the views of a restored warehouse for others: each column needs its name in each branch."""
    views = rows(new_database, "SELECT oid::regclass::text, pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v' "
                               "AND relnamespace::regnamespace::text IN ('current', 'slice', 'mart')")  # fmt: skip
    with new_database.connect() as connection:
        for name, definition in views:
            connection.execute(f"CREATE TEMP VIEW again AS {definition}".encode())
            found = connection.execute("SELECT pg_get_viewdef('pg_temp.again'::regclass)").fetchone()
            assert found == (definition,), name
            connection.execute("DROP VIEW again")
