"""Attention of other sentences of the same length: each draw beside a fit on its cells, and what is planted."""

import numpy as np
import pytest

from analytics._stats.exchange import Exchanged, permutations
from analytics._stats.least_squares import fit
from analytics.exchanged_null import exchanged_null
from tests.unit.test_reading_sets import EACH_ITS_OWN, Study
from warehouse.errors import BadInput

FEW = {"exchanges": 40}


@pytest.fixture
def study() -> Study:
    return Study([range(12)] * 5)


def row(study, **given):
    (found,) = exchanged_null(study.layer, study.readers, study.article, study.sentence, **{**FEW, **given})
    return {name: values[0] for name, values in found.items()}


def test_sentences_are_permuted_among_those_of_their_size():
    sizes = np.array([3, 6, 3, 10, 6, 3, 3])
    found = permutations(np.random.default_rng(0), sizes, 200)
    assert (np.sort(found, axis=1) == np.arange(7)).all() and (sizes[found] == sizes).all()
    assert (found[:, 3] == 3).all()  # alone of its size
    for sentence in (0, 2, 5, 6):
        assert set(found[:, sentence]) == {0, 2, 5, 6}


def sparse(readers):
    """Few counts, for some of them by a second rule that finds a few others, and a reader without any."""
    few = np.where(readers > np.quantile(readers, 0.85, axis=0), readers, 0.0)
    other = few.copy()
    other[np.flatnonzero(few[:, 0])[:2]] = 0.0
    return np.column_stack([few, other, np.zeros(len(few))])


@pytest.mark.parametrize("kind", [lambda readers: readers, sparse], ids=["dense", "sparse, by two rules"])
def test_every_draw_is_the_fit_on_its_cells(study: Study, kind):
    study.readers = kind(study.readers)
    edges = np.flatnonzero(np.diff(study.sentence, prepend=-1))
    parts = np.split(study.layer, edges[1:])
    order = permutations(np.random.default_rng(1), np.array([len(part) for part in parts]), 3)
    found = Exchanged.of(study.layer, study.readers, study.article, study.sentence, order)
    for draw, sources in enumerate(order):
        expected = fit(np.concatenate([parts[source] for source in sources]), study.readers, study.article)
        np.testing.assert_allclose(found.r2[draw], expected.r2, atol=1e-11)
        np.testing.assert_allclose(found.cv_r2[draw], expected.cv_r2, atol=1e-11)


def test_what_is_position_alone_remains_and_what_is_content_does_not():
    rng = np.random.default_rng(0)
    size = 6 * 7 // 2
    sentence, article = np.repeat(np.arange(60), size), np.repeat(np.arange(60) // 12, size)
    of_position, of_content = np.tile(rng.random(size), 60), rng.random(60 * size)
    for heads, low, high in ((of_position, 0.999, 1.001), (of_content, 0.0, 0.02)):
        readers = heads[:, None] + rng.normal(0, 0.3, (len(heads), 8))
        (found,) = exchanged_null(heads[:, None], readers, article, sentence, **FEW)
        share = found["exchanged_r2"][0] / found["r2"][0]
        assert low <= share <= high
        assert found["exchanged_p"][0] == pytest.approx(1.0 if low else 1 / 41)


def test_the_observed_score_is_that_of_human_resemblance_and_groups_are_apart(study: Study):
    plain = fit(study.layer, study.readers, study.article)
    groups = [slice(0, 2), slice(2, 5)]
    found = exchanged_null(study.layer, study.readers, study.article, study.sentence, groups, **FEW)
    for of, one in zip(groups, found, strict=True):
        assert one["r2"][0] == pytest.approx(plain.r2[of].mean(), abs=1e-12)
        assert one["cv_r2"][0] == pytest.approx(plain.cv_r2[of].mean(), abs=1e-12)
        assert one["subject_count"] == [of.stop - of.start]
    assert row(study)["exchanged_sentence_count"] == 9  # of 4, 5 and 6 words; 3, 7 and 8 are alone of their length


def test_each_reader_is_scored_on_what_the_reader_read():
    study = Study(EACH_ITS_OWN)
    found = row(study)
    own = study.cells(3)
    (alone,) = exchanged_null(study.layer[own], study.readers[own, 3:4], study.article[own], study.sentence[own], **FEW)
    (of_one,) = exchanged_null(study.layer, study.readers, study.article, study.sentence, [slice(3, 4)], **FEW)
    assert of_one["exchanged_r2"] == pytest.approx(alone["exchanged_r2"], abs=1e-12)
    assert found["subject_count"] == 6 and found["missing_because"] is None


def test_what_is_missing_is_told(study: Study):
    study.article[:] = 0
    found = row(study)
    assert found["missing_because"] == "cross-validated values: one article, none can be held out"
    assert (found["cv_r2"], found["exchanged_cv_r2"], found["exchanged_cv_r2_sd"]) == (None, None, None)
    assert found["exchanged_r2"] > 0
    kept = np.isin(study.sentence, [0, 1, 2, 3, 4, 9])  # 4, 5, 6, 3, 7 and 8 words
    (alone,) = exchanged_null(study.layer[kept], study.readers[kept], study.article[kept], study.sentence[kept], **FEW)
    assert alone["missing_because"] == ["no two sentences have the same number of words: there is nothing to exchange"]
    assert alone["exchanged_r2"] == [None] and alone["r2"][0] > 0


@pytest.mark.parametrize("wrong", [{"exchanges": 0}, {"exchanges": 10_001}, {"seed": -1}])
def test_draws_out_of_bounds_are_refused(study: Study, wrong):
    with pytest.raises(BadInput, match="--"):
        row(study, **wrong)
