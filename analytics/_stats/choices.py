"""Which models enter a fit over models, and which of their scores is fitted."""

from collections.abc import Iterator

import numpy as np

SCORE_KINDS = ("resemblance", "adjusted_resemblance", "cv_resemblance", "nested_resemblance", "unique_resemblance")


def choices(models: np.ndarray) -> Iterator[tuple[dict[str, str], np.ndarray]]:
    """Give every combination of models and score, as the columns that name it and the models chosen.

    Parameters
    ----------
    models : ndarray (n_models,) of records
        With the field ``is_word_aligned``. Models whose attention is not aligned to words are of no other kind of
        evidence than the rest, so that each fit stands with and without them.
    """
    chosen = {"all": models, "word-aligned": models[models["is_word_aligned"]]}
    for model_choice, rows in chosen.items():
        for score_kind in SCORE_KINDS:
            yield {"model_choice": model_choice, "score_kind": score_kind}, rows


def by_column(rows: list[dict[str, object]], names: tuple[str, ...] = ()) -> dict[str, list[object]]:
    """Turn rows into columns; `names` are those of no rows at all."""
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else names)}
