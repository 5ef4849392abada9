"""Every analysis over cells says the same of a corpus whole and in blocks; no block is held longer than its turn."""

import gc
import weakref
from collections.abc import Iterator

import numpy as np
import pytest

from analytics._stats.design import Design
from analytics._stats.least_squares import fit
from analytics._stats.spread import Spread
from analytics._stats.triangle import triangle
from analytics.attention_divergence import attention_divergence
from analytics.corrected_resemblance import corrected_resemblance
from analytics.head_averaged_resemblance import head_averaged_resemblance
from analytics.head_averaged_ridge import head_averaged_ridge
from analytics.human_resemblance import human_resemblance
from analytics.noise_ceiling import noise_ceiling
from analytics.reader_reliance import reader_reliance
from analytics.renormalised_resemblance import renormalised_resemblance
from analytics.ridge_resemblance import ridge_resemblance
from analytics.trivial_reliance import trivial_reliance
from warehouse.plugin.columns import Column, together

WORDS = np.random.default_rng(1).integers(4, 9, 40)
SIZES = WORDS * (WORDS + 1) // 2
SENTENCE = np.repeat(np.arange(70, 110), SIZES)
ARTICLE = (SENTENCE - 70) // 7
WORD_ROW = np.repeat(np.arange(WORDS.sum()), np.concatenate([np.arange(1, n + 1) for n in WORDS]))
CUTS = [pytest.param([40], id="one block"), pytest.param([5, 6, 23, 40], id="blocks that cut articles")]
RNG = np.random.default_rng(0)
HEADS = RNG.random((len(SENTENCE), 6)) ** 3 + 0.001
READERS = RNG.poisson(0.2 + HEADS[:, :1] + HEADS[:, 1:2], (len(SENTENCE), 5)).astype(float)
PATTERNS = np.column_stack([WORD_ROW % 3 == 0, np.arange(len(WORD_ROW)) % 5 == 0]).astype(float)


class Cut:
    """Arrays cut after some sentences; counts how often it was gone through."""

    def __init__(self, arrays, sentences):
        self.edges, self.arrays, self.passes = np.cumsum(SIZES)[np.array(sentences) - 1].tolist(), arrays, 0

    def select(self, places):
        self.passes += 1
        for start, stop in zip([0, *self.edges], self.edges, strict=False):
            yield tuple(self.arrays[place][start:stop].copy() for place in places)


def cut(*arrays, at):
    blocks = Cut(arrays, at)
    return [Column(blocks, place) for place in range(len(arrays))]


def assert_same(found, expected, tolerance=1e-12):
    assert set(found) == set(expected)
    for name, values in expected.items():
        if isinstance(values, dict):
            assert_same(found[name], values, tolerance)
        elif isinstance(values, np.ndarray):
            np.testing.assert_allclose(found[name], values, rtol=0, atol=tolerance, err_msg=name)
        else:
            assert found[name] == pytest.approx(values, abs=tolerance), name


@pytest.mark.parametrize("at", CUTS)
@pytest.mark.parametrize(
    ("analysis", "arrays"),
    [
        pytest.param(human_resemblance, (HEADS, READERS, ARTICLE), id="human_resemblance"),
        pytest.param(trivial_reliance, (PATTERNS, HEADS, ARTICLE), id="trivial_reliance"),
        pytest.param(reader_reliance, (PATTERNS, READERS, ARTICLE), id="reader_reliance"),
        pytest.param(noise_ceiling, (READERS,), id="noise_ceiling"),
        pytest.param(
            renormalised_resemblance, (HEADS, READERS, ARTICLE, WORD_ROW, SENTENCE), id="renormalised_resemblance"
        ),
        pytest.param(ridge_resemblance, (HEADS, READERS, ARTICLE, SENTENCE), id="ridge_resemblance"),
        pytest.param(head_averaged_resemblance, (HEADS, READERS, ARTICLE, SENTENCE), id="head_averaged_resemblance"),
        pytest.param(head_averaged_ridge, (HEADS, READERS, ARTICLE, SENTENCE), id="head_averaged_ridge"),
    ],
)
def test_an_analysis_says_the_same_of_blocks(analysis, arrays, at):
    assert_same(analysis(*cut(*arrays, at=at)), analysis(*arrays))


@pytest.mark.parametrize("at", CUTS)
def test_intervals_and_choices_are_those_of_the_whole(at):
    few = {"resamples": 150, "subsets": 10}
    (expected,) = corrected_resemblance(HEADS, READERS, SENTENCE, np.array(4), **few)
    (found,) = corrected_resemblance(*cut(HEADS, READERS, SENTENCE, at=at), np.array(4), **few)
    assert_same(found, expected)


@pytest.mark.parametrize(("most", "kept"), [(7, 0), (7, 1 << 30), (40, 0)])
def test_sums_of_few_sentences_at_a_time_are_those_of_all(monkeypatch, most, kept):
    few = {"resamples": 150, "subsets": 10, "seed": most}
    (expected,) = corrected_resemblance(HEADS, READERS, SENTENCE, np.array(4), **few)
    monkeypatch.setattr("analytics._stats.by_sentence.PART_BYTES", most * 8 * 7 * (6 + READERS.shape[1]))
    monkeypatch.setattr("analytics._stats.sums.KEPT_BYTES", kept)
    (found,) = corrected_resemblance(HEADS, READERS, SENTENCE, np.array(4), **few)
    assert_same(found, expected)


@pytest.mark.parametrize("at", CUTS)
def test_divergence_by_sentence_does_not_depend_on_the_blocks(at):
    arrays = HEADS, HEADS[:, ::-1], WORD_ROW, SENTENCE
    expected = attention_divergence(*arrays, np.array([]))
    assert_same(attention_divergence(*cut(*arrays, at=at), np.array([])), expected, 1e-15)


def test_heads_that_depend_on_each_other_are_fitted_by_cells_in_blocks_too():
    heads = np.column_stack([HEADS, HEADS[:, 0] + 1e-5 * READERS[:, 0], HEADS[:, 2]])
    heads[ARTICLE != 3, 4] = 0.0  # no article but one has it, so that its training cells do not span the heads
    found, expected = fit(*cut(heads, READERS, ARTICLE, at=[5, 6, 23, 40])), fit(heads, READERS, ARTICLE)
    assert found.rank == expected.rank == 7
    for name in ("r2", "cv_r2"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), atol=1e-9)


def test_the_basis_of_blocks_spans_the_same():
    design = Design.of(*cut(HEADS, at=[5, 6, 23, 40]))
    basis = design.basis(HEADS)
    np.testing.assert_allclose(basis.T @ basis, np.eye(6), atol=1e-12)
    np.testing.assert_allclose(basis @ design.back, design.scaled(HEADS), atol=1e-13)


def test_spread_is_that_of_the_whole_however_far_the_values_are_from_zero():
    far = READERS + 1e6
    found = Spread.of(*cut(far, at=[5, 6, 23, 40]))
    np.testing.assert_allclose(found.gram, np.cov(READERS.T, bias=True) * len(READERS), rtol=1e-9)
    np.testing.assert_allclose(found.mean, far.mean(0), rtol=1e-15)


def test_a_triangle_has_the_singular_values_of_all_rows():
    found = triangle(HEADS[start : start + 100] for start in range(0, len(HEADS), 100))
    np.testing.assert_allclose(
        np.linalg.svd(found, compute_uv=False), np.linalg.svd(HEADS, compute_uv=False), rtol=1e-13
    )


def test_a_fit_goes_through_well_conditioned_cells_once():
    columns = cut(HEADS, READERS, ARTICLE, at=[5, 6, 23, 40])
    human_resemblance(*columns)
    assert columns[0].blocks.passes == 1


@pytest.fixture
def quick_collection() -> Iterator[None]:
    """What the other tests have left in memory is not looked through each time."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("quick_collection")
def test_no_block_is_kept_after_its_turn():
    seen = []

    class Watched(Cut):
        def select(self, places):
            for block in super().select(places):
                gc.collect()
                assert sum(one() is not None for one in seen) <= 2  # that of this turn, and the one before
                seen.append(weakref.ref(block[0]))
                yield block

    blocks = Watched((HEADS, READERS, ARTICLE), list(range(2, 41, 2)))
    human_resemblance(*(Column(blocks, place) for place in range(3)))
    assert len(seen) == 20


def test_columns_of_two_units_do_not_come_together():
    (one,), (other,) = cut(HEADS, at=[40]), cut(READERS, at=[40])
    with pytest.raises(TypeError, match="all of one unit"):
        together(one, other)
    with pytest.raises(TypeError, match="all arrays"):
        together(one, READERS)
