"""What makes embargoes hold is there while one stands, and leaves the planner nothing to tell of hidden rows."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.conftest import cloned
from warehouse import pipeline
from warehouse.access import embargoes, erasure, roles
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import Busy, DatabaseUnavailable
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.schema import migrations

QUIET = Progress(quiet=True)
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
SCHEMAS = "('ops', 'stimulus', 'human', 'model', 'result')"
COUNTS = f"""
SELECT
    (SELECT count(*) > 40 FROM pg_policy WHERE polname = 'embargo'),
    (SELECT count(*) FROM pg_policy),
    (SELECT count(*) FROM pg_class WHERE relrowsecurity OR relforcerowsecurity),
    (SELECT count(*) > 0 FROM pg_stats WHERE schemaname IN {SCHEMAS})
"""
GUARDED, OPEN = (True, False), (False, True)
"""Whether there are policies, and whether there are statistics."""


def rows(database: Database, question: str) -> list[tuple[Any, ...]]:
    with database.connect(autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchall() if cursor.description else []


def state(database: Database) -> tuple[bool, bool]:
    """Tell whether there are policies and statistics; all of the former are there, or none."""
    ((are_all, policies, guarded, has_statistics),) = rows(database, COUNTS)
    assert policies == 2 * guarded and are_all == bool(policies)
    return bool(policies), has_statistics


@pytest.fixture
def analyzed(study: Database) -> Database:
    rows(study, "ANALYZE")
    return study


def test_policies_and_no_statistics_are_there_from_the_first_embargo_to_the_last(analyzed: Database):
    assert state(analyzed) == OPEN
    embargoes.impose(analyzed, "group", "L2", TOMORROW, [])
    assert state(analyzed) == GUARDED
    embargoes.impose(analyzed, "extraction", "simulated-large", TOMORROW, [])
    embargoes.lift(analyzed, "group", "L2")
    assert state(analyzed) == GUARDED
    embargoes.lift(analyzed, "extraction", "simulated-large")
    assert state(analyzed) == OPEN


def test_what_has_run_out_is_cleared_away_by_the_next_lift(analyzed: Database):
    embargoes.impose(analyzed, "group", "L2", TOMORROW, [])
    embargoes.impose(analyzed, "corpus", "simulated", TOMORROW, [])
    rows(analyzed, "UPDATE ops.embargo SET embargoed_until = '2020-01-01' WHERE corpus_id IS NOT NULL")
    embargoes.lift(analyzed, "group", "L2")
    assert state(analyzed) == OPEN


@pytest.mark.parametrize("is_hidden", [False, True])
def test_an_upgrade_leaves_the_state_that_the_embargoes_ask_for(analyzed: Database, is_hidden: bool):
    if is_hidden:
        embargoes.impose(analyzed, "group", "L2", TOMORROW, [])
    rows(analyzed, "UPDATE ops.sql_object SET sha256 = 'older' WHERE object_name = 'fn.visible'")
    migrations.upgrade(analyzed)
    assert state(analyzed) == (GUARDED if is_hidden else OPEN)


def test_a_database_of_before_loses_the_policies_that_it_always_had(analyzed: Database):
    rows(
        analyzed,
        "CREATE POLICY insiders ON human.subject USING (true); CREATE POLICY embargo ON human.subject USING (true)",
    )
    rows(
        analyzed,
        "ALTER TABLE human.subject ENABLE ROW LEVEL SECURITY; ALTER TABLE human.subject FORCE ROW LEVEL SECURITY",
    )
    rows(analyzed, "UPDATE ops.sql_object SET sha256 = 'older' WHERE object_name = 'role.row_security'")
    migrations.upgrade(analyzed)
    assert state(analyzed) == OPEN


def test_statistics_stay_away_whoever_takes_them_and_whatever_comes_in(analyzed: Database):
    embargoes.impose(analyzed, "corpus", "simulated", TOMORROW, [])
    rows(analyzed, "UPDATE model.extraction SET digest = 'of before' WHERE extraction_id = 1")
    pipeline.ingest(analyzed, sources()["simulated_readers"], [], {"readers": 4}, QUIET)
    assert rows(analyzed, "SELECT to_regclass('model.attention_5')::text") == [("model.attention_5",)]
    rows(analyzed, "VACUUM ANALYZE")
    assert state(analyzed) == GUARDED


def test_the_statistics_of_arrays_of_weights_stay_off_when_the_others_come_back(analyzed: Database):
    embargoes.impose(analyzed, "group", "L2", TOMORROW, [])
    embargoes.lift(analyzed, "group", "L2")
    off = "SELECT DISTINCT attname::text FROM pg_attribute WHERE attstattarget = 0 AND attnum > 0"
    assert sorted(rows(analyzed, off)) == [
        ("half_weights",), ("head_products",), ("predictor_products",), ("reader_products",), ("weights",)
    ]  # fmt: skip


def test_the_statistics_of_an_index_over_an_expression_go_and_come_back_too(analyzed: Database):
    named = "SELECT count(*) FROM pg_stats WHERE schemaname = 'human' AND tablename = 'subject_name_key'"
    assert rows(analyzed, named) == [(1,)]
    embargoes.impose(analyzed, "group", "L2", TOMORROW, [])
    assert rows(analyzed, named) == [(0,)]
    embargoes.lift(analyzed, "group", "L2")
    assert rows(analyzed, named) == [(1,)]


def test_forgetting_what_is_hidden_takes_its_embargo_and_the_policies_along(analyzed: Database):
    embargoes.impose(analyzed, "extraction", "simulated-large", TOMORROW, [])
    erasure.forget(analyzed, "extraction", ["simulated-large"], QUIET)
    assert embargoes.list_embargoes(analyzed) == []
    assert state(analyzed)[0] is False


def test_an_embargo_waits_for_who_uses_a_table_and_then_says_so(analyzed: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embargoes, "LOCK_S", 1)
    with analyzed.connect() as other:
        other.execute("SELECT 1 FROM human.subject")
        with pytest.raises(Busy, match=r"used a table for more than 1 s.*nothing was changed"):
            embargoes.impose(analyzed, "group", "L2", TOMORROW, [])
    assert (embargoes.list_embargoes(analyzed), state(analyzed)) == ([], OPEN)


def test_without_roles_there_is_nobody_to_hide_anything_from(analyzed: Database):
    rows(analyzed, "DELETE FROM ops.sql_object WHERE object_kind = 'role'")
    with pytest.raises(DatabaseUnavailable, match="no roles for readers"):
        embargoes.impose(analyzed, "group", "L2", TOMORROW, [])


@pytest.mark.parametrize("called", ["enforce_embargoes()", "clear_statistics('human.subject')", "embargo_condition()"])
def test_a_reader_cannot_call_what_makes_embargoes_hold(hidden: tuple[Database, str], called: str):
    with psycopg.connect(hidden[1]) as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(f"SELECT fn.{called}")


@pytest.fixture(scope="module")
def hidden(cluster: EmbeddedServer, study_template: str) -> Iterator[tuple[Database, str]]:
    """A study whose whole corpus is hidden, and the address of a reader."""
    with cloned(cluster, study_template) as study:
        rows(study, "ANALYZE")
        address = roles.grant(study, "fay", "reader")
        embargoes.impose(study, "corpus", "simulated", TOMORROW, [])
        yield study, address
        roles.revoke(study, "fay")


def estimate(reader: psycopg.Connection[Any], question: str, *values: Any) -> tuple[Any, ...]:
    ((found,),) = reader.execute(f"EXPLAIN (FORMAT JSON) {question}", values, prepare=False).fetchall()
    plan = json.loads(found)[0]["Plan"] if isinstance(found, str) else found[0]["Plan"]
    return plan["Plan Rows"], plan["Total Cost"]


COLUMNS = f"""
SELECT attrelid::regclass::text, quote_ident(attname), atttypid::regtype::text
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE
    relnamespace::regnamespace::text IN {SCHEMAS} AND relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0
    AND has_table_privilege('warehouse_reader', pg_class.oid, 'SELECT')
    AND atttypid::regtype::text IN (
        'text', 'integer', 'smallint', 'bigint', 'real', 'double precision', 'date', 'timestamp with time zone'
    )
    -- which partitions there are everyone may see
    AND (attrelid, attname) <> ('model.attention'::regclass, 'extraction_id')
ORDER BY 1, 2
"""
NEVER = {
    "text": "no such thing",
    "date": date(1901, 1, 1),
    "timestamp with time zone": datetime(1901, 1, 1, tzinfo=UTC),
}


def test_an_estimate_is_the_same_for_hidden_values_and_for_those_that_do_not_exist(hidden: tuple[Database, str]):
    study, address = hidden
    told, tried = {}, 0
    with psycopg.connect(address, autocommit=True) as reader, study.connect() as owner:
        for table, column, kind in rows(study, COLUMNS):
            some = f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 4"
            held = [value for (value,) in owner.execute(some).fetchall()]
            for operator in ("=", "<", "<=", ">", "<>"):
                question = f"SELECT 1 FROM {table} WHERE {column} {operator} %s::{kind}"
                estimates = {estimate(reader, question, value) for value in (*held, NEVER.get(kind, 12345))}
                tried += len(held)
                if len(estimates) > 1:
                    told[question] = estimates
    assert tried > 2000
    assert told == {}


def test_a_bisection_by_estimates_finds_nothing(hidden: tuple[Database, str]):
    """The attack as it was made: the largest value is where an estimate begins to fall, times a large number."""
    question = "SELECT 1 FROM result.human_resemblance, generate_series(1, 100000000) WHERE r2 <= %s::float8"
    with psycopg.connect(hidden[1], autocommit=True) as reader:
        assert len({estimate(reader, question, step / 64) for step in range(-64, 128)}) == 1


@pytest.mark.parametrize(
    "question",
    [
        "SELECT 1 FROM mart.human_resemblance WHERE model = %s",
        "SELECT 1 FROM mart.layer_curve WHERE model = %s",
        "SELECT 1 FROM human.subject JOIN human.fixation USING (subject_id) WHERE language_group = %s",
        "SELECT 1 FROM mart.claim WHERE language_group = %s",
        "SELECT 1 FROM ops.unit WHERE about @> ARRAY[%s]",
    ],
)
def test_an_estimate_of_a_view_is_the_same_for_a_hidden_name(hidden: tuple[Database, str], question: str):
    with psycopg.connect(hidden[1], autocommit=True) as reader:
        names = ("simulated-large", "L2", "no such thing", "group L2")
        assert len({estimate(reader, question, name) for name in names}) == 1


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param("CASE WHEN sentence_id > 0 THEN pg_sleep(60) IS NULL ELSE false END", id="a cheap one"),
        pytest.param(
            "CASE WHEN is_causal THEN (SELECT pg_sleep(60)) IS NULL ELSE false END", id="one that costs nothing"
        ),
        pytest.param("from_word = 0 AND pg_sleep(60) IS NULL", id="one of two"),
    ],
)
def test_no_condition_of_a_reader_is_tried_on_a_hidden_row(hidden: tuple[Database, str], condition: str):
    with psycopg.connect(hidden[1], autocommit=True) as reader:
        reader.execute("SET statement_timeout = '10s'")
        assert reader.execute(f"SELECT 1 FROM stimulus.word_pair WHERE {condition}").fetchall() == []


def test_rows_are_expected_to_be_seen(hidden: tuple[Database, str]):
    with psycopg.connect(hidden[1], autocommit=True) as reader:
        ((all_rows,),) = rows(hidden[0], "SELECT reltuples FROM pg_class WHERE oid = 'human.fixation'::regclass")
        assert estimate(reader, "SELECT 1 FROM human.fixation")[0] > 0.9 * all_rows
