"""How well the mean over a layer's heads explains held-out reading by ridge regression."""

from functools import partial
from typing import Annotated

from analytics._stats.by_reader import by_reader
from analytics._stats.head_average import with_mean_over_heads
from analytics._stats.penalties import require_path
from analytics._stats.ridge import HALF_DECADES, of_cells
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
)
def head_averaged_ridge(
    layer: Cells,
    readers: Cells,
    article: Cells,
    sentence: Cells,
    *,
    penalties: Annotated[tuple[float, ...], "Penalty to choose from; repeat it for a path."] = HALF_DECADES,
) -> Columns:
    """Regress each reader's saccades on the mean over the heads of one layer by ridge regression.

    Parameters
    ----------
    layer : Cells (n_cells, n_heads)
        Attention from a word to an earlier one or itself.
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms]; nan where the reader did not read the sentence.
    article, sentence : Cells (n_cells,) of int
        The article and the sentence of each cell.
    penalties : tuple of float
        The path of penalties on the squared coefficient of the standardised column.

    Returns
    -------
    dict
        By reader what `ridge_resemblance` gives, of the variant ``head_averaged_ridge``.

    Raises
    ------
    BadInput
        A penalty that is negative, or no penalty.

    Notes
    -----
    Source: Gao et al. (2025), Nature Computational Science 5:1080.
    """
    fit = partial(of_cells, require_path(penalties))
    return of_heads("head_averaged_ridge", by_reader(fit, with_mean_over_heads(layer, readers, article, sentence)))
