"""Readers who read different sentences: every number is that of a slow twin that takes each reader's own cells."""

import numpy as np
import pytest

from analytics._stats.least_squares import fit
from analytics._stats.reading_sets import reading_sets
from analytics.article_score import article_score
from analytics.corrected_resemblance import corrected_resemblance
from analytics.human_resemblance import human_resemblance
from analytics.noise_ceiling import noise_ceiling
from analytics.reader_ceiling import reader_ceiling
from analytics.reader_reliance import reader_reliance
from warehouse.errors import BadInput

WORDS = (4, 5, 6, 3, 7, 5, 4, 6, 5, 8, 4, 6)
ARTICLE = (0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3)
EACH_ITS_OWN = [[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5], [3, 4, 5, 6, 7, 8], [3, 4, 5, 6, 7, 8, 9, 10, 11], range(12),
                [0, 1, 2, 6, 7, 8, 9, 10, 11]]  # fmt: skip


class Study:
    """Cells of twelve sentences in four articles, and readers of some of them; nan where one did not read."""

    def __init__(self, read, seed: int = 3, n_heads: int = 4):
        rng = np.random.default_rng(seed)
        size = [n * (n + 1) // 2 for n in WORDS]
        self.sentence, self.article = np.repeat(np.arange(12), size), np.repeat(ARTICLE, size)
        self.layer = rng.random((len(self.sentence), n_heads))
        shared = self.layer @ rng.random(n_heads) + rng.random(len(self.sentence))
        counts = rng.poisson(shared[:, None] * rng.uniform(0.5, 1.5, len(read)))
        self.read = np.array([np.isin(np.arange(12), sentences) for sentences in read])
        self.readers = np.where(self.read[:, self.sentence].T, counts, np.nan)

    def cells(self, reader: int) -> np.ndarray:
        return ~np.isnan(self.readers[:, reader])


@pytest.fixture
def study() -> Study:
    return Study(EACH_ITS_OWN)


def test_readers_are_grouped_by_what_they_read_and_not_at_all_where_all_read_all(study: Study):
    found = [one.readers.tolist() for one in reading_sets(study.readers, study.sentence)]
    assert sorted(found) == [[0, 1], [2], [3], [4], [5]]
    assert reading_sets(Study([range(12)] * 3).readers, study.sentence) == []


@pytest.mark.parametrize("analysis", [human_resemblance, reader_reliance], ids=lambda one: one.__name__)
def test_each_reader_is_fitted_on_what_the_reader_read(study: Study, analysis):
    found = analysis(study.layer, study.readers, study.article, study.sentence)
    for reader in range(6):
        cells = study.cells(reader)
        alone = fit(study.layer[cells], study.readers[cells, reader : reader + 1], study.article[cells])
        for name in ("r2", "adjusted_r2", "cv_r2"):
            assert found[name][reader] == pytest.approx(getattr(alone, name)[0], rel=1e-11)
        assert found["cell_count"][reader] == cells.sum()


def test_a_complete_design_is_computed_as_before_to_the_last_bit():
    study = Study([range(12)] * 5)
    found = human_resemblance(study.layer, study.readers, study.article, study.sentence)
    assert found["r2"].tolist() == fit(study.layer, study.readers, study.article).r2.tolist()


def test_a_reader_of_too_little_has_no_score_and_the_others_have_theirs(study: Study):
    few = Study([*EACH_ITS_OWN, [3]], n_heads=8)
    found = human_resemblance(few.layer, few.readers, few.article, few.sentence)
    assert np.isnan(found["r2"][6])
    assert found["cell_count"][6] == 6
    assert not np.isnan(found["r2"][:6]).any()
    nobody = Study([[3], [0]], n_heads=12)
    with pytest.raises(BadInput, match="too few"):
        human_resemblance(nobody.layer, nobody.readers, nobody.article, nobody.sentence)


def on_the_mean(study: Study, reader: int, *, with_reader: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The reader, and the mean of those who read each cell, where two others did."""
    read = study.read[:, study.sentence]
    others = read.copy()
    others[reader] = with_reader
    among = others & read
    cells = read[reader] & (read.sum(axis=0) >= 3)
    mean = np.array([study.readers[cell, among[:, cell]].mean() for cell in np.flatnonzero(cells)])
    return study.readers[cells, reader], mean, cells


def test_ceilings_are_those_of_the_sentences_that_two_others_read(study: Study):
    rows = noise_ceiling(study.readers, study.sentence)
    by_reader = reader_ceiling(study.readers, study.article, study.sentence)
    for kind, name, with_reader in (("group_mean", "ceiling", True), ("leave_one_out", "leave_one_out_ceiling", False)):
        r2 = []
        for reader in range(6):
            y, x, _ = on_the_mean(study, reader, with_reader=with_reader)
            r2.append(np.corrcoef(x, y)[0, 1] ** 2)
        assert by_reader[name] == pytest.approx(r2, rel=1e-10)
        assert rows["ceiling"][rows["ceiling_kind"].index(kind)] == pytest.approx(np.mean(r2), rel=1e-10)
    assert rows["subject_count"] == [6, 6, 6]
    counted = study.read.sum(axis=0) >= 3
    assert rows["cell_count"] == [int(counted[study.sentence].sum())] * 3
    assert rows["sentence_count"] == [int(counted.sum())] * 3
    assert by_reader["sentence_count"].tolist() == (study.read & counted).sum(axis=1).tolist()


def test_the_held_out_ceiling_predicts_each_article_from_the_others_that_were_read(study: Study):
    found = reader_ceiling(study.readers, study.article, study.sentence)["cv_ceiling"]
    for reader in range(6):
        y, x, cells = on_the_mean(study, reader, with_reader=False)
        article, sse, sst = study.article[cells], 0.0, 0.0
        for held_out in np.unique(article):
            out = article == held_out
            slope, intercept = np.polyfit(x[~out], y[~out], 1)
            sse += ((y[out] - intercept - slope * x[out]) ** 2).sum()
            sst += ((y[out] - y[~out].mean()) ** 2).sum()
        assert found[reader] == pytest.approx(1 - sse / sst, rel=1e-9)


@pytest.mark.parametrize("least", [1, 3, 5])
def test_more_or_fewer_others_may_be_asked_for(study: Study, least: int):
    rows = noise_ceiling(study.readers, study.sentence, least_readers=least)
    by_reader = reader_ceiling(study.readers, study.article, study.sentence, least_readers=least)
    counted = study.read & (study.read.sum(axis=0) > least)
    assert by_reader["sentence_count"].tolist() == counted.sum(axis=1).tolist()
    assert rows["sentence_count"] == [int(counted.any(axis=0).sum())] * 3
    if least == 5:
        assert rows["sentence_count"] == [int((study.read.sum(axis=0) == 6).sum())] * 3
    usual = noise_ceiling(study.readers, study.sentence, least_readers=2)
    assert usual == noise_ceiling(study.readers, study.sentence)
    with pytest.raises(BadInput, match="--least-readers"):
        noise_ceiling(study.readers, study.sentence, least_readers=0)


def test_ceilings_of_readers_who_share_nothing_are_missing_with_the_reason():
    apart = Study([[0, 1], [2, 3], [4, 5]])
    rows = noise_ceiling(apart.readers, apart.sentence)
    assert rows["ceiling"] == [None, None, None]
    assert set(rows["missing_because"]) == {"no reader shares a sentence with two others"}


def test_scores_by_article_are_those_of_each_readers_articles(study: Study):
    labels = np.array(list("abcdef"))
    (found,) = article_score(study.layer, study.readers, study.article, labels, sentence=study.sentence)
    errors = np.array(found["reader_errors"])
    assert found["article_position"].tolist() == [0, 1, 2, 3]
    assert np.isnan(errors[2:, :2]).all()
    for reader in range(6):
        cells = study.cells(reader)
        alone = fit(study.layer[cells], study.readers[cells, reader : reader + 1], study.article[cells])
        assert 1 - np.nansum(errors[:, reader]) == pytest.approx(alone.cv_r2[0], rel=1e-10)


def test_corrections_are_means_over_what_each_reader_read_and_no_ceiling_is_drawn(study: Study):
    (found,) = corrected_resemblance(study.layer, study.readers, study.sentence, np.array(3), resamples=50, subsets=5)
    means, intervals = found["corrected_resemblance"], found["resemblance_interval"]
    r2 = human_resemblance(study.layer, study.readers, study.article, study.sentence)["r2"]
    assert means["r2"] == [pytest.approx(r2.mean(), rel=1e-11)]
    assert means["subject_count"] == [6]
    known = dict(zip(intervals["statistic"], intervals["missing_because"], strict=True))
    assert known == {
        "r2": None, "resemblance": "its readers read different sentences, and no ceiling is drawn for them"
    }  # fmt: skip
