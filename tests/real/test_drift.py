"""The real second corpus: 48 readers of twelve Italian passages, fixations as places on the screen."""

import csv
from pathlib import Path

import pytest

from ingest.fixations.mapping import SHIPPED
from tests.asking import rows
from tests.integration.test_ingest_fixations import ingest
from tests.reading_twin import compare
from tests.real.conftest import DATA

pytestmark = pytest.mark.real

WORDS_READ = 6148
TOTALS = """
SELECT
    subject_label,
    language_group,
    (SELECT string_agg(DISTINCT trial_label, ' ') FROM human.reading WHERE reading.subject_id = subject.subject_id),
    (SELECT count(*) FROM human.fixation WHERE fixation.subject_id = subject.subject_id),
    (SELECT count(*) FROM human.fixation WHERE fixation.subject_id = subject.subject_id AND word_position IS NULL),
    sum(saccade_count),
    COALESCE(sum(saccade_count) FILTER (WHERE to_word > from_word), 0),
    COALESCE(sum(saccade_count) FILTER (WHERE to_word < from_word), 0),
    COALESCE(sum(saccade_count) FILTER (WHERE to_word = from_word), 0),
    sum(saccade.landing_duration_ms)
FROM human.subject
JOIN human.saccade USING (subject_id)
JOIN human.saccade_rule USING (saccade_rule_id)
WHERE saccade_rule = 'consecutive'
GROUP BY subject_id, subject_label, language_group
"""


COUNTED = ("consecutive_in_sentence", "forward", "backward", "refixation", "duration_ms")


@pytest.fixture(scope="module")
def drift() -> Path:
    folder = DATA / "corpora" / "drift"
    if not folder.exists():
        pytest.skip(f"no real data in {DATA}")
    return folder


@pytest.fixture(scope="module")
def golden(drift: Path) -> dict[str, dict[str, str]]:
    with (DATA / "golden" / "drift_consecutive_by_reader.csv").open(encoding="utf-8") as file:
        return {row["participant_id"]: row for row in csv.DictReader(file)}


def totals(database) -> dict[str, tuple[object, ...]]:
    return {label: tuple(told) for label, *told in rows(database, TOTALS)}


def test_every_readers_totals_are_those_that_were_counted_independently(new_database, drift, golden):
    ingest(new_database, [drift / "fixations.csv"], mapping="drift", words=(drift / "words.tsv",))
    assert totals(new_database) == {
        label: (
            row["age_group"], row["passage_id"], int(row["fixations"]) - int(row["discarded"]), int(row["off_word"]),
            *(int(row[name]) for name in COUNTED),
        )
        for label, row in golden.items()
    }  # fmt: skip
    found = rows(new_database, "SELECT corpus, language, licence, pair_unit, sentence_count FROM mart.corpus")
    assert found == [("drift", "it", "CC BY 4.0", "sentence", 73)]
    assert rows(new_database, "SELECT sum(saccade_count) FROM human.saccade WHERE saccade_rule_id = 1") == [(9257,)]


def test_by_page_the_transitions_between_sentences_count_too(new_database, drift, golden, tmp_path):
    text = (SHIPPED / "drift.toml").read_text().replace('pairs = "sentence"', 'pairs = "page"')
    (tmp_path / "page.toml").write_text(text)
    ingest(new_database, [drift / "fixations.csv"], mapping=str(tmp_path / "page.toml"), words=(drift / "words.tsv",))
    found = {label: told[5:7] for label, told in totals(new_database).items()}
    assert found == {
        label: (
            int(row["forward"]) + int(row["across_sentences_forward"]),
            int(row["backward"]) + int(row["across_sentences_backward"]),
        )
        for label, row in golden.items()
    }


def test_reading_measures_are_those_of_their_definitions(new_database, drift):
    ingest(new_database, [drift / "fixations.csv"], mapping="drift", words=(drift / "words.tsv",))
    assert compare(lambda query: rows(new_database, query)) == WORDS_READ
