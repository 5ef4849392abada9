"""How well trivial patterns (first word, previous word, the word itself) explain where each reader looks back."""

import numpy as np

from analytics._stats.fit_of_sets import fit_of_sets
from analytics._stats.least_squares import fit
from analytics._stats.reading_sets import reading_sets
from warehouse.plugin.columns import Cells
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import result


@analysis(
    over=("slice.reader_group", "slice.pattern_set"),
    reads=("patterns", "readers", "article", "sentence"),
    unit=("corpus_id", "measure_id", "language_group", "pattern_set"),
    writes=result.reader_reliance,
    per="subject_id",
    shows=("mart.group_reliance", "mart.reader_reliance"),
    in_blocks=True,
    predictors="patterns",
)
def reader_reliance(patterns: Cells, readers: Cells, article: Cells, sentence: Cells | None = None) -> Columns:
    """Regress each reader's saccades on trivial patterns, with intercept.

    All readers who read the same sentences are right-hand sides of one factorisation.

    Parameters
    ----------
    patterns : Cells (n_cells, n_patterns)
        1 where a word pair belongs to the pattern, else 0.
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms].
    article : Cells (n_cells,) of int
        The article of each cell; held out in turn for the cross-validated R2.
    sentence : Cells (n_cells,) of int or None
        The sentence of each cell. None says that all readers read all.

    Returns
    -------
    dict
        ``r2``, ``adjusted_r2`` and ``cv_r2`` (n_subjects,), nan for a reader without variation or who read too
        little; ``cell_count``, ``predictor_count`` and ``rank`` over what was read.

    Raises
    ------
    BadInput
        Too few cells for the patterns, in all or without one article.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023).
    """
    sets = [] if sentence is None else reading_sets(readers, sentence)
    if sentence is not None and sets:
        found_of_sets = fit_of_sets(patterns, readers, article, sentence, sets)
        del found_of_sets["condition_number"]
        return found_of_sets
    found = fit(patterns, readers, article)
    of_set = {"cell_count": found.n_cells, "predictor_count": found.n_predictors, "rank": found.rank}
    return {
        "r2": found.r2,
        "adjusted_r2": found.adjusted_r2,
        "cv_r2": found.cv_r2,
        **{name: np.full(len(found.r2), value) for name, value in of_set.items()},
    }
