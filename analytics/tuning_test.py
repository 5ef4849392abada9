"""Whether tuning a model changes how much its layers resemble readers: the paper's Tables 4, 6 and 7."""

from typing import Annotated

import numpy as np

from analytics._stats.family import as_family
from analytics._stats.t_test import paired
from warehouse.plugin.contents import Columns
from warehouse.plugin.limits import require
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import inference


@analysis(
    over=("slice.tuning_pair", "slice.reader_group"),
    reads=("common_layers", "left_r2", "right_r2"),
    unit=("left_extraction_id", "right_extraction_id", "measure_id", "language_group"),
    writes=inference.tuning_test,
    after=("human_resemblance",),
    shows=("mart.tuning_summary", "mart.tuning_test"),
)
def tuning_test(
    common_layers: np.ndarray,
    left_r2: np.ndarray,
    right_r2: np.ndarray,
    *,
    tests_per_layer: Annotated[int, "Tests of each layer that p is corrected for; the paper has four."] = 4,
) -> Columns:
    """Compare the tuned model with its base, layer by layer, by paired t-tests over readers, one-sided both ways.

    Parameters
    ----------
    common_layers : ndarray (n_layers,) of int
        Layers for which both models have results, counted from 0.
    left_r2, right_r2 : ndarray (n_layers, n_subjects)
        In-sample R2 of the base and of the tuned model for the same readers; nan where a reader has none.
    tests_per_layer : int
        Tests of each layer that p is corrected for.

    Returns
    -------
    dict
        Two rows per layer: ``alternative`` is ``higher`` (the tuned model is) or ``lower``. p-values are corrected for
        a family of `tests_per_layer` tests per layer, so that ``p_bonferroni`` < 0.05 is the paper's p < 0.05/(4 x
        layers). Tests of the family in other units count as if they had found nothing.

    Raises
    ------
    BadInput
        `tests_per_layer` is not positive.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023), Tables 4, 6 and 7.
    """
    require("tests_per_layer", tests_per_layer, 1, 10_000)
    both = [_both(left, right) for left, right in zip(left_r2, right_r2, strict=True)]
    tests = [paired(base, tuned) for base, tuned in both] + [paired(tuned, base) for base, tuned in both]
    difference = [float((tuned - base).mean()) if len(base) else None for base, tuned in both]
    n_layers = len(common_layers)
    return {
        "layer": np.tile(common_layers, 2),
        "alternative": ["higher"] * n_layers + ["lower"] * n_layers,
        "subject_count": [len(base) for base, _ in both] * 2,
        "r2_difference": difference * 2,
        **as_family(tests, max(tests_per_layer, 2) * max(n_layers, 1)),
        **{name: [paired(base, tuned)[name] for base, tuned in both] * 2 for name in SIGNED},
    }


SIGNED = ("t_statistic", "effect_size", "effect_low", "effect_high")
"""What is positive where the tuned model is higher, whichever way the test looks."""


def _both(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = ~(np.isnan(left) | np.isnan(right))
    return left[known], right[known]
