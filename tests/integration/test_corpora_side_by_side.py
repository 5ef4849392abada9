"""Two corpora of any study in one warehouse: never mixed, hidden, explained, backed up and forgotten one by one."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.asking import rows
from tests.command_line import Warehouse
from tests.conftest import cloned
from tests.small_corpus import COLUMNS, FACTS, Corpus, table
from warehouse import pipeline
from warehouse.access import embargoes, roles
from warehouse.compute import one_analysis
from warehouse.dashboard.reading import open_for_reading
from warehouse.dashboard.views import VIEWS
from warehouse.dashboard.views import page as page_of
from warehouse.database.connection import Database, embedded_database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput
from warehouse.ledger.lookup import writers_of
from warehouse.ledger.provenance import explain
from warehouse.progress import Progress
from warehouse.report.exhibits import exhibits
from warehouse.transfer import backup

QUIET = Progress(quiet=True)
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
COUNTS = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
SENTENCES = table("""
    reader page again index ms  word
    anna   p1   1     1     100 1
    anna   p1   1     2     200 2
    anna   p1   1     3     210 1
    anna   p1   2     1     300 2
    anna   p1   2     2     400 1
    bert   p1   1     1     300 2
    bert   p1   1     2     150 1
    bert   p2   1     1     150 1
    carl   p1   1     1     300 2
    carl   p1   1     2     150 2
    dora   p2   1     1     150 1
""")
PAGES = table("""
    reader page index ms  word
    anna   p1   1     100 5
    anna   p1   2     200 1
    anna   p1   3     200 .
    bert   p1   1     300 3
    bert   p1   2     100 2
""")
READ = 'reading = "again"\n[readers]\nexclude = {dora = "calibration lost"}'
WITH_PLACES = ("human.reading", "human.fixation", "human.saccade", "stimulus.sentence")


@pytest.fixture(scope="module")
def both(cluster: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A corpus of sentences, read twice by one, and one of pages, with readers of the same names; with ceilings."""
    with cloned(cluster, template) as database:
        corpus = Corpus(tmp_path_factory.mktemp("both"), database)
        corpus.ingest(SENTENCES, FACTS.format(name="sentences") + COLUMNS + READ)
        corpus.ingest(PAGES, FACTS.format(name="pages") + 'pairs = "page"\n' + COLUMNS)
        pipeline.compute(database, "noise_ceiling", COUNTS, progress=QUIET)
        yield database


def test_each_corpus_has_its_own_readers_words_and_ceilings(both: Database):
    assert rows(both, "SELECT corpus, pair_unit, sentence_count FROM mart.corpus ORDER BY 1") == [
        ("pages", "page", 2), ("sentences", "sentence", 3)
    ]  # fmt: skip
    assert rows(both, "SELECT corpus, count(*) FROM mart.noise_ceiling GROUP BY 1 ORDER BY 1") == [
        ("pages", 3), ("sentences", 3)
    ]  # fmt: skip
    per_corpus = "SELECT corpus, count(*), sum(fixation_count) FROM mart.reading_measure GROUP BY 1 ORDER BY 1"
    assert rows(both, per_corpus) == [("pages", 10, 4), ("sentences", 21, 10)]
    assert rows(both, "SELECT corpus, subject_label, excluded_because FROM mart.exclusion") == [
        ("sentences", "readers/dora", "calibration lost")
    ]  # fmt: skip


def test_a_ceiling_leads_to_the_readers_who_read_the_corpus_and_to_its_files(both: Database):
    with both.connect(read_only=True) as connection:
        given = {"corpus": "sentences", "ceiling_kind": "leave_one_out"}
        (told,) = [explain(connection, number) for number in writers_of(connection, "mart.noise_ceiling", given)]
    assert told["unit"]["unit_key"].startswith("sentences/saccade_count/consecutive/readers")
    (group,) = told["readers"]
    assert [reader["subject_label"] for reader in group["readers"]] == ["anna", "bert", "carl"]
    assert [left["subject_label"] for left in group["left_out"]] == ["dora"]
    assert set(group["readers"][0]["files"]) == {"fixations.tsv", "words.tsv"}


def test_an_exhibit_shows_both_apart_with_the_run_that_loaded_each(both: Database):
    (question,) = [exhibit.sql for exhibit in exhibits() if exhibit.name == "example_saccades"]
    with both.connect(read_only=True) as connection, connection.cursor(row_factory=dict_row) as cursor:
        found = {(row["corpus"], *row["run_ids"]) for row in cursor.execute(question)}
    loaded = "SELECT corpus, run_id FROM ops.unit JOIN stimulus.corpus ON unit_key = corpus || '/readers/anna'"
    assert found == set(rows(both, loaded)) and len(found) == 2


def test_links_of_the_dashboard_carry_the_corpus_of_labels_that_both_have(both: Database):
    views = {one.path: one for one in VIEWS}

    def page(address: str) -> str:
        parts = urlsplit(address)
        with open_for_reading(both) as connection:
            return page_of(views[parts.path], connection, dict(parse_qsl(parts.query)))

    def linked(text: str, path: str) -> list[str]:
        found = [one.replace("&amp;", "&") for one in re.findall(r'href="([^"]*)"', text)]
        return [one for one in dict.fromkeys(found) if one.startswith(f"{path}?")]

    query = "SELECT corpus, reader, sentence_label FROM reading_measure WHERE reader LIKE '%anna' ORDER BY 1"
    answer = page("/sql?" + urlencode({"query": query}))
    readers = linked(answer, "/reader")
    assert readers == ["/reader?corpus=pages&reader=readers%2Fanna", "/reader?corpus=sentences&reader=readers%2Fanna"]
    for address, corpus in zip(readers, ("pages", "sentences"), strict=True):
        assert f'<option value="{corpus}" selected>' in page(address)
    for address in linked(answer, "/sentence"):
        corpus = parse_qs(urlsplit(address).query)["corpus"][0]
        assert f'<option value="{corpus}" selected>' in page(address)


def test_an_embargo_of_one_corpus_hides_its_trials_readings_and_measures_and_nothing_of_the_other(
    both: Database, cluster: EmbeddedServer
):
    reader = Database(roles.grant(both, "side_by_side", "reader"))
    seen = [f"SELECT count(*) FROM {name}" for name in (*WITH_PLACES, "mart.reading_measure", "mart.noise_ceiling")]

    def counts() -> list[int]:
        with psycopg.connect(reader.dsn, autocommit=True) as connection:
            return [connection.execute(question).fetchone()[0] for question in seen]

    try:
        open_to_all = counts()
        embargoes.impose(both, "corpus", "sentences", TOMORROW, [])
        hidden = counts()
        embargoes.lift(both, "corpus", "sentences")
        embargoes.impose(both, "corpus", "pages", TOMORROW, [])
        others = counts()
        embargoes.lift(both, "corpus", "pages")
        assert all(0 < one < whole for one, whole in zip(hidden, open_to_all, strict=True))
        assert [one + other for one, other in zip(hidden, others, strict=True)] == open_to_all
        assert counts() == open_to_all
    finally:
        roles.revoke(both, "side_by_side")
        with psycopg.connect(cluster.superuser_dsn("postgres"), autocommit=True) as connection:
            connection.execute("DROP ROLE IF EXISTS side_by_side")


def test_a_backup_brings_trials_and_readings_back(both: Database, cluster: EmbeddedServer, tmp_path: Path):
    asked = """
    SELECT subject_id, sentence_id, reading_ordinal, trial_label, trial_position
    FROM human.reading ORDER BY 1, 2, 3
    """
    backup.backup(both, tmp_path / "both.backup", os.environ, QUIET)
    name = "both_restored"
    postgres = embedded_database(cluster, "postgres")
    backup.restore(postgres, tmp_path / "both.backup", os.environ, QUIET, into=name)
    try:
        assert rows(embedded_database(cluster, name), asked) == rows(both, asked)
    finally:
        with postgres.connect(autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_forgetting_a_corpus_takes_all_of_it_and_leaves_the_other(both: Database, warehouse: Warehouse):
    """The last of this module: what it forgets is gone."""
    kept = rows(both, "SELECT * FROM mart.reading_measure WHERE corpus = 'pages' ORDER BY subject_id, sentence_id, 6")
    gone = warehouse("--dsn", both.dsn, "forget", "corpus", "sentences", "--yes")
    assert gone.code == 0, gone.err
    assert rows(both, "SELECT corpus FROM mart.corpus") == [("pages",)]
    assert rows(both, "SELECT DISTINCT corpus FROM mart.noise_ceiling") == [("pages",)]
    again = rows(both, "SELECT * FROM mart.reading_measure WHERE corpus = 'pages' ORDER BY subject_id, sentence_id, 6")
    assert again == kept
    assert rows(both, "SELECT count(*) FROM human.reading WHERE reading_ordinal > 1") == [(0,)]


def test_a_corpus_too_small_to_be_fitted_does_not_stop_the_others(
    cluster: EmbeddedServer, template: str, tmp_path: Path
):
    two_words = "page\ttext\np1\tTwo\np1\twords.\n"
    two_looks = table("reader page index ms word\nanna p1 1 200 2\nanna p1 2 210 1")
    with cloned(cluster, template) as database:
        corpus = Corpus(tmp_path, database)
        corpus.ingest(PAGES, FACTS.format(name="pages") + 'pairs = "page"\n' + COLUMNS)
        corpus.ingest(two_looks, FACTS.format(name="small") + COLUMNS, two_words)
        pipeline.compute(database, "reader_reliance", COUNTS, progress=QUIET)
        assert rows(database, "SELECT DISTINCT corpus FROM mart.reader_reliance") == [("pages",)]
        (plan,) = one_analysis.plans(database, "reader_reliance", COUNTS)
        assert plan.refused == {"small has 3 word pairs to fit, and 5 are needed": 1}
        with pytest.raises(BadInput, match="3 cells in all are too few for 3 predictors"):
            pipeline.compute(database, "reader_reliance", {**COUNTS, "corpus": ["small"]}, progress=QUIET)
