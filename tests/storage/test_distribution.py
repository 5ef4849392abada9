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
from warehouse.schema.distribution import KEYS, OFF_THE_KEY, Class, ForeignKey
from warehouse.schema.tables import SCHEMAS, metadata

ROOT = Path(__file__).resolve().parents[2]
OURS = "relnamespace::regnamespace::text = ANY (%(schemas)s)"


@pytest.fixture(scope="module")
def migrated(cluster: EmbeddedServer, template: str) -> Iterator[psycopg.Connection]:
    with cloned(cluster, template) as database, database.connect(autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def keys(migrated: psycopg.Connection) -> dict[str, str | None]:
    return {each.table: each.key for each in distribution.classes(migrated)}


def asked(connection: psycopg.Connection, question: str) -> list[tuple]:
    return connection.execute(question, {"schemas": list(SCHEMAS), "keys": list(KEYS)}).fetchall()


def test_every_table_is_classed(keys: dict[str, str | None]):
    assert keys.keys() == {table.fullname for table in metadata.tables.values()} | {"ops.alembic_version"}


def test_facts_are_distributed_and_what_they_refer_to_is_on_every_machine(keys: dict[str, str | None]):
    of_extractions = {"model.attention", "model.attention_sink", "model.sentence_loss", "model.word_surprisal"}
    of_readers = {"human.fixation", "human.reading", "human.roi_coverage", "human.roi_value", "human.saccade"}
    assert {table for table, key in keys.items() if key == "extraction_id"} == of_extractions
    assert {table for table, key in keys.items() if key == "subject_id"} == of_readers
    assert all(keys[table.fullname] == "run_id" for table in metadata.sorted_tables if "unit_id" in table.c)
    assert {keys[name] for name in ("ops.run", "human.subject", "model.extraction", "stimulus.word_pair")} == {None}


def test_every_table_with_a_distribution_key_of_another_is_distributed_or_small(keys: dict[str, str | None]):
    """A fact whose key does not begin with its distribution column would be copied whole to every machine."""
    copied = {
        table.fullname
        for table in metadata.sorted_tables
        if keys[table.fullname] is None and any(name in table.c and not table.c[name].identity for name in KEYS)
    }
    assert copied == {"human.exclusion", "model.extraction", "ops.embargo"}


def test_keys_and_unique_indexes_of_distributed_tables_begin_with_or_hold_the_distribution_column(
    migrated: psycopg.Connection, keys: dict[str, str | None]
):
    found = asked(migrated, f"""
        SELECT indrelid::regclass::text, indisprimary, array_agg(attname::text ORDER BY place)
        FROM pg_index
        JOIN pg_class ON pg_class.oid = indrelid
        CROSS JOIN LATERAL unnest(indkey) WITH ORDINALITY AS part (number, place)
        JOIN pg_attribute ON attrelid = indrelid AND attnum = part.number
        WHERE {OURS} AND indisunique AND NOT relispartition
        GROUP BY indexrelid, indrelid, indisprimary
    """)  # fmt: skip
    distributed = [(table, is_primary, columns) for table, is_primary, columns in found if keys[table]]
    assert {table for table, is_primary, _ in distributed if is_primary} == {
        table for table, key in keys.items() if key
    }
    for table, is_primary, columns in distributed:
        assert columns[0] == keys[table] if is_primary else keys[table] in columns, table


def test_foreign_keys_lead_to_reference_tables_or_go_by_the_same_distribution_column(
    migrated: psycopg.Connection, keys: dict[str, str | None]
):
    found = asked(migrated, f"""
        SELECT
            conrelid::regclass::text, confrelid::regclass::text,
            array_agg(here.attname::text), array_agg(there.attname::text)
        FROM pg_constraint
        JOIN pg_class ON pg_class.oid = conrelid
        CROSS JOIN LATERAL unnest(conkey, confkey) AS part (number, other)
        JOIN pg_attribute AS here ON here.attrelid = conrelid AND here.attnum = part.number
        JOIN pg_attribute AS there ON there.attrelid = confrelid AND there.attnum = part.other
        WHERE {OURS} AND contype = 'f'
        GROUP BY pg_constraint.oid, conrelid, confrelid
    """)  # fmt: skip
    between = [each for each in found if keys[each[1]] is not None]
    assert len(found) > len(between) > 10
    for table, other, columns, others in between:
        assert keys[table] == keys[other], (table, other)
        assert (keys[table], keys[other]) in list(zip(columns, others, strict=True)), (table, other)


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


USED = """
WITH RECURSIVE distributed AS (
    SELECT conrelid AS oid, attname AS key
    FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'p' AND attname = ANY (%(keys)s) AND attidentity = '' AND conparentid = 0
),

used AS (
    SELECT DISTINCT ev_class AS view, refobjid AS used
    FROM pg_rewrite
    JOIN pg_depend ON objid = pg_rewrite.oid AND classid = 'pg_rewrite'::regclass
    WHERE refclassid = 'pg_class'::regclass AND refobjid <> ev_class
),

carrying AS (
    SELECT oid, key FROM distributed
    UNION
    SELECT view, key FROM used JOIN carrying ON carrying.oid = used.used
)
"""


def test_no_view_joins_facts_of_different_distribution_columns(migrated: psycopg.Connection):
    found = asked(
        migrated,
        USED
        + """
        SELECT view::regclass::text, array_agg(DISTINCT key::text)
        FROM used JOIN carrying ON oid = used GROUP BY view
        """,
    )
    assert len(found) > 40
    assert [view for view, carried in found if len(carried) > 1] == []


def test_views_join_facts_by_the_distribution_column_apart_from_those_that_are_known(migrated: psycopg.Connection):
    """In a view of n tables or views that carry the same key, n - 1 joins go by it (to reference tables too)."""
    found = asked(migrated, USED + """
        SELECT
            view::regclass::text, key::text, count(*),
            (
                SELECT count(*) FROM regexp_matches(
                    pg_get_viewdef(view), format('USING \\([^)]*\\m%%1$s\\M|\\m%%1$s = \\w+\\.%%1$s\\M', key), 'g'
                )
            )
        FROM used
        JOIN carrying ON oid = used
        GROUP BY view, key
        HAVING count(*) > 1
    """)  # fmt: skip
    assert len(found) > 20
    assert {view for view, _, tables, joins in found if joins < tables - 1} == OFF_THE_KEY.keys()


def test_no_statement_changes_a_distribution_column(keys: dict[str, str | None]):
    sources = [path for folder in ("warehouse", "ingest", "analytics", "sql") for path in (ROOT / folder).rglob("*.*")]
    text = "\n".join(path.read_text() for path in sources if path.suffix in (".py", ".sql"))
    changes = re.findall(
        r"UPDATE\s+(\w+\.\w+)(?:\s+AS\s+\w+)?\s+SET\s+(.*?)(?:\bWHERE\b|\bFROM\b|\"\"\"|;)", text, re.S
    )
    assert ("ops.run" in {table for table, _ in changes}) and len(changes) > 4
    for table, assignments in changes:
        assert not (keys.get(table) and re.search(rf"\b{keys[table]}\s*=", assignments)), table


# The command


def test_reference_tables_come_first_and_each_table_once(migrated: psycopg.Connection, keys: dict[str, str | None]):
    made = distribution.statements(distribution.classes(migrated), distribution.foreign_keys(migrated))
    spread = [line for line in made if line.startswith("SELECT create_")]
    kinds = ["reference" in line for line in spread]
    assert kinds == sorted(kinds, reverse=True)
    assert sorted(re.findall(r"'([\w.]+)'", line)[0] for line in spread) == sorted(keys)


def test_a_table_follows_those_that_it_refers_to(migrated: psycopg.Connection):
    order = [each.table for each in distribution.classes(migrated)]
    question = f"""
        SELECT conrelid::regclass::text, confrelid::regclass::text
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE {OURS} AND contype = 'f' AND conrelid <> confrelid
    """
    assert all(order.index(table) > order.index(other) for table, other in asked(migrated, question))


def test_facts_of_one_key_lie_together():
    found = [Class("ops.run", None), Class("ops.unit", "run_id"), Class("result.r2", "run_id")]
    between = [ForeignKey("result.r2", "r2_fk", "FOREIGN KEY (run_id) REFERENCES ops.unit(run_id)")]
    assert distribution.statements(found, between) == [
        "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'",
        "ALTER TABLE result.r2 DROP CONSTRAINT r2_fk",
        "SELECT create_reference_table('ops.run')",
        "SELECT create_distributed_table('ops.unit', 'run_id', colocate_with => 'none')",
        "SELECT create_distributed_table('result.r2', 'run_id', colocate_with => 'ops.unit')",
        "ALTER TABLE result.r2 ADD CONSTRAINT r2_fk FOREIGN KEY (run_id) REFERENCES ops.unit(run_id)",
    ]


def test_what_is_spread_already_is_left():
    found = [Class("ops.run", None, True), Class("ops.unit", "run_id", True), Class("result.new", "run_id")]
    assert distribution.statements(found, [])[1:] == [
        "SELECT create_distributed_table('result.new', 'run_id', colocate_with => 'ops.unit')"
    ]
    assert distribution.statements(found[:2], []) == []


def test_foreign_keys_that_are_taken_down_are_put_back_as_they_were(migrated: psycopg.Connection):
    made = distribution.statements(distribution.classes(migrated), distribution.foreign_keys(migrated))
    before = asked(migrated, "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2")
    for statement in [line for line in made if line.startswith("ALTER TABLE")]:
        migrated.execute(statement)
    assert asked(migrated, "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2") == before


def test_a_server_without_citus_is_refused_in_a_sentence(new_database: Database):
    with pytest.raises(DatabaseUnavailable, match="does not have Citus: install its package"):
        distribution.distribute(new_database)


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
            distribution.classes(connection)


def test_the_page_names_the_views_that_break_the_rule_and_why():
    page = (ROOT / "docs/how-to/distribute.md").read_text()
    assert re.findall(r"^\| `(\w+\.\w+)` \| (.+) \|$", page, re.M) == list(OFF_THE_KEY.items())
