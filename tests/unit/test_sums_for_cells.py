"""Fits on sums alone: the numbers of the cells, and a sentence where sums have lost the digits."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from analytics._stats.least_squares import fit
from analytics.corrected_resemblance import corrected_resemblance
from analytics.head_averaged_resemblance import head_averaged_resemblance
from analytics.head_averaged_ridge import head_averaged_ridge
from analytics.human_resemblance import human_resemblance
from analytics.ridge_resemblance import ridge_resemblance
from analytics.unique_variance import unique_variance
from warehouse.errors import BadInput
from warehouse.plugin.columns import Block, Column, SummedBlock

RNG = np.random.default_rng(3)
SENTENCE = np.repeat(np.arange(60), RNG.integers(6, 40, 60))
ARTICLE = SENTENCE // 12
HEADS = RNG.random((len(SENTENCE), 5)).astype(np.float32).astype(float) ** 3
READERS = RNG.poisson(0.2 + HEADS[:, :1] + HEADS[:, 1:2], (len(SENTENCE), 4)).astype(float)
PREDICTORS = np.column_stack([RNG.integers(2, 12, len(SENTENCE)), HEADS[:, 2] > 0.1, np.ones(len(SENTENCE))]).astype(
    float
)
HEAD, READER, OF_ARTICLE, OF_SENTENCE, PREDICTOR = range(5)


class Summed:
    """Cells of which attention may be had in sums only, as `slices.summed` gives them."""

    def __init__(self, heads: np.ndarray, readers: np.ndarray) -> None:
        self.columns = heads, readers, ARTICLE, SENTENCE, PREDICTORS

    def select(self, places: Sequence[int]) -> Iterator[Block]:
        if HEAD in places:
            raise BadInput("there are no cells", "the test", "take sums")
        yield tuple(self.columns[place] for place in places)

    def sums(self, places: Sequence[int], among: np.ndarray | None) -> Iterator[SummedBlock] | None:
        return self.summed(places, among) if HEAD in places else None

    def summed(self, places: Sequence[int], among: np.ndarray | None) -> Iterator[SummedBlock]:
        *sides, label = (self.columns[place] for place in places)
        kept = np.ones(len(SENTENCE), dtype=bool) if among is None else np.isin(SENTENCE, among)
        readers = np.nan_to_num(sides.pop()) if len(sides) > 1 else np.empty((len(SENTENCE), 0))
        names = np.unique(label[kept])
        z = np.column_stack([np.ones(len(SENTENCE)), *sides])
        parts = [(z[kept & (label == name)], readers[kept & (label == name)]) for name in names]
        yield (
            names, np.array([x.T @ x for x, _ in parts]), np.array([x.T @ y for x, y in parts]),
            np.array([(y * y).sum(axis=0) for _, y in parts]),
        )  # fmt: skip

    def column(self, place: int) -> Column:
        return Column(self, place)


def both(heads: np.ndarray, readers: np.ndarray, places: Sequence[int]) -> tuple[list[Column], list[np.ndarray]]:
    summed = Summed(heads, readers)
    return [summed.column(place) for place in places], [summed.columns[place] for place in places]


def assert_equal(found: dict[str, np.ndarray], expected: dict[str, np.ndarray], tolerance: float = 1e-10) -> None:
    for name, values in expected.items():
        if isinstance(values, list):
            assert found[name] == values
        else:
            np.testing.assert_allclose(found[name], values, rtol=tolerance, atol=tolerance, err_msg=name)


def incomplete() -> np.ndarray:
    readers = READERS.copy()
    readers[SENTENCE < 3, 1] = np.nan
    readers[SENTENCE > 50, 2] = np.nan
    return readers


@pytest.mark.parametrize(
    "analysis", [human_resemblance, ridge_resemblance, head_averaged_resemblance, head_averaged_ridge]
)
@pytest.mark.parametrize("readers", [READERS, incomplete()], ids=["all read all", "some read less"])
def test_fits_on_sums_are_those_on_cells(analysis, readers):
    summed, cells = both(HEADS, readers, [HEAD, READER, OF_ARTICLE, OF_SENTENCE])
    assert_equal(analysis(*summed), analysis(*cells))


@pytest.mark.parametrize("readers", [READERS, incomplete()], ids=["all read all", "some read less"])
def test_intervals_and_subsets_of_sums_are_those_of_cells(readers):
    summed, cells = both(HEADS, readers, [HEAD, READER, OF_SENTENCE])
    found = corrected_resemblance(*summed, np.array(3), resamples=50, subsets=10)
    expected = corrected_resemblance(*cells, np.array(3), resamples=50, subsets=10)
    for one, other in zip(found, expected, strict=True):
        for table in other:
            for name, values in other[table].items():
                for value, wanted in zip(one[table][name], values, strict=True):
                    is_number = isinstance(wanted, float | int)
                    assert value == (pytest.approx(wanted, rel=1e-10) if is_number else wanted), name


@pytest.mark.parametrize("readers", [READERS, incomplete()], ids=["all read all", "some read less"])
@pytest.mark.parametrize("more", [HEADS[:, :0], HEADS[:, :1] + HEADS[:, 1:2]], ids=["heads", "a head that is a sum"])
def test_what_is_unique_is_the_same_from_sums_and_from_cells(readers, more):
    places = [HEAD, READER, PREDICTOR, OF_ARTICLE, OF_SENTENCE]
    summed, cells = both(np.hstack([HEADS, more]), readers, places)
    given = np.array(["a", "b", "c", "d"]), [np.arange(3)], [slice(None)]
    (found,), (expected,) = unique_variance(*summed, *given), unique_variance(*cells, *given)
    assert set(found) == set(expected)
    for name, values in expected.items():
        for value, wanted in zip(found[name], values, strict=True):
            numbers = isinstance(wanted, float) or (isinstance(wanted, list) and not isinstance(wanted[0], str))
            assert value == (pytest.approx(wanted, rel=1e-9, abs=1e-10, nan_ok=True) if numbers else wanted), name


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(HEADS[:, 0], id="a head twice"),
        pytest.param(HEADS[:, :2].sum(axis=1), id="the sum of two"),
        pytest.param(np.full(len(HEADS), 0.25), id="constant"),
        pytest.param(np.zeros(len(HEADS)), id="zero"),
    ],
)
def test_heads_that_depend_on_others_are_left_out_as_of_cells(more):
    summed, cells = both(np.column_stack([HEADS, more]), READERS, [HEAD, READER])
    found, expected = fit(*summed, summed[0].blocks.column(OF_ARTICLE)), fit(*cells, ARTICLE)
    assert (found.rank, found.n_predictors) == (expected.rank, expected.n_predictors) == (5, 6)
    np.testing.assert_allclose(found.r2, expected.r2, rtol=1e-10)


@pytest.mark.parametrize("noise", [1e-1, 1e-2, 1e-3, 2e-4])
def test_nearly_dependent_heads_keep_ten_digits_as_far_as_they_are_taken(noise):
    near = HEADS[:, :1] + noise * RNG.standard_normal((len(HEADS), 1))
    summed, cells = both(np.column_stack([HEADS, near]), READERS, [HEAD, READER])
    found, expected = fit(*summed, summed[0].blocks.column(OF_ARTICLE)), fit(*cells, ARTICLE)
    np.testing.assert_allclose(found.r2, expected.r2, rtol=1e-10)
    np.testing.assert_allclose(found.cv_r2, expected.cv_r2, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("noise", [1e-5, 1e-6])
def test_heads_that_sums_cannot_tell_apart_are_refused(noise):
    near = HEADS[:, :1] + noise * RNG.standard_normal((len(HEADS), 1))
    summed, _ = both(np.column_stack([HEADS, near]), READERS, [HEAD, READER, OF_ARTICLE])
    with pytest.raises(BadInput, match=r"sums do not tell them apart.*--keep cells or both"):
        fit(*summed)


def test_values_that_hardly_vary_beside_their_mean_are_refused():
    summed, _ = both(HEADS + 1e4, READERS, [HEAD, READER, OF_ARTICLE])
    with pytest.raises(BadInput, match="hardly vary beside their mean"):
        fit(*summed)


@pytest.mark.parametrize("article", [0, 3])
def test_an_article_that_alone_has_a_head_is_predicted_as_of_cells(article):
    only = np.where(article == ARTICLE, HEADS[:, 0], 0.0)
    summed, cells = both(np.column_stack([HEADS, only]), READERS, [HEAD, READER, OF_ARTICLE])
    found, expected = fit(*summed), fit(*cells)
    np.testing.assert_allclose(found.cv_r2, expected.cv_r2, rtol=1e-10)
    np.testing.assert_allclose(found.r2, expected.r2, rtol=1e-10)
