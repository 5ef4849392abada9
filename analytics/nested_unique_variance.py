"""What heads explain beyond a set of predictors, by layers that are chosen without what they are scored on."""

from typing import Any

import numpy as np

from analytics._stats.t_test import TESTED, paired, quantile
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import predictors as tables

NAMES = ("nested_unique_r2", "nested_unique_se", "nested_unique_low", "nested_unique_high")


@analysis(
    over=("slice.extraction", "slice.reader_group", "slice.predictor_set"),
    reads=("nested_unique",),
    unit=("extraction_id", "measure_id", "language_group", "predictor_set"),
    writes=tables.nested_unique_variance,
    after=("layer_choice", "unique_variance"),
    shows=("mart.resemblance_in_context",),
    unless_chosen={"predictor_set": ("baseline47",)},
)
def nested_unique_variance(nested_unique: np.ndarray) -> Columns:
    """Average over readers what heads add to a set of predictors, each article at the layer chosen on the others.

    Parameters
    ----------
    nested_unique : ndarray (n_subjects,)
        Each reader's R2 of set and heads less that of the set, articles held out, the layer of each article chosen by
        R2 of the heads on the other articles.

    Returns
    -------
    dict
        One row: mean, standard error, 95 % interval over readers (Student's t), and a t-test of whether it is 0. Both
        are two-sided: ``p_value`` is below .05 where the interval leaves 0 out, and only there. It is one test of a
        model, since no layer is picked by its result.

    Notes
    -----
    Fewer than three articles leave no choice, and ``missing_because`` says so. Source: Cawley & Talbot (2010).
    """
    n, test = len(nested_unique), paired(np.zeros(len(nested_unique)), nested_unique)
    row: dict[str, Any] = {
        **dict.fromkeys(NAMES),
        **{name: test[name] for name in TESTED if name != "p_greater"},
        "subject_count": n,
        "missing_because": test["missing_because"] if n else UNCHOSEN,
    }
    if n:
        row["nested_unique_r2"] = mean = float(nested_unique.mean())
    if n > 1:
        error = float(nested_unique.std(ddof=1) / np.sqrt(n))
        half = quantile(n - 1) * error
        row |= dict(zip(NAMES, (mean, error, mean - half, mean + half), strict=True))
    return {name: [value] for name, value in row.items()}


UNCHOSEN = "no layer is chosen on other articles (three are needed), or not all that are chosen have a value by article"
