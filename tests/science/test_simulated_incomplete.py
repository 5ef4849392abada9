"""What is planted in the study of an incomplete design is found: by what each reader read, and at a second reading."""

import pytest

from ingest.simulated_readers.incomplete import CORPUS, PLANTED
from tests.asking import rows
from tests.conftest import cloned
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.plugin.registry import sources
from warehouse.progress import Progress

CHOICE = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"], "corpus": [CORPUS]}


@pytest.fixture(scope="module")
def incomplete(cluster, template):
    with cloned(cluster, template) as database:
        quiet = Progress(quiet=True)
        pipeline.ingest(database, sources()["simulated_incomplete"], [], {}, quiet)
        pipeline.compute(database, "human_resemblance", CHOICE, progress=quiet)
        pipeline.compute(database, "human_resemblance", {**CHOICE, "reading": ["2"]}, progress=quiet)
        yield database


SCORED = """
SELECT count(DISTINCT subject_id), count(DISTINCT cell_count), count(*) FILTER (WHERE r2 IS NULL)
FROM current.human_resemblance
JOIN human.measure USING (measure_id)
WHERE of_reading = 1
"""
LOOKED_BACK = """
SELECT
    avg(regression_count) FILTER (WHERE reading_ordinal = 1), avg(regression_count) FILTER (WHERE reading_ordinal = 2)
FROM mart.reader_sentence AS one
WHERE
    saccade_rule = 'consecutive' AND EXISTS (
        SELECT 1
        FROM human.reading
        WHERE subject_id = one.subject_id AND sentence_id = one.sentence_id AND reading_ordinal = 2
    )
"""
MODELS = "SELECT model FROM mart.model_summary WHERE measure = 'saccade_count/consecutive' ORDER BY r2"
MEASURES = "SELECT measure, count(DISTINCT subject_label) FROM mart.human_resemblance GROUP BY 1 ORDER BY 1"


def test_nobody_is_left_out_and_everybody_is_scored_on_the_articles_that_were_read(incomplete: Database):
    assert rows(incomplete, SCORED) == [(15, 5, 0)]


def test_the_larger_model_is_more_like_the_readers(incomplete: Database):
    assert [model for (model,) in rows(incomplete, MODELS)] == [model.name for model in PLANTED]


def test_at_the_second_reading_readers_look_back_half_as_often(incomplete: Database):
    ((first, second),) = rows(incomplete, LOOKED_BACK)
    assert 0.3 < second / first < 0.65


def test_measures_of_the_second_reading_are_computed_when_asked_for_and_kept_apart(incomplete: Database):
    assert rows(incomplete, MEASURES) == [
        ("saccade_count/consecutive", 15), ("saccade_count/consecutive/reading 2", 15)
    ]  # fmt: skip


CEILINGS = """
SELECT ceiling_kind, subject_count, sentence_count, missing_because FROM mart.noise_ceiling
WHERE measure = 'saccade_count/consecutive' ORDER BY language_group, ceiling_kind
"""
READ_BY = """
SELECT count(*) FROM (
    SELECT language_group, sentence_id FROM human.reading JOIN human.subject USING (subject_id)
    WHERE reading_ordinal = 1 GROUP BY 1, 2 HAVING count(*) > {least}
) AS enough
"""


def test_ceilings_say_on_how_many_sentences_they_stand_and_the_latest_choice_of_readers_counts(incomplete: Database):
    for least, given in ((2, {}), (5, {"least_readers": 5}), (1000, {"least_readers": 1000})):
        pipeline.compute(incomplete, "noise_ceiling", CHOICE, progress=Progress(quiet=True), **given)
        found = rows(incomplete, CEILINGS)
        ((enough,),) = rows(incomplete, READ_BY.format(least=least))
        assert sum(count for kind, _, count, _ in found if kind == "leave_one_out") == enough
        assert len({row[0] for row in found}) == 3 and len(found) % 3 == 0
    assert "no reader shares a sentence with 1000 others" in {row[3] for row in found}
    pipeline.compute(incomplete, "reader_ceiling", CHOICE, progress=Progress(quiet=True), least_readers=5)
    ((most,),) = rows(incomplete, "SELECT max(sentence_count) FROM mart.reader_ceiling")
    ((whole,),) = rows(incomplete, "SELECT max(sentence_count) FROM mart.corpus")
    assert 0 < most < whole
