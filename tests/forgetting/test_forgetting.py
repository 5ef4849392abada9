"""Forgetting takes everything that came of something, and nothing else: as if it had never been there."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.asking import row_counts, rows
from tests.conftest import cloned
from tests.forgetting.conftest import ANALYSES, QUIET, STUDY, compute, ingest_all_but, reasons, shown
from warehouse import pipeline
from warehouse.access import erasure, roles
from warehouse.access.erasure.reach import named_by, reachable_tables
from warehouse.cli import main
from warehouse.compute import one_analysis
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput, Busy, DatabaseUnavailable, Forgotten, UnknownName
from warehouse.ledger import runs, sessions
from warehouse.plugin.registry import sources
from warehouse.schema.tables import metadata, model, ops
from warehouse.transfer import export

TUNED = "simulated-medium-tuned"
DEFINITIONS = {
    "human.language_group", "human.measure", "human.reading_quantity", "human.region", "human.saccade_rule",
    "model.condition", "model.published_loss", "ops.sql_object", "ops.usage_warning", "result.ceiling_kind",
    "result.claim",
    "result.published_ceiling", "result.published_resemblance", "result.verdict_reason", "stimulus.pattern",
    "stimulus.pattern_set", "stimulus.pattern_set_member",
    "result.variant", "stimulus.predictor", "stimulus.predictor_set", "stimulus.predictor_set_member",
}  # fmt: skip
"""Tables that say what words mean, and hold nothing of a person, an extraction or a corpus."""


@pytest.fixture(scope="module")
def whole_template(cluster: EmbeddedServer, study_template: str, template: str) -> Iterator[str]:
    """The name of a database that holds the simulated study with everything that can be computed of it."""
    with cloned(cluster, study_template) as database:
        compute(database)
        yield database.name


@pytest.fixture
def whole(cluster: EmbeddedServer, whole_template: str) -> Iterator[Database]:
    with cloned(cluster, whole_template) as database:
        yield database


def test_what_is_computed_again_equals_that_of_a_warehouse_that_never_had_it(whole: Database, new_database: Database):
    before = shown(whole)
    erasure.forget(whole, "subject", ["L1/sim-02"], QUIET)
    assert reasons(whole) == {"missing"}  # nothing that stands was computed from it
    erasure.forget(whole, "extraction", [TUNED], QUIET)
    assert reasons(whole) == {"missing"}
    compute(whole)
    ingest_all_but(new_database, "L1/sim-02", TUNED)
    compute(new_database)
    again, anew = shown(whole), shown(new_database)
    assert again != before
    for view in again:
        (texts, numbers), (of_anew, numbers_of_anew) = parted(again[view]), parted(anew[view])
        assert texts == of_anew
        np.testing.assert_allclose(numbers, numbers_of_anew, rtol=1e-9, atol=1e-12, err_msg=view)


def parted(lines: list[str]) -> tuple[list[str], list[float]]:
    """Part texts from numbers: of these, what is computed beside may change the last digits."""
    number = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
    return [number.sub("#", line) for line in lines], [float(each) for line in lines for each in number.findall(line)]


def test_what_belongs_to_others_stands(whole: Database):
    others = "SELECT count(*), sum(r2) FROM result.human_resemblance JOIN human.subject USING (subject_id) "
    before = rows(whole, others + "WHERE language_group = 'L2'"), rows(whole, "SELECT count(*) FROM model.attention")
    erasure.forget(whole, "subject", ["L1/sim-02"], QUIET)
    assert (rows(whole, others + "WHERE language_group = 'L2'"),
            rows(whole, "SELECT count(*) FROM model.attention")) == before  # fmt: skip
    assert rows(whole, others + "WHERE language_group = 'L1'") == [(0, None)]


def test_what_an_older_ledger_does_not_say_is_taken_for_what_could_be_of_the_person(study: Database):
    with study.connect() as connection:
        connection.execute("UPDATE ops.unit SET about = NULL")
    erasure.forget(study, "subject", ["L1/sim-02"], QUIET)
    left = {key for (key,) in rows(study, "SELECT unit_key FROM ops.unit WHERE about IS NULL")}
    assert {key for key in left if not key.startswith("extraction ")} == {"stimulus"} | {
        f"{group}/sim-0{number}" for group in ("L1", "L2") for number in (1, 2, 3, 4)
    } - {"L1/sim-02"}


def test_of_a_corpus_only_the_word_of_it_is_left_and_it_can_be_loaded_again(study: Database, new_database: Database):
    had, empty = shown(study), row_counts(new_database)
    done = erasure.forget(study, "corpus", ["simulated"], QUIET)
    assert done.rows["model.attention"] > 0
    assert {table: count for table, count in row_counts(study).items() if count != empty[table]} == {
        "ops.run": 1,
        "ops.unit": 1,
    }
    assert rows(study, "SELECT count(*) FROM pg_class WHERE relname ~ '^attention_[0-9]+$'") == [(0,)]
    pipeline.ingest(study, sources()["simulated_readers"], [], {"readers": 4}, QUIET)
    pipeline.compute(study, "human_resemblance", STUDY, progress=QUIET)
    assert shown(study) == had


def test_a_dry_run_counts_what_goes_and_changes_nothing(whole: Database):
    before = row_counts(whole)
    for kind, name in (("subject", "simulated/L1/sim-02"), ("extraction", "simulated-small/plain"),
                       ("corpus", "simulated")):  # fmt: skip
        told = erasure.preview(whole, kind, [name])
        assert row_counts(whole) == before
    done = erasure.forget(whole, "corpus", ["simulated"], QUIET)
    assert (done.rows, done.stale) == (told.rows, told.stale)


def test_a_model_stays_that_something_refers_to_and_goes_with_the_last_that_does(study: Database):
    known = "SELECT array_agg(model ORDER BY model) FROM model.language_model"
    erasure.forget(study, "extraction", ["simulated-medium"], QUIET)
    assert "simulated-medium" in rows(study, known)[0][0]  # another model was tuned from it
    erasure.forget(study, "extraction", [TUNED], QUIET)
    assert {"simulated-medium", TUNED} & set(rows(study, known)[0][0]) == set()


def test_an_extraction_named_by_its_number_goes_alone(study: Database):
    ((old,),) = rows(study, "SELECT min(extraction_id) FROM slice.extraction WHERE model = 'simulated-small'")
    assert set(erasure.preview(study, "extraction", [str(old)]).rows) == set(
        erasure.preview(study, "extraction", ["simulated-small"]).rows
    )
    erasure.forget(study, "extraction", [str(old)], QUIET)
    with pytest.raises(UnknownName):
        erasure.forget(study, "extraction", [str(old)], QUIET)


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("subject", "L1/sim-2", "did you mean 'L1/sim-02'"),
        ("subject", "sim-02", "does not say which; give one of simulated/L1/sim-02, simulated/L2/sim-02"),
        ("corpus", "simulate", "did you mean 'simulated'"),
        ("extraction", "simulated-smal", "did you mean 'simulated-small'"),
    ],
)
def test_a_name_that_says_nothing_or_too_little_is_refused(study: Database, kind: str, name: str, said: str):
    before = row_counts(study)
    with pytest.raises(BadInput, match=said):
        erasure.forget(study, kind, [name], QUIET)
    assert row_counts(study) == before


def test_what_is_in_use_is_not_forgotten(study: Database):
    before = row_counts(study)
    with study.connect(autocommit=True) as computing:
        sessions.use(computing)
        with pytest.raises(Busy, match="uses the warehouse now: wait until it has ended, then forget again"):
            erasure.forget(study, "subject", ["L1/sim-02"], QUIET)
    with runs.record_run(study, "ingest of a test", {}, "0") as run_id:
        with pytest.raises(Busy, match=rf"Run {run_id} \(`ingest of a test`"):
            erasure.forget(study, "subject", ["L1/sim-02"], QUIET)
    assert row_counts(study) == {**before, "ops.run": before["ops.run"] + 1}


def test_the_ledger_says_how_much_was_forgotten_and_not_of_whom(study: Database):
    done = erasure.forget(study, "subject", ["L1/sim-02"], QUIET)
    ((job, parameters, status, key, count, tables),) = rows(
        study, "SELECT job, parameters, run_status, unit_key, row_count, inputs FROM ops.run JOIN ops.unit "
               "USING (run_id) WHERE run_id = %s", done.run_id)  # fmt: skip
    assert (job, parameters, status, count) == ("forget subject", {}, "done", sum(done.rows.values()))
    assert tables == {table: str(count) for table, count in done.rows.items()}
    assert key == f"forgetting {done.run_id}"


def test_its_source_leaves_a_forgotten_reader_out_until_that_is_allowed_again(study: Database, told: Callable[[], str]):
    before = shown(study)["mart.reader"]
    erasure.forget(study, "subject", ["L1/sim-02"], QUIET)
    assert pipeline.ingest(study, sources()["simulated_readers"], [], {"readers": 4}, QUIET).rejected == 1
    assert "A reader is left out who was forgotten here" in told()
    assert rows(study, "SELECT count(*) FROM mart.reader") == [(len(before) - 1,)]
    with pytest.raises(BadInput, match="was not forgotten here"):
        erasure.allow_again(study, "simulated/L2/sim-02")
    erasure.allow_again(study, "simulated/L1/sim-02")
    assert pipeline.ingest(study, sources()["simulated_readers"], [], {"readers": 4}, QUIET).rejected == 0
    assert shown(study)["mart.reader"] == before


def test_an_older_export_does_not_bring_a_forgotten_reader_back(study: Database, tmp_path: Path):
    export.export(study, tmp_path / "export", (), (), QUIET)
    erasure.forget(study, "subject", ["L1/sim-02"], QUIET)
    with pytest.raises(Forgotten, match="1 of 4 readers were forgotten here"):
        pipeline.ingest(study, sources()["parquet"], [tmp_path / "export"], {}, QUIET)
    assert rows(study, "SELECT count(*) FROM human.subject") == [(7,)]


@pytest.mark.parametrize("role", ["reader", "writer"])
def test_only_owners_forget(cluster: EmbeddedServer, study_template: str, role: str):
    with cloned(cluster, study_template) as study:
        entered = Database(roles.grant(study, f"forgetful_{role}", role))
        for act in (erasure.forget, lambda *given: erasure.preview(*given[:3])):
            with pytest.raises(DatabaseUnavailable, match="ask its owner for the right"):
                act(entered, "subject", ["L1/sim-02"], QUIET)
    with Database(cluster.dsn("postgres")).connect(autocommit=True) as connection:
        connection.execute(f"DROP ROLE forgetful_{role}")


def test_an_owner_who_is_no_superuser_forgets_and_is_told_what_is_a_superusers(
    cluster: EmbeddedServer, study_template: str
):
    with cloned(cluster, study_template) as study:
        entered = Database(roles.grant(study, "forgetful_owner", "owner"))
        done = erasure.forget(entered, "corpus", ["simulated"], QUIET)
        assert rows(study, "SELECT count(*) FROM human.subject") == [(0,)]
        assert rows(study, "SELECT count(*) FROM pg_class WHERE relname ~ '^attention_[0-9]+$'") == [(0,)]
    said = " ".join(done.undone)
    assert [what for what in ("CHECKPOINT", "pg_switch_wal", "pg_statistic") if what not in said] == []
    assert "human.subject" not in said
    with Database(cluster.dsn("postgres")).connect(autocommit=True) as connection:
        connection.execute("DROP ROLE forgetful_owner")


def test_the_command_prints_what_goes_asks_nobody_who_is_not_there_and_says_what_to_do_next(
    study: Database, capsys: pytest.CaptureFixture[str]
):
    command = ["--dsn", study.dsn, "forget", "subject", "L1/sim-02"]
    main([*command, "--dry-run", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["dry_run"], told["rows"]["human.subject"], told["run_id"]) == (True, 1, None)
    with pytest.raises(SystemExit) as refused:
        main(command)
    assert (refused.value.code, "give --yes" in capsys.readouterr().err) == (3, True)
    main([*command, "--yes"])
    done = capsys.readouterr()
    assert "human.fixation" in done.out
    assert "sim-02" not in done.out
    assert "human_resemblance" in done.err
    assert "the source files: they still hold it" in done.err


def test_every_table_is_reached_or_known_to_hold_nothing_of_anyone():
    found = {table.fullname for table in reachable_tables()}
    assert found.isdisjoint(DEFINITIONS)
    assert {table.fullname for table in metadata.sorted_tables} - found - DEFINITIONS == {
        model.attention.fullname,  # goes as partitions
        ops.forgotten.fullname,
        ops.worker.fullname,
    }


def test_a_column_without_a_foreign_key_is_known_by_its_name():
    named = {column.name: named_by(column) for column in model.attention_sink.c}
    assert {name: table.name for name, table in named.items() if table is not None} == {
        "extraction_id": "extraction",
        "sentence_id": "sentence",
    }


def test_every_result_of_readers_says_whose_group_it_is_about(whole: Database):
    for plan in (plan for name in ANALYSES for plan in one_analysis.plans(whole, name, STUDY)):
        for unit in plan.units:
            assert {"language_group", "left_group", "right_group"} & unit.work.keys(), unit.key
            assert "corpus_id" in unit.work, unit.key
