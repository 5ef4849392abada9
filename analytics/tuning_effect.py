"""What tuning changes about resemblance, with each model's layer chosen without the data that score it."""

from typing import Annotated, Any

import numpy as np

from analytics._stats.bootstrap import percentiles
from analytics._stats.choices import by_column
from analytics._stats.ratios import SCORES, drawn, draws, values
from analytics._stats.t_test import TESTED, p_equivalent, paired
from warehouse.plugin.contents import Columns
from warehouse.plugin.limits import require
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import choice

ALL, ALIGNED = "all", "word-aligned"
"""What stands for a name where a row is the mean over tuned models, or over those that are aligned to words."""


@analysis(
    over=("slice.extraction_kind", "slice.reader_group"),
    reads=("tuned_scores",),
    unit=("corpus_id", "condition_id", "method", "measure_id", "language_group"),
    writes=choice.tuning_effect,
    after=("layer_choice", "unique_variance"),
    shows=("mart.tuning_effect",),
)
def tuning_effect(
    scores: np.ndarray,
    *,
    equivalence_points: Annotated[float, "An effect within so many points of the ceiling counts as little."] = 1.0,
    seed: Annotated[int, "Seed of the draws of readers."] = 20231206,
    resamples: Annotated[int, "Bootstrap draws of readers."] = 5000,
) -> Columns:
    """Subtract the base model's resemblance from the tuned one's, over the same readers, for each and on average.

    Parameters
    ----------
    scores : ndarray (n_pairs * n_subjects,) of records
        ``model`` (the tuned one), ``is_word_aligned``, and the scores and ceilings of a reader under ``base`` and
        ``tuned``, each at the model's own layer; nan where there is none.
    equivalence_points : float
        An effect within so many points of the ceiling counts as little [percentage points].
    seed, resamples : int
        Of the draws of readers: the same seed draws the same ones.

    Returns
    -------
    dict
        A row per score and tuned model, and for the means over tuned models (``all``, ``word-aligned``): the difference
        of the ratios to the ceiling with a 95 % interval over readers, a paired t-test over readers, two-sided, its
        effect size, and ``p_equivalence`` of two one-sided tests against `equivalence_points`.

    Raises
    ------
    BadInput
        A parameter out of bounds.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023), Table 1, for the in-sample difference; Schuirmann (1987) for equivalence.
    """
    require("equivalence_points", equivalence_points, 1e-6, 100)
    require("seed", seed, 0, 2**63 - 1)
    require("resamples", resamples, 1, 100_000)
    rows = [
        {"score_kind": kind, "tuned_model": name, **found}
        for kind, fields in SCORES.items()
        for name, chosen in _choices(scores).items()
        if (found := _effect(chosen, *fields, equivalence_points / 100, seed, resamples))
    ]
    return by_column(rows, ("score_kind", "tuned_model", *COLUMNS))


def _choices(scores: np.ndarray) -> dict[str, np.ndarray]:
    """Give the scores of each tuned model, of all, and of those that are aligned to words, by name."""
    each = {name: scores[scores["model"] == name] for name in dict.fromkeys(scores["model"].tolist())}
    return {**each, ALL: scores, ALIGNED: scores[scores["is_word_aligned"]]}


def _effect(
    scores: np.ndarray, numerator: str, denominator: str, bound: float, seed: int, n_draws: int
) -> dict[str, Any] | None:
    """Compare the tuned models in `scores` with their bases by the readers whom all of them have; None without any."""
    models = list(dict.fromkeys(scores["model"].tolist()))
    if not models:
        return None
    difference, ceiling = _by_reader(scores, len(models), numerator, denominator)
    counts = {
        "model_count": len(models),
        "subject_count": len(difference),
        "equivalence_bound": bound,
        "resample_count": n_draws,
    }
    if len(difference) < 2 or not ceiling.mean() > 0:
        reason = "fewer than two readers have a score under both models and a ceiling above 0"
        return {**counts, **dict.fromkeys(FOUND), "missing_because": reason}
    worth = values(difference, ceiling)
    test = paired(np.zeros(len(worth)), worth)
    chosen = draws(np.random.default_rng(seed), len(worth), n_draws)
    low, high = percentiles(drawn(difference, ceiling, chosen), len(worth))
    tested = (test[name] for name in TESTED if name != "p_greater")
    found = (float(worth.mean()), low, high, *tested, p_equivalent(worth, bound))
    return {**counts, **dict(zip(FOUND, found, strict=True)), "missing_because": test["missing_because"]}


def _by_reader(scores: np.ndarray, n_models: int, numerator: str, denominator: str) -> tuple[np.ndarray, np.ndarray]:
    """Give each reader's difference, mean over models, and ceiling, (n_readers,), of readers whom every model has."""
    difference = scores["tuned"][numerator] - scores["base"][numerator]
    ceiling = scores["tuned"][denominator]
    known = ~(np.isnan(difference) | np.isnan(ceiling))
    readers, place, count = np.unique(scores["tuned"]["subject_id"][known], return_inverse=True, return_counts=True)
    mean = np.bincount(place, difference[known], len(readers)) / np.maximum(count, 1)
    of_reader = np.bincount(place, ceiling[known], len(readers)) / np.maximum(count, 1)
    return mean[count == n_models], of_reader[count == n_models]


FOUND = (
    "difference", "interval_low", "interval_high", "t_statistic", "degrees_of_freedom", "p_value",
    "effect_size", "effect_low", "effect_high", "p_equivalence",
)  # fmt: skip
COLUMNS = ("model_count", "subject_count", "equivalence_bound", "resample_count", *FOUND, "missing_because")
