"""What heads explain beyond a set of predictors: fits on cells, identities, what is null and why."""

import numpy as np
import pytest

from analytics._stats.jackknife import jackknife
from analytics._stats.least_squares import fit
from analytics.human_resemblance import human_resemblance
from analytics.nested_unique_variance import nested_unique_variance
from analytics.unique_variance import unique_variance
from tests.unit.test_corrected_resemblance import study
from warehouse.plugin.columns import Column


def predictors(sentence, seed=1):
    """Position one-hot: from the first cell of each sentence, level 40 in one long sentence only; and a length."""
    rng = np.random.default_rng(seed)
    start = np.searchsorted(sentence, sentence)
    place = np.arange(len(sentence)) - start
    return np.column_stack([place == 0, place == 1, place == 44, rng.normal(5, 2, len(sentence))]).astype(float)


def found(heads, readers, given, article, sentence, columns=None, groups=None):
    chosen = [np.arange(given.shape[1])] if columns is None else columns
    groups = groups or [slice(0, readers.shape[1])] * len(chosen)
    labels = np.array([f"sim-{number:02}" for number in range(readers.shape[1])])
    each = unique_variance(heads, readers, given, article, sentence, labels, chosen, groups)
    return [
        {row["held_out"]: row for row in ({name: values[i] for name, values in one.items()} for i in range(3))}
        for one in each
    ]


def by_cells(x, y, folds):
    """Leave each fold out by fits on cells, the smallest coefficients of centred columns."""
    sse = sst = 0
    for fold in np.unique(folds):
        kept = folds != fold
        mean, y_mean = x[kept].mean(axis=0), y[kept].mean(axis=0)
        b = np.linalg.lstsq(x[kept] - mean, y[kept] - y_mean, rcond=1e-9)[0]
        sse = sse + ((y[~kept] - y_mean - (x[~kept] - mean) @ b) ** 2).sum(axis=0)
        sst = sst + ((y[~kept] - y_mean) ** 2).sum(axis=0)
    return 1 - sse / sst


def test_every_r2_is_that_of_fits_on_cells():
    heads, readers, article, sentence = study()
    given = predictors(sentence)
    assert (np.bincount(sentence - 100) > 44).sum() >= 1
    (rows,) = found(heads, readers, given, article, sentence)
    designs = {"set": given, "heads": heads, "joint": np.hstack([given, heads])}
    for name, design in designs.items():
        in_sample = fit(design, readers, np.zeros(len(sentence))).r2
        np.testing.assert_allclose(rows["nothing"][f"reader_{name}_r2"], in_sample, atol=1e-12)
        for held_out, folds in (("article", article), ("sentence", sentence)):
            expected = by_cells(design, readers, folds)
            np.testing.assert_allclose(rows[held_out][f"reader_{name}_r2"], expected, atol=1e-10)
    assert rows["article"]["heads_r2"] == pytest.approx(human_resemblance(heads, readers, article)["cv_r2"].mean())


def test_a_level_that_one_sentence_alone_has_predicts_nothing_of_it():
    heads, readers, article, sentence = study()
    given = predictors(sentence)[:, [0, 2]]
    only = np.flatnonzero(given[:, 1])[:1]
    given[:, 1] = 0
    given[only, 1] = 1
    (rows,) = found(heads, readers, given, article, sentence)
    expected = by_cells(given, readers, sentence)
    np.testing.assert_allclose(rows["sentence"]["reader_set_r2"], expected, atol=1e-10)
    assert rows["nothing"]["set_rank"] == 2


def test_a_set_that_is_constant_without_an_article_predicts_the_mean_of_the_others():
    heads, readers, article, sentence = study()
    given = np.zeros((len(sentence), 2))
    given[np.flatnonzero(article == 1)[:9], 0] = given[np.flatnonzero(article == 1)[20:25], 1] = 1
    (rows,) = found(heads, readers, given, article, sentence)
    np.testing.assert_allclose(rows["article"]["reader_set_r2"], by_cells(given, readers, article), atol=1e-10)
    np.testing.assert_allclose(rows["sentence"]["reader_joint_r2"],
                               by_cells(np.hstack([given, heads]), readers, sentence), atol=1e-10)  # fmt: skip


def test_unique_and_common_parts_add_up_to_what_both_explain():
    heads, readers, article, sentence = study()
    (rows,) = found(heads, readers, predictors(sentence), article, sentence)
    for row in rows.values():
        common = row["set_r2"] + row["heads_r2"] - row["joint_r2"]
        assert row["unique_r2"] + row["set_unique_r2"] + common == pytest.approx(row["joint_r2"])
        differences = np.subtract(row["reader_joint_r2"], row["reader_set_r2"])
        assert row["unique_r2"] == pytest.approx(differences.mean())
        assert row["t_statistic"] == pytest.approx(differences.mean() / (differences.std(ddof=1) / np.sqrt(5)))


def test_several_sets_and_groups_are_told_as_each_alone():
    heads, readers, article, sentence = study()
    given, columns = predictors(sentence), [np.array([0, 1]), np.array([0, 1]), np.arange(4)]
    groups = [slice(0, 2), slice(2, 5), slice(0, 2)]
    together = found(heads, readers, given, article, sentence, columns, groups)
    for rows, chosen, of in zip(together, columns, groups, strict=True):
        (alone,) = found(heads, readers[:, of], given[:, chosen], article, sentence)
        for held_out, row in rows.items():
            numbers = {name: value for name, value in row.items() if isinstance(value, float)}
            assert numbers == pytest.approx({name: alone[held_out][name] for name in numbers}, abs=1e-10)


def test_columns_that_are_sums_of_others_or_constant_add_nothing():
    heads, readers, article, sentence = study()
    given = predictors(sentence)
    more = np.column_stack([given, given[:, 0] + given[:, 1], np.full(len(given), 3.0)])
    (rows,), (as_before,) = (found(heads, readers, each, article, sentence) for each in (more, given))
    assert rows["nothing"]["set_rank"] == as_before["nothing"]["set_rank"] == 4
    for held_out, row in rows.items():
        assert row["joint_r2"] == pytest.approx(as_before[held_out]["joint_r2"], abs=1e-10)


def test_heads_that_are_sums_of_predictors_have_nothing_of_their_own():
    _, readers, article, sentence = study()
    given = predictors(sentence)
    of_position = given @ np.random.default_rng(2).normal(size=(4, 3))
    (rows,) = found(of_position, readers, given, article, sentence)
    assert (rows["nothing"]["heads_rank"], rows["nothing"]["joint_rank"]) == (3, 4)
    assert rows["nothing"]["unique_r2"] == pytest.approx(0, abs=1e-12)


def test_the_jackknife_leaves_out_each_sentence():
    heads, readers, article, sentence = study(n_sentences=12)
    given = predictors(sentence)
    (rows,) = found(heads, readers, given, article, sentence)
    without = []
    for one in np.unique(sentence):
        kept = sentence != one
        both, alone = (
            fit(design[kept], readers[kept], np.zeros(kept.sum())).r2.mean()
            for design in (np.hstack([given, heads]), given)
        )
        without.append(both - alone)
    corrected, error = jackknife(rows["nothing"]["unique_r2"], np.array(without))
    assert rows["nothing"]["corrected_unique_r2"] == pytest.approx(float(corrected), abs=1e-10)
    assert rows["nothing"]["sentence_se"] == pytest.approx(float(error), abs=1e-10)


def test_the_jackknife_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(0).normal(size=30)
    corrected, error = jackknife(values.mean(), (values.sum() - values) / 29)
    assert float(corrected) == pytest.approx(values.mean())
    assert float(error) == pytest.approx(values.std(ddof=1) / np.sqrt(30))


def test_heads_of_noise_have_nothing_unique_within_the_interval():
    heads, _, article, sentence = study(n_heads=20, n_sentences=60)
    rng, given = np.random.default_rng(5), predictors(sentence)
    readers = given[:, 3:] * 0.1 + rng.normal(0, 0.5, (len(sentence), 8))
    (rows,) = found(rng.normal(size=heads.shape), readers, given, article, sentence)
    row = rows["nothing"]
    assert row["unique_r2"] > 0.005
    assert row["unique_low"] < 0 < row["unique_high"] < row["unique_r2"]
    assert rows["article"]["unique_r2"] < 0


def test_one_article_leaves_nothing_to_hold_out():
    heads, readers, article, sentence = study()
    (rows,) = found(heads, readers, predictors(sentence), np.zeros_like(article), sentence)
    assert rows["article"]["unique_r2"] is None
    assert rows["article"]["missing_because"] == "one article: nothing is left when it is held out"
    assert rows["nothing"]["unique_r2"] > 0
    assert rows["sentence"]["missing_because"] is None


def test_one_sentence_has_no_interval_and_says_so():
    heads, readers, article, sentence = (each[:45] for each in study(n_sentences=1, n_heads=2))
    (rows,) = found(heads, readers, predictors(sentence)[:, :2], article, sentence)
    assert rows["nothing"]["unique_low"] is None
    assert rows["nothing"]["missing_because"].startswith("no interval: one sentence")
    assert rows["sentence"]["missing_because"] == "one sentence: nothing is left when it is held out"


def test_too_few_cells_are_told_instead_of_fitted():
    heads, readers, article, sentence = (each[:8] for each in study())
    (rows,) = found(heads, readers, predictors(sentence), article, sentence)
    assert rows["nothing"]["joint_r2"] is None
    assert "cells are too few for" in rows["nothing"]["missing_because"]


def test_a_reader_without_variation_is_not_averaged():
    heads, readers, article, sentence = study()
    readers[:, 0] = 0
    (rows,) = found(heads, readers, predictors(sentence), article, sentence)
    assert rows["nothing"]["subject_count"] == 4
    assert np.isnan(rows["nothing"]["reader_joint_r2"][0])
    (rows,) = found(heads, np.zeros_like(readers), predictors(sentence), article, sentence)
    assert rows["article"]["missing_because"] == "no reader's values vary over the word pairs"


def test_readers_of_different_sentences_are_fitted_on_their_own():
    heads, readers, article, sentence = study()
    unread = np.isin(sentence, [100, 103])
    readers[np.ix_(unread, [0, 1])] = np.nan
    given = predictors(sentence)
    (rows,) = found(heads, readers, given, article, sentence)
    (alone,) = found(heads[~unread], readers[~unread][:, :2], given[~unread], article[~unread], sentence[~unread])
    for held_out in ("nothing", "article", "sentence"):
        both = (rows[held_out]["reader_joint_r2"][:2], alone[held_out]["reader_joint_r2"])
        np.testing.assert_allclose(*both, atol=1e-10)
    assert rows["nothing"]["unique_low"] is None
    assert "readers who read different ones" in rows["nothing"]["missing_because"]


class Halves:
    """Columns that come in two blocks, cut between sentences."""

    def __init__(self, *columns):
        self.columns, cells = columns, len(columns[0])
        self.cut = int(np.searchsorted(columns[-1], columns[-1][cells // 2]))

    def select(self, places):
        for rows in (slice(0, self.cut), slice(self.cut, None)):
            yield tuple(self.columns[place][rows] for place in places)


def test_blocks_give_what_whole_arrays_give():
    heads, readers, article, sentence = study()
    given, labels = predictors(sentence), np.array(list("abcde"))
    cells = (heads, readers, given, article, sentence)
    blocks = Halves(*cells)
    whole, in_blocks = (
        unique_variance(*each, labels, [np.arange(4)])[0]
        for each in (cells, [Column(blocks, place) for place in range(5)])
    )
    for name in ("unique_r2", "corrected_unique_r2", "unique_high"):
        assert whole[name][0] == pytest.approx(in_blocks[name][0], abs=1e-12)


def test_p_of_chosen_layers_is_below_5_percent_where_its_interval_leaves_0_out():
    rng = np.random.default_rng(5)
    of_one = rng.normal(0, 1, 20)
    decided = set()
    for shift in np.linspace(-1.5, 1.5, 61):
        row = {name: value[0] for name, value in nested_unique_variance(of_one - of_one.mean() + shift).items()}
        assert (row["p_value"] < 0.05) == (row["nested_unique_low"] > 0 or row["nested_unique_high"] < 0)
        decided.add(row["p_value"] < 0.05)
    assert decided == {True, False}
