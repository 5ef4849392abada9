"""How well heads, predictors, or both explain held-out reading with coefficients that are held small."""

from functools import partial
from typing import Annotated

from analytics._stats.by_reader import by_reader
from analytics._stats.penalties import require_path
from analytics._stats.ridge import HALF_DECADES, of_cells
from analytics._stats.variants import of_readers
from warehouse.plugin.columns import Cells
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import alternatives


@analysis(
    over=("slice.extraction_layer", "slice.reader_group", "slice.design"),
    reads=("design", "readers", "article", "sentence"),
    unit=("extraction_id", "layer", "measure_id", "language_group", "predictor_set", "fitted"),
    piece=("extraction_id", "predictor_set", "fitted", "layer"),
    writes=alternatives.resemblance_variant,
    per="subject_id",
    after=("noise_ceiling",),
    shows=("mart.resemblance_variant", "mart.reader_variant"),
    in_blocks=True,
    unless_chosen={"predictor_set": ("none",)},
    from_sums="article",
)
def ridge_resemblance(
    design: Cells,
    readers: Cells,
    article: Cells,
    sentence: Cells,
    *,
    penalties: Annotated[tuple[float, ...], "Penalty to choose from; repeat it for a path."] = HALF_DECADES,
) -> Columns:
    """Regress each reader's saccades on all heads of one layer by ridge regression, the penalty chosen in the folds.

    Many heads that say nearly the same make least squares predict held-out articles worse than fewer heads would;
    a penalty keeps their coefficients small. It is chosen for each reader and held-out article on the other articles.
    With `--predictors` a set of predictors is fitted, alone and beside the heads.

    Parameters
    ----------
    design : Cells (n_cells, n_columns)
        Attention of the heads from a word to an earlier one or itself; of a chosen set of predictors, these, or both
        side by side.
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms]; nan where the reader did not read the sentence.
    article, sentence : Cells (n_cells,) of int
        The article and the sentence of each cell.
    penalties : tuple of float
        The path of penalties on the squared coefficients of standardised columns.

    Returns
    -------
    dict
        By reader, of the variant ``ridge``: ``cv_r2`` with nested penalties, ``r2`` with the penalty that is best for
        all articles, ``penalty`` (geometric mean over articles) and ``penalty_end_count``; nan with the reason in
        ``missing_because``.

    Raises
    ------
    BadInput
        A penalty that is negative, or no penalty.

    Notes
    -----
    Source: Hoerl & Kennard (1970); the choice inside the folds: Cawley & Talbot (2010).
    """
    found = by_reader(partial(of_cells, require_path(penalties)), (design, readers, article, sentence))
    return of_readers("ridge", found)
