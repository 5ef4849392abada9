"""The rules by which the schema can be spread over machines, held to the catalogue of a migrated database."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from tests.conftest import cloned
from warehouse.access import embargoes
from warehouse.cli import cli
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import Busy, DatabaseUnavailable
from warehouse.schema import citus, distribution
from warehouse.schema.distribution import WAYS, ForeignKey
from warehouse.schema.tables import SCHEMAS, metadata

ROOT = Path(__file__).resolve().parents[2]
OURS = "relnamespace::regnamespace::text = ANY (%(schemas)s)"


@pytest.fixture(scope="module")
def migrated(cluster: EmbeddedServer, template: str) -> Iterator[psycopg.Connection]:
    with cloned(cluster, template) as database, database.connect(autocommit=True) as connection:
        yield connection


def asked(connection: psycopg.Connection, question: str) -> list[tuple]:
    return connection.execute(question, {"schemas": list(SCHEMAS)}).fetchall()


@pytest.mark.parametrize("way", WAYS)
def test_every_unique_index_of_a_distributed_table_holds_its_distribution_column(
    migrated: psycopg.Connection, way: str
):
    """Citus takes no other; nor an identity column beside it."""
    found = asked(migrated, """
        SELECT indrelid::regclass::text, array_agg(attname::text)
        FROM pg_index
        CROSS JOIN LATERAL unnest(indkey) AS part (number)
        JOIN pg_attribute ON attrelid = indrelid AND attnum = part.number
        WHERE indisunique
        GROUP BY indexrelid, indrelid
    """)  # fmt: skip
    of_ways = [(table, columns) for table, columns in found if table in WAYS[way]]
    assert {table for table, _ in of_ways} == WAYS[way].keys()
    assert [table for table, columns in of_ways if WAYS[way][table] not in columns] == []
    assert all(not column.is_identity for table in WAYS[way] for column in metadata.tables[table].c)


def test_there_are_no_triggers_and_no_types_of_our_own(migrated: psycopg.Connection):
    assert asked(migrated, "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal") == []
    types = """
        SELECT typname FROM pg_type
        WHERE typtype IN ('e', 'd', 'r') AND typnamespace::regnamespace::text !~ '^(pg_|information_schema)'
    """
    assert asked(migrated, types) == []


def test_ids_are_assigned_by_identity_columns_alone(migrated: psycopg.Connection):
    """Citus (12.1) takes identity columns of any integer type where rows are inserted on the coordinator."""
    loose = f"""
        SELECT pg_class.oid::regclass FROM pg_class
        WHERE {OURS} AND relkind = 'S'
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'i')
    """
    assert asked(migrated, loose) == []


def test_views_and_functions_do_not_call_themselves(migrated: psycopg.Connection):
    recursive = "SELECT oid::regclass FROM pg_class WHERE relkind = 'v' AND pg_get_viewdef(oid) ~* 'WITH RECURSIVE'"
    assert asked(migrated, recursive) == []
    assert (
        asked(migrated, "SELECT proname FROM pg_proc WHERE pronamespace = 'fn'::regnamespace AND prosrc ~* 'RECURSIVE'")
        == []
    )


def test_no_statement_changes_a_distribution_column():
    sources = [path for folder in ("warehouse", "ingest", "analytics", "sql") for path in (ROOT / folder).rglob("*.*")]
    text = "\n".join(path.read_text() for path in sources if path.suffix in (".py", ".sql"))
    changes = re.findall(
        r"UPDATE\s+(\w+\.\w+)(?:\s+AS\s+\w+)?\s+SET\s+(.*?)(?:\bWHERE\b|\bFROM\b|\"\"\"|;)", text, re.S
    )
    assert ("ops.run" in {table for table, _ in changes}) and len(changes) > 4
    for table, assignments in changes:
        assert not any(table in way and re.search(rf"\b{way[table]}\s*=", assignments) for way in WAYS.values()), table


# Its statements


KEYS = [
    ForeignKey("human.reading", "r_fk", "FOREIGN KEY (sentence_id) REFERENCES stimulus.sentence", "stimulus.sentence"),
    ForeignKey("human.saccade", "s_fk", "FOREIGN KEY (...) REFERENCES human.reading", "human.reading"),
    ForeignKey("human.fixation", "f_fk", "FOREIGN KEY (...) REFERENCES human.reading", "human.reading"),
    ForeignKey("model.attention", "a_fk", "FOREIGN KEY (...) REFERENCES model.extraction", "model.extraction"),
    ForeignKey("result.r2", "r2_fk", "FOREIGN KEY (run_id) REFERENCES ops.run", "ops.run"),
]


def test_by_extraction_attention_alone_moves_and_what_it_refers_to_is_copied():
    assert distribution.statements("extraction", KEYS, {}) == [
        "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'",
        "ALTER TABLE model.attention DROP CONSTRAINT a_fk",
        "SELECT create_reference_table('model.extraction')",
        "SELECT create_distributed_table('model.attention', 'extraction_id', colocate_with => 'none')",
        *(
            f"SELECT create_distributed_table('model.{of}_sums', 'extraction_id', colocate_with => 'model.attention')"
            for of in ("head", "reader", "predictor")
        ),
        "ALTER TABLE model.attention ADD CONSTRAINT a_fk FOREIGN KEY (...) REFERENCES model.extraction",
    ]


def test_by_sentence_what_people_did_lies_beside_it_and_no_key_leads_from_outside():
    made = distribution.statements("sentence", KEYS, {})
    assert made[1:5] == [
        "ALTER TABLE human.reading DROP CONSTRAINT r_fk", "ALTER TABLE human.saccade DROP CONSTRAINT s_fk",
        "ALTER TABLE human.fixation DROP CONSTRAINT f_fk", "ALTER TABLE model.attention DROP CONSTRAINT a_fk",
    ]  # fmt: skip
    assert "SELECT create_distributed_table('human.saccade', 'sentence_id', colocate_with => 'model.attention')" in made
    added = [line.split()[2] for line in made if "ADD CONSTRAINT" in line]
    assert added == ["human.reading", "human.saccade", "model.attention"]


def test_what_is_spread_already_is_left():
    has = {**WAYS["extraction"], "model.extraction": None}
    assert distribution.statements("extraction", KEYS, has) == []
    del has["model.predictor_sums"]  # as after an upgrade that made it
    (alone,) = [line for line in distribution.statements("extraction", KEYS, has) if "create_distributed_table" in line]
    assert "'model.predictor_sums', 'extraction_id', colocate_with => 'model.attention'" in alone


def test_tables_that_move_come_after_all_that_they_refer_to(migrated: psycopg.Connection):
    for way, tables in WAYS.items():
        made = distribution.statements(way, distribution.foreign_keys(migrated), {})
        kinds = [line.split("(")[0].removeprefix("SELECT create_") for line in made if "SELECT create_" in line]
        assert kinds == sorted(kinds, reverse=True)
        assert kinds.count("distributed_table") == len(tables)


def test_foreign_keys_that_are_taken_down_are_put_back_as_they_were(migrated: psycopg.Connection):
    made = distribution.statements("extraction", distribution.foreign_keys(migrated), {})
    before = asked(migrated, "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2")
    for statement in [line for line in made if line.startswith("ALTER TABLE")]:
        migrated.execute(statement)
    assert asked(migrated, "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2") == before


def test_a_server_without_citus_is_refused_in_a_sentence(new_database: Database):
    with pytest.raises(DatabaseUnavailable, match="does not have Citus: install its package"):
        distribution.distribute(new_database, "extraction")


def test_a_dry_run_prints_the_statements_anywhere(new_database: Database):
    told = CliRunner().invoke(cli, ["--dsn", new_database.dsn, "db", "distribute", "--dry-run"], catch_exceptions=False)
    assert (
        "SELECT create_distributed_table('model.attention', 'extraction_id', colocate_with => 'none');\n" in told.output
    )
    assert told.exit_code == 0


def test_while_an_extraction_is_loaded_nothing_is_distributed(new_database: Database):
    with new_database.connect(autocommit=True) as connection:
        connection.execute("CREATE TABLE model.attention_7 (LIKE model.attention)")
        with pytest.raises(Busy, match=r"into model\.attention_7"):
            distribution.plan_statements(new_database, "extraction")


# The command on a cluster: a stand-in on one machine, since no Citus is here


@pytest.fixture
def coordinator(new_database: Database) -> Database:
    """A warehouse whose server says and does what Citus 14 says and does, as far as `warehouse.schema.citus` asks."""
    with Database(new_database.superuser or "").connect(autocommit=True) as connection:
        (view,) = connection.execute("SELECT pg_get_viewdef('pg_available_extensions')").fetchone() or ("",)
        count = len(connection.execute("SELECT * FROM pg_available_extensions LIMIT 0").description or ())
        connection.execute("SET allow_system_table_mods = on")
        connection.execute(
            f"CREATE OR REPLACE VIEW pg_catalog.pg_available_extensions AS {view.rstrip().rstrip(';')} "
            f"UNION ALL SELECT 'citus'::name, '14.0', '14.0'{', NULL' * (count - 3)}"
        )
        connection.execute(STAND_IN)
    return new_database


STAND_IN = """
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass, partmethod text, partkey text, repmodel text);
CREATE TABLE pg_catalog.stand_in_worker (node text, is_up boolean, dies_at text, has_vectors boolean);
INSERT INTO pg_catalog.stand_in_worker VALUES ('one', true, '', true), ('two', true, '', true);
GRANT ALL ON pg_catalog.pg_dist_partition, pg_catalog.stand_in_worker TO PUBLIC;
CREATE FUNCTION pg_catalog.citus_get_active_worker_nodes() RETURNS TABLE (node_name text, node_port bigint)
LANGUAGE sql AS $$ SELECT node, 5432::bigint FROM stand_in_worker $$;
CREATE FUNCTION pg_catalog.column_to_column_name(table_name regclass, key text) RETURNS text
LANGUAGE sql AS $$ SELECT key $$;
CREATE FUNCTION pg_catalog.create_reference_table(table_name regclass) RETURNS void
LANGUAGE sql AS $$ INSERT INTO pg_dist_partition VALUES (table_name, 'n', NULL, 't') $$;
CREATE FUNCTION pg_catalog.create_distributed_table(table_name regclass, key text, colocate_with text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stand_in_worker WHERE dies_at = table_name::text;
    IF FOUND THEN
        RAISE connection_failure USING MESSAGE = 'connection to the remote node two:5432 failed';
    END IF;
    PERFORM FROM pg_constraint WHERE contype = 'f' AND table_name IN (conrelid, confrelid);
    IF FOUND THEN
        RAISE feature_not_supported USING MESSAGE = 'cannot create foreign key constraint';
    END IF;
    INSERT INTO pg_dist_partition VALUES (table_name, 'h', key, 's');
END $$;
CREATE FUNCTION pg_catalog.run_command_on_workers(command text)
RETURNS TABLE (nodename text, nodeport integer, success boolean, result text) LANGUAGE plpgsql AS $$
DECLARE
    worker record;
BEGIN
    FOR worker IN SELECT * FROM stand_in_worker ORDER BY node LOOP
        nodename := worker.node; nodeport := 5432; success := worker.is_up; result := 'connection refused';
        IF worker.is_up AND command ~ 'vector' THEN
            result := worker.has_vectors::integer;
        ELSIF worker.is_up THEN
            EXECUTE command INTO result;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$
"""


def given(database: Database, *arguments: str) -> tuple[int, str]:
    """Give a command; its exit code, and all that it says."""
    told = CliRunner().invoke(cli, ["--dsn", database.dsn, "db", *arguments])
    return told.exit_code, " ".join((told.output + str(told.exception or "")).split())


def changed(database: Database, statement: str) -> None:
    with Database(database.superuser or "").connect(autocommit=True) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("way", WAYS)
def test_a_cluster_is_spread_once_in_one_way_and_checked(coordinator: Database, way: str):
    (other,) = WAYS.keys() - {way}
    code, told = given(coordinator, "distribute", "--by", way)
    assert code == 0 and told.count("create_distributed_table") == len(WAYS[way])
    with coordinator.connect(autocommit=True) as connection:
        has = {table: column for table, column in citus.spread(connection).items() if column}
        assert has == WAYS[way]
        assert distribution.left_out(distribution.foreign_keys(connection), has) == []
    assert given(coordinator, "distribute", "--by", way) == (0, "")  # there is nothing to do
    code, told = given(coordinator, "distribute", "--by", other)
    assert code and "model.attention is distributed by" in told and "undistribute_table" in told
    code, told = given(coordinator, "check")
    assert (code, "all in it is as this program makes it" in told) == (0, True), told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param("DELETE FROM pg_catalog.stand_in_worker", "This coordinator has no workers", id="no workers"),
        pytest.param("UPDATE pg_catalog.stand_in_worker SET is_up = false WHERE node = 'two'",
                     "Worker two:5432 does not answer (connection refused): nothing was changed", id="one is down"),
        pytest.param("UPDATE pg_catalog.stand_in_worker SET dies_at = 'model.reader_sums'",
                     "the remote node two:5432 failed): nothing was changed", id="one goes down meanwhile"),
        pytest.param("CREATE POLICY hidden ON model.attention USING (true)",
                     "Citus takes no policies with subqueries", id="an embargo"),
    ],
)  # fmt: skip
def test_what_cannot_be_spread_is_refused_in_a_sentence_and_nothing_is_changed(
    coordinator: Database, change: str, said: str
):
    changed(coordinator, change)
    with coordinator.connect(autocommit=True) as connection:
        keys = distribution.foreign_keys(connection)
        with pytest.raises(DatabaseUnavailable) as caught:
            distribution.distribute(coordinator, "sentence")
        assert said in str(caught.value)
        assert distribution.foreign_keys(connection) == keys
        assert citus.spread(connection) == {}


def test_a_worker_without_pgvector_is_named_where_this_machine_has_it(coordinator: Database):
    changed(coordinator, "UPDATE pg_catalog.stand_in_worker SET has_vectors = false WHERE node = 'two'")
    with coordinator.connect(autocommit=True) as connection:
        has_vectors = connection.execute("SELECT FROM pg_extension WHERE extname = 'vector'").fetchone() is not None
    code, told = given(coordinator, "distribute")
    assert bool(code) is ("Worker two:5432 does not have pgvector in its database" in told) is has_vectors


def test_nothing_is_hidden_on_a_cluster_since_it_could_be_only_by_half(coordinator: Database):
    distribution.distribute(coordinator, "extraction")
    with pytest.raises(DatabaseUnavailable, match=r"Citus takes no policies .*: nothing was hidden"):
        embargoes.impose(coordinator, "group", "L1", date(2999, 1, 1), [])
    with coordinator.connect(read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM ops.embargo").fetchone() == (0,)


def test_attention_that_is_left_on_workers_is_told(coordinator: Database):
    changed(coordinator, "UPDATE pg_catalog.stand_in_worker SET is_up = false WHERE node = 'two'")
    with coordinator.connect(autocommit=True) as connection:
        assert citus.left_on_workers(connection) == []
        connection.execute("INSERT INTO pg_dist_partition VALUES ('model.attention', 'h', 'extraction_id', 's')")
        for name in ("7_102008", "7_102009", "8_102010", "8"):
            connection.execute(f"CREATE TABLE model.attention_{name} (LIKE model.attention)")
        assert citus.left_on_workers(connection) == [
            "attention is left on worker one:5432, to be dropped there by hand: model.attention_7_*",
            "whether attention is left on worker two:5432 could not be asked (connection refused)",
        ]
