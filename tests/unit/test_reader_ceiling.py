"""Ceilings reader by reader against scikit-learn and numpy, whole and held out, and the paper's mean correlation."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from analytics.noise_ceiling import noise_ceiling
from analytics.reader_ceiling import reader_ceiling
from warehouse.plugin.registry import analyses


def group(seed=0, n_readers=5, n_sentences=30):
    rng = np.random.default_rng(seed)
    words = rng.integers(4, 9, n_sentences)
    sentence = np.repeat(np.arange(50, 50 + n_sentences), words * (words + 1) // 2)
    shared = rng.poisson(0.4, len(sentence))
    readers = shared[:, None] * rng.integers(0, 2, (len(sentence), n_readers)) + rng.poisson(
        0.2, (len(sentence), n_readers)
    )
    return readers.astype(float), (sentence - 50) // 6, sentence


def test_their_means_are_the_group_s_ceilings():
    readers, article, sentence = group()
    found = reader_ceiling(readers, article, sentence)
    expected = noise_ceiling(readers)["ceiling"]
    assert found["ceiling"].mean() == pytest.approx(expected[0], abs=1e-12)
    assert found["leave_one_out_ceiling"].mean() == pytest.approx(expected[1], abs=1e-12)


def test_the_held_out_ceiling_predicts_each_article_from_the_others():
    readers, article, sentence = group()
    for reader, found in enumerate(reader_ceiling(readers, article, sentence)["cv_ceiling"]):
        x, y = np.delete(readers, reader, axis=1).mean(axis=1)[:, None], readers[:, reader]
        error = total = 0.0
        for held in range(5):
            rest = article != held
            error += np.sum((y[~rest] - LinearRegression().fit(x[rest], y[rest]).predict(x[~rest])) ** 2)
            total += np.sum((y[~rest] - y[rest].mean()) ** 2)
        assert found == pytest.approx(1 - error / total, abs=1e-12)


def test_mean_correlations_are_taken_sentence_by_sentence_where_both_vary():
    readers, article, sentence = group()
    readers[sentence == 52, 1] = 0
    readers[sentence == 53] = 3
    found = reader_ceiling(readers, article, sentence)
    for reader in range(5):
        kept = [s for s in np.unique(sentence) if s != 53 and np.ptp(readers[sentence == s, reader]) > 0]
        rows = [sentence == s for s in kept]
        each = [np.corrcoef(readers[row, reader], readers[row].mean(axis=1))[0, 1] for row in rows]
        assert found["mean_r"][reader] == pytest.approx(np.mean(each), abs=1e-12)
    np.testing.assert_array_equal(found["published_r"], [1.0, *found["mean_r"][1:]])


def test_a_reader_without_variation_has_none_and_changes_no_other():
    readers, article, sentence = group()
    with_one = reader_ceiling(np.column_stack([readers, np.full(len(readers), 2.0)]), article, sentence)
    alone = reader_ceiling(readers, article, sentence)
    assert with_one.pop("sentence_count").tolist() == [len(np.unique(sentence))] * (readers.shape[1] + 1)
    for name, values in with_one.items():
        assert np.isnan(values[-1])
        np.testing.assert_allclose(values[:-1], alone[name], atol=1e-12)


def test_a_lone_reader_has_no_ceiling():
    readers, article, sentence = group(n_readers=1)
    found = reader_ceiling(readers, article, sentence)
    assert all(np.isnan(values).all() for name, values in found.items() if name != "sentence_count")


def test_one_article_has_no_held_out_ceiling():
    readers, article, sentence = group()
    assert np.isnan(reader_ceiling(readers, article * 0, sentence)["cv_ceiling"]).all()


def test_its_columns_are_those_of_its_table():
    declared = analyses()["reader_ceiling"]
    names = set(reader_ceiling(*group())) | {"run_id", "unit_id", "measure_id", "subject_id"}
    assert names == set(declared.writes[0].c.keys())
