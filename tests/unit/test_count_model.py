"""Poisson regression of many readers at once, beside scikit-learn's, fit by fit."""

import numpy as np
import pytest
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import d2_tweedie_score, mean_tweedie_deviance
from sklearn.preprocessing import StandardScaler

from analytics._stats.count_fits import count_fits
from analytics._stats.poisson import Objective, minimise
from analytics.count_model import DECADES, count_model
from analytics.ridge_resemblance import ridge_resemblance
from tests.unit.test_reading_sets import EACH_ITS_OWN, Study
from warehouse.errors import BadInput

PATH = (0.1, 10.0, 1000.0)
READERS = range(3)


@pytest.fixture(scope="module")
def study() -> Study:
    return Study([range(12)] * len(READERS), n_heads=3)


def fitted(x, y, train, penalty):
    scale = StandardScaler().fit(x[train])
    model = PoissonRegressor(alpha=penalty / train.sum(), solver="newton-cholesky", tol=1e-8, max_iter=1000)
    model.fit(scale.transform(x[train]), y[train])
    return lambda cells: model.predict(scale.transform(x[cells]))


def held_out(x, y, train, test, penalty):
    predicted = fitted(x, y, train, penalty)(test)
    return test.sum() * mean_tweedie_deviance(y[test], predicted, power=1)


def slow(x, y, article):
    """Cross-validated D2 of one reader, and the penalties chosen."""
    explained, null, chosen = 0.0, 0.0, []
    for out in np.unique(article):
        rest, test = article != out, article == out
        inner = [
            sum(held_out(x, y, rest & (article != one), article == one, penalty) for one in np.unique(article[rest]))
            for penalty in PATH
        ]
        chosen.append(PATH[int(np.argmin(inner))])
        explained += held_out(x, y, rest, test, chosen[-1])
        null += test.sum() * mean_tweedie_deviance(y[test], np.full(test.sum(), y[rest].mean()), power=1)
    return 1 - explained / null, chosen


def test_nested_penalties_are_those_of_fits_one_by_one(study: Study):
    found = count_model(study.layer, study.readers, study.article, study.sentence, penalties=PATH)
    for reader in READERS:
        cv_d2, chosen = slow(study.layer, study.readers[:, reader], study.article)
        assert found["cv_d2"][reader] == pytest.approx(cv_d2, abs=1e-6)
        assert found["penalty"][reader] == pytest.approx(np.exp(np.log(chosen).mean()))
        assert found["penalty_end_count"][reader] == sum(one != PATH[1] for one in chosen)


def test_a_fixed_penalty_in_sample(study: Study):
    found = count_model(study.layer, study.readers, study.article, study.sentence, penalties=(1.0,))
    everything = np.ones(len(study.article), dtype=bool)
    for reader in READERS:
        y = study.readers[:, reader]
        predicted = fitted(study.layer, y, everything, 1.0)(everything)
        assert found["d2"][reader] == pytest.approx(d2_tweedie_score(y, predicted, power=1), abs=1e-8)
        chi_square = ((y - predicted) ** 2 / predicted).sum()
        assert found["dispersion"][reader] == pytest.approx(chi_square / (len(y) - 4), rel=1e-6)
    assert set(found["missing_because"]) == {None} and not found["penalty_end_count"].any()


def test_columns_that_are_constant_everywhere_or_in_training_change_nothing(study: Study):
    given = count_fits(study.layer, study.readers, study.article, (1.0,))
    constant = np.column_stack([study.layer, np.full(len(study.layer), 0.3)])
    found = count_fits(constant, study.readers, study.article, (1.0,))
    np.testing.assert_allclose(found.cv_d2, given.cv_d2, atol=1e-8)
    np.testing.assert_allclose(found.dispersion, given.dispersion, atol=1e-8)
    only_last = np.column_stack([study.layer, (study.article == 3) * np.random.default_rng(0).random(len(study.layer))])
    reader, rest, last = study.readers[:, 0], study.article != 3, study.article == 3
    expected = sum(
        held_out(only_last[:, : 3 if out == 3 else 4], reader, study.article != out, study.article == out, 1.0)
        for out in range(4)
    )
    found = count_fits(only_last, study.readers, study.article, (1.0,))
    null = sum(
        (study.article == out).sum()
        * mean_tweedie_deviance(
            reader[study.article == out],
            np.full((study.article == out).sum(), reader[study.article != out].mean()),
            power=1,
        )
        for out in range(4)
    )
    assert rest.sum() + last.sum() == len(reader)
    assert found.cv_d2[0] == pytest.approx(1 - expected / null, abs=1e-6)


@pytest.mark.parametrize("analysis", [count_model, ridge_resemblance], ids=lambda one: one.__name__)
@pytest.mark.parametrize("value", [0.0, 3.0])
def test_a_design_that_is_constant_explains_nothing(study: Study, analysis, value):
    design = np.full((len(study.layer), 2), value)
    found = analysis(design, study.readers, study.article, study.sentence, penalties=PATH)
    for name in found.keys() & {"d2", "cv_d2", "r2", "cv_r2"}:
        np.testing.assert_allclose(found[name], 0, atol=1e-6)
    assert set(found["missing_because"]) == {None}


def test_a_far_start_and_a_wrong_curvature_are_no_obstacle(study: Study):
    z = np.column_stack([np.ones(len(study.layer)), study.layer])
    objective = Objective([z], z.T @ study.readers, np.array([0.0, 1.0, 1.0, 1.0]), np.ones(4, dtype=bool))
    near = minimise(objective, np.zeros((4, len(READERS))))
    far = minimise(objective, np.full((4, len(READERS)), 4.0))
    wrong = minimise(objective, np.zeros((4, len(READERS))), np.tile(1e-3 * np.eye(4), (len(READERS), 1, 1)))
    np.testing.assert_allclose(far, near, atol=1e-4)
    np.testing.assert_allclose(wrong, near, atol=1e-4)
    assert np.abs(objective.at(near)[1]).max() < 1e-2


def test_each_reader_is_fitted_on_what_the_reader_read():
    study = Study(EACH_ITS_OWN)
    found = count_model(study.layer, study.readers, study.article, study.sentence, penalties=PATH)
    own = study.cells(4)
    alone = count_model(
        study.layer[own], study.readers[own, 4:5], study.article[own], study.sentence[own], penalties=PATH
    )
    assert found["cv_d2"][4] == pytest.approx(alone["cv_d2"][0], abs=1e-6)
    assert found["missing_because"][0] == "two articles: without one of them the other leaves no choice of the penalty"
    assert found["d2"][0] > 0  # the penalty that is best for both


def test_what_cannot_be_said_is_null_with_its_reason(study: Study):
    one = np.zeros_like(study.article)
    found = count_model(study.layer, study.readers, one, study.sentence, penalties=(1.0,))
    assert np.isnan(found["cv_d2"]).all() and (found["d2"] > 0).all()
    assert set(found["missing_because"]) == {"one article: none can be held out"}
    readers = study.readers.copy()
    readers[:, 1] = np.where(study.article == 2, readers[:, 1], 0)
    found = count_model(study.layer, readers, study.article, study.sentence, penalties=PATH)
    assert np.isnan([found[name][1] for name in ("d2", "cv_d2", "penalty")]).all()
    assert found["missing_because"] == [None, "too few of the reader's counts are outside one or two articles", None]


@pytest.mark.parametrize("wrong", [-1.0, 0.5])
def test_what_is_no_count_is_refused(study: Study, wrong):
    readers = study.readers.copy()
    readers[5, 0] = wrong
    with pytest.raises(BadInput, match="no count"):
        count_model(study.layer, readers, study.article, study.sentence)


def test_a_penalty_that_is_hardly_better_is_chosen_all_the_same(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(45)
    predictors, article = rng.normal(size=(200, 2)), np.repeat(np.arange(4), 50)
    counts = rng.poisson(np.exp(-1 + predictors @ rng.normal(0, 0.15, (2, 8)))).astype(float)
    found = count_fits(predictors, counts, article, DECADES).cv_d2
    monkeypatch.setattr("analytics._stats.count_fits.NEAR_ENOUGH", 1e-12)
    np.testing.assert_array_equal(found, count_fits(predictors, counts, article, DECADES).cv_d2)
