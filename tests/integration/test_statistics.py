"""Whoever writes lets the planner know: statistics are there after each command, of what changed."""

from typing import Any

import pytest

from warehouse import pipeline
from warehouse.database import statistics
from warehouse.database.connection import Database
from warehouse.plugin.registry import sources
from warehouse.progress import Progress

QUIET = Progress(quiet=True)
STUDY = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}


def rows(database: Database, question: str, *given: Any) -> list[tuple[Any, ...]]:
    with database.connect(autocommit=True) as connection:
        cursor = connection.execute(question, given)
        return cursor.fetchall() if cursor.description else []


def off(database: Database) -> None:
    """Leave nothing to the server's own watch over tables."""
    for (name,) in rows(database, TABLES):
        rows(database, f"ALTER TABLE {name} SET (autovacuum_enabled = off)")


TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('ops', 'stimulus', 'human', 'model', 'result')
"""
WITHOUT = """
SELECT oid::regclass::text
FROM pg_class
WHERE
    relnamespace::regnamespace::text IN ('ops', 'stimulus', 'human', 'model', 'result') AND relkind = 'r'
    AND pg_relation_size(oid) > 0
    AND NOT EXISTS (
        SELECT FROM pg_stats WHERE (schemaname || '.' || tablename)::regclass = pg_class.oid
        AND schemaname IN ('ops', 'stimulus', 'human', 'model', 'result')
    )
    -- what comes with the schema, and what is there for a moment
    AND relname NOT IN (
        'alembic_version', 'sql_object', 'claim', 'ceiling_kind', 'published_ceiling', 'published_resemblance',
        'lease', 'variant', 'verdict_reason'
    )
ORDER BY 1
"""


def test_every_table_that_was_filled_has_statistics(new_database: Database):
    off(new_database)
    pipeline.ingest(new_database, sources()["simulated_readers"], [], {"readers": 3}, QUIET)
    pipeline.compute(new_database, "human_resemblance", STUDY, progress=QUIET)
    assert rows(new_database, WITHOUT) == []
    ((known, there),) = rows(
        new_database,
        "SELECT reltuples, (SELECT count(*) FROM result.human_resemblance) FROM pg_class "
        "WHERE oid = 'result.human_resemblance'::regclass",
    )
    assert known == there > 0


def test_what_did_not_change_is_not_analysed(study: Database):
    off(study)
    pipeline.ingest(study, sources()["simulated_readers"], [], {"readers": 4}, QUIET)
    counts = (
        "SELECT relname, analyze_count FROM pg_stat_user_tables WHERE relname IN ('fixation', 'saccade', 'attention')"
    )
    before = rows(study, counts)
    pipeline.ingest(study, sources()["simulated_readers"], [], {"readers": 4}, QUIET)
    assert rows(study, counts) == before


@pytest.mark.parametrize(("more", "is_told"), [(5, False), (20, True)])
def test_a_table_is_analysed_when_it_grew_by_more_than_a_tenth(new_database: Database, more: int, is_told: bool):
    with new_database.connect(autocommit=True) as connection:
        connection.execute("CREATE TABLE public.grown (n integer) WITH (autovacuum_enabled = off)")
        connection.execute("INSERT INTO public.grown SELECT n FROM generate_series(1, 10000) AS n")
        connection.execute("SELECT pg_stat_force_next_flush()")
        assert statistics.refresh(connection, ["public.grown"]) == ["public.grown"]
        connection.execute("INSERT INTO public.grown SELECT n FROM generate_series(1, 100 * %s) AS n", [more])
        connection.execute("SELECT pg_stat_force_next_flush()")
        assert statistics.refresh(connection, ["public.grown"]) == (["public.grown"] if is_told else [])
        assert statistics.refresh(connection, ["public.grown"]) == []


def test_a_small_table_is_analysed_where_nobody_counted_and_where_it_changed(new_database: Database):
    with new_database.connect(autocommit=True) as connection:
        connection.execute("CREATE TABLE public.small (n integer) WITH (autovacuum_enabled = off)")
        for _ in range(2):
            connection.execute("INSERT INTO public.small VALUES (1)")
            statistics.count(connection)
            assert statistics.refresh(connection, ["public.small"], is_counted=True) == ["public.small"]
            assert statistics.refresh(connection, ["public.small"], is_counted=True) == []
            assert statistics.refresh(connection, ["public.small"]) == ["public.small"]


def test_a_table_of_which_rows_went_is_analysed_although_it_has_as_many_pages(new_database: Database):
    with new_database.connect(autocommit=True) as connection:
        connection.execute("CREATE TABLE public.shrunk (n integer) WITH (autovacuum_enabled = off)")
        connection.execute("INSERT INTO public.shrunk SELECT n FROM generate_series(1, 10000) AS n")
        connection.execute("SELECT pg_stat_force_next_flush()")
        statistics.refresh(connection, ["public.shrunk"])
        connection.execute("DELETE FROM public.shrunk WHERE n <= 2000")
        connection.execute("SELECT pg_stat_force_next_flush()")
        assert statistics.refresh(connection, ["public.shrunk"]) == ["public.shrunk"]


def test_the_planner_knows_how_many_runs_leave_nothing_out(study: Database):
    """Without, it expects one run in 200 and joins what stands on the others row by row."""
    ((count,),) = rows(study, "SELECT count(*) FROM current.active_unit WHERE leave_out = '[]'")
    ((plan,),) = rows(study, "EXPLAIN (FORMAT JSON) SELECT FROM current.active_unit WHERE leave_out = '[]'")
    assert count > 40
    assert plan[0]["Plan"]["Plan Rows"] > count / 4
