"""What a number stands on: the rows that were read, of the same corpus, measure, group and sentences, that hold now."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import STUDY, cloned
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.ledger.lookup import Number, writers_of
from warehouse.ledger.provenance import explain
from warehouse.progress import Progress
from warehouse.slices.ancestry import Ancestry
from warehouse.transfer.export.choice import choose

QUIET = Progress(quiet=True)
ANOTHER_CORPUS = """
INSERT INTO stimulus.corpus (corpus, language, licence, citation) VALUES ('another', 'en', 'CC0-1.0', 'none');
INSERT INTO stimulus.article (corpus_id, article_position)
    SELECT new.corpus_id, article_position FROM stimulus.article, stimulus.corpus AS new WHERE new.corpus = 'another';
CREATE TEMPORARY TABLE same AS
    SELECT old.article_id, new.article_id AS new_article_id
    FROM stimulus.article AS old JOIN stimulus.article AS new USING (article_position)
    WHERE old.corpus_id < new.corpus_id;
INSERT INTO stimulus.sentence (article_id, sentence_position, sentence_label, sentence_text, word_count)
    SELECT new_article_id, sentence_position, sentence_label, sentence_text, word_count
    FROM stimulus.sentence JOIN same USING (article_id) ORDER BY sentence_id;
CREATE TEMPORARY TABLE same_sentence AS
    SELECT old.sentence_id, new.sentence_id AS new_sentence_id
    FROM stimulus.sentence AS old JOIN same USING (article_id)
    JOIN stimulus.sentence AS new
        ON new.article_id = new_article_id AND new.sentence_position = old.sentence_position;
INSERT INTO stimulus.word_pair (sentence_id, from_word, to_word, pair_ordinal, is_causal)
    SELECT new_sentence_id, from_word, to_word, pair_ordinal, is_causal
    FROM stimulus.word_pair JOIN same_sentence USING (sentence_id);
INSERT INTO human.subject (corpus_id, language_group, subject_label, demographics)
    SELECT new.corpus_id, language_group, subject_label, demographics
    FROM human.subject, stimulus.corpus AS new WHERE new.corpus = 'another' ORDER BY subject_id;
CREATE TEMPORARY TABLE same_subject AS
    SELECT old.subject_id, new.subject_id AS new_subject_id
    FROM human.subject AS old JOIN human.subject AS new USING (language_group, subject_label)
    WHERE old.corpus_id < new.corpus_id;
INSERT INTO human.reading (subject_id, sentence_id, presentation_order, reading_time_ms)
    SELECT new_subject_id, new_sentence_id, presentation_order, reading_time_ms
    FROM human.reading JOIN same_subject USING (subject_id) JOIN same_sentence USING (sentence_id);
INSERT INTO human.saccade (subject_id, saccade_rule_id, sentence_id, from_word, to_word, saccade_count,
                           landing_duration_ms)
    SELECT new_subject_id, saccade_rule_id, new_sentence_id, from_word, to_word, saccade_count, landing_duration_ms
    FROM human.saccade JOIN same_subject USING (subject_id) JOIN same_sentence USING (sentence_id);
"""
"""The same readers, of the same names, with the same sentences under another corpus."""


def execute(database: Database, statement: str, *given: Any) -> list[tuple[Any, ...]]:
    with database.connect(autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), given or None)
        return cursor.fetchall() if cursor.description else []


def compute(database: Database, name: str, *leave_out: str, **given: Any) -> None:
    pipeline.compute(database, name, STUDY, leave_out, progress=QUIET, **given)


def last_run(database: Database, job: str) -> int:
    ((number,),) = execute(database, "SELECT max(run_id) FROM ops.run WHERE job = %s", f"compute {job}")
    return int(number)


@pytest.fixture(scope="module")
def crowded(cluster: EmbeddedServer, study_template: str) -> Iterator[Database]:
    """The study beside ceilings of another corpus, without a sentence, and superseded ones, and all tests and fits."""
    with cloned(cluster, study_template) as database:
        execute(database, ANOTHER_CORPUS)
        execute(database, "SELECT fn.add_reference_pair('simulated-small', 'simulated-large', 'for the test')")
        compute(database, "noise_ceiling", "s.01.01")
        execute(
            database, "UPDATE ops.unit SET fingerprint = 'of earlier code' FROM ops.run "
            "WHERE run.run_id = unit.run_id AND job = 'compute noise_ceiling' AND unit_key LIKE 'simulated/%/L1'",
        )  # fmt: skip
        compute(database, "noise_ceiling")
        for name in ("tuning_test", "group_test", "loss_fit", "reliance_test", "divergence_significance"):
            compute(database, name)
        yield database


def explained(database: Database, relation: str, **given: str) -> dict[str, Any]:
    with database.connect(read_only=True) as connection:
        (number,) = writers_of(connection, relation, given)
        return explain(connection, number)


def keys(database: Database, told: dict[str, Any]) -> list[str]:
    numbers = [number for run in told["stands_on"] for number in run["unit_ids"]]
    found = execute(database, "SELECT job || ': ' || unit_key FROM ops.unit JOIN ops.run USING (run_id) "
                              "WHERE unit_id = ANY (%s) ORDER BY 1", numbers)  # fmt: skip
    return [key.removeprefix("compute ") for (key,) in found]


ROW = {"model": "simulated-large", "language_group": "L1", "measure": "saccade_count/consecutive"}


def test_a_score_stands_on_the_ceiling_of_its_own_corpus_group_and_sentences_that_holds_now(crowded: Database) -> None:
    told = explained(crowded, "mart.model_summary", **ROW)
    assert keys(crowded, told) == ["noise_ceiling: simulated/saccade_count/consecutive/L1"]
    assert [run["run_id"] for run in told["stands_on"]] == [last_run(crowded, "noise_ceiling")]
    assert told["changed"] == []


def test_a_test_stands_on_the_layers_of_both_models_for_its_group(crowded: Database) -> None:
    told = explained(crowded, "mart.tuning_test", base_model="simulated-medium", language_group="L2", layer="3",
                     alternative="lower")  # fmt: skip
    models = ("simulated-medium", "simulated-medium-tuned")
    assert keys(crowded, told) == sorted(
        f"human_resemblance: simulated/{model}/plain/raw/{layer}/saccade_count/consecutive/L2"
        for model in models for layer in range(6)
    )  # fmt: skip


def test_a_fit_stands_on_every_model_and_on_the_ceiling(crowded: Database) -> None:
    told = explained(crowded, "mart.model_fit", language_group="L1", score_kind="resemblance", model_choice="all",
                     predictor="loss")  # fmt: skip
    found = keys(crowded, told)
    assert "noise_ceiling: simulated/saccade_count/consecutive/L1" in found
    assert {key.split("/")[1] for key in found if key.startswith("human")} == {
        "simulated-small", "simulated-medium", "simulated-medium-tuned", "simulated-large",
    }  # fmt: skip
    assert not [key for key in found if "/L2" in key or "another" in key or "leave_out" in key]


def test_a_divergence_test_stands_on_both_pairs_and_on_no_pair_across(crowded: Database) -> None:
    told = explained(crowded, "mart.divergence_test", comparison="tuning", depth_kind="quarter", depth="0",
                     divergence_kind="js_head_averaged_nats")  # fmt: skip
    pairs = {tuple(key.split(": ")[1].split("/")[1:5]) for key in keys(crowded, told)}
    assert pairs == {
        ("tuning", "simulated-medium", "plain", "simulated-medium-tuned"),
        ("reference", "simulated-small", "plain", "simulated-large"),
    }


def test_what_was_read_and_is_another_now_is_told(cluster: EmbeddedServer, study_template: str) -> None:
    with cloned(cluster, study_template) as database:
        compute(database, "tuning_test")
        execute(database, "UPDATE result.human_resemblance SET r2 = r2 - 1e-9 WHERE layer = 0")
        told = explained(database, "mart.tuning_test", base_model="simulated-medium", language_group="L2", layer="3",
                         alternative="lower")  # fmt: skip
        assert told["changed"] == ["resemblance"]


def test_a_run_is_exported_with_its_own_corpus_and_nothing_superseded(crowded: Database) -> None:
    run_id = last_run(crowded, "loss_fit")
    with crowded.connect(read_only=True) as connection:
        chosen = choose(connection, [run_id], [])
    (corpus_id,), *_ = execute(crowded, "SELECT corpus_id FROM stimulus.corpus WHERE corpus = 'simulated'")
    assert chosen.corpora == [corpus_id]
    states = execute(
        crowded, "SELECT DISTINCT split_part(unit_key, '/', 1), unit_state, parameters ->> 'leave_out' FROM ops.unit "
        "JOIN ops.run USING (run_id) WHERE job LIKE 'compute %%' AND unit_id = ANY (%s)", chosen.units,
    )  # fmt: skip
    assert states == [("simulated", "done", "[]")]
    jobs = execute(crowded, "SELECT DISTINCT job FROM ops.run JOIN ops.unit USING (run_id) WHERE unit_id = ANY (%s) "
                            "AND job LIKE 'compute %%' ORDER BY 1", chosen.units)  # fmt: skip
    assert [job.removeprefix("compute ") for (job,) in jobs] == [
        "article_score", "human_resemblance", "layer_choice", "loss_fit", "noise_ceiling", "reader_ceiling",
        "unique_variance",
    ]  # fmt: skip
    readers = execute(crowded, "SELECT DISTINCT corpus_id FROM human.subject WHERE subject_id = ANY (%s)",
                      chosen.subjects)  # fmt: skip
    assert readers == [(corpus_id,)]


NAMESAKE = """
WITH run AS (
    INSERT INTO ops.run (job, parameters, code_version, environment, run_status, host, process_id, started_by)
    VALUES ('ingest others', '{}', '0', '{}', 'done', 'here', 1, 'me') RETURNING run_id
)
INSERT INTO ops.unit (run_id, unit_key, fingerprint, inputs, row_count, about)
SELECT run_id, 'L1/sim-02', 'x', '{"of another": "x"}', 1, ARRAY['subject ' || max(subject_id)]
FROM run CROSS JOIN human.subject GROUP BY run_id
RETURNING unit_id
"""


def test_readers_lead_to_the_unit_that_loaded_them_and_not_to_that_of_a_namesake(crowded: Database) -> None:
    ((unit_id,),) = execute(crowded, NAMESAKE)
    told = explained(crowded, "mart.model_summary", **ROW)
    (group,) = told["readers"]
    assert [reader["subject_label"] for reader in group["readers"]] == ["sim-02", "sim-03", "sim-04"]
    assert {reader["job"] for reader in group["readers"]} == {"ingest simulated_readers"}
    with crowded.connect(read_only=True) as connection:
        assert unit_id not in choose(connection, [last_run(crowded, "human_resemblance")], []).ids["unit"]


def test_what_is_computed_alone_stands_on_nothing(crowded: Database) -> None:
    run_id = last_run(crowded, "noise_ceiling")
    with crowded.connect(read_only=True) as connection:
        ancestry = Ancestry(connection)
        alone = [number for number, unit in ancestry.units.items() if unit.run_id == run_id]
        assert alone and ancestry.ancestors(alone) == set(alone)
        assert explain(connection, Number(run_id))["stands_on"] == []
