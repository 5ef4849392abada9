"""Ratios of means over readers, as R2 over its ceiling is one: values by reader, draws, and what they are worth."""

import numpy as np

SCORES = {
    "resemblance": ("r2", "ceiling"),
    "cv_resemblance": ("cv_r2", "leave_one_out_ceiling"),
    "nested_resemblance": ("nested_cv_r2", "cv_ceiling"),
    "unique_resemblance": ("nested_unique_r2", "cv_ceiling"),
}
"""What is divided by which ceiling: as published; held out; held out with the layer chosen on other articles; so
chosen, held out, beyond position and word length."""


def values(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Give what each reader contributes to the ratio of the means, (n_readers,).

    Their mean is the ratio, and their variance over n that of the ratio to first order (delta method), so that tests
    of ratios are tests of these values. Source: Cochran (1977), section 6.
    """
    ratio = numerator.mean() / denominator.mean()
    return np.asarray(ratio + (numerator - ratio * denominator) / denominator.mean())


def draws(rng: np.random.Generator, n_readers: int, n_draws: int) -> np.ndarray:
    """Draw readers with replacement, (n_draws, n_readers) of int."""
    return rng.integers(0, n_readers, (n_draws, n_readers))


def drawn(numerator: np.ndarray, denominator: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Give the ratio of the means over drawn readers, (n_draws,)."""
    return np.asarray(numerator[chosen].mean(axis=1) / denominator[chosen].mean(axis=1))
