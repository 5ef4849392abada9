"""How well the mean over a layer's heads explains where each reader looks back: one predictor, whatever the model."""

import numpy as np

from analytics._stats.by_reader import Values, by_reader
from analytics._stats.head_average import with_mean_over_heads
from analytics._stats.least_squares import fit
from analytics._stats.penalties import missing_because
from analytics._stats.sums import Sums
from analytics._stats.variants import of_heads
from warehouse.plugin.columns import Cells
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import alternatives


@analysis(
    over=("slice.extraction_layer", "slice.reader_group"),
    reads=("layer", "readers", "article", "sentence"),
    unit=("extraction_id", "layer", "measure_id", "language_group"),
    piece=("extraction_id", "layer"),
    writes=alternatives.resemblance_variant,
    per="subject_id",
    after=("noise_ceiling",),
    shows=("mart.resemblance_variant", "mart.reader_variant"),
    in_blocks=True,
    from_sums="article",
    predictors="head_average",
)
def head_averaged_resemblance(layer: Cells, readers: Cells, article: Cells, sentence: Cells) -> Columns:
    """Regress each reader's saccades on the mean over the heads of one layer, with intercept.

    A large model has more heads and so more predictors; its mean over heads is one column as that of a small one.

    Parameters
    ----------
    layer : Cells (n_cells, n_heads)
        Attention from a word to an earlier one or itself.
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms]; nan where the reader did not read the sentence.
    article, sentence : Cells (n_cells,) of int
        The article and the sentence of each cell; articles are held out in turn.

    Returns
    -------
    dict
        By reader, of the variant ``head_averaged``: ``r2``, ``cv_r2``, and ``pearson_r`` with its sign; nan with the
        reason in ``missing_because``.

    Raises
    ------
    BadInput
        Fewer than three cells, in all or without one article.

    Notes
    -----
    Source: Gao et al. (2025), Nature Computational Science 5:1080, for the mean over heads.
    """
    return of_heads("head_averaged", by_reader(_fit, with_mean_over_heads(layer, readers, article, sentence)))


def _fit(mean: Cells, readers: Cells, article: Cells, _: Cells) -> dict[str, Values]:
    found, sums = fit(mean, readers, article), Sums.of(mean, readers, article)
    n_readers = len(found.r2)
    cross = sums.design.back.T @ sums.total.about(*sums.total.means)[1]
    return {
        "r2": found.r2,
        "cv_r2": found.cv_r2,
        "pearson_r": np.sign(cross[0]) * np.sqrt(np.maximum(found.r2, 0.0)),
        "cell_count": np.full(n_readers, found.n_cells),
        "predictor_count": np.full(n_readers, 1),
        "missing_because": missing_because(~np.isnan(found.r2), len(np.unique(sums.sentences)), 1),
    }
