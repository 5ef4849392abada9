"""The layer is chosen without what it is scored on: scores by article, choices, and the readers kept apart."""

import numpy as np
import pytest

from analytics._stats.least_squares import fit
from analytics.article_score import article_score
from analytics.layer_choice import layer_choice
from tests.unit.test_corrected_resemblance import study
from warehouse.plugin.registry import analyses
from warehouse.slices.nested import READER_LAYER

IDS = np.array(["a", "b", "c", "d", "e"])


def scores(heads, readers, article, ids=IDS):
    (found,) = article_score(heads, readers, article, ids)
    return found


def test_errors_of_the_articles_add_up_to_the_cross_validated_r2_of_every_reader():
    heads, readers, article, _ = study()
    found = scores(heads, readers, article)
    assert found["article_position"].tolist() == [0, 1, 2, 3, 4]
    held_out = fit(heads, readers, article).cv_r2
    np.testing.assert_allclose(1 - np.sum(found["reader_errors"], axis=0), held_out, atol=1e-10)
    assert 1 - sum(found["held_out_error"]) == pytest.approx(held_out.mean(), abs=1e-10)
    assert found["subject_labels"] == [IDS.tolist()] * 5


def test_groups_side_by_side_have_each_what_it_has_alone():
    heads, readers, article, _ = study()
    readers[:, 4] = 1.0
    groups = [slice(0, 2), slice(2, 5)]
    for found, group in zip(article_score(heads, readers, article, IDS, groups), groups, strict=True):
        alone = scores(heads, readers[:, group], article, IDS[group])
        assert found["subject_labels"] == alone["subject_labels"]
        for name in ("choice_r2", "held_out_error", "reader_errors"):
            np.testing.assert_allclose(found[name], alone[name], atol=1e-13)


def test_a_choice_without_an_article_never_sees_it():
    heads, readers, article, _ = study()
    for place, score in enumerate(scores(heads, readers, article)["choice_r2"]):
        rest = article != place
        assert score == pytest.approx(fit(heads[rest], readers[rest], article[rest]).cv_r2.mean(), abs=1e-10)


def test_more_than_ten_articles_are_held_out_in_ten_groups_of_neighbours_within_what_one_leaves():
    heads, readers, _, sentence = study(n_sentences=36)
    article = (sentence - 100) // 3  # twelve
    group = article * 10 // 12
    for place in (0, 5, 11):
        rest = article != place
        expected = fit(heads[rest], readers[rest], group[rest]).cv_r2.mean()
        assert scores(heads, readers, article)["choice_r2"][place] == pytest.approx(expected, abs=1e-10)


def test_a_constant_reader_keeps_its_place_and_counts_for_nothing():
    heads, readers, article, _ = study()
    with_one = np.insert(readers, 2, 1.0, axis=1)
    found, without = scores(heads, with_one, article, np.array(list("abcdef"))), scores(heads, readers, article)
    assert np.isnan(np.array(found["reader_errors"])[:, 2]).all()
    assert found["held_out_error"] == pytest.approx(without["held_out_error"])
    assert found["choice_r2"] == pytest.approx(without["choice_r2"])


def test_a_single_article_leaves_no_choice_and_no_error():
    heads, readers, article, _ = study()
    found = scores(heads, readers, article * 0)
    assert (found["choice_r2"], found["held_out_error"]) == ([None], [None])


def records(r2, ceiling):
    table = np.zeros(r2.shape, dtype=READER_LAYER)
    table["subject_id"], table["r2"], table["cv_ceiling"] = np.arange(1, r2.shape[1] + 1), r2, ceiling
    return table


CHOICES = np.array([[0.1, 0.2, 0.2], [0.2, 0.1, 0.1]])
ERRORS = np.array([[[0.5, 0.1], [0.25, 0.25], [0.1, 0.1]], [[0.25, 0.25], [0.5, 0.5], [0.5, 0.5]]])
"""Two layers, three articles, two readers: the first article takes layer 1, the others layer 0."""
R2 = np.array([[0.5, 0.125], [0.25, 0.25]])


def chosen(choices=CHOICES, errors=ERRORS, r2=R2, ceiling=0.5, layers=(3, 7), **given):
    found = layer_choice(np.array(layers), choices, errors, records(r2, ceiling), **{"resamples": 200, **given})
    return {name: value[0] for name, value in found["layer_choice"].items()}, found["nested_resemblance"]


def test_each_article_takes_the_layer_that_is_best_on_the_others():
    row, by_reader = chosen()
    assert row["chosen_layers"] == [7, 3, 3]
    assert by_reader == {"subject_id": [1, 2], "nested_cv_r2": pytest.approx([0.4, 0.4])}
    assert row["nested_cv_r2"] == pytest.approx(0.4)
    assert row["nested_resemblance"] == pytest.approx(0.8)


def test_each_reader_takes_the_layer_that_is_best_for_the_others():
    assert chosen()[0]["reader_nested_r2"] == pytest.approx((0.25 + 0.125) / 2)


def test_the_interval_is_of_the_ratio_over_drawn_readers():
    rng = np.random.default_rng(0)
    errors = rng.uniform(0.1, 0.3, (1, 3, 40))
    row, _ = chosen(np.full((1, 3), 0.1), errors, np.full((1, 40), 0.3), 0.9, (0,), resamples=4000)
    nested = 1 - errors[0].sum(axis=0)
    half = 1.96 * nested.std(ddof=1) / np.sqrt(40) / 0.9
    assert row["interval_low"] == pytest.approx(nested.mean() / 0.9 - half, abs=0.1 * half)
    assert row["interval_high"] == pytest.approx(nested.mean() / 0.9 + half, abs=0.1 * half)
    assert row["standard_error"] == pytest.approx(nested.std(ddof=1) / np.sqrt(40))


def test_two_articles_leave_no_choice_and_the_reason_is_told():
    row, by_reader = chosen(np.full((2, 2), np.nan), ERRORS[:, :2])
    assert (row["nested_cv_r2"], row["chosen_layers"], row["interval_low"]) == (None, None, None)
    assert row["missing_because"] == "2 articles leave no choice without one of them: three are needed"
    assert np.isnan(by_reader["nested_cv_r2"]).all()


def test_without_a_ceiling_there_is_no_ratio_and_the_score_stands():
    row, _ = chosen(ceiling=np.nan)
    assert (row["nested_resemblance"], row["nested_cv_r2"]) == (None, pytest.approx(0.4))


def test_without_scores_there_is_one_row_that_says_so():
    row, by_reader = chosen(np.empty((0, 0)), np.empty((0, 0, 2)), np.empty((0, 2)), layers=())
    assert (row["nested_cv_r2"], row["missing_because"]) == (
        None, "0 articles leave no choice without one of them: three are needed",
    )  # fmt: skip
    assert by_reader == {"subject_id": [], "nested_cv_r2": []}


@pytest.mark.parametrize("name", ["article_score", "layer_choice"])
def test_their_columns_are_those_of_their_tables(name):
    heads, readers, article, _ = study()
    found = scores(heads, readers, article) if name == "article_score" else None
    declared = analyses()[name]
    by_table = {"article_score": found} if found else layer_choice(
        np.array([3, 7]), CHOICES, ERRORS, records(R2, 0.5), resamples=10
    )  # fmt: skip
    for table in declared.writes:
        unit = {column for column in declared.unit if column in table.c}
        assert set(by_table[table.name]) | unit | {"run_id", "unit_id"} == set(table.c.keys())
