"""Fits beside least squares on all heads: ridge with nested penalties and the mean over heads, beside slow twins."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.preprocessing import StandardScaler

from analytics._stats.least_squares import fit
from analytics.head_averaged_resemblance import head_averaged_resemblance
from analytics.head_averaged_ridge import head_averaged_ridge
from analytics.renormalised_resemblance import renormalised_resemblance
from analytics.ridge_resemblance import ridge_resemblance
from tests.unit.test_reading_sets import EACH_ITS_OWN, WORDS, Study
from warehouse.errors import BadInput

PATH = (0.01, 1.0, 30.0, 1000.0, 1e6)


@pytest.fixture
def study() -> Study:
    return Study([range(12)] * 5, n_heads=6)


def errors(x, y, train, test, penalty):
    scale = StandardScaler().fit(x[train])
    predicted = Ridge(penalty).fit(scale.transform(x[train]), y[train]).predict(scale.transform(x[test]))
    return ((y[test] - predicted) ** 2).sum()


def slow_ridge(x, y, article):
    """Cross-validated R2 of one reader and the penalties chosen, fit by fit on the cells."""
    sse, sst, chosen = 0.0, 0.0, []
    for out in np.unique(article):
        rest = article != out
        inner = [
            sum(
                errors(x, y, rest & (article != other), article == other, penalty) for other in np.unique(article[rest])
            )
            for penalty in PATH
        ]
        chosen.append(PATH[int(np.argmin(inner))])
        sse += errors(x, y, rest, ~rest, chosen[-1])
        sst += ((y[~rest] - y[rest].mean()) ** 2).sum()
    return 1 - sse / sst, chosen


def test_ridge_is_that_of_fits_on_cells_with_a_penalty_for_each_reader_and_article(study: Study):
    found = ridge_resemblance(study.layer, study.readers, study.article, study.sentence, penalties=PATH)
    for reader in range(5):
        cv_r2, chosen = slow_ridge(study.layer, study.readers[:, reader], study.article)
        assert found["cv_r2"][reader] == pytest.approx(cv_r2, abs=1e-10)
        assert found["penalty"][reader] == pytest.approx(np.exp(np.log(chosen).mean()))
        assert found["penalty_end_count"][reader] == sum(one in (PATH[0], PATH[-1]) for one in chosen)
    assert set(found["variant"]) == {"ridge"} and set(found["missing_because"]) == {None}


def test_without_a_penalty_ridge_is_least_squares(study: Study):
    found = ridge_resemblance(study.layer, study.readers, study.article, study.sentence, penalties=(0.0,))
    plain = fit(study.layer, study.readers, study.article)
    np.testing.assert_allclose(found["cv_r2"], plain.cv_r2, atol=1e-10)
    np.testing.assert_allclose(found["r2"], plain.r2, atol=1e-10)
    assert not found["penalty_end_count"].any()  # a path of one has no end


def test_a_collinear_and_a_constant_head_change_nothing_about_what_can_be_predicted(study: Study):
    heads = np.column_stack([study.layer, np.full(len(study.layer), 0.25)])
    given = ridge_resemblance(study.layer, study.readers, study.article, study.sentence, penalties=PATH)
    found = ridge_resemblance(heads, study.readers, study.article, study.sentence, penalties=PATH)
    np.testing.assert_allclose(found["cv_r2"], given["cv_r2"], atol=1e-9)
    twice = np.column_stack([study.layer, study.layer[:, :1]])
    again = ridge_resemblance(twice, study.readers, study.article, study.sentence, penalties=PATH)
    expected, _ = slow_ridge(twice, study.readers[:, 0], study.article)
    assert again["cv_r2"][0] == pytest.approx(expected, abs=1e-9)


def test_the_mean_over_heads_is_one_column(study: Study):
    found = head_averaged_resemblance(study.layer, study.readers, study.article, study.sentence)
    mean = study.layer.mean(1, keepdims=True)
    for reader in range(5):
        y = study.readers[:, reader]
        assert found["r2"][reader] == pytest.approx(LinearRegression().fit(mean, y).score(mean, y), abs=1e-12)
        assert found["pearson_r"][reader] == pytest.approx(np.corrcoef(mean[:, 0], y)[0, 1], abs=1e-12)
    np.testing.assert_allclose(found["cv_r2"], fit(mean, study.readers, study.article).cv_r2, atol=1e-12)
    ridged = head_averaged_ridge(study.layer, study.readers, study.article, study.sentence, penalties=PATH)
    expected, _ = slow_ridge(mean, study.readers[:, 0], study.article)
    assert ridged["cv_r2"][0] == pytest.approx(expected, abs=1e-10)
    assert set(ridged["predictor_count"]) == {1}


@pytest.mark.parametrize("analysis", [ridge_resemblance, head_averaged_resemblance], ids=lambda one: one.__name__)
def test_each_reader_is_fitted_on_what_the_reader_read(analysis):
    study = Study(EACH_ITS_OWN)
    found = analysis(study.layer, study.readers, study.article, study.sentence)
    for reader in range(6):
        own = study.cells(reader)
        alone = analysis(
            study.layer[own], study.readers[own, reader : reader + 1], study.article[own], study.sentence[own]
        )
        np.testing.assert_allclose(found["cv_r2"][reader], alone["cv_r2"][0], atol=1e-10)
        assert found["missing_because"][reader] == alone["missing_because"][0]
    assert found["missing_because"][0] == (
        "two articles: without one of them the other leaves no choice of the penalty"
        if analysis is ridge_resemblance
        else None
    )


def test_with_one_article_nothing_is_held_out_and_the_reason_is_told(study: Study):
    one = np.zeros_like(study.article)
    for analysis in (ridge_resemblance, head_averaged_ridge, head_averaged_resemblance):
        found = analysis(study.layer, study.readers, one, study.sentence)
        assert np.isnan(found["cv_r2"]).all()
        assert set(found["missing_because"]) == {"one article: none can be held out"}
    assert not np.isnan(found["r2"]).any()


def test_a_constant_reader_has_no_score(study: Study):
    readers = study.readers.copy()
    readers[:, 2] = 3.0
    found = ridge_resemblance(study.layer, readers, study.article, study.sentence)
    assert np.isnan([found[name][2] for name in ("r2", "cv_r2", "penalty")]).all()
    assert found["missing_because"][2] == "the reader's values do not vary"


@pytest.mark.parametrize("penalties", [(), (-1.0,), (float("nan"),)])
def test_what_is_no_path_is_refused(study: Study, penalties):
    with pytest.raises(BadInput, match="--penalties"):
        ridge_resemblance(study.layer, study.readers, study.article, study.sentence, penalties=penalties)


def test_renormalised_rows_say_where_among_the_words_attention_goes(study: Study):
    row = np.concatenate([np.repeat(np.arange(n), np.arange(1, n + 1)) for n in WORDS])
    row += 100 * study.sentence
    sums = np.array([study.layer[row == one].sum(axis=0) for one in row])
    given = (study.readers, study.article, row, study.sentence)
    found = renormalised_resemblance(study.layer, *given)
    np.testing.assert_allclose(found["cv_r2"], fit(study.layer / sums, *given[:2]).cv_r2, atol=1e-12)
    sunk = study.layer * np.random.default_rng(0).uniform(0.1, 1, row.max() + 1)[row][:, None]
    assert renormalised_resemblance(sunk, *given)["r2"] == pytest.approx(found["r2"], abs=1e-12)
    emptied = np.where((row == row[40])[:, None], 0.0, study.layer)  # a row that vanished stays 0
    assert np.isfinite(renormalised_resemblance(emptied, *given)["r2"]).all()
    assert set(found["variant"]) == {"renormalised"}
