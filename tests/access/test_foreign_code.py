"""Code of others in the warehouse's schemas: it is named, and nobody's command runs it."""

from datetime import date
from pathlib import Path

import pytest

from tests.access.conftest import Enter, above, rows
from tests.command_line import Warehouse
from warehouse import pipeline
from warehouse.access import embargoes
from warehouse.database.connection import Database
from warehouse.errors import ForeignCode
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.schema import foreign_code, migrations

QUIET = Progress(quiet=True)
EVIL = """
CREATE FUNCTION model.evil() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    CREATE TABLE IF NOT EXISTS public.ran (who name, more boolean);
    INSERT INTO public.ran SELECT current_user, rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user;
    RETURN 'x';
END $$;
CREATE FUNCTION model.evil_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM model.evil(); RETURN NEW; END $$;
CREATE FUNCTION model.evil_check(a text) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
"""
ATTACKS = [
    pytest.param("ALTER TABLE model.attention ADD COLUMN note text DEFAULT model.evil()",
                 "default model.attention.note", id="a default"),
    pytest.param("ALTER TABLE human.subject ALTER subject_label SET DEFAULT pg_read_file('x')",
                 "default human.subject.subject_label", id="a default of PostgreSQL's own"),
    pytest.param("CREATE TRIGGER t BEFORE INSERT ON ops.run FOR EACH ROW EXECUTE FUNCTION model.evil_trigger()",
                 "trigger ops.run t", id="a trigger"),
    pytest.param("CREATE RULE r AS ON INSERT TO ops.run DO ALSO SELECT model.evil()", "rule ops.run r", id="a rule"),
    pytest.param("ALTER TABLE ops.run ADD CHECK (model.evil_check(job))", "constraint ops.run run_job_check",
                 id="a constraint"),
    pytest.param("CREATE INDEX i ON ops.run ((model.evil_check(job)))", "index ops.i", id="an index"),
    pytest.param("CREATE STATISTICS ops.s ON (model.evil_check(job)), run_id FROM ops.run", "statistics object ops.s",
                 id="statistics"),
    pytest.param("CREATE CAST (ops.run AS text) WITH FUNCTION model.of_run(ops.run)", "cast ops.run as text",
                 id="a cast"),
    pytest.param("CREATE DOMAIN model.d AS text CHECK (model.evil_check(VALUE)); "
                 "ALTER TABLE ops.run ADD COLUMN note model.d", "type model.d", id="a domain"),
    pytest.param("CREATE OPERATOR model.=== (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)",
                 "operator model.===", id="an operator"),
    pytest.param("DO $do$ BEGIN EXECUTE 'CREATE OR REPLACE VIEW mart.corpus AS SELECT v.*, set_config(''x.y'', ''z'', "
                 "false) AS more FROM (' || rtrim(pg_get_viewdef('mart.corpus'::regclass), ';') || ') AS v'; END $do$",
                 "view mart.corpus", id="a view"),
    pytest.param("CREATE POLICY p ON ops.run USING (model.evil_check(job))", "policy ops.run p", id="a policy"),
    pytest.param("ALTER FUNCTION fn.derive_saccades(integer[]) SET search_path = public",
                 "function fn.derive_saccades(integer[])", id="a setting of a function"),
    pytest.param("CREATE TABLE public.probe (run_id integer REFERENCES ops.run)", "foreign key public.probe",
                 id="a foreign key from outside"),
    pytest.param("CREATE TABLE public.part PARTITION OF model.attention FOR VALUES IN (99)", "table public.part",
                 id="a partition from outside"),
    pytest.param("CREATE MATERIALIZED VIEW mart.held AS SELECT 1 AS a", "materialized view mart.held",
                 id="a materialised view"),
]  # fmt: skip

DIFFERENCES = [
    ("ALTER TABLE human.subject ADD COLUMN note text", "foreign: column human.subject.note: text"),
    ("ALTER TABLE ops.run ALTER job DROP NOT NULL",
     "another: column ops.run.job: text instead of text not null"),
    ("DROP INDEX model.extraction_complete_key",
     "missing: index model.extraction_complete_key"),
    ("ALTER TABLE human.subject DROP CONSTRAINT subject_language_group_fk",
     "missing: constraint human.subject subject_language_group_fk"),
    ("ALTER TABLE ops.run OWNER TO warehouse", "another: owner ops.run: warehouse instead of "
     "warehouse_owner"),
    ("GRANT UPDATE ON ops.unit TO warehouse_writer", "another: grant ops.unit to warehouse_writer: "
     "INSERT, MAINTAIN, SELECT, UPDATE instead of INSERT, MAINTAIN, SELECT"),
    ("GRANT SELECT (visible_to) ON ops.embargo TO public",
     "foreign: grant ops.embargo.visible_to to public: SELECT"),
    ("GRANT CREATE ON SCHEMA mart TO public", "foreign: grant schema mart to public: CREATE"),
    ("ALTER VIEW mart.corpus SET (security_invoker = false)", "another: view mart.corpus"),
    ("DROP VIEW mart.usage_warning", "missing: view mart.usage_warning"),
    ("CREATE VIEW mart.more AS SELECT 1 AS a", "foreign: view mart.more"),
    ("CREATE TABLE result.more (a integer)", "foreign: table result.more"),
    ("ALTER TABLE model.attention_1 ADD CHECK (layer < 100)",
     "foreign: constraint model.attention_N attention_1_layer_check"),
    ("GRANT SELECT ON model.attention_1 TO warehouse_reader",
     "foreign: grant model.attention_N to warehouse_reader: SELECT"),
    ("ALTER DEFAULT PRIVILEGES IN SCHEMA mart GRANT UPDATE ON TABLES TO public",
     "foreign: default privileges r in mart to -"),
]  # fmt: skip


@pytest.fixture
def planted(clean: Database) -> Database:
    """A study in which somebody who may has left functions that tell who ran them."""
    of_run = "CREATE FUNCTION model.of_run(one ops.run) RETURNS text LANGUAGE sql AS $$ SELECT model.evil() $$;"
    rows(above(clean), EVIL + of_run)
    return clean


def test_whatever_code_of_others_there_is_the_check_names_it(planted: Database, warehouse: Warehouse):
    rows(above(planted), "; ".join(statement for statement, _ in (attack.values for attack in ATTACKS)))
    found = warehouse("--dsn", planted.dsn, "db", "check")
    assert found.code == 5
    lines = found.out.splitlines()
    told = [line for line in lines if line.startswith(("foreign: ", "another: "))]
    for _, name in (attack.values for attack in ATTACKS):
        assert [line for line in told if name in line] != [], name
    assert len([line for line in lines if "function model.evil" in line and line.startswith("foreign: function")]) == 3
    assert f"{len(lines)} things differ from what this program makes" in found.err


@pytest.mark.parametrize(("statement", "name"), ATTACKS)
def test_whatever_code_of_others_there_is_a_command_that_would_run_it_refuses(
    clean: Database, statement: str, name: str
):
    of_run = "CREATE FUNCTION model.of_run(one ops.run) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;"
    rows(above(clean), EVIL + of_run + statement)
    # alone, without the functions' names
    with clean.connect() as connection:
        try:
            foreign_code.refuse(connection, functions=name.startswith("function"))
        except ForeignCode as error:
            told = str(error)
        else:
            told = "nothing"
    assert name.split(" ", maxsplit=1)[0] in told and "would run with your rights" in told


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["db", "checksums"], id="checksums"),
        pytest.param(["backup", "{tmp}/study.backup"], id="backup"),
        pytest.param(["ingest", "simulated-readers"], id="ingest"),
        pytest.param(["compute", "noise-ceiling"], id="compute"),
        pytest.param(["forget", "corpus", "simulated", "--yes"], id="forget"),
        pytest.param(["export", "parquet", "{tmp}/exported"], id="export"),
        pytest.param(["report", "--out", "{tmp}/report"], id="report"),
        pytest.param(["dashboard", "--port", "0"], id="dashboard"),
        pytest.param(["show", "noise-ceiling"], id="show"),
        pytest.param(["status"], id="status"),
        pytest.param(["access", "embargo", "corpus", "simulated", "--until", "2100-01-01"], id="embargo"),
        pytest.param(["db", "upgrade"], id="upgrade"),
        pytest.param(["db", "downgrade", "0021", "--yes"], id="downgrade"),
        pytest.param(["db", "downgrade", "base", "--yes"], id="downgrade to base"),
    ],
)
def test_every_command_that_would_run_it_ends_in_one_sentence(
    planted: Database, warehouse: Warehouse, tmp_path: Path, words: list[str]
):
    rows(above(planted), "CREATE TRIGGER t BEFORE INSERT ON ops.run FOR EACH ROW "
                         "EXECUTE FUNCTION model.evil_trigger()")  # fmt: skip
    found = warehouse("--dsn", planted.dsn, *[word.format(tmp=tmp_path) for word in words])
    assert (found.code, found.out) == (5, "")
    assert "trigger ops.run t (calls model.evil_trigger())" in found.err and "Traceback" not in found.err
    assert rows(planted, "SELECT to_regclass('public.ran')") == [(None,)]


def test_an_upgrade_runs_nothing_of_others_over_the_rows_it_moves(clean: Database, warehouse: Warehouse):
    migrations.downgrade(clean, "0019")
    rows(above(clean), EVIL + "CREATE TRIGGER t BEFORE UPDATE ON human.subject FOR EACH ROW "
                              "EXECUTE FUNCTION model.evil_trigger()")  # fmt: skip
    found = warehouse("--dsn", clean.dsn, "db", "upgrade")
    assert (found.code, found.out) == (5, "")
    assert "trigger human.subject t (calls model.evil_trigger())" in found.err
    assert rows(clean, "SELECT to_regclass('public.ran'), version_num FROM ops.alembic_version") == [(None, "0019")]
    rows(above(clean), "DROP TRIGGER t ON human.subject; DROP FUNCTION model.evil_trigger(), model.evil_check(text); "
                       "DROP FUNCTION model.evil()")  # fmt: skip
    assert warehouse("--dsn", clean.dsn, "db", "upgrade").code == 0


def test_the_check_finds_nothing_amiss_while_an_embargo_stands_and_after_it(clean: Database):
    embargoes.impose(clean, "corpus", "simulated", date(2100, 1, 1), [])
    assert migrations.differences(clean) == []
    rows(above(clean), "CREATE POLICY p ON ops.run USING (true)")
    assert migrations.differences(clean) == ["foreign: policy ops.run p: for all to public using true"]
    rows(above(clean), "DROP POLICY p ON ops.run")
    embargoes.lift(clean, "corpus", "simulated")
    assert migrations.differences(clean) == []


def test_a_study_is_as_this_program_makes_it(clean: Database, enter: Enter):
    assert migrations.differences(clean) == []
    assert migrations.differences(enter(clean, "olga", "owner")) == []
    with clean.connect() as connection:
        foreign_code.refuse(connection)


def test_the_check_leaves_the_database_as_it_was(clean: Database):
    query = "SELECT nspname, oid FROM pg_namespace ORDER BY 1"
    before = rows(clean, query)
    assert migrations.differences(clean) == []
    assert rows(clean, query) == before


def test_a_warehouse_without_roles_is_as_this_program_makes_it(cluster, empty_database: Database):
    server = Database(cluster.superuser_dsn("postgres"))
    rows(server, "CREATE ROLE alone LOGIN PASSWORD 'alone'; ")
    rows(server, f"ALTER DATABASE {empty_database.name} OWNER TO alone")
    mine = Database(f"postgresql://alone:alone@127.0.0.1:{cluster.status().port}/{empty_database.name}")
    try:
        migrations.upgrade(mine)
        assert migrations.differences(mine) == []
        rows(mine, "ALTER TABLE ops.run ADD COLUMN note text")
        assert migrations.differences(mine) == ["foreign: column ops.run.note: text"]
    finally:
        rows(server, f"ALTER DATABASE {empty_database.name} OWNER TO warehouse")
        rows(Database(cluster.superuser_dsn(empty_database.name)), "REASSIGN OWNED BY alone TO warehouse")
        rows(server, "DROP ROLE alone")


def test_each_difference_is_a_line(clean: Database):
    rows(above(clean), "; ".join(statement for statement, _ in DIFFERENCES))
    told = migrations.differences(clean)
    for _, line in DIFFERENCES:
        assert [found for found in told if found.startswith(line)] != [], (line, told)


def test_a_writer_plants_nothing_and_the_next_to_load_runs_nothing_of_theirs(clean: Database, enter: Enter):
    case = Path(__file__).parents[2] / "../shared/cases/security/writer_default.sql"
    if not case.is_file():
        pytest.skip("the case is not here")
    writer = enter(clean, "writer_one", "writer")
    with pytest.raises(Exception, match=r"permission denied for schema model"):
        rows(writer, case.read_text())
    rows(clean, "UPDATE model.extraction SET digest = 'of before' WHERE extraction_id = 1")
    pipeline.ingest(clean, sources()["simulated_readers"], [], {"readers": 4}, QUIET)
    assert rows(clean, "SELECT rolsuper FROM pg_roles WHERE rolname = 'writer_one'") == [(False,)]
