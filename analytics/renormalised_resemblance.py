"""How well heads explain where each reader looks back when what a word gives to words is made to sum to 1."""

import numpy as np

from analytics._stats.by_reader import Values, by_reader
from analytics._stats.least_squares import fit
from analytics._stats.penalties import missing_because
from analytics._stats.replaced import replaced
from analytics._stats.variants import of_heads
from warehouse.plugin.columns import Cells
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import alternatives


@analysis(
    over=("slice.extraction_layer", "slice.reader_group"),
    reads=("layer", "readers", "article", "word_row", "sentence"),
    unit=("extraction_id", "layer", "measure_id", "language_group"),
    piece=("extraction_id", "layer"),
    writes=alternatives.resemblance_variant,
    per="subject_id",
    after=("noise_ceiling",),
    shows=("mart.resemblance_variant", "mart.reader_variant"),
    in_blocks=True,
    predictors="layer",
)
def renormalised_resemblance(layer: Cells, readers: Cells, article: Cells, word_row: Cells, sentence: Cells) -> Columns:
    """Regress each reader's saccades on all heads of one layer, each row divided by what it gives to words.

    What a model gives to its start token is no word's, and is dropped: rows sum to less than 1, the more so the more
    the start token takes (`mart.sink_mass`). Divided by their sums they say where among the words attention goes.

    Parameters
    ----------
    layer : Cells (n_cells, n_heads)
        Attention from a word to an earlier one or itself.
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms]; nan where the reader did not read the sentence.
    article, word_row, sentence : Cells (n_cells,) of int
        The article, the word that looks and the sentence of each cell; cells of a word stand together.

    Returns
    -------
    dict
        By reader, of the variant ``renormalised``: ``r2`` and ``cv_r2``; nan with the reason in ``missing_because``.

    Raises
    ------
    BadInput
        Too few cells for the heads, in all or without one article.

    Notes
    -----
    A row without attention to any word stays 0. Of an encoder, the words up to the one that looks count as all words.
    """
    cells = replaced((layer, readers, article, word_row, sentence), _over_row_sums)
    return of_heads("renormalised", by_reader(_fit, cells))


def _over_row_sums(
    layer: np.ndarray, _readers: object, _article: object, word_row: np.ndarray, *_: object
) -> np.ndarray:
    starts = np.flatnonzero(np.diff(word_row, prepend=word_row[:1] - 1))
    sums = np.repeat(np.add.reduceat(layer, starts, axis=0), np.diff([*starts, len(layer)]), axis=0)
    return np.asarray(np.divide(layer, sums, out=np.zeros_like(layer, dtype=float), where=sums > 0))


def _fit(heads: Cells, readers: Cells, article: Cells, _row: Cells, _sentence: Cells) -> dict[str, Values]:
    found = fit(heads, readers, article)
    n_readers, has_folds = len(found.r2), not np.isnan(found.cv_r2).all()
    return {
        "r2": found.r2,
        "cv_r2": found.cv_r2,
        "cell_count": np.full(n_readers, found.n_cells),
        "predictor_count": np.full(n_readers, found.n_predictors),
        "missing_because": missing_because(~np.isnan(found.r2), 2 if has_folds else 1, 1),
    }
