"""The best layer chosen without what it is scored on: the corrected value of a model's resemblance."""

from typing import Annotated, Any

import numpy as np

from analytics._stats.bootstrap import percentiles
from analytics._stats.ratios import drawn, draws
from warehouse.plugin.contents import Columns
from warehouse.plugin.limits import require
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import choice


@analysis(
    over=("slice.extraction", "slice.reader_group"),
    reads=("article_layers", "article_choices", "article_errors", "reader_scores"),
    unit=("extraction_id", "measure_id", "language_group"),
    writes=(choice.layer_choice, choice.nested_resemblance),
    after=("article_score", "reader_ceiling"),
    shows=("mart.layer_choice",),
)
def layer_choice(
    layers: np.ndarray,
    choices: np.ndarray,
    errors: np.ndarray,
    readers: np.ndarray,
    *,
    seed: Annotated[int, "Seed of the draws of readers."] = 20231206,
    resamples: Annotated[int, "Bootstrap draws of readers."] = 5000,
) -> dict[str, Columns]:
    """Score each article by the layer that is best on the others, over a ceiling predicted for the same articles.

    Parameters
    ----------
    layers : ndarray (n_layers,) of int
        Counted from 0.
    choices : ndarray (n_layers, n_articles)
        Cross-validated R2 of each layer within the other articles; nan where there is none.
    errors : ndarray (n_layers, n_articles, n_readers)
        Each reader's squared error on an article, over the reader's squares of all articles.
    readers : ndarray (n_layers, n_readers) of records
        ``subject_id``, in-sample ``r2`` and ``cv_ceiling`` of the same readers; nan where there is none.
    seed, resamples : int
        Of the draws of readers: the same seed draws the same ones.

    Returns
    -------
    dict
        ``nested_resemblance``: ``nested_cv_r2`` of each reader. ``layer_choice``: one row of its mean, the layers
        chosen, the ratio to the cross-validated ceiling with a 95 % interval over readers, and ``reader_nested_r2``,
        the mean in-sample R2 where each reader's layer is the best one for the other readers.

    Raises
    ------
    BadInput
        A parameter out of bounds.

    Notes
    -----
    Fewer than three articles leave no choice, and ``missing_because`` says so. Source: Cawley & Talbot (2010).
    """
    require("seed", seed, 0, 2**63 - 1)
    require("resamples", resamples, 1, 100_000)
    chosen, nested = _chosen(layers, choices, errors)
    ceilings = readers["cv_ceiling"][0] if len(readers) else np.empty(0)
    known = ~np.isnan(nested)
    row: dict[str, Any] = {
        "chosen_layers": chosen,
        "nested_cv_r2": _mean(nested),
        "standard_error": _standard_error(nested[known]),
        "reader_nested_r2": _by_other_readers(readers["r2"]),
        "subject_count": int(known.sum()),
        "resample_count": resamples,
        **_over_the_ceiling(nested[known], ceilings[known], seed, resamples),
    }
    row["missing_because"] = None if row["nested_cv_r2"] is not None else _reason(choices)
    return {
        "layer_choice": {name: [value] for name, value in row.items()},
        "nested_resemblance": {"subject_id": readers["subject_id"][0].tolist() if len(readers) else [],
                               "nested_cv_r2": nested.tolist()},
    }  # fmt: skip


def _chosen(layers: np.ndarray, choices: np.ndarray, errors: np.ndarray) -> tuple[list[int] | None, np.ndarray]:
    """Give the layer chosen without each article, and each reader's R2 over the articles by those layers."""
    n_readers = errors.shape[-1] if len(layers) else 0
    if not choices.size or np.isnan(choices).all(axis=0).any():
        return None, np.full(n_readers, np.nan)
    best = np.nanargmax(choices, axis=0)
    found = errors[best, np.arange(len(best))]  # nan at articles that a reader did not read
    has_some = ~np.isnan(found).all(axis=0)
    return layers[best].tolist(), np.where(has_some, 1 - np.nansum(found, axis=0), np.nan)


def _over_the_ceiling(nested: np.ndarray, ceiling: np.ndarray, seed: int, n_draws: int) -> dict[str, float | None]:
    names = ("cv_ceiling", "nested_resemblance", "interval_low", "interval_high")
    mean = _mean(ceiling)
    if mean is None or not mean > 0 or not len(nested) or np.isnan(ceiling).any():
        return {**dict.fromkeys(names), "cv_ceiling": mean}
    chosen = draws(np.random.default_rng(seed), len(nested), n_draws)
    ends = percentiles(drawn(nested, ceiling, chosen), len(nested)) if len(nested) > 1 else (None, None)
    return dict(zip(names, (mean, float(nested.mean()) / mean, *ends), strict=True))


def _by_other_readers(r2: np.ndarray) -> float | None:
    """Average each reader's R2 at the layer with the best mean over the other readers; r2 is (n_layers, n_readers)."""
    known = r2[:, ~np.isnan(r2).all(axis=0)]
    if known.shape[1] < 2:
        return None
    best = np.nanargmax(np.nansum(known, axis=1, keepdims=True) - np.nan_to_num(known), axis=0)
    return float(np.nanmean(known[best, np.arange(known.shape[1])]))


def _reason(choices: np.ndarray) -> str:
    if choices.shape[-1] < 3:
        return f"{choices.shape[-1]} articles leave no choice without one of them: three are needed"
    return "no reader's values vary over the word pairs"


def _mean(by_reader: np.ndarray) -> float | None:
    known = by_reader[~np.isnan(by_reader)]
    return float(known.mean()) if len(known) else None


def _standard_error(by_reader: np.ndarray) -> float | None:
    n = len(by_reader)
    return float(by_reader.std(ddof=1) / np.sqrt(n)) if n > 1 else None
