"""How well trivial patterns (first word, previous word, the word itself) explain what heads attend to."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from analytics._stats.least_squares import fit
from warehouse.plugin.columns import Cells
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import result

SCORES = ("r2", "adjusted_r2", "cv_r2")


@analysis(
    over=("slice.extraction_layer", "slice.pattern_set"),
    reads=("patterns", "layer", "article"),
    unit=("extraction_id", "layer", "pattern_set"),
    writes=(result.head_reliance, result.layer_reliance),
    shows=("mart.layer_reliance", "mart.head_reliance"),
    in_blocks=True,
    from_sums="article",
    predictors="patterns",
)
def trivial_reliance(patterns: Cells, layer: Cells, article: Cells) -> Mapping[str, Any]:
    """Regress the attention of each head of one layer on trivial patterns, with intercept.

    All heads are right-hand sides of one factorisation.

    Parameters
    ----------
    patterns : Cells (n_cells, n_patterns)
        1 where a word pair belongs to the pattern, else 0.
    layer : Cells (n_cells, n_heads)
        Attention from a word to an earlier one or itself, not renormalised.
    article : Cells (n_cells,) of int
        The article of each cell; held out in turn for the cross-validated R2.

    Returns
    -------
    dict
        ``head_reliance``: ``head``, ``r2``, ``adjusted_r2``, ``cv_r2`` (n_heads,), nan for a head without variation.
        ``layer_reliance``: one row; their means over the heads that vary, the standard error of that of ``r2``
        (deviations over n - 1), ``pooled_r2`` = explained over total variance of all heads, and facts of the fit.

    Raises
    ------
    BadInput
        Too few cells for the patterns, in all or without one article.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023) for the mean over heads, in which a head that hardly varies counts as much
    as any other; ``pooled_r2`` weighs heads by their variance.
    """
    found = fit(patterns, layer, article)
    heads = {name: getattr(found, name) for name in SCORES}
    means = {name: _mean(values) for name, values in heads.items()}
    one_row = {
        **means,
        "standard_error": _standard_error(found.r2),
        "pooled_r2": pooled(found.r2, found.variance),
        "cell_count": found.n_cells,
        "predictor_count": found.n_predictors,
        "rank": found.rank,
    }
    return {
        "head_reliance": {"head": np.arange(len(found.r2)), **heads},
        "layer_reliance": {name: [value] for name, value in one_row.items()},
    }


def pooled(r2: np.ndarray, variance: np.ndarray) -> float:
    """Give the explained over the total variance of several targets from the R2 and variance (n_targets,) of each."""
    varies = ~np.isnan(r2)
    return float(np.average(r2[varies], weights=variance[varies])) if varies.any() else float("nan")


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _standard_error(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else float("nan")
