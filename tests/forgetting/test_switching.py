"""An extraction is replaced in one moment: whoever reads sees the old or the new, and nobody waits for anybody."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from tests.asking import rows
from tests.forgetting.conftest import QUIET
from warehouse import pipeline
from warehouse.access import erasure
from warehouse.database.connection import Database
from warehouse.load import sweeping
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Extraction, Unit
from warehouse.plugin.registry import Source, sources

SMALL = "simulated-small/plain/raw"
SEEN = """
SELECT extraction_id, (SELECT count(*) FROM model.attention WHERE attention.extraction_id = e.extraction_id)
FROM slice.extraction AS e WHERE model = 'simulated-small'
"""
PARTITIONS = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'model.attention'::regclass"


def load_small_anew(database: Database, digest: str = "another") -> None:
    """Load one extraction of the study once more, from a content that is taken for another."""
    whole = sources()["simulated_readers"].function

    def source(*, stored: Stored) -> Iterator[Unit | Extraction]:
        for item in whole(stored=stored, readers=4):
            if item.key == SMALL:
                yield replace(item, digest=digest, pieces=[replace(p, digest=digest + p.key) for p in item.pieces])

    pipeline.ingest(database, Source("study", source, "CC0-1.0", "This test"), [], {}, QUIET)


@contextmanager
def transaction(database: Database, question: str, isolation: Any) -> Iterator[psycopg.Connection[Any]]:
    """Ask something in a transaction that stays open."""
    with database.connect() as connection:
        connection.isolation_level = isolation
        connection.execute(question).fetchall()
        yield connection


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers are waited for a tenth of a second."""
    patient = sweeping.sweep
    monkeypatch.setattr(sweeping, "sweep", lambda database, **given: patient(database, 0.1, **given))


PLANNED_SLOWLY = """
CREATE FUNCTION public.nothing() RETURNS smallint STABLE LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(0.02); RETURN 0; END $$
"""
"""The planner asks for its value for each partition, so that a question is begun a while after its plan was made."""


def test_a_reader_sees_the_old_or_the_new_and_never_neither_or_both(study: Database):
    ((old, count),) = rows(study, SEEN)
    seen, stop = set(), threading.Event()
    question = SEEN.replace("e.extraction_id)", "e.extraction_id AND layer >= public.nothing())")

    def read() -> None:
        with study.connect(autocommit=True) as connection:
            connection.execute(PLANNED_SLOWLY)
            while not stop.is_set():
                seen.add(tuple(connection.execute(question).fetchall()))

    reader = threading.Thread(target=read)
    reader.start()
    load_small_anew(study)
    stop.set()
    reader.join()
    ((new, _),) = rows(study, SEEN)
    assert new != old
    assert seen <= {((old, count),), ((new, count),)}
    assert rows(study, PARTITIONS) == [(4,)]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("question", "isolation", "sees"),
    [
        pytest.param("SELECT 1", psycopg.IsolationLevel.REPEATABLE_READ, "old", id="a snapshot that has read nothing"),
        pytest.param(SEEN, psycopg.IsolationLevel.REPEATABLE_READ, "old", id="a snapshot that has read attention"),
        pytest.param(SEEN, psycopg.IsolationLevel.READ_COMMITTED, "new", id="a transaction that has read attention"),
    ],
)
def test_an_open_transaction_neither_waits_nor_is_waited_for_and_sees_whole_attention(
    study: Database, told: Callable[[], str], question: str, isolation: Any, sees: str
):
    ((old, count),) = rows(study, SEEN)
    with transaction(study, question, isolation) as reader:
        load_small_anew(study)
        ((new, _),) = rows(study, SEEN)
        assert new != old
        assert reader.execute(SEEN).fetchall() == [({"old": old, "new": new}[sees], count)]
        assert rows(study, PARTITIONS) == [(5,)]
        assert "a transaction that began before is still open" in told()
    assert sweeping.sweep(study) == []
    assert rows(study, PARTITIONS) == [(4,)]


@pytest.mark.usefixtures("hasty")
def test_what_is_forgotten_is_gone_for_all_who_ask_anew_while_an_older_reader_still_has_it(study: Database):
    ((old, count),) = rows(study, SEEN)
    with transaction(study, "SELECT 1", psycopg.IsolationLevel.REPEATABLE_READ) as reader:
        erasure.forget(study, "extraction", ["simulated-small"], QUIET)
        assert rows(study, SEEN) == []
        assert reader.execute(SEEN).fetchall() == [(old, count)]
        assert rows(study, PARTITIONS) == [(4,)]
    sweeping.sweep(study)
    assert rows(study, PARTITIONS) == [(3,)]
    assert rows(study, f"SELECT count(*) FROM model.attention WHERE extraction_id = {old}") == [(0,)]


def test_a_detachment_that_was_cut_off_is_finished(study: Database):
    ((old, count),) = rows(study, SEEN)
    with study.connect(autocommit=True) as connection:
        connection.execute("SET lock_timeout = '100ms'")
        connection.execute("UPDATE model.extraction SET extraction_status = 'retired' WHERE extraction_id = %s", [old])
        with transaction(study, SEEN, psycopg.IsolationLevel.READ_COMMITTED):
            with pytest.raises(psycopg.errors.LockNotAvailable):
                connection.execute(f"ALTER TABLE model.attention DETACH PARTITION model.attention_{old} CONCURRENTLY")
    assert count > 0
    assert sweeping.sweep(study) == []
    assert rows(study, PARTITIONS) == [(3,)]
