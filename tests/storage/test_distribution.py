"""The rules by which the schema can be spread over machines, held to the catalogue of a migrated database."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from tests.conftest import cloned
from warehouse.cli import cli
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import Busy, DatabaseUnavailable
from warehouse.schema import distribution
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


# The command


KEYS = [
    ForeignKey("human.reading", "r_fk", "FOREIGN KEY (sentence_id) REFERENCES stimulus.sentence", "stimulus.sentence"),
    ForeignKey("human.saccade", "s_fk", "FOREIGN KEY (...) REFERENCES human.reading", "human.reading"),
    ForeignKey("human.fixation", "f_fk", "FOREIGN KEY (...) REFERENCES human.reading", "human.reading"),
    ForeignKey("model.attention", "a_fk", "FOREIGN KEY (...) REFERENCES model.extraction", "model.extraction"),
    ForeignKey("result.r2", "r2_fk", "FOREIGN KEY (run_id) REFERENCES ops.run", "ops.run"),
]


def test_by_extraction_attention_alone_moves_and_what_it_refers_to_is_copied():
    assert distribution.statements("extraction", KEYS, set()) == [
        "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'",
        "ALTER TABLE model.attention DROP CONSTRAINT a_fk",
        "SELECT create_reference_table('model.extraction')",
        "SELECT create_distributed_table('model.attention', 'extraction_id', colocate_with => 'none')",
        "ALTER TABLE model.attention ADD CONSTRAINT a_fk FOREIGN KEY (...) REFERENCES model.extraction",
    ]


def test_by_sentence_what_people_did_lies_beside_it_and_no_key_leads_from_outside():
    made = distribution.statements("sentence", KEYS, set())
    assert made[1:5] == [
        "ALTER TABLE human.reading DROP CONSTRAINT r_fk", "ALTER TABLE human.saccade DROP CONSTRAINT s_fk",
        "ALTER TABLE human.fixation DROP CONSTRAINT f_fk", "ALTER TABLE model.attention DROP CONSTRAINT a_fk",
    ]  # fmt: skip
    assert "SELECT create_distributed_table('human.saccade', 'sentence_id', colocate_with => 'model.attention')" in made
    added = [line.split()[2] for line in made if "ADD CONSTRAINT" in line]
    assert added == ["human.reading", "human.saccade", "model.attention"]


def test_what_is_spread_already_is_left():
    assert distribution.statements("extraction", KEYS, {"model.attention", "model.extraction"}) == []


def test_tables_that_move_come_after_all_that_they_refer_to(migrated: psycopg.Connection):
    for way, tables in WAYS.items():
        made = distribution.statements(way, distribution.foreign_keys(migrated), set())
        kinds = [line.split("(")[0].removeprefix("SELECT create_") for line in made if "SELECT create_" in line]
        assert kinds == sorted(kinds, reverse=True)
        assert kinds.count("distributed_table") == len(tables)


def test_foreign_keys_that_are_taken_down_are_put_back_as_they_were(migrated: psycopg.Connection):
    made = distribution.statements("extraction", distribution.foreign_keys(migrated), set())
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


STAND_IN = """
SET search_path = public, pg_catalog;
CREATE TABLE public.pg_dist_partition AS
SELECT 'model.attention'::regclass AS logicalrelid, 'h' AS partmethod, 's' AS repmodel;
CREATE FUNCTION public.run_command_on_workers(command text)
RETURNS TABLE (nodename text, nodeport integer, success boolean, result text) LANGUAGE plpgsql AS $$
BEGIN
    nodename := 'one'; nodeport := 5432; success := true;
    EXECUTE command INTO result;
    RETURN NEXT;
    nodename := 'two'; success := false; result := 'connection refused';
    RETURN NEXT;
END $$;
CREATE TABLE model.attention_7_102008 (LIKE model.attention);
CREATE TABLE model.attention_7_102009 (LIKE model.attention);
CREATE TABLE model.attention_8_102010 (LIKE model.attention);
CREATE TABLE model.attention_8 (LIKE model.attention)
"""
"""What Citus gives, on one machine that is its own worker: its catalogue of tables, and how workers are asked."""


def test_attention_that_is_left_on_workers_is_told(new_database: Database):
    with new_database.connect(autocommit=True) as connection:
        assert distribution.left_on_workers(connection) == []
        connection.execute(STAND_IN)
        assert distribution.left_on_workers(connection) == [
            "attention is left on worker one:5432, to be dropped there by hand: model.attention_7_*",
            "whether attention is left on worker two:5432 could not be asked (connection refused)",
        ]
