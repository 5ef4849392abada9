"""What surprisal adds to a baseline in predicting reading times: planted slopes, and a twin fitted one by one."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.linear_model import LinearRegression

from analytics.surprisal_fit import surprisal_fit
from warehouse.errors import BadInput

SENTENCES, WORDS, READERS = 60, 8, 6


class Texts:
    """Words in sentences, with length, place and surprisal, and readers who take longer for what is unexpected."""

    def __init__(self, slope: float = 20.0, before: float = 10.0):
        rng = np.random.default_rng(4)
        n = SENTENCES * WORDS
        self.sentence = np.repeat(np.arange(SENTENCES), WORDS)
        self.baseline = np.column_stack([rng.integers(1, 12, n), np.tile(np.arange(WORDS), SENTENCES)]).astype(float)
        self.surprisal = rng.gamma(2, 3, n)
        previous = np.where(self.baseline[:, 1] > 0, np.roll(self.surprisal, 1), np.nan)
        mean = 200 + 8 * self.baseline[:, 0] + slope * self.surprisal + before * np.nan_to_num(previous)
        self.times = mean[:, None] + rng.normal(0, 60, (n, READERS))
        self.times[rng.random(self.times.shape) < 0.2] = np.nan  # skipped
        self.previous = previous

    def row(self, **given):
        columns = self.times, self.baseline, self.surprisal, self.sentence
        return {name: values[0] for name, values in surprisal_fit(*columns, **given).items()}


def slow(texts: Texts, reader: int, fold: np.ndarray) -> list[tuple[float, int]]:
    """The gain of each fold and its words, each fold fitted by itself."""
    before = np.where((texts.baseline[:, 1] > 0)[:, None], np.roll(texts.baseline, 1, axis=0), np.nan)
    plain = np.column_stack([texts.baseline, before])
    whole = np.column_stack([plain, texts.surprisal, texts.previous])
    kept = ~np.isnan(np.column_stack([whole, texts.times[:, reader]])).any(axis=1)
    gains = []
    for number in range(fold.max() + 1):
        train, test, logs = kept & (fold != number), kept & (fold == number), []
        for x in (whole, plain):
            model = LinearRegression().fit(x[train], texts.times[train, reader])
            spread = np.sqrt(np.mean((texts.times[train, reader] - model.predict(x[train])) ** 2))
            logs.append(norm.logpdf(texts.times[test, reader], model.predict(x[test]), spread).sum())
        gains.append((logs[0] - logs[1], int(test.sum())))
    return gains


def test_the_gain_is_that_of_fits_one_by_one():
    texts = Texts()
    found = texts.row(seed=7, folds=5)
    fold = (np.random.default_rng(7).permutation(SENTENCES) % 5)[texts.sentence]
    gains = np.array([slow(texts, reader, fold) for reader in range(READERS)])
    of_readers = gains[..., 0].sum(1) / gains[..., 1].sum(1)
    of_folds = (gains[..., 0] / gains[..., 1]).mean(0)
    assert found["delta_log_likelihood"] == pytest.approx(of_readers.mean(), abs=1e-9)
    assert found["delta_se_over_readers"] == pytest.approx(of_readers.std(ddof=1) / np.sqrt(READERS), abs=1e-9)
    assert found["delta_se_over_folds"] == pytest.approx(of_folds.std(ddof=1) / np.sqrt(5), abs=1e-9)
    assert found["reading_time_count"] == gains[..., 1].sum()


def test_planted_slopes_are_found_and_what_is_not_there_adds_nothing():
    found = Texts().row()
    assert found["surprisal_ms_per_bit"] == pytest.approx(20, abs=1)
    assert found["previous_surprisal_ms_per_bit"] == pytest.approx(10, abs=1)
    assert found["delta_log_likelihood"] > 10 * found["delta_se_over_readers"] > 0
    assert (found["subject_count"], found["has_frequency"], found["missing_because"]) == (READERS, False, None)
    nothing = Texts(slope=0, before=0).row()
    assert abs(nothing["surprisal_ms_per_bit"]) < 1.5
    assert nothing["delta_log_likelihood"] < 0.005


def test_words_without_a_predictor_and_readers_of_too_little_are_left_out():
    texts = Texts()
    texts.surprisal[texts.sentence == 3] = np.nan
    texts.times[texts.sentence > 5, 0] = np.nan  # six sentences are not in all of ten folds
    found = texts.row()
    assert found["subject_count"] == READERS - 1
    words = texts.times[(texts.baseline[:, 1] > 0) & (texts.sentence != 3), 1:]
    assert found["reading_time_count"] == (~np.isnan(words)).sum()


def test_fewer_sentences_than_folds_are_told():
    texts = Texts()
    kept = texts.sentence < 8
    (found,) = [surprisal_fit(texts.times[kept], texts.baseline[kept], texts.surprisal[kept], texts.sentence[kept])]
    assert found["missing_because"] == ["8 sentences are fewer than 10 folds"]
    assert found["delta_log_likelihood"] == found["delta_se_over_folds"] == [None]
    texts.times[:] = np.nan
    assert texts.row()["missing_because"] == "no reader has times in all of 10 folds"


@pytest.mark.parametrize("wrong", [{"folds": 1}, {"seed": -1}])
def test_folds_out_of_bounds_are_refused(wrong):
    with pytest.raises(BadInput, match="--"):
        Texts().row(**wrong)
