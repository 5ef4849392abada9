"""What a choice of the layer without an article goes by, and the errors of each layer on that article."""

import numpy as np

from analytics._stats.design import Design
from analytics._stats.folds import CellParts, Folds
from analytics._stats.held_out import every_fold, without_each
from analytics._stats.on_basis import OnBasis
from analytics._stats.spread import Spread
from warehouse.plugin.columns import Cells, together
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import choice


@analysis(
    over=("slice.extraction_layer", "slice.reader_group"),
    reads=("layer", "readers", "article", "subject_labels"),
    unit=("extraction_id", "layer", "measure_id", "language_group"),
    writes=choice.article_score,
    after=("human_resemblance",),
    in_blocks=True,
)
def article_score(layer: Cells, readers: Cells, article: Cells, subject_labels: np.ndarray) -> Columns:
    """Hold each article out of a layer, and score the layer within the others, as a choice without it would.

    Parameters
    ----------
    layer : Cells (n_cells, n_heads)
        Attention from a word to an earlier one or itself.
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms], or values of a region.
    article : Cells (n_cells,) of int
        The article of each cell.
    subject_labels : ndarray (n_subjects,) of str
        Who the readers are, by the source's names.

    Returns
    -------
    dict
        A row per article: ``choice_r2``, the mean over readers of the cross-validated R2 within the other articles;
        ``reader_errors``, each reader's squared error on the article over the reader's squares of all articles about
        their training means, in the order of ``subject_labels``, nan for a reader without variation; and
        ``held_out_error``, their mean over readers. One minus the sum over articles is the cross-validated R2.

    Notes
    -----
    Within what an article leaves the others are held out in turn, more than ten of them in ten groups of neighbours.
    Source: Cawley & Talbot (2010) for choosing inside the cross-validation.
    """
    design, spread = Design.of(layer), Spread.of(readers)
    varies = spread.length > 0
    folds = Folds(CellParts(OnBasis(together(layer, readers, article), design, spread)))
    n_articles = len(folds.names)
    shares = np.full((n_articles, len(varies)), np.nan)
    if n_articles > 1:
        found = every_fold(folds)
        shares[:, varies] = found.sse[:, varies] / found.sst[:, varies].sum(axis=0)
    choice = without_each(folds)[:, varies]
    return {
        "article_position": folds.names,
        "choice_r2": _means(choice),
        "held_out_error": _means(shares[:, varies]),
        "reader_errors": shares.tolist(),
        "subject_labels": [subject_labels.tolist()] * n_articles,
    }


def _means(by_reader: np.ndarray) -> list[float | None]:
    """Average over readers, (n_articles, n_readers); None where there is none."""
    known = (row[~np.isnan(row)] for row in by_reader)
    return [float(row.mean()) if len(row) else None for row in known]
