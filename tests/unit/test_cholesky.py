"""Cholesky factors, inverted: of one matrix by numpy, of many by LAPACK."""

import numpy as np
import pytest

from analytics._stats.cholesky import inverse_factors


@pytest.fixture
def gram() -> np.ndarray:
    cells = np.column_stack([np.ones(80), np.random.default_rng(5).normal(size=(80, 5))])
    return cells.T @ cells


def test_the_factor_and_its_inverse_make_the_identity(gram: np.ndarray):
    (inverse,), (is_weak,) = inverse_factors(gram[None])
    assert not is_weak
    np.testing.assert_allclose(inverse @ gram @ inverse.T, np.eye(5), atol=1e-12)


def test_one_matrix_is_inverted_as_it_is_among_many(gram: np.ndarray):
    (alone,), _ = inverse_factors(gram[None])
    among, _ = inverse_factors(np.stack([gram, 2 * gram]))
    np.testing.assert_allclose(alone, among[0], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("n_fits", [1, 2])
def test_predictors_that_are_not_there_are_told(gram: np.ndarray, n_fits: int):
    gram[2], gram[:, 2] = gram[1], gram[:, 1]  # the same predictor twice
    _, is_weak = inverse_factors(np.stack([gram] * n_fits))
    assert is_weak.all()
