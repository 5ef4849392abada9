"""How well the attention of a layer's heads explains how often each reader looks back, as counts."""

from functools import partial
from typing import Annotated

import numpy as np

from analytics._stats.by_reader import Values, by_reader
from analytics._stats.count_fits import MOST_FOLDS, CountFits, count_fits
from analytics._stats.penalties import missing_because, require_path
from warehouse.errors import BadInput
from warehouse.plugin.columns import Cells, together
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import alternatives

DECADES = tuple(10.0**power for power in range(-1, 5))
"""Penalties from 0.1 to 10,000."""


@analysis(
    over=("slice.extraction_layer", "slice.reader_group", "slice.design"),
    reads=("design", "readers", "article", "sentence"),
    unit=("extraction_id", "layer", "measure_id", "language_group", "predictor_set", "fitted"),
    piece=("extraction_id", "predictor_set", "fitted", "layer"),
    writes=alternatives.count_model,
    per="subject_id",
    shows=("mart.count_model", "mart.reader_count_model"),
    quantities=("saccade_count",),
    on_request=True,
    unless_chosen={"predictor_set": ("none",)},
)
def count_model(
    design: Cells,
    readers: Cells,
    article: Cells,
    sentence: Cells,
    *,
    penalties: Annotated[tuple[float, ...], "Penalty to choose from; repeat it for a path."] = DECADES,
) -> Columns:
    """Regress each reader's counts on all heads of one layer by Poisson regression, the penalty chosen in the folds.

    Least squares takes counts for measurements with the same error everywhere; counts vary the more the larger they
    are. It takes seconds a layer and is computed on request, not by `compute all`. For transition counts only.
    With `--predictors` a set of predictors is fitted, alone and beside the heads.

    Parameters
    ----------
    design : Cells (n_cells, n_columns)
        Attention of the heads from a word to an earlier one or itself; of a chosen set of predictors, these, or both
        side by side.
    readers : Cells (n_cells, n_subjects)
        Transitions of each reader at the same cells [counts]; nan where the reader did not read the sentence.
    article, sentence : Cells (n_cells,) of int
        The article and the sentence of each cell. More than ten articles are held out in ten groups of neighbours.
    penalties : tuple of float
        The path of penalties on half the squared coefficients of standardised columns; 0 is none.

    Returns
    -------
    dict
        By reader: ``d2``, the share of the deviance of the reader's mean that is explained in-sample; ``cv_d2``, that
        of held-out articles with the training mean as the null and nested penalties; ``dispersion``, Pearson's
        chi-square over its degrees of freedom; ``penalty`` and ``penalty_end_count``. nan with the reason in
        ``missing_because``.

    Raises
    ------
    BadInput
        A value that is no count, or a penalty that is negative.

    Notes
    -----
    Source: McCullagh & Nelder (1989) for the deviance; Cameron & Windmeijer (1996) for D2.
    """
    path = require_path(penalties)
    return by_reader(partial(_fit, path), (design, readers, article, sentence))


def _fit(path: tuple[float, ...], design: Cells, readers: Cells, article: Cells, _: Cells) -> dict[str, Values]:
    x, y, of = (np.concatenate(blocks) for blocks in zip(*together(design, readers, article), strict=True))
    if not ((y >= 0) & (y == np.floor(y))).all():
        raise BadInput("holds a value that is no count", "the readers", "choose --measure count")
    n_folds = min(len(np.unique(of)), MOST_FOLDS)
    usable = _has_counts_without(y, of, 2 if len(path) > 1 else 1)
    fits = count_fits(x, y[:, usable], of, path) if usable.any() else None
    reasons = missing_because(np.ones(y.shape[1], dtype=bool), n_folds, len(path))
    return {
        **_of_everyone(fits, usable),
        "cell_count": np.full(len(usable), len(y)),
        "predictor_count": np.full(len(usable), x.shape[1]),
        "missing_because": [
            reason if use else "too few of the reader's counts are outside one or two articles"
            for reason, use in zip(reasons, usable.tolist(), strict=True)
        ],
    }


def _has_counts_without(counts: np.ndarray, article: np.ndarray, n_left_out: int) -> np.ndarray:
    """Tell the readers who have counts in every training set, (n_readers,) of bool: without one article or two."""
    by_article = np.array([counts[article == name].sum(axis=0) for name in np.unique(article)])
    left_out = min(n_left_out, len(by_article) - 1)
    return np.asarray(np.sort(by_article, axis=0)[: len(by_article) - left_out].sum(axis=0) > 0)


def _of_everyone(fits: CountFits | None, usable: np.ndarray) -> dict[str, np.ndarray]:
    """Put what is found of some readers at their places among all, nan or 0 for the others."""
    names = ("d2", "cv_d2", "dispersion", "penalty", "penalty_end_count")
    found = {name: np.full(len(usable), np.nan) for name in names}
    found["penalty_end_count"] = np.zeros(len(usable), dtype=int)
    if fits is not None:
        values = (fits.d2, fits.cv_d2, fits.dispersion, fits.chosen.penalty, fits.chosen.end_count)
        for name, own in zip(names, values, strict=True):
            found[name][usable] = own
    return found
