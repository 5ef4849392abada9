"""Readers, writers and owners: what they may, how they are let in and shut out, and what becomes of their views."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.access.conftest import Enter, above, rows
from tests.integration.test_sums import keep
from warehouse import pipeline
from warehouse.access import embargoes, roles
from warehouse.cli import main
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput, DatabaseUnavailable, UnknownName, ViewInUse
from warehouse.load.adding_sums import OF_SUMS
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.schema import migrations, sqlfiles

QUIET = Progress(quiet=True)
STUDY = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)


def test_a_writer_ingests_and_computes_what_anyone_else_would(new_database: Database, study: Database, enter: Enter):
    writer = enter(new_database, "walt", "writer")
    pipeline.ingest(writer, sources()["simulated_readers"], [], {"readers": 4}, QUIET)
    pipeline.compute(writer, "human_resemblance", STUDY, progress=QUIET)
    question = "SELECT model, language_group, r2, ceiling FROM mart.model_summary ORDER BY 1, 2"
    assert rows(writer, question) == rows(study, question) != []


def test_what_one_writer_loaded_another_replaces(new_database: Database, enter: Enter):
    walt, wilma = enter(new_database, "walt", "writer"), enter(new_database, "wilma", "writer")
    pipeline.ingest(walt, sources()["simulated_readers"], [], {"readers": 4}, QUIET)
    rows(new_database, "UPDATE model.extraction SET digest = 'of before' WHERE extraction_id = 1")
    pipeline.ingest(wilma, sources()["simulated_readers"], [], {"readers": 4}, QUIET)
    question = """
    SELECT extraction_status, to_regclass('model.attention_' || extraction_id)::text
    FROM model.extraction WHERE extraction_id IN (1, 5) ORDER BY extraction_id
    """
    assert rows(new_database, question) == [("retired", None), ("complete", "model.attention_5")]


@pytest.mark.parametrize(
    "statement",
    ["DROP TABLE human.subject", "CREATE TABLE result.mine (a integer)", "DELETE FROM ops.sql_object",
     "INSERT INTO ops.embargo (language_group, embargoed_until, visible_to) VALUES ('L1', '2999-01-01', '{}')",
     "ALTER TABLE human.subject DISABLE ROW LEVEL SECURITY", "SET ROLE warehouse_owner", "CREATE ROLE mine"],
)  # fmt: skip
def test_a_writer_changes_neither_the_schema_nor_embargoes_nor_who_may_enter(
    clean: Database, enter: Enter, statement: str
):
    writer = enter(clean, "walt", "writer")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(writer, statement)


def test_an_owner_upgrades_what_somebody_else_installed(clean: Database, enter: Enter):
    owner = enter(clean, "olga", "owner")
    reader = enter(clean, "anna", "reader")
    rows(clean, "UPDATE ops.sql_object SET sha256 = 'older' WHERE object_name = 'current.noise_ceiling'")
    migrations.upgrade(owner)
    migrations.downgrade(owner, migrations.revisions()[-2])
    migrations.upgrade(owner)
    embargoes.impose(owner, "group", "L2", TOMORROW, [])
    assert rows(reader, "SELECT DISTINCT language_group FROM human.subject") == [("L1",)]
    owners = "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'mart'::regnamespace"
    assert rows(clean, owners) == [("warehouse_owner",)]


def test_results_do_not_depend_on_an_embargo_and_are_hidden_by_it(clean: Database, enter: Enter):
    writer, reader = enter(clean, "walt", "writer"), enter(clean, "anna", "reader")
    embargoes.impose(clean, "extraction", "simulated-large", TOMORROW, [])
    pipeline.compute(writer, "scale_fit", STUDY, progress=QUIET)
    fits = "SELECT DISTINCT model_count FROM mart.model_fit WHERE model_choice = 'all'"
    assert rows(writer, fits) == [(3,)]
    assert rows(reader, fits) == []
    assert rows(reader, "SELECT DISTINCT model FROM mart.layer_curve ORDER BY 1") == [
        ("simulated-medium",), ("simulated-medium-tuned",), ("simulated-small",)
    ]  # fmt: skip


def test_what_is_extracted_anew_is_under_the_embargo_of_the_one_before(clean: Database, enter: Enter):
    reader = enter(clean, "anna", "reader")
    embargoes.impose(clean, "extraction", "1", TOMORROW, [])
    rows(clean, "UPDATE model.extraction SET digest = 'of before' WHERE extraction_id = 1")
    pipeline.ingest(clean, sources()["simulated_readers"], [], {"readers": 4}, QUIET)
    assert rows(clean, "SELECT model FROM slice.extraction_layer WHERE extraction_id = 5 LIMIT 1") == [
        ("simulated-small",)
    ]
    assert rows(reader, "SELECT model FROM slice.extraction_layer WHERE extraction_id = 5 LIMIT 1") == []


def test_a_run_that_was_asked_for_by_a_hidden_name_is_not_seen(clean: Database, enter: Enter):
    reader = enter(clean, "anna", "reader")
    pipeline.compute(clean, "trivial_reliance", {"model": ["simulated-large", "simulated-small"]}, progress=QUIET)
    embargoes.impose(clean, "extraction", "simulated-large", TOMORROW, [])
    assert "compute trivial_reliance" not in {job for (job,) in rows(reader, "SELECT job FROM mart.run")}
    assert "compute human_resemblance" in {job for (job,) in rows(reader, "SELECT job FROM mart.run")}


def test_a_reader_has_guards_and_a_short_way_to_mart(clean: Database, enter: Enter):
    reader = enter(clean, "anna", "reader")
    with psycopg.connect(reader.dsn) as connection:
        found = [connection.execute(f"SHOW {name}").fetchone() for name in
                 ("default_transaction_read_only", "statement_timeout", "search_path")]  # fmt: skip
        assert found == [("on",), ("1min",), ("mart",)]
        assert connection.execute("SELECT count(*) > 0 FROM model_summary").fetchone() == (True,)
    (limit,) = rows(clean, "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'anna'")
    assert limit == (10,)


def test_a_role_given_again_replaces_the_one_before(clean: Database, enter: Enter):
    enter(clean, "anna", "writer")
    enter(clean, "anna", "reader")
    held = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'anna'::regrole"
    assert rows(clean, held) == [("warehouse_reader",)]
    assert rows(clean, "SELECT rolbypassrls FROM pg_roles WHERE rolname = 'anna'") == [(False,)]
    enter(clean, "anna", "reader", scratch=True)
    enter(clean, "anna", "reader")
    (anna,) = [one for one in roles.list_people(clean) if one.name == "anna"]
    assert (anna.role, anna.scratch) == ("reader", "scratch_anna")


def test_who_is_shut_out_is_gone_at_once(clean: Database, enter: Enter):
    reader = enter(clean, "anna", "reader")
    embargoes.impose(clean, "group", "L2", TOMORROW, ["anna"])
    with psycopg.connect(reader.dsn) as connection:
        assert roles.revoke(clean, "anna") == "anna is gone."
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(DatabaseUnavailable, match="refuses the password"):
        reader.connect()
    assert [embargo.visible_to for embargo in embargoes.list_embargoes(clean)] == [[]]
    with pytest.raises(UnknownName, match="'anna': no such access"):
        roles.revoke(clean, "anna")


def test_a_scratch_schema_outlives_its_owners_access_unless_it_is_dropped(clean: Database, enter: Enter):
    bob = enter(clean, "bob", "reader", scratch=True)
    rows(bob, "CREATE TABLE frequency (word_text text, zipf real)")
    assert "may not log in any more; what they own is kept, in scratch_bob too" in roles.revoke(clean, "bob")
    assert rows(above(clean), "SELECT count(*) FROM scratch_bob.frequency") == [(0,)]
    enter(clean, "bob", "reader")
    assert roles.revoke(clean, "bob", drop_scratch=True) == "bob is gone."
    assert rows(clean, "SELECT to_regnamespace('scratch_bob')") == [(None,)]


def test_a_login_that_was_there_before_keeps_its_password_and_stays(clean: Database, enter: Enter):
    rows(clean, "CREATE ROLE eve LOGIN PASSWORD 'a password of hers'")
    assert ":" not in enter(clean, "eve", "reader").url().partition("@")[0].removeprefix("postgresql://")
    assert roles.revoke(clean, "eve").endswith("the login was not made here and stays.")
    assert rows(clean, "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'eve'") == [(True,)]


@pytest.mark.parametrize(
    "name", ["Anna", "warehouse_owner", "pg_anna", "anna; DROP TABLE x", "", "a" * 41, "public", "user"]
)
def test_a_name_that_cannot_be_a_login_is_refused(clean: Database, name: str):
    with pytest.raises(BadInput, match="cannot be a login"):
        roles.grant(clean, name, "reader")


def test_where_nobody_may_make_roles_the_warehouse_works_without(cluster: EmbeddedServer, enter: Enter):
    server = Database(cluster.superuser_dsn("postgres"))
    rows(server, "CREATE ROLE plain LOGIN PASSWORD 'plain'")
    rows(server, "CREATE DATABASE plain OWNER plain")
    plain = Database(cluster.dsn("plain").replace(cluster.dsn("plain").split("//")[1].split("@")[0], "plain:plain"))
    migrations.upgrade(plain)
    pipeline.ingest(plain, sources()["simulated_readers"], [], {"readers": 3}, QUIET)
    with pytest.raises(DatabaseUnavailable, match="no roles for readers and writers: run `warehouse db upgrade` once"):
        roles.grant(plain, "anna", "reader")
    rows(server, "DROP DATABASE plain")
    rows(server, "DROP ROLE plain")


@pytest.fixture
def changed_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The SQL files, of which one gives a column another name."""
    for file in sqlfiles.sql_files():
        path = tmp_path / file.schema / file.path.name
        path.parent.mkdir(exist_ok=True)
        path.write_text(file.text)
    usage_warning = tmp_path / "mart" / "usage_warning.sql"
    usage_warning.write_text(
        usage_warning.read_text().replace("usage_warning_on.reason", "usage_warning_on.reason AS place")
    )
    monkeypatch.setattr(sqlfiles, "sql_directory", lambda: tmp_path)
    return tmp_path


def test_an_upgrade_sets_views_of_others_aside_and_puts_them_back(clean: Database, enter: Enter, changed_folders: Path):
    bob, anna = enter(clean, "bob", "reader", scratch=True), enter(clean, "anna", "reader")
    rows(bob, "CREATE VIEW warned WITH (security_barrier) AS SELECT entity FROM mart.usage_warning")
    rows(bob, "CREATE VIEW counted AS SELECT count(*) FROM warned")
    rows(bob, "GRANT USAGE ON SCHEMA scratch_bob TO anna; GRANT SELECT ON counted TO anna")
    with pytest.raises(ViewInUse, match=r"scratch_bob.warned of bob stands on mart.usage_warning.*--set-views-aside"):
        migrations.upgrade(clean)
    migrations.upgrade(clean, set_views_aside=True)
    assert rows(anna, "SELECT count FROM scratch_bob.counted") == [(0,)]


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        pytest.param("COMMENT ON VIEW kept IS 'how many'", "SELECT obj_description(:view)", id="its comment"),
        pytest.param("COMMENT ON COLUMN kept.entity IS 'what'", "SELECT col_description(:view, 1)", id="a column's"),
        pytest.param("ALTER VIEW kept SET (security_barrier, check_option = local)",
                     "SELECT reloptions::text FROM pg_class WHERE oid = :view", id="options"),
        pytest.param("ALTER VIEW kept ALTER entity SET DEFAULT 'x' || 1",
                     "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = :view", id="a default"),
        pytest.param("GRANT SELECT ON kept TO anna", "SELECT relacl::text FROM pg_class WHERE oid = :view",
                     id="a grant"),
        pytest.param("GRANT SELECT, INSERT ON kept TO cora WITH GRANT OPTION; SET ROLE cora; "
                     "GRANT SELECT ON scratch_bob.kept TO anna",
                     "SELECT string_agg(item::text, ' ' ORDER BY item::text) FROM pg_class, unnest(relacl) AS item "
                     "WHERE oid = :view", id="what the one it was granted to granted"),
        pytest.param("REVOKE INSERT, DELETE ON kept FROM bob; GRANT SELECT ON kept TO public",
                     "SELECT relacl::text FROM pg_class WHERE oid = :view", id="what its owner took from himself"),
        pytest.param("GRANT SELECT (entity) ON kept TO anna; GRANT UPDATE (entity) ON kept TO cora WITH GRANT OPTION",
                     "SELECT attacl::text FROM pg_attribute WHERE attrelid = :view AND attnum = 1",
                     id="a column's grants"),
        pytest.param("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anna",
                     "SELECT COALESCE(relacl, acldefault('r', relowner))::text FROM pg_class WHERE oid = :view",
                     id="no grant that new views would have"),
        pytest.param("CREATE FUNCTION ins() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
                     "CREATE TRIGGER ins INSTEAD OF INSERT ON kept FOR EACH ROW EXECUTE FUNCTION ins(); "
                     "COMMENT ON TRIGGER ins ON kept IS 'does nothing'",
                     "SELECT pg_get_triggerdef(oid) || obj_description(oid, 'pg_trigger') FROM pg_trigger "
                     "WHERE tgrelid = :view", id="a trigger and its comment"),
        pytest.param("CREATE RULE no AS ON DELETE TO kept DO INSTEAD NOTHING",
                     "SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = :view AND rulename = 'no'",
                     id="a rule"),
    ],
)  # fmt: skip
def test_a_view_that_was_set_aside_has_all_that_belonged_to_it(
    clean: Database, enter: Enter, changed_folders: Path, made: str, asked: str
):
    bob = enter(clean, "bob", "reader", scratch=True)
    _, cora = enter(clean, "anna", "reader"), enter(clean, "cora", "reader")
    rows(bob, "CREATE VIEW kept AS SELECT entity FROM mart.usage_warning")
    rows(bob, "GRANT USAGE ON SCHEMA scratch_bob TO cora")
    theirs, _, others = made.partition("; SET ROLE cora; ")
    rows(bob, theirs)
    if others:
        rows(cora, "SET TRANSACTION READ WRITE; " + others)
    asked = asked.replace(":view", "'scratch_bob.kept'::regclass")
    before = rows(above(clean), asked)
    migrations.upgrade(clean, set_views_aside=True)
    assert rows(above(clean), asked) == before != []


def test_views_that_stand_on_each_other_are_made_in_that_order(clean: Database, enter: Enter, changed_folders: Path):
    bob = enter(clean, "bob", "reader", scratch=True)
    rows(bob, "CREATE VIEW first AS SELECT 1 AS entity; CREATE VIEW second AS SELECT entity FROM mart.usage_warning")
    rows(bob, "CREATE OR REPLACE VIEW first AS SELECT count(*)::integer AS entity FROM second")
    migrations.upgrade(clean, set_views_aside=True)
    assert rows(bob, "SELECT entity FROM first") == [(0,)]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        pytest.param("CREATE MATERIALIZED VIEW held AS SELECT entity FROM kept", r"scratch_bob\.held depends on",
                     id="something else that stands on it"),
        pytest.param("CREATE DOMAIN small AS text CHECK (true); CREATE OR REPLACE VIEW kept AS SELECT entity, "
                     "'{x}'::small[] AS more FROM mart.usage_warning", r"it uses the type scratch_bob\.small\[\]",
                     id="a type whose checks would run"),
    ],
)  # fmt: skip
def test_a_view_that_cannot_be_set_aside_is_named_and_stays(
    clean: Database, enter: Enter, changed_folders: Path, made: str, told: str
):
    bob = enter(clean, "bob", "reader", scratch=True)
    rows(bob, "CREATE VIEW kept AS SELECT entity FROM mart.usage_warning")
    rows(bob, made)
    with pytest.raises(ViewInUse, match=rf"scratch_bob\.kept of bob cannot be set aside.*{told}"):
        migrations.upgrade(clean, set_views_aside=True)
    assert rows(bob, "SELECT count(*) FROM kept") == [(0,)]


def test_a_view_that_no_longer_fits_undoes_the_upgrade_and_is_named(
    clean: Database, enter: Enter, changed_folders: Path
):
    bob = enter(clean, "bob", "reader", scratch=True)
    rows(bob, "CREATE VIEW reasons AS SELECT reason FROM mart.usage_warning")
    with pytest.raises(ViewInUse, match=r"scratch_bob.reasons of bob does not fit .*reason.* does not exist.*undone"):
        migrations.upgrade(clean, set_views_aside=True)
    assert rows(bob, "SELECT reason FROM reasons") == rows(bob, "SELECT reason FROM mart.usage_warning") == []


def test_the_command_line_lets_in_hides_lists_and_shuts_out(
    clean: Database, enter: Enter, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def run(*words: str) -> str:
        main(["--dsn", clean.dsn, "access", *words])
        return capsys.readouterr().out

    enter(clean, "cora", "reader")
    assert run("grant", "bob", "--role", "reader", "--scratch").startswith("postgresql://bob:")
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert run("grant", "anna", "--role", "reader", "--password-stdin").startswith("postgresql://anna@")
    anna = Database(clean.dsn.replace(clean.dsn.split("//")[1].split("@")[0], "anna:correct%20horse%20battery"))
    told = run("embargo", "group", "L2", "--until", str(TOMORROW), "--visible-to", "cora")
    assert told == f"The group L2 is seen until {TOMORROW} by owners, writers, cora only.\n"
    assert json.loads(run("embargoes", "--json"))[0]["visible_to"] == ["cora"]
    assert "L2" in run("embargoes")
    main(["--dsn", anna.dsn, "show", "human-resemblance", "--csv"])
    assert {line.split(",")[8] for line in capsys.readouterr().out.splitlines()[1:]} == {"L1"}
    assert run("lift", "group", "L2") == "Everyone sees the group L2.\n"
    assert run("embargoes") == "Nothing is under embargo.\n"
    assert [each["name"] for each in json.loads(run("list", "--json"))] == ["anna", "bob", "cora"]
    assert "scratch_bob" in run("list")
    assert run("revoke", "bob", "--drop-scratch") == "bob is gone.\n"
    assert run("revoke", "anna") == "anna is gone.\n"


@pytest.mark.parametrize(
    ("kind", "name", "days", "roles", "said"),
    [
        pytest.param("corpus", "nothing", 1, [], "'nothing': no such corpus", id="no such thing"),
        pytest.param("group", "L2", 0, [], "is not in the future", id="a day that is past"),
        pytest.param("group", "L2", 1, ["nobody"], "'nobody': no such role", id="no such role"),
    ],
)
def test_an_embargo_that_makes_no_sense_is_refused(
    clean: Database, kind: str, name: str, days: int, roles: list[str], said: str
):
    with pytest.raises(BadInput, match=said):
        embargoes.impose(clean, kind, name, datetime.now(UTC).date() + timedelta(days=days), roles)
    with pytest.raises(BadInput, match="under no embargo"):
        embargoes.lift(clean, "group", "L2")


def test_sums_are_hidden_with_the_readers_and_with_the_attention(clean: Database, enter: Enter):
    keep(clean, "sums", "article")
    reader = enter(clean, "rita", "reader")
    groups = "SELECT DISTINCT language_group FROM {} JOIN human.subject USING (subject_id) ORDER BY 1"
    of_both = [("L1",), ("L2",)]
    for table in ("model.reader_sums", "model.summed_reader"):
        assert rows(reader, groups.format(table)) == of_both
    embargoes.impose(clean, "group", "L2", TOMORROW, [])
    count = "SELECT count(DISTINCT subject_id) FROM model.reader_sums"
    assert rows(reader, count) == rows(reader, "SELECT count(*) FROM slice.reader WHERE measure_id = 1")
    for table in ("model.reader_sums", "model.summed_reader"):
        assert rows(reader, groups.format(table)) == [("L1",)]
    ((number,),) = rows(clean, "SELECT extraction_id FROM mart.extraction WHERE model = 'simulated-large'")
    embargoes.impose(clean, "extraction", "simulated-large", TOMORROW, [])
    for table in (each.fullname for each in OF_SUMS):
        assert rows(reader, f"SELECT count(*) FROM {table} WHERE extraction_id = {number}") == [(0,)]
        assert rows(reader, f"SELECT count(*) > 0 FROM {table}") == [(True,)]
