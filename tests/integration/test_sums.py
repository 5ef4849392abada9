"""Sums over cells in place of cells: smaller, formed as attention passes, and of the same results where they serve."""

import functools
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.asking import rows
from tests.conftest import STUDY, cloned
from warehouse import pipeline
from warehouse.access import erasure
from warehouse.client import cells as client_cells
from warehouse.compute.plan import make_plan
from warehouse.dashboard.heads import head_view
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput
from warehouse.load import sum_counts
from warehouse.load.adding_sums import OF_SUMS
from warehouse.load.source_items import Call, preview
from warehouse.load.stored import Stored
from warehouse.load.sums import Summing
from warehouse.load.tally import Tally
from warehouse.plugin.contents import Extraction
from warehouse.plugin.registry import Source, analysis_named, sources
from warehouse.progress import Progress
from warehouse.schema import migrations
from warehouse.schema.tables import human
from warehouse.slices import Slices, cells
from warehouse.transfer import export

QUIET = Progress(quiet=True)
Contents = Callable[[Callable[[], Iterator[Any]], str], Callable[[], Iterator[Any]]]


@pytest.fixture(scope="module")
def summed(cluster: EmbeddedServer, study_template: str) -> Iterator[Database]:
    """A study whose attention is kept as sums by article; nothing of it is changed for good."""
    with cloned(cluster, study_template) as database:
        keep(database, "sums", "article")
        yield database


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """All that was remarked."""
    caplog.set_level(logging.INFO, "warehouse")
    return lambda: " ".join(caplog.messages)


def keep(database: Database, kept: str, by: str | None, contents: Contents = lambda made, _: made) -> Tally:
    """Ingest the simulated study again, keeping something else of its attention; `contents` may spoil its pieces."""
    return pipeline.ingest(database, source_of(kept, by, contents), [], {"readers": 4}, QUIET)


def source_of(kept: str, by: str | None, contents: Contents) -> Source:
    original = sources()["simulated_readers"]

    @functools.wraps(original.function)
    def again(*, stored: Stored, **given: Any) -> Iterator[Any]:
        for item in original.function(stored=stored, **given):
            if isinstance(item, Extraction):
                pieces = [replace(piece, contents=contents(piece.contents, piece.key)) for piece in item.pieces]
                yield replace(item, kept=kept, summed_by=by, pieces=pieces)
            else:
                yield item

    return replace(original, function=again)


def computed(
    database: Database, name: str, view: str, columns: str, chosen: Mapping[str, list[str]] = STUDY
) -> list[tuple[Any, ...]]:
    pipeline.compute(database, name, chosen, progress=QUIET)
    return rows(database, f"SELECT {columns} FROM current.{view} JOIN model.extraction USING (extraction_id) "
                "JOIN model.language_model USING (language_model_id) ORDER BY model, layer, 3, 4")  # fmt: skip


def assert_close(found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]], tolerance: float = 1e-10) -> None:
    assert len(found) == len(expected) > 0
    for one, other in zip(found, expected, strict=True):
        for value, wanted in zip(one, other, strict=True):
            assert value == (
                wanted if isinstance(wanted, str | None) else pytest.approx(wanted, rel=tolerance, abs=1e-12)
            )


JOINT = {**STUDY, "predictor_set": ["trivial3"]}
GROUPS = """
SELECT DISTINCT language_group
FROM current.human_resemblance
JOIN human.subject USING (subject_id)
JOIN ops.unit USING (unit_id)
WHERE inputs ? 'sums'
ORDER BY 1
"""
OF_PREDICTORS = """
SELECT model, layer, sentence_id, values_digest, predictor_products
FROM slice.predictor_sums
JOIN slice.extraction USING (extraction_id)
JOIN model.summed_predictor USING (extraction_id, predictor_number)
ORDER BY 1, 2, 3, 4
"""
SUMS = """
SELECT model, layer, sentence_id, head_products, measure_id, subject_id, reader_products
FROM slice.extraction_layer
JOIN slice.head_sums USING (extraction_id, layer)
LEFT JOIN slice.reader_sums USING (extraction_id, layer, sentence_id)
ORDER BY 1, 2, 3, 5, 6
"""
ASKED = (
    ("human_resemblance", "human_resemblance",
     "model, layer, measure_id, subject_id, r2, adjusted_r2, cv_r2, rank, condition_number, cell_count"),
    ("ridge_resemblance", "resemblance_variant",
     "language_model.model, layer, measure_id, subject_id, r2, cv_r2, penalty, penalty_end_count"),
    ("article_score", "article_score",
     "model, layer, language_group, article_position, choice_r2, held_out_error, reader_errors"),
    ("trivial_reliance", "head_reliance", "model, layer, pattern_set, head, head_reliance.r2, adjusted_r2, cv_r2"),
)  # fmt: skip


@pytest.mark.parametrize("by", ["article", "sentence"])
def test_results_from_sums_are_those_from_cells(study: Database, by: str, monkeypatch: pytest.MonkeyPatch):
    before = [computed(study, *asked) for asked in ASKED]
    cell_count = rows(study, "SELECT count(*) FROM model.attention")
    monkeypatch.setattr(cells, "BLOCK_CELLS", 300)
    keep(study, "sums", by)
    assert rows(study, "SELECT count(*) FROM slice.layer_attention") == [(0,)] != cell_count
    for asked, expected in zip(ASKED, before, strict=True):
        assert_close(computed(study, *asked), expected)
    told = rows(study, "SELECT DISTINCT usage_warnings FROM mart.layer_curve")
    assert told and all("from_sums" in warnings for (warnings,) in told)
    assert rows(
        study, "SELECT count(*) FROM slice.head_sums NATURAL JOIN slice.extraction_layer WHERE kept = 'sums'"
    ) > [(0,)]
    read = rows(study, "SELECT DISTINCT inputs ? 'sums' FROM ops.unit JOIN current.human_resemblance USING (unit_id)")
    assert read == [(True,)]


def test_sums_by_sentence_give_intervals_and_what_is_unique(study: Database):
    each = (
        ("corrected_resemblance", "corrected_resemblance",
         "model, layer, measure_id, language_group, r2, sentence_cv_r2, matched_r2, matched_r2_sd, component_r2"),
        ("unique_variance", "unique_variance",
         "model, layer, held_out, predictor_set || ' ' || language_group, set_r2, heads_r2, joint_r2, unique_r2, "
         "corrected_unique_r2, unique_low, unique_high, set_rank, joint_rank"),
    )  # fmt: skip
    before = [computed(study, *asked) for asked in each]
    keep(study, "sums", "sentence")
    for asked, expected in zip(each, before, strict=True):
        assert_close(computed(study, *asked), expected)


@pytest.mark.parametrize("by", ["article", "sentence"])
def test_heads_beside_predictors_are_fitted_from_sums_as_from_cells(study: Database, by: str):
    asked = (
        "ridge_resemblance",
        "resemblance_variant",
        "language_model.model, layer, subject_id, fitted, r2, cv_r2, penalty",
    )
    before = computed(study, *asked, JOINT)
    keep(study, "sums", by)
    assert_close(computed(study, *asked, JOINT), before)


def test_sums_of_later_readings_are_kept_too(study: Database):
    with study.connect() as connection:
        for table in (human.reading, human.saccade):
            names = ", ".join(column.name for column in table.c)
            again = names.replace("reading_ordinal", "2")
            connection.execute(f"INSERT INTO {table.fullname} ({names}) SELECT {again} FROM {table.fullname} "
                               "JOIN human.subject USING (subject_id) WHERE language_group = 'L1'")  # fmt: skip
        connection.execute("SELECT fn.add_reading_measures()")
    asked = "human_resemblance", "human_resemblance", "model, layer, measure_id, subject_id, r2, cv_r2"
    chosen = {**STUDY, "reading": ["2", "all"]}
    before = computed(study, *asked, chosen)
    keep(study, "sums", "article")
    assert_close(computed(study, *asked, chosen), [row for row in before if row[2] not in (1, 2, 3, 4)])


def test_predictors_that_come_later_are_told_until_they_are_summed(study: Database, said: Callable[[], str]):
    keep(study, "both", "article")
    with study.connect() as connection:
        connection.execute("UPDATE model.extraction SET kept = 'sums'")
        connection.execute(
            "WITH made AS (INSERT INTO stimulus.predictor (predictor_name, predictor_kind, level_low, level_high) "
            "VALUES ('from 1', 'from_position', 1, 1) RETURNING predictor_id) "
            "INSERT INTO stimulus.predictor_set_member SELECT 'trivial3', predictor_id FROM made"
        )
    joint = "SELECT count(*) > 0 FROM current.resemblance_variant WHERE fitted = 'joint'"
    pipeline.compute(study, "ridge_resemblance", JOINT, progress=QUIET)
    assert rows(study, joint) == [(False,)] and "needs sums with other predictors than were there" in said()
    assert keep(study, "sums", "article").inserted  # with the predictors as they are now
    assert keep(study, "sums", "article").inserted == 0
    pipeline.compute(study, "ridge_resemblance", JOINT, progress=QUIET)
    assert rows(study, joint) == [(True,)]


def test_what_needs_more_than_is_kept_is_left_out_and_told(study: Database, said: Callable[[], str]):
    keep(study, "sums", "article")
    for name in ("corrected_resemblance", "attention_divergence", "unique_variance", "count_model", "exchanged_null"):
        pipeline.compute(study, name, STUDY, progress=QUIET)
    told = said()
    for name, why in (
        ("corrected-resemblance", "needs sums by sentence"),
        ("attention-divergence", "needs the attention of each word pair"),
        ("unique-variance", "needs sums by sentence"),
        ("exchanged-null", "needs the attention of each word pair"),
        ("count-model", "needs the attention of each word pair"),
    ):
        assert f"{name} {why}" in told
    assert rows(study, "SELECT count(*) FROM current.attention_divergence") == [(0,)]


def test_sums_of_changed_readers_are_stale_and_the_others_hold(study: Database, said: Callable[[], str]):
    keep(study, "sums", "article")
    with study.connect() as connection:
        connection.execute(
            "INSERT INTO human.exclusion (subject_id, sentence_id, excluded_because, source) "
            "SELECT min(subject_id), (SELECT min(sentence_id) FROM stimulus.sentence), 'looked away', 'test' "
            "FROM human.subject WHERE language_group = 'L2'"
        )
    tally = pipeline.compute(study, "human_resemblance", STUDY, progress=QUIET)["human_resemblance"]
    assert "needs sums with other readers" in said()
    groups = rows(study, GROUPS)
    assert tally.inserted and groups == [("L1",)]
    assert keep(study, "sums", "article").inserted  # with the readers as they are now
    assert keep(study, "sums", "article").inserted == 0
    pipeline.compute(study, "human_resemblance", STUDY, progress=QUIET)
    groups = rows(study, GROUPS)
    assert groups == [("L1",), ("L2",)]
    pipeline.compute(study, "ridge_resemblance", {**JOINT, "language_group": ["L2"]}, progress=QUIET)
    assert "needs sums by sentence, since not all predictors and readers have all sentences" in said()


def test_an_excluded_reader_leaves_the_sums_of_the_others(study: Database):
    ((count,),) = rows(study, "SELECT count(DISTINCT subject_id) FROM current.human_resemblance")
    keep(study, "sums", "article")
    with study.connect() as connection:
        connection.execute(
            "INSERT INTO human.exclusion (subject_id, excluded_because, source) "
            "SELECT max(subject_id), 'too short', 'test' FROM human.subject"
        )
    pipeline.compute(study, "human_resemblance", STUDY, progress=QUIET)
    assert rows(study, "SELECT count(DISTINCT subject_id) FROM current.human_resemblance") == [(count - 1,)]


def test_sums_are_added_to_cells_that_are_there_and_results_stay(study: Database):
    before = rows(study, "SELECT * FROM current.human_resemblance ORDER BY 1, 2, 3, 4, 5, 6")
    assert keep(study, "both", "article").inserted == 0
    assert rows(study, "SELECT DISTINCT kept, summed_by FROM mart.extraction") == [("both", "article")]
    assert rows(study, "SELECT * FROM current.human_resemblance ORDER BY 1, 2, 3, 4, 5, 6") == before
    added = rows(study, SUMS)
    keep(study, "sums", "sentence")
    keep(study, "sums", "article")
    assert_close(rows(study, SUMS), added)


def test_what_is_kept_already_is_not_ingested_again(study: Database):
    keep(study, "both", "article")
    for kept, by in (("both", "article"), ("sums", "article"), ("cells", None)):
        assert keep(study, kept, by).inserted == 0
    assert keep(study, "sums", "sentence").inserted
    assert rows(study, "SELECT DISTINCT kept, summed_by FROM mart.extraction") == [("sums", "sentence")]
    orphans = (
        "SELECT count(*) FROM model.head_sums LEFT JOIN slice.extraction USING (extraction_id) WHERE model IS NULL"
    )
    assert rows(study, orphans) == [(0,)]


def test_sums_by_article_cannot_leave_out_a_sentence(study: Database, said: Callable[[], str]):
    keep(study, "sums", "article")
    ((label,),) = rows(study, "SELECT min(sentence_label) FROM stimulus.sentence")
    pipeline.compute(study, "human_resemblance", STUDY, [label], progress=QUIET)
    assert "cannot leave out sentences" in said()


def test_sums_by_sentence_leave_out_a_sentence_as_cells_do(study: Database):
    ((label,),) = rows(study, "SELECT min(sentence_label) FROM stimulus.sentence")
    with study.connect(autocommit=True, read_only=True) as connection:
        slices = Slices(connection, [label])
        before = make_plan(slices, analysis_named("human_resemblance"), STUDY, {}).units
    keep(study, "sums", "sentence")
    with study.connect(autocommit=True, read_only=True) as connection:
        slices = Slices(connection, [label])
        after = make_plan(slices, analysis_named("human_resemblance"), STUDY, {}).units
    assert [unit.inputs["sentences"] for unit in before] == [unit.inputs["sentences"] for unit in after]


def test_sums_come_back_from_an_export_and_nothing_is_to_be_computed(
    study: Database, new_database: Database, tmp_path: Path
):
    keep(study, "sums", "article")
    pipeline.compute(study, "human_resemblance", STUDY, progress=QUIET)
    export.export(study, tmp_path / "out", (), (), QUIET)
    pipeline.ingest(new_database, sources()["parquet"], [tmp_path / "out"], {}, QUIET)
    assert_close(rows(new_database, SUMS), rows(study, SUMS))
    assert_close(rows(new_database, OF_PREDICTORS), rows(study, OF_PREDICTORS))
    tally = pipeline.compute(new_database, "human_resemblance", STUDY, progress=QUIET)["human_resemblance"]
    assert (tally.inserted, tally.unchanged > 0) == (0, True)


def test_forgetting_a_reader_takes_that_reader_out_of_the_sums(study: Database):
    keep(study, "sums", "article")
    before = rows(study, "SELECT DISTINCT subject_id FROM model.reader_sums ORDER BY 1")
    heads = rows(study, "SELECT count(*) FROM model.head_sums")
    ((label, number),) = rows(study, "SELECT language_group || '/' || subject_label, subject_id FROM human.subject "
                              "ORDER BY subject_id DESC LIMIT 1")  # fmt: skip
    erasure.forget(study, "subject", [label], QUIET)
    assert rows(study, "SELECT DISTINCT subject_id FROM model.reader_sums ORDER BY 1") == [
        (one,) for (one,) in before if one != number
    ]
    assert rows(study, f"SELECT count(*) FROM model.summed_reader WHERE subject_id = {number}") == [(0,)]
    assert rows(study, "SELECT count(*) FROM model.head_sums") == heads
    assert pipeline.compute(study, "human_resemblance", STUDY, progress=QUIET)["human_resemblance"].inserted


def test_forgetting_an_extraction_takes_its_sums(study: Database):
    keep(study, "sums", "article")
    erasure.forget(study, "extraction", ["simulated-large"], QUIET)
    orphans = "SELECT count(*) FROM {} LEFT JOIN model.extraction USING (extraction_id) WHERE digest IS NULL"
    for table in OF_SUMS:
        assert rows(study, "SELECT count(*) > 0 FROM " + table.fullname) == [(True,)]
        assert rows(study, orphans.format(table.fullname)) == [(0,)]


def test_heads_and_layers_say_that_they_need_cells(study: Database):
    keep(study, "sums", "article")
    with study.connect(read_only=True) as connection:
        with pytest.raises(BadInput, match="a head is shown by its cells"):
            head_view(connection, {})
        for ask in (client_cells.layer, client_cells.attention):
            with pytest.raises(BadInput, match=r"simulated-small.*keep both"):
                ask(connection, {"model": "simulated-small"}, 0)  # type: ignore[operator]


def test_sums_that_are_not_all_there_are_refused_and_leave_no_trace(study: Database, monkeypatch: pytest.MonkeyPatch):
    whole = Summing.take
    monkeypatch.setattr(Summing, "take", lambda self: ((table, {name: values[1:] for name, values in columns.items()})
                                                       for table, columns in whole(self)))  # fmt: skip
    with pytest.raises(BadInput, match=r"word pairs of sentence|heads and layers are"):
        keep(study, "sums", "article")
    assert rows(study, "SELECT count(*) FROM model.head_sums") == [(0,)]
    assert rows(study, "SELECT count(*) FROM model.summed_reader") == [(0,)]
    assert rows(study, "SELECT DISTINCT kept FROM mart.extraction") == [("cells",)]


def test_without_the_revision_what_is_kept_as_sums_only_is_gone(study: Database):
    keep(study, "sums", "article")
    migrations.downgrade(study, "0036")
    assert rows(study, "SELECT DISTINCT extraction_status FROM model.extraction") == [("retired",)]
    migrations.upgrade(study)
    keep(study, "cells", None)
    assert rows(study, "SELECT count(*) > 0 FROM slice.layer_attention") == [(True,)]


def fails_at_layer_2(made: Callable[[], Iterator[Any]], key: str) -> Callable[[], Iterator[Any]]:
    def contents() -> Iterator[Any]:
        if key == "layer 2":
            raise RuntimeError("the power is cut")
        return made()

    return contents


@pytest.mark.parametrize("changed", [False, True], ids=["same readers", "readers changed meanwhile"])
def test_what_was_cut_off_goes_on_with_the_same_readers_and_begins_anew_with_others(study: Database, changed: bool):
    keep(study, "sums", "article")
    whole = [rows(study, question) for question in (SUMS, OF_PREDICTORS)]
    keep(study, "cells", None)
    with pytest.raises(RuntimeError, match="the power is cut"):
        keep(study, "sums", "article", fails_at_layer_2)
    ((begun,),) = rows(study, "SELECT extraction_id FROM model.extraction WHERE extraction_status = 'loading'")
    assert rows(study, f"SELECT DISTINCT layer FROM model.head_sums WHERE extraction_id = {begun} ORDER BY 1") == [
        (0,), (1,)
    ]  # fmt: skip
    if changed:
        with study.connect() as connection:
            connection.execute(
                "INSERT INTO human.exclusion (subject_id, sentence_id, excluded_because, source) "
                "SELECT max(subject_id), (SELECT min(sentence_id) FROM stimulus.sentence), 'looked away', 'test' "
                "FROM human.subject"
            )
    keep(study, "sums", "article")
    complete = rows(study, f"SELECT extraction_status FROM model.extraction WHERE extraction_id = {begun}")
    assert complete == [("retired",) if changed else ("complete",)]
    assert ([rows(study, question) for question in (SUMS, OF_PREDICTORS)] == whole) is not changed
    assert rows(study, f"SELECT count(*) FROM model.head_sums WHERE extraction_id = {begun}") != [(0,)] or changed


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE model.reader_sums SET sentence_id = sentence_id + 999", id="another corpus"),
        pytest.param("DELETE FROM model.summed_reader WHERE subject_id IN (SELECT subject_id FROM model.reader_sums)",
                     id="another reader"),
        pytest.param("UPDATE model.reader_sums SET reader_products = reader_products || 1.0", id="other heads"),
        pytest.param("UPDATE model.predictor_sums SET predictor_products = predictor_products || 1.0",
                     id="a predictor's over other heads"),
        pytest.param("DELETE FROM model.summed_predictor", id="another predictor"),
    ],
)  # fmt: skip
def test_sums_with_readers_of_something_else_are_refused(summed: Database, change: str):
    with summed.connect() as connection:
        ((number,),) = connection.execute("SELECT min(extraction_id) FROM model.head_sums").fetchall()
        sum_counts.require_summed(connection, number, "a model")
        connection.execute(change)
        told = r"sums with (reader|predictor)s are of another corpus, another (reader|predictor) or other heads"
        with pytest.raises(BadInput, match=told):
            for (each,) in connection.execute("SELECT DISTINCT extraction_id FROM model.reader_sums").fetchall():
                sum_counts.require_summed(connection, each, "a model")
        connection.rollback()


def test_sums_of_a_sentence_of_another_corpus_are_refused(summed: Database):
    with summed.connect() as connection:
        ((number, corpus),) = connection.execute(
            "SELECT extraction_id, corpus_id FROM slice.extraction LIMIT 1"
        ).fetchall()
        connection.execute("UPDATE model.head_sums SET sentence_id = 999 WHERE sentence_id = (SELECT min(sentence_id) "
                           "FROM model.head_sums)")  # fmt: skip
        with pytest.raises(BadInput, match=r"has 0 word pairs of sentence|which has 0 to be looked at"):
            sum_counts.sums_of(connection, number, corpus, is_partial=False).require_all("a model")
        connection.rollback()


def test_a_trial_counts_the_sums_that_would_be_written(study: Database, said: Callable[[], str]):
    again = source_of("sums", "article", lambda made, _: made)
    tried = preview(study, Call(again, [], {"readers": 4}), QUIET)
    assert tried.inserted == keep(study, "sums", "article").inserted > 0
