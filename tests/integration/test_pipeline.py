"""Ingest and compute: once, whole, recomputed where something changed, and every number with its origin."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from ingest.simulated_readers.truth import MODELS
from tests.asking import execute, rows
from warehouse import pipeline
from warehouse.compute import one_analysis, plan, results
from warehouse.compute.workers import worker
from warehouse.database.connection import Database
from warehouse.errors import BadInput, Busy, StoredDiffers, UnknownName, WarehouseError
from warehouse.ledger import runs, unit_records
from warehouse.ledger.versions import code_version
from warehouse.load import source_items, sweeping
from warehouse.load.stored import Stored
from warehouse.load.tally import Tally
from warehouse.plugin.contents import Block, Extraction, Piece, Rejection, Rows, Unit
from warehouse.plugin.registry import Source, sources
from warehouse.progress import Progress
from warehouse.schema import migrations
from warehouse.schema.tables import human, model

QUIET = Progress(quiet=True)
STUDY = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
LAYERS = sum(each.layer_count for each in MODELS)
RESEMBLANCE = "compute human_resemblance"


def count(database: Database, table: str) -> int:
    return int(rows(database, f"SELECT count(*) FROM {table}")[0][0])


def ingest(database: Database, function: Callable[..., Iterator[Unit | Extraction]], name: str = "study") -> Tally:
    return pipeline.ingest(database, Source(name, function, "CC0-1.0", "This test"), [], {}, QUIET)


def compute(database: Database, *leave_out: str, **selection: list[str]) -> dict[str, Tally]:
    return pipeline.compute(database, "human_resemblance", {**STUDY, **selection}, leave_out, QUIET)


def reasons(database: Database, *leave_out: str) -> dict[str, list[str]]:
    """Give the units that would be done by reason."""
    found: dict[str, list[str]] = {}
    for each in one_analysis.plans(database, "human_resemblance", STUDY, leave_out):
        for unit in each.todo:
            found.setdefault(f"{each.analysis.name}: {unit.reason}", []).append(unit.key)
    return found


DATA = ("stimulus.word_pair", "human.fixation", "human.saccade", "model.attention", "current.human_resemblance")


def test_the_same_study_again_inserts_nothing_and_opens_no_second_run_of_data(study: Database):
    before = [count(study, table) for table in DATA]
    again = pipeline.ingest(study, sources()["simulated_readers"], [], {"readers": 4}, QUIET)
    assert (again.inserted, again.rejected) == (0, 0)
    assert [count(study, table) for table in DATA] == before


def test_the_same_compute_again_does_nothing_and_opens_no_run(study: Database):
    before = count(study, "ops.run")
    assert compute(study) == {"noise_ceiling": Tally(unchanged=2), "human_resemblance": Tally(unchanged=2 * LAYERS)}
    assert count(study, "ops.run") == before
    assert reasons(study) == {}


def test_excluding_a_reader_makes_that_group_stale_and_says_why(study: Database):
    execute(
        study,
        "INSERT INTO human.exclusion (subject_id, excluded_because, source) SELECT subject_id, 'slept', 'this test' "
        "FROM human.subject WHERE language_group = 'L2' AND subject_label = 'sim-02'",
    )
    stale = reasons(study)
    assert {reason: len(keys) for reason, keys in stale.items()} == {
        "noise_ceiling: stale: readers changed": 1,
        "human_resemblance: stale: readers changed": LAYERS,
    }
    assert {key.rpartition("/")[2] for keys in stale.values() for key in keys} == {"L2"}
    done = compute(study)
    assert done["human_resemblance"] == Tally(inserted=3 * LAYERS, unchanged=LAYERS)
    assert rows(study, "SELECT language_group, min(subject_count), max(subject_count) FROM mart.model_summary "
                       "GROUP BY 1 ORDER BY 1") == [("L1", 3, 3), ("L2", 3, 3)]  # fmt: skip
    assert reasons(study) == {}


def test_a_reader_of_another_rule_leaves_the_results_as_they_are(study: Database):
    execute(
        study,
        "INSERT INTO human.exclusion (subject_id, saccade_rule_id, excluded_because, source) "
        "SELECT subject_id, 2, 'no export', 'this test' FROM human.subject LIMIT 1",
    )
    assert reasons(study) == {}


def test_leaving_a_sentence_out_is_computed_beside_and_changes_nothing_that_stands(study: Database):
    before = rows(study, "SELECT * FROM mart.model_summary ORDER BY model, language_group")
    label = rows(study, "SELECT min(sentence_label) FROM stimulus.sentence")[0][0]
    assert compute(study, label)["human_resemblance"].unchanged == 0
    assert (
        rows(study, "SELECT * FROM mart.model_summary WHERE leave_out = '[]' ORDER BY model, language_group") == before
    )
    cells = rows(study, "SELECT leave_out, min(cell_count), count(*) FROM slice.layer_curve GROUP BY 1 ORDER BY 1")
    ((words,),) = rows(study, "SELECT word_count FROM stimulus.sentence ORDER BY sentence_label LIMIT 1")
    assert [each for each, _, _ in cells] == [[], [label]]
    assert cells[0][1] - cells[1][1] == words * (words + 1) // 2
    assert cells[0][2] == cells[1][2]
    assert reasons(study, label) == reasons(study) == {}


def test_a_sentence_that_is_not_there_cannot_be_left_out(study: Database):
    with pytest.raises(BadInput, match=r"no such sentence in simulated"):
        compute(study, "t.99.99")


def test_another_version_of_the_code_recomputes_and_says_so(study: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(plan, "code_digest", lambda analysis: "another")
    assert {reason: len(keys) for reason, keys in reasons(study).items()} == {
        "noise_ceiling: stale: code changed": 2,
        "human_resemblance: stale: code changed": 2 * LAYERS,
    }
    compute(study)
    assert rows(study, "SELECT DISTINCT code_version FROM ops.run JOIN current.human_resemblance USING (run_id)") == [
        (code_version("another"),)
    ]
    assert reasons(study) == {}


def test_a_choice_computes_what_it_names_and_the_rest_later(new_database: Database):
    pipeline.ingest(new_database, sources()["simulated_readers"], [], {"readers": 3}, QUIET)
    chosen = {"model": ["simulated-small"], "language_group": ["L2"]}
    small = compute(new_database, **chosen)
    kinds = count(new_database, "result.ceiling_kind")
    assert small == {"noise_ceiling": Tally(inserted=kinds), "human_resemblance": Tally(inserted=3 * 4)}
    rest = compute(new_database)
    assert rest["human_resemblance"].unchanged == 4
    assert count(new_database, "current.human_resemblance") == LAYERS * (2 + 3)


@pytest.mark.parametrize(
    ("column", "known"), [("model", "simulated-small"), ("saccade_rule", "first_three"), ("language_group", "L2")]
)
def test_an_unknown_choice_is_told_with_those_that_are_known(study: Database, column: str, known: str):
    with pytest.raises(UnknownName, match=known):
        pipeline.compute(study, "human_resemblance", {column: ["nothing"]}, progress=QUIET)


def test_every_result_leads_to_its_run_with_code_parameters_inputs_and_environment(study: Database):
    for table in ("result.human_resemblance", "result.noise_ceiling"):
        told = rows(
            study,
            f"SELECT DISTINCT run_status, code_version, parameters, environment, input_fingerprint, attempt, "
            f"finished_at >= started_at, host, started_by, error FROM {table} JOIN ops.run USING (run_id)",
        )
        ((status, code, parameters, environment, fingerprint, attempt, in_order, host, who, error),) = told
        assert (status, attempt, in_order, error) == ("done", 1, True, None)
        assert code.startswith(f"{code_version()}+")
        own = {"least_readers": None} if table == "result.noise_ceiling" else {}
        assert parameters == {"leave_out": [], "selection": STUDY, **own}
        assert {"python", "platform", "numpy", "psycopg"} <= environment.keys()
        assert len(fingerprint) == 64
        assert host
        assert who
    inputs = dict(rows(study, f"SELECT input_name, digest FROM ops.run_input JOIN ops.run USING (run_id) "
                              f"WHERE job = '{RESEMBLANCE}'"))  # fmt: skip
    keys = [key for (key,) in rows(study, f"SELECT unit_key FROM ops.unit JOIN ops.run USING (run_id) "
                                          f"WHERE job = '{RESEMBLANCE}'")]  # fmt: skip
    assert len(keys) == 2 * LAYERS
    assert inputs.keys() == {f"{part} of {key}" for part in ("sentences", "readers", "attention") for key in keys}


def test_the_readers_of_a_result_are_those_who_count(study: Database):
    assert rows(
        study,
        "SELECT subject_id, measure_id FROM result.human_resemblance "
        "EXCEPT SELECT subject_id, measure_id FROM slice.reader",
    ) == []  # fmt: skip


class Stopped(WarehouseError):
    """What a test stops a run with."""


def stopping(function: Callable[..., Any], after: int) -> Callable[..., Any]:
    """Make a function that works some times and then raises."""
    calls = iter(range(after))

    def stops(*arguments: Any, **given: Any) -> Any:
        if next(calls, None) is None:
            raise Stopped("stopped by the test")
        return function(*arguments, **given)

    return stops


@pytest.fixture
def unanalysed(study: Database) -> Database:
    """The study without results."""
    with study.connect() as connection:
        connection.execute("TRUNCATE result.human_resemblance, result.noise_ceiling")
        connection.execute("DELETE FROM ops.unit USING ops.run WHERE run.run_id = unit.run_id AND job LIKE 'compute%'")
        connection.execute("DELETE FROM ops.run_input USING ops.run WHERE run.run_id = run_input.run_id "
                           "AND job LIKE 'compute%'")  # fmt: skip
        connection.execute("DELETE FROM ops.run WHERE job LIKE 'compute%'")
    return study


@pytest.fixture
def half_done(unanalysed: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The study with five layers of human resemblance done, each for two groups, in a run that failed."""
    with monkeypatch.context() as patch:
        patch.setattr(worker, "TOGETHER_S", 0)  # each layer is written by itself
        patch.setattr(results, "write", stopping(results.write, after=2 + 5))
        with pytest.raises(Stopped):
            compute(unanalysed)
    return unanalysed


def test_results_are_not_seen_before_their_run_is_done_and_are_kept_for_it(half_done: Database):
    failed = f"SELECT run_status, error FROM ops.run WHERE job = '{RESEMBLANCE}'"
    assert rows(half_done, failed) == [("failed", "stopped by the test")]
    assert count(half_done, "result.human_resemblance") > 0
    assert count(half_done, "current.human_resemblance") == count(half_done, "mart.model_summary") == 0
    assert compute(half_done)["human_resemblance"].unchanged == 10
    assert rows(half_done, "SELECT run_status, attempt FROM ops.run WHERE job = 'compute human_resemblance'") == [
        ("done", 2)
    ]
    assert count(half_done, "current.human_resemblance") == count(half_done, "result.human_resemblance")


def test_a_run_whose_process_is_gone_is_taken_up_where_it_stopped(half_done: Database):
    execute(half_done, "UPDATE ops.run SET run_status = 'running', finished_at = NULL WHERE run_status = 'failed'")
    assert compute(half_done)["human_resemblance"].unchanged == 10
    assert rows(half_done, f"SELECT run_status, attempt FROM ops.run WHERE job = '{RESEMBLANCE}'") == [("done", 2)]


def test_a_run_that_goes_on_after_its_inputs_changed_holds_only_what_is_true_now(half_done: Database):
    execute(
        half_done,
        "INSERT INTO human.exclusion (subject_id, excluded_because, source) "
        "SELECT subject_id, 'slept', 'this test' FROM human.subject WHERE subject_label = 'sim-02'",
    )
    assert compute(half_done)["human_resemblance"].unchanged == 0
    expected = 2 * LAYERS + 3 * LAYERS  # of four readers, one is excluded in L2 and two in L1
    assert count(half_done, "current.human_resemblance") == count(half_done, "result.human_resemblance") == expected
    digests = dict(rows(half_done, "SELECT inputs ->> 'readers', unit_key LIKE '%L1' FROM ops.unit JOIN ops.run "
                                   f"USING (run_id) WHERE job = '{RESEMBLANCE}'"))  # fmt: skip
    named = rows(half_done, "SELECT digest FROM ops.run_input JOIN ops.run USING (run_id) "
                            f"WHERE job = '{RESEMBLANCE}' AND input_name LIKE 'readers%'")  # fmt: skip
    assert {digest for (digest,) in named} == digests.keys()


def test_what_an_old_run_did_is_not_seen_twice_when_it_goes_on_after_a_newer_one(half_done: Database):
    execute(
        half_done,
        "INSERT INTO human.exclusion (subject_id, excluded_because, source) "
        "SELECT subject_id, 'slept', 'this test' FROM human.subject WHERE subject_label = 'sim-02'",
    )
    compute(half_done, model=["simulated-large", "simulated-small", "simulated-medium"])
    compute(half_done)
    doubled = (
        "SELECT extraction_id, layer, measure_id, subject_id FROM current.human_resemblance "
        "GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"
    )
    assert rows(half_done, doubled) == []
    assert count(half_done, "current.human_resemblance") == 5 * LAYERS


def test_who_does_the_same_at_the_same_moment_is_told_so(study: Database):
    with runs.record_run(study, "ingest study", {}, "1"):
        with pytest.raises(
            Busy, match=r"`ingest study` at this moment \(run \d+, process \d+ on .*wait until"
        ) as refused:
            ingest(study, lambda: iter(()))
        assert refused.value.exit_code == 7
        ingest(study, lambda: iter(()), name="another")
    ingest(study, lambda: iter(()))


def test_of_two_who_compute_at_once_one_works_and_nothing_is_doubled(unanalysed: Database):
    outcomes: list[object] = []

    def work() -> None:
        try:
            outcomes.append(compute(unanalysed))
        except Busy as busy:
            outcomes.append(busy)

    both = [threading.Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert any(isinstance(outcome, dict) for outcome in outcomes)
    assert count(unanalysed, "current.human_resemblance") == LAYERS * (3 + 4)


def region_rows(description: str) -> Rows:
    yield human.region, {"region": ["angular"], "description": [description]}
    yield Rejection("reader 3, sentence t.01.21", "the matrix is 12 x 12 where the sentence has 10 words", "12 x 12")


def regions(description: str, digest: str = "1") -> Iterator[Unit]:
    yield Unit("angular", digest, partial(region_rows, description), {"angular.pkl": digest}, of=1)


def test_what_is_not_loaded_is_a_row_with_its_reason(new_database: Database):
    assert ingest(new_database, lambda: regions("a gyrus")) == Tally(inserted=1, rejected=1)
    assert rows(new_database, "SELECT job, unit_key, place, reason, offending_text FROM ops.rejection "
                              "JOIN ops.run USING (run_id)") == [
        ("ingest study", "angular", "reader 3, sentence t.01.21",
         "the matrix is 12 x 12 where the sentence has 10 words", "12 x 12")
    ]  # fmt: skip


def test_what_differs_from_what_is_stored_is_refused_in_one_sentence(new_database: Database):
    ingest(new_database, lambda: regions("a gyrus"))
    with pytest.raises(StoredDiffers) as refused:
        ingest(new_database, lambda: regions("a sulcus", digest="2"))
    assert str(refused.value) == (
        "human.region region 'angular': stored is description 'a gyrus', offered is description 'a sulcus'; what is "
        "stored is kept and nothing of this was loaded: correct the input, or load it under another name."
    )
    assert refused.value.exit_code == 6
    assert rows(new_database, "SELECT description FROM human.region") == [("a gyrus",)]
    told = rows(new_database, "SELECT run_status, error FROM ops.run ORDER BY run_id")
    assert told == [("done", None), ("failed", str(refused.value))]


def test_the_same_rows_from_another_file_are_unchanged(new_database: Database):
    ingest(new_database, lambda: regions("a gyrus"))
    assert ingest(new_database, lambda: regions("a gyrus", digest="2")) == Tally(unchanged=1, rejected=1)


def test_an_exclusion_altogether_and_one_for_a_rule_are_two(study: Database):
    ((subject_id,),) = rows(study, "SELECT subject_id FROM human.exclusion")

    def exclusions() -> Rows:
        yield human.exclusion, {"subject_id": [subject_id], "saccade_rule_id": [2], "excluded_because": ["no export"],
                                "source": ["this test"]}  # fmt: skip
        again = {"excluded_because": ["looked anywhere instead of reading (planted)"]}
        yield human.exclusion, {"subject_id": [subject_id], "source": ["planted by simulated_readers"], **again}

    tally = ingest(study, lambda: iter([Unit("exclusions", "1", exclusions)]))
    assert tally == Tally(inserted=1, unchanged=1)


def test_a_reader_may_come_from_another_file_after_a_rule_was_added(new_database: Database):
    def reader(digest: str) -> Callable[..., Iterator[Unit]]:
        def rows_() -> Rows:
            who = {"corpus_id": [1], "language_group": ["L1"], "subject_label": ["a"], "demographics": [{}]}
            ids = yield human.subject, who
            fixations = {"sentence_id": [1, 1], "fixation_ordinal": [0, 1], "word_position": [0, 1], "start_ms": [0, 9],
                         "duration_ms": [9, 9]}  # fmt: skip
            yield human.fixation, {"subject_id": (ids or []) * 2, **fixations}
            yield human.saccade, {"subject_id": ids or []}

        return lambda: iter([Unit("L1/a", digest, rows_)])

    pipeline.ingest(new_database, sources()["simulated_readers"], [], {"readers": 3}, QUIET)
    assert ingest(new_database, reader("1")) == Tally(inserted=3)
    execute(new_database, "SELECT fn.add_saccade_rule('all', false, NULL, 'all', 'this test')")
    assert ingest(new_database, reader("2")) == Tally(unchanged=3)
    made = "human.saccade JOIN human.subject USING (subject_id) WHERE subject_label = 'a'"
    assert count(new_database, made) == 3


def test_a_unit_that_fails_leaves_no_row(new_database: Database):
    def broken() -> Rows:
        yield human.region, {"region": ["angular"], "description": ["a gyrus"]}
        raise BadInput("holds no numbers", "angular.pkl", "give another file")

    with pytest.raises(BadInput):
        ingest(new_database, lambda: iter([Unit("angular", "1", broken)]))
    assert count(new_database, "human.region") == count(new_database, "ops.unit") == 0


def test_a_dry_run_counts_and_writes_nothing(new_database: Database):
    source = Source("study", lambda: regions("a gyrus"), "CC0-1.0", "This test")
    assert source_items.preview(new_database, source_items.Call(source, [], {}), QUIET) == Tally(inserted=1, rejected=1)
    tables = ("human.region", "ops.run", "ops.unit", "ops.rejection", "ops.run_input")
    assert [count(new_database, table) for table in tables] == [0] * len(tables)


# What follows loads extractions: two layers of two heads over the study's text, some with losses.


def extraction(stored: Stored, digest: str = "1", **changes: Any) -> Extraction:
    stimulus = stored.stimulus("simulated")
    pairs, sentences = stimulus.causal_pairs, stimulus.sentence_id.tolist()

    def contents(layer: int) -> Iterator[Any]:
        yield Block(layer, pairs, np.full((len(pairs), 2), 0.5, dtype=np.float32))
        if layer == 0:
            ones = [1] * len(sentences)
            numbers = {name: [1.0] * len(sentences) for name in
                       ("loss_sum_nats", "loss_mean_nats", "loss_per_token_per_length")}  # fmt: skip
            yield model.sentence_loss, {"sentence_id": sentences, "predicted_token_count": ones, "token_count": ones,
                                        **numbers}  # fmt: skip

    facts = {"model": "toy", "revision": None, "family": "toy", "stage": "pretrained", "base_model": None,
             "parameter_count": None, "layer_count": 2, "head_count": 2}  # fmt: skip
    pieces = [Piece(f"layer {layer}", digest, partial(contents, layer)) for layer in (0, 1)]
    plain = stored.conditions()["plain"]
    made = Extraction(stimulus.corpus_id, facts, plain, "raw", "word", "float32", True, (0, 1), digest, pieces)
    return replace(made, **changes)


def load(database: Database, digest: str = "1", **changes: Any) -> Tally:
    def study(*, stored: Stored) -> Iterator[Extraction]:
        yield extraction(stored, digest, **changes)

    return ingest(database, study)


PARTITIONS = "SELECT relname FROM pg_class WHERE relname ~ '^attention_[0-9]+$' AND relkind = 'r' ORDER BY oid"
TOY = "SELECT extraction_status FROM model.extraction JOIN model.language_model USING (language_model_id) " \
      "WHERE model = 'toy' ORDER BY extraction_id"  # fmt: skip


def test_a_newer_extraction_retires_the_older_one_and_its_results_are_stale(study: Database):
    load(study)
    compute(study, model=["toy"])
    before = rows(study, PARTITIONS)
    load(study, "2")
    assert rows(study, TOY) == [("retired",), ("complete",)]
    assert len(rows(study, PARTITIONS)) == len(before)
    assert rows(study, "SELECT DISTINCT extraction_id FROM model.sentence_loss") == rows(
        study, "SELECT extraction_id FROM model.extraction WHERE digest = '2'"
    )
    stale = reasons(study)
    assert {reason: len(keys) for reason, keys in stale.items()} == {"human_resemblance: stale: attention changed": 4}
    assert count(study, "mart.model_summary WHERE model = 'toy'") == 0
    compute(study)
    assert count(study, "mart.model_summary WHERE model = 'toy'") == 2
    assert count(study, "result.human_resemblance JOIN model.extraction USING (extraction_id) WHERE digest = '1'") > 0


def refused() -> dict[str, Any]:
    raise BadInput("does not hold", "the attestation", "extract again")


def test_a_refused_extraction_leaves_no_trace_of_itself_nor_of_its_model(study: Database):
    before = rows(study, PARTITIONS), count(study, "ops.unit")
    with pytest.raises(BadInput, match="the attestation"):
        load(study, attest=refused)
    assert (rows(study, PARTITIONS), count(study, "ops.unit")) == before
    assert rows(study, TOY) == rows(study, "SELECT model FROM model.language_model WHERE model = 'toy'") == []
    assert count(study, "model.sentence_loss") == 0
    assert load(study).inserted > 0


def test_an_extraction_that_stopped_is_not_seen_and_goes_on_where_it_stopped(
    study: Database, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setattr(unit_records, "record_unit", stopping(unit_records.record_unit, after=1))
        patch.setattr("warehouse.load.publication.discard", lambda *_: None)  # as when the process is killed
        with pytest.raises(Stopped):
            load(study)
    assert rows(study, TOY) == [("loading",)]
    assert count(study, "slice.extraction_layer WHERE model = 'toy'") == 0
    ((pairs,),) = rows(study, "SELECT count(*) FROM stimulus.word_pair WHERE is_causal")
    assert load(study) == Tally(inserted=pairs, unchanged=pairs)
    assert rows(study, TOY) == [("complete",)]


def test_what_a_killed_process_left_of_a_retired_extraction_is_swept_by_the_next(
    study: Database, monkeypatch: pytest.MonkeyPatch
):
    load(study)
    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "sweep", lambda _, **given: None)
        load(study, "2")
    left = rows(study, PARTITIONS)
    load(study, "2")
    assert len(rows(study, PARTITIONS)) == len(left) - 1


def test_a_tuned_model_wants_its_base_first(study: Database):
    facts = {"model": "toy-chat", "revision": None, "family": "toy", "stage": "tuned", "base_model": "toy-9",
             "parameter_count": None, "layer_count": 2, "head_count": 2}  # fmt: skip
    with pytest.raises(BadInput, match="its base model 'toy-9' is not in the warehouse; load the base model first"):
        load(study, model=facts)


def test_ingest_and_compute_want_the_current_schema(empty_database: Database):
    with pytest.raises(WarehouseError, match="warehouse db upgrade"):
        compute(empty_database)
    assert migrations.current(empty_database) is None
