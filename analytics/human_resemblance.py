"""How well the attention of a layer's heads explains where each reader looks back."""

import numpy as np

from analytics._stats.fit_of_sets import fit_of_sets
from analytics._stats.least_squares import fit
from analytics._stats.reading_sets import reading_sets
from warehouse.plugin.columns import Cells
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import result


@analysis(
    over=("slice.extraction_layer", "slice.reader_group"),
    reads=("layer", "readers", "article", "sentence"),
    unit=("extraction_id", "layer", "measure_id", "language_group"),
    piece=("extraction_id", "layer"),
    writes=result.human_resemblance,
    per="subject_id",
    after=("noise_ceiling",),
    shows=("mart.model_summary", "mart.layer_curve"),
    in_blocks=True,
    from_sums="article",
    predictors="layer",
)
def human_resemblance(layer: Cells, readers: Cells, article: Cells, sentence: Cells | None = None) -> Columns:
    """Regress each reader's saccades on all heads of one layer, with intercept.

    The cells are word pairs of the lower triangle with its diagonal, of the sentences that the reader read. All readers
    who read the same are right-hand sides of one factorisation; the articles are held out in turn for the
    cross-validated R2.

    Parameters
    ----------
    layer : Cells (n_cells, n_heads)
        Attention from a word to an earlier one or itself, not renormalised.
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms], those of several groups and measures side by side.
    article : Cells (n_cells,) of int
        The article of each cell.
    sentence : Cells (n_cells,) of int or None
        The sentence of each cell. None says that all readers read all.

    Returns
    -------
    dict
        ``r2``, ``adjusted_r2`` and ``cv_r2`` (n_subjects,), nan for a reader without variation (``cv_r2`` also where
        there is one article only, and all where the reader read too little); ``rank``, ``condition_number``,
        ``cell_count`` and ``predictor_count``, which are those of the layer over what was read.

    Raises
    ------
    BadInput
        Too few cells for the heads, in all or without one article.

    Notes
    -----
    In-sample R2 grows with the number of heads, by about heads/(cells - 1) if they are random. Source: Gao, Huang, Li
    and Chen (2023) for the in-sample R2; Ezekiel (1930) for the adjusted.
    """
    sets = [] if sentence is None else reading_sets(readers, sentence)
    if sentence is not None and sets:
        return fit_of_sets(layer, readers, article, sentence, sets)
    found = fit(layer, readers, article)
    by_layer = {
        "rank": found.rank,
        "condition_number": found.condition_number,
        "cell_count": found.n_cells,
        "predictor_count": found.n_predictors,
    }
    return {
        "r2": found.r2,
        "adjusted_r2": found.adjusted_r2,
        "cv_r2": found.cv_r2,
        **{name: np.full(len(found.r2), value) for name, value in by_layer.items()},
    }
