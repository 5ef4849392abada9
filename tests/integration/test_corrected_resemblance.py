"""Corrections, tests, fits and claims through the warehouse, on the simulated study."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.asking import execute, rows
from tests.conftest import STUDY
from warehouse import pipeline
from warehouse.compute import one_analysis
from warehouse.database.connection import Database
from warehouse.errors import UnknownName
from warehouse.load.tally import Tally
from warehouse.progress import Progress

MODELS, LAYERS, GROUPS = 4, 4 + 6 + 8 + 6, 2
FEW = {"resamples": 100, "subsets": 10}
LOSSES = "INSERT INTO model.published_loss (model, loss, source) VALUES ({}, {}, 'a test')"


def compute(database: Database, name: str, selection: Any = STUDY, **given: Any) -> dict[str, Tally]:
    return pipeline.compute(database, name, selection, progress=Progress(quiet=True), **given)


@pytest.fixture
def corrected(study: Database) -> Iterator[Database]:
    compute(study, "corrected_resemblance", **FEW)
    compute(study, "layer_choice", resamples=200)
    yield study


def test_every_layer_is_corrected_once(corrected: Database) -> None:
    assert rows(corrected, "SELECT count(*), min(subset_count) FROM mart.corrected_resemblance") == [
        (LAYERS * GROUPS, 10)
    ]
    assert rows(corrected, "SELECT count(*), min(resample_count) FROM mart.resemblance_interval") == [
        (LAYERS * GROUPS * 6, 100)
    ]
    again = compute(corrected, "corrected_resemblance", **FEW)["corrected_resemblance"]
    assert (again.inserted, again.unchanged) == (0, LAYERS * GROUPS)


def test_the_seed_is_in_the_ledger(corrected: Database) -> None:
    found = rows(
        corrected,
        "SELECT seed, parameters ->> 'seed', parameters ->> 'resamples' FROM ops.run "
        "WHERE job = 'compute corrected_resemblance'",
    )
    assert found == [(20231206, "20231206", "100")]


def test_corrections_agree_with_what_they_stand_beside(corrected: Database) -> None:
    ((r2, held_out, ceiling),) = rows(
        corrected,
        """
        SELECT
            max(abs(corrected.r2 - curve.r2)),
            max(abs(errors.cv_r2 - curve.cv_r2)),
            max(abs(corrected.estimate - curve.resemblance))
        FROM slice.layer_curve AS curve
        JOIN (
            SELECT corrected_resemblance.*, estimate
            FROM current.corrected_resemblance
            JOIN current.resemblance_interval USING (extraction_id, layer, measure_id, language_group)
            WHERE statistic = 'resemblance'
        ) AS corrected USING (extraction_id, layer, measure_id, language_group)
        JOIN (
            SELECT extraction_id, layer, measure_id, language_group, 1 - sum(held_out_error) AS cv_r2
            FROM current.article_score GROUP BY extraction_id, layer, measure_id, language_group
        ) AS errors USING (extraction_id, layer, measure_id, language_group)
        """,
    )
    assert max(r2, held_out, ceiling) < 1e-10


def test_every_interval_in_the_warehouse_contains_its_corrected_estimate(corrected: Database) -> None:
    outside = """
        SELECT count(*), count(bias_corrected)
        FROM current.resemblance_interval
        WHERE bias_corrected BETWEEN interval_low AND interval_high
    """
    assert rows(corrected, outside) == [(LAYERS * GROUPS * 6,) * 2]


def test_every_model_is_cut_to_the_heads_of_the_smallest(corrected: Database) -> None:
    assert rows(corrected, "SELECT DISTINCT matched_head_count FROM mart.corrected_resemblance") == [(4,)]
    smallest = (
        "SELECT max(abs(matched_r2 - r2)) < 1e-12 FROM mart.corrected_resemblance WHERE model = 'simulated-small'"
    )
    assert rows(corrected, smallest) == [(True,)]


def test_the_planted_layer_is_chosen_without_the_articles_it_is_scored_on(corrected: Database) -> None:
    found = rows(
        corrected, "SELECT model, chosen_layers, nested_cv_r2, cv_r2, reader_nested_r2, r2 FROM mart.layer_choice"
    )
    planted = {"simulated-small": 2, "simulated-medium": 3, "simulated-large": 5, "simulated-medium-tuned": 3}
    assert len(found) == MODELS * GROUPS
    for model, chosen, nested, cv_r2, reader_nested, r2 in found:
        assert chosen.count(planted[model]) >= 4
        if set(chosen) == {planted[model]}:
            assert nested == pytest.approx(cv_r2, abs=1e-10)
        assert reader_nested <= r2 + 1e-12


def test_a_smaller_model_makes_the_matched_heads_stale(corrected: Database) -> None:
    execute(corrected, "UPDATE model.language_model SET head_count = 3 WHERE model = 'simulated-small'")
    (plan,) = [
        each
        for each in one_analysis.plans(corrected, "corrected_resemblance", STUDY, **FEW)
        if each.analysis.name == "corrected_resemblance"
    ]
    assert {unit.reason for unit in plan.todo} == {"stale: smallest head count changed"}


def test_the_tuned_model_is_tested_against_its_base(study: Database) -> None:
    assert compute(study, "tuning_test")["tuning_test"].inserted == 6 * 2 * GROUPS
    found = rows(study, "SELECT base_model, model, language_group, layer_total, test_count FROM mart.tuning_summary")
    assert found == [("simulated-medium", "simulated-medium-tuned", group, 6, 24) for group in ("L1", "L2")]
    differences = rows(
        study,
        """
        SELECT max(abs(tested.r2_difference - (tuned.r2 - base.r2)))
        FROM mart.tuning_test AS tested
        JOIN mart.layer_curve AS tuned USING (model, language_group, layer)
        JOIN mart.layer_curve AS base
            ON base.model = base_model AND base.language_group = tested.language_group AND base.layer = tested.layer
        """,
    )
    assert differences[0][0] < 1e-12


def test_a_reader_who_is_excluded_makes_the_tests_stale(study: Database) -> None:
    compute(study, "tuning_test")
    execute(
        study,
        "INSERT INTO human.exclusion (subject_id, excluded_because, source) "
        "SELECT max(subject_id), 'a test', 'a test' FROM human.subject WHERE language_group = 'L2'",
    )
    tally = compute(study, "tuning_test")["tuning_test"]
    assert (tally.inserted, tally.unchanged) == (12, 1)


def test_groups_of_readers_are_compared_layer_by_layer(study: Database) -> None:
    assert compute(study, "group_test")["group_test"].inserted == LAYERS
    found = rows(study, "SELECT model, layer_total, left_count, right_count FROM mart.group_summary ORDER BY 1")
    assert [(total, left, right) for _, total, left, right in found] == [(8, 3, 4), (6, 3, 4), (6, 3, 4), (4, 3, 4)]


def test_without_losses_the_fit_tells_that_there_is_none(study: Database) -> None:
    compute(study, "loss_fit")
    reasons = rows(study, "SELECT DISTINCT missing_because FROM mart.model_fit WHERE predictor = 'loss'")
    assert reasons == [("0 models with both values: three are needed",)]


def test_a_loss_is_entered_as_a_row(study: Database) -> None:
    compute(study, "loss_fit")
    for model, loss in (("small", 4.0), ("medium", 3.0), ("large", 2.5), ("medium-tuned", 3.2)):
        execute(study, LOSSES.format(f"'simulated-{model}'", loss))
    assert compute(study, "loss_fit")["loss_fit"].inserted == 2 * 5 * GROUPS
    found = rows(
        study,
        "SELECT model_count, pearson_r < -0.9 FROM mart.model_fit "
        "WHERE predictor = 'loss' AND score_kind = 'resemblance' AND model_choice = 'all'",
    )
    assert found == [(4, True)] * GROUPS
    assert rows(study, "SELECT DISTINCT loss_source FROM mart.model_loss") == [("a test",)]


def test_sizes_beyond_the_models_are_flagged(study: Database) -> None:
    compute(study, "scale_fit", sizes=(1.0, 0.05))
    found = rows(
        study,
        "SELECT DISTINCT parameter_count, is_extrapolation FROM mart.scale_prediction ORDER BY parameter_count",
    )
    assert found == [(10**6, False), (10**7, False), (5 * 10**7, False), (10**8, False), (10**9, True)]


def test_the_choice_is_made_of_the_errors_of_every_reader(corrected: Database) -> None:
    ((by_article, by_reader, ratio),) = rows(
        corrected,
        """
        SELECT
            max(abs(layer_choice.nested_cv_r2 - by_article.nested_cv_r2)),
            max(abs(layer_choice.nested_cv_r2 - by_reader.nested_cv_r2)),
            max(abs(layer_choice.nested_resemblance - layer_choice.nested_cv_r2 / by_reader.cv_ceiling))
        FROM current.layer_choice
        JOIN (
            SELECT extraction_id, measure_id, language_group, 1 - sum(held_out_error) AS nested_cv_r2
            FROM (
                SELECT DISTINCT ON (extraction_id, measure_id, language_group, article_position) *
                FROM current.article_score
                ORDER BY extraction_id, measure_id, language_group, article_position, choice_r2 DESC, layer
            ) AS chosen
            GROUP BY extraction_id, measure_id, language_group
        ) AS by_article USING (extraction_id, measure_id, language_group)
        JOIN (
            SELECT extraction_id, measure_id, language_group, avg(nested_cv_r2) AS nested_cv_r2, avg(cv_ceiling) AS cv_ceiling
            FROM current.nested_resemblance
            JOIN current.reader_ceiling USING (measure_id, subject_id)
            GROUP BY extraction_id, measure_id, language_group
        ) AS by_reader USING (extraction_id, measure_id, language_group)
        """,  # noqa: E501
    )
    assert max(by_article, by_reader, ratio) < 1e-12


def test_a_reader_who_is_excluded_makes_the_choice_stale_and_is_not_counted_by_the_next(corrected: Database) -> None:
    execute(
        corrected,
        "INSERT INTO human.exclusion (subject_id, excluded_because, source) "
        "SELECT max(subject_id), 'a test', 'a test' FROM human.subject WHERE language_group = 'L2'",
    )
    compute(corrected, "layer_choice", resamples=200)
    found = rows(
        corrected, "SELECT DISTINCT language_group, subject_count FROM current.layer_choice ORDER BY language_group"
    )
    assert found == [("L1", 3), ("L2", 3)]


def test_a_second_seed_shows_one_row_a_model(corrected: Database) -> None:
    choice = {**STUDY, "model": ["simulated-small"], "language_group": ["L1"]}
    compute(corrected, "corrected_resemblance", choice, seed=7, **FEW)
    compute(corrected, "layer_choice", choice, seed=7, resamples=200)
    assert rows(corrected, "SELECT count(*), count(DISTINCT model || language_group) FROM mart.model_summary") == [
        (8, 8)
    ]
    once = "SELECT seed, count(*) FROM mart.corrected_resemblance GROUP BY seed ORDER BY seed"
    assert rows(corrected, once) == [(7, 4), (20231206, LAYERS * GROUPS - 4)]
    interval = "SELECT interval_low < resemblance_interval.estimate FROM mart.resemblance_interval WHERE seed = 7"
    assert len(rows(corrected, interval)) == 4 * 6
    assert rows(corrected, "SELECT seed, count(*) FROM mart.layer_choice GROUP BY seed ORDER BY seed") == [
        (7, 1), (20231206, 7),
    ]  # fmt: skip


def test_claims_are_judged_where_somebody_has_read(study: Database) -> None:
    for name in ("scale_fit", "loss_fit", "tuning_effect", "group_difference"):
        compute(study, name)
    simulated = rows(study, "SELECT DISTINCT corpus, verdict, reason_code FROM mart.claim")
    assert simulated == [(None, "cannot be said", "not_computed")]
    execute(study, "UPDATE stimulus.corpus SET is_simulated = false")
    found = {(claim, group): rest for claim, group, *rest in rows(study, CLAIMS)}
    assert found["closer_to_second_language", "all"][1] > 0
    assert found["resemblance_falls_with_tuning", "L2"] == [-1.4025, -4, "cannot be said", "one_model"]
    assert found["loss_goes_with_resemblance", "L1"][2:] == ["cannot be said", "no_value"]
    assert found["fmri_agrees_on_scale", "L1"][2:] == ["cannot be said", "not_computed"]
    assert len(found) == len(rows(study, "SELECT 1 FROM result.claim"))
    reason = "SELECT DISTINCT reason FROM mart.claim WHERE claim = 'loss_goes_with_resemblance'"
    assert rows(study, reason) == [("0 models with both values: three are needed",)]


def test_models_over_their_own_ceilings_are_compared_with_what_the_views_say(study: Database) -> None:
    compute(study, "group_difference", resamples=200)
    compute(study, "tuning_effect", resamples=200)
    ((groups,),) = rows(
        study,
        """
        SELECT max(abs(difference - (l2.resemblance - l1.resemblance)))
        FROM mart.group_difference
        JOIN mart.model_summary AS l1 USING (model)
        JOIN mart.model_summary AS l2 USING (model)
        WHERE l1.language_group = 'L1' AND l2.language_group = 'L2' AND score_kind = 'resemblance'
        """,
    )
    ((tuning,),) = rows(
        study,
        """
        SELECT max(abs(difference - (tuned.nested_resemblance - base.nested_resemblance)))
        FROM mart.tuning_effect
        JOIN mart.model_summary AS tuned ON tuned.model = tuned_model
        JOIN mart.model_summary AS base
            ON base.model = 'simulated-medium' AND base.language_group = tuned.language_group
        WHERE score_kind = 'nested_resemblance' AND tuning_effect.language_group = tuned.language_group
        """,
    )
    assert max(groups, tuning) < 1e-12
    counted = "SELECT score_kind, tuned_model, count(*) FROM mart.tuning_effect GROUP BY 1, 2 ORDER BY 1, 2"
    assert len(rows(study, counted)) == 4 * 3


CLAIMS = """
SELECT claim, language_group, published_value, round(value_here::numeric)::integer, verdict, reason_code FROM mart.claim
"""


def test_an_unknown_model_is_refused_with_those_that_are_known(study: Database) -> None:
    with pytest.raises(UnknownName, match="simulated-large"):
        compute(study, "corrected_resemblance", {"model": ["simulated-huge"]})
