"""Rows of `result.resemblance_variant` by reader: what a fit found, and nothing of what it does not tell."""

from collections.abc import Mapping

import numpy as np

from analytics._stats.by_reader import Values


def of_readers(variant: str, found: Mapping[str, Values]) -> dict[str, Values]:
    """Give the columns of a variant: those found, (n_readers,) each, beside a correlation and a penalty of none."""
    n_readers = len(found["r2"])
    nothing = np.full(n_readers, np.nan)
    return {
        "variant": [variant] * n_readers,
        "pearson_r": nothing,
        "penalty": nothing,
        "penalty_end_count": np.zeros(n_readers, dtype=int),
        **found,
    }


def of_heads(variant: str, found: Mapping[str, Values]) -> dict[str, Values]:
    """Give the columns of a variant that is of a layer's heads alone, beside no set of predictors."""
    n_readers = len(found["r2"])
    return {"predictor_set": ["none"] * n_readers, "fitted": ["heads"] * n_readers, **of_readers(variant, found)}
