"""Whether a model is closer to one group of readers than to another once each is measured by its own ceiling."""

from typing import Annotated, Any

import numpy as np

from analytics._stats.bootstrap import percentiles
from analytics._stats.choices import by_column
from analytics._stats.ratios import SCORES, drawn, draws, values
from analytics._stats.t_test import independent
from warehouse.plugin.contents import Columns
from warehouse.plugin.limits import require
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import choice


@analysis(
    over=("slice.extraction", "slice.group_pair"),
    reads=("left_group_scores", "right_group_scores"),
    unit=("extraction_id", "measure_id", "left_group", "right_group"),
    writes=choice.group_difference,
    after=("layer_choice", "unique_variance"),
    shows=("mart.group_difference",),
)
def group_difference(
    left: np.ndarray,
    right: np.ndarray,
    *,
    seed: Annotated[int, "Seed of the draws of readers."] = 20231206,
    resamples: Annotated[int, "Bootstrap draws of readers."] = 5000,
) -> Columns:
    """Subtract the left group's (L1) resemblance from the right group's (L2), each over its own ceiling.

    Parameters
    ----------
    left, right : ndarray (n_subjects,) of records
        In-sample ``r2`` and ``cv_r2`` of each reader at the layer that is best for the group, ``nested_cv_r2``, and
        the reader's ceilings; nan where there is none.
    seed, resamples : int
        Of the draws of readers: the same seed draws the same ones.

    Returns
    -------
    dict
        A row per score: the ratios of both groups, their ``difference`` with its 95 % interval (percentiles over drawn
        readers of both groups, wider where these are few), and an independent t-test over readers of the values that
        make up the ratios.

    Raises
    ------
    BadInput
        A parameter out of bounds.

    Notes
    -----
    The paper tests R2 itself (`group_test`), which is higher in the group with the higher ceiling.
    """
    require("seed", seed, 0, 2**63 - 1)
    require("resamples", resamples, 1, 100_000)
    return by_column(
        [
            {"score_kind": kind, **_compared(_known(left, *names), _known(right, *names), seed, resamples)}
            for kind, names in SCORES.items()
        ]
    )


Sides = tuple[np.ndarray, np.ndarray]


def _known(scores: np.ndarray, numerator: str, denominator: str) -> Sides:
    known = scores[~(np.isnan(scores[numerator]) | np.isnan(scores[denominator]))]
    return known[numerator], known[denominator]


def _compared(left: Sides, right: Sides, seed: int, n_draws: int) -> dict[str, Any]:
    counts = {"left_count": len(left[0]), "right_count": len(right[0]), "resample_count": n_draws}
    if missing := _missing(left, right):
        return {**counts, **dict.fromkeys(FOUND), "missing_because": missing}
    test = independent(values(*left), values(*right))
    ratios = [float(r2.mean() / ceiling.mean()) for r2, ceiling in (left, right)]
    found = [drawn(*side, draws(rng, len(side[0]), n_draws)) for side, rng in _with_generators(left, right, seed)]
    low, high = percentiles(found[1] - found[0], len(left[0]) + len(right[0]), n_groups=2)
    scores = (*ratios, ratios[1] - ratios[0], low, high, *(test[name] for name in FOUND[5:]))
    return {**counts, **dict(zip(FOUND, scores, strict=True)), "missing_because": test["missing_because"]}


def _with_generators(left: Sides, right: Sides, seed: int) -> list[tuple[Sides, np.random.Generator]]:
    return list(zip((left, right), np.random.default_rng(seed).spawn(2), strict=True))


def _missing(left: Sides, right: Sides) -> str | None:
    if min(len(left[0]), len(right[0])) < 2:
        return "a group has fewer than two readers with a score and a ceiling"
    if not (left[1].mean() > 0 and right[1].mean() > 0):
        return "a group's ceiling is not above 0"
    return None


FOUND = (
    "left_value", "right_value", "difference", "interval_low", "interval_high",
    "t_statistic", "degrees_of_freedom", "p_value", "p_greater", "effect_size", "effect_low", "effect_high",
)  # fmt: skip
